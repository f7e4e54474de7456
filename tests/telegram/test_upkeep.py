"""What is kept true, when much of it has to wait."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from gub.telegram.gateway.outcomes import RateLimited
from gub.telegram.upkeep import Upkeep
from tests.support.clock import FakeClock

WAITING = 500
"""As many as the upkeep reads at once."""


@dataclass(frozen=True)
class Stale:
    id: str
    chat_id: int


class Keeping(Upkeep):
    """Things of as many chats, in the first of which Telegram wants to be left alone for an hour."""

    kind = "thing"

    def __init__(self, count: int, clock: FakeClock) -> None:
        super().__init__(asyncio.Event(), clock)
        self.left = [Stale(str(number), number) for number in range(count)]

    async def _tidy(self) -> None:
        """Nothing."""

    async def _stale(self, most: int) -> Sequence[Stale]:
        return self.left[:most]

    async def _show(self, id_: str) -> None:
        if int(id_) < WAITING:
            raise RateLimited("editMessageText", int(id_), "a flood", 3600.0)
        self.left = [one for one in self.left if one.id != id_]


class Moving(Upkeep):
    """One thing, whose chat becomes another while its message is on its way."""

    kind = "thing"

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(asyncio.Event(), clock)
        self.chat_id = 1
        self.sent = 0
        self.arrived = asyncio.Event()

    async def _tidy(self) -> None:
        """Nothing."""

    async def _stale(self, most: int) -> Sequence[Stale]:
        return [Stale("a", self.chat_id)][:most]

    async def _show(self, id_: str) -> None:
        del id_
        self.sent += 1
        self.chat_id = 2
        await self.arrived.wait()


async def test_what_moves_while_it_is_shown_is_not_shown_twice_at_once() -> None:
    clock = FakeClock()
    upkeep = Moving(clock)
    working = asyncio.ensure_future(upkeep.run())
    for _ in range(150):
        await clock.advance(1)
    assert upkeep.sent == 1
    upkeep.arrived.set()
    for _ in range(10):
        await clock.advance(1)
    working.cancel()
    await asyncio.wait([working])
    assert upkeep.sent > 1


async def test_many_that_wait_keep_nobody_else_waiting() -> None:
    clock = FakeClock()
    upkeep = Keeping(WAITING + 1, clock)
    working = asyncio.ensure_future(upkeep.run())
    for _ in range(150):
        await clock.advance(1)
    working.cancel()
    await asyncio.wait([working])
    assert len(upkeep.left) == WAITING
