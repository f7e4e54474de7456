"""What the tests of answers to calls share: the process that keeps the messages of calls true, moved by hand."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import TracebackType

from aiogram import Bot

from gub.sandbox.server import SimServer
from gub.sandbox.telegram.models import SimMessage, User
from gub.sandbox.telegram.state import TEST_TOKEN
from gub.services.call_answers import CallBook
from gub.telegram.call_desk import CallDesk
from gub.telegram.call_upkeep import CallUpkeep
from gub.telegram.gateway import GatewaySession, Pace
from gub.telegram.messenger import Messenger
from gub.telegram.showing import View
from tests.support.clock import FakeClock
from tests.telegram.handlers.conftest import Stage

_PATIENCE = 20  # seconds of real time, on however busy a machine


class Counting(Messenger):
    """Remembers when messages were edited."""

    def __init__(self, bot: Bot, clock: FakeClock) -> None:
        super().__init__(bot)
        self.clock = clock
        self.edits: list[float] = []

    async def edit_at(self, chat_id: int, message_id: int, view: View) -> bool:
        self.edits.append(self.clock.monotonic())
        return await super().edit_at(chat_id, message_id, view)


@dataclass
class Calling:
    """A group that calls and answers."""

    stage: Stage
    messenger: Counting
    changed: asyncio.Event

    async def show(self) -> None:
        """Let it show all that is to be shown anew."""
        await self.until(self._nothing_stale)

    async def until(self, holds: Callable[[], object]) -> None:
        """Let time pass until something holds."""
        self.changed.set()
        async with asyncio.timeout(_PATIENCE):
            while not await _told(holds):
                await self.stage.clock.advance(0.5)

    async def _nothing_stale(self) -> bool:
        stale = await self.stage.store.calls.stale(100)
        return not [one for one in stale if one.message_id is not None or one.command_id is None]

    async def press(self, user: User, message: SimMessage, label: str) -> str:
        """Let somebody tap, and the message follow; give what they were told."""
        answer = await self.stage.press(user, message, label)
        await self.show()
        assert answer is not None
        return answer.text or ""


async def _told(holds: Callable[[], object]) -> object:
    told = holds()
    return await told if asyncio.iscoroutine(told) else told


class answering:  # noqa: N801 - reads as what it is: a process that is answering
    """A process that keeps calls true: leave it and enter another one, and it was restarted."""

    def __init__(self, stage: Stage, sim: SimServer) -> None:
        self._stage = stage
        self._sim = sim

    async def __aenter__(self) -> Calling:
        stage, changed = self._stage, asyncio.Event()
        self._bot = Bot(TEST_TOKEN, session=GatewaySession(self._sim.url, stage.clock, pace=Pace.unlimited()))
        messenger = Counting(self._bot, stage.clock)
        desk = CallDesk(CallBook(stage.store, changed, stage.clock), messenger, stage.clock)
        stage.parts = replace(stage.parts, call_desk=desk)
        stage.restart()
        upkeep = CallUpkeep(stage.store, desk, stage.parts.languages, changed, stage.clock)
        self._running = asyncio.create_task(upkeep.run(), name="upkeep")
        return Calling(stage, messenger, changed)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._running.cancel()
        await asyncio.wait([self._running], timeout=_PATIENCE)
        await self._bot.session.close()
        assert self._running.cancelled(), "nothing but being cancelled ends it"
