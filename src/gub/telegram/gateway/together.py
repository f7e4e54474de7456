"""Telegram's limits, kept by all workers of a bot in sum. While a worker is alone it asks nobody."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from gub.clock import Clock
from gub.store.errors import StoreUnavailable
from gub.telegram.gateway.calls import Toll
from gub.telegram.gateway.desk import Desk, SharedPace
from gub.telegram.gateway.pace import OnHold, Pace, PacerClosed, Turn
from gub.telegram.gateway.tallies import Rule
from gub.waiting import Interrupted, unless

_AWAY_SECONDS: Final = 10.0
"""How long the database is not asked again after it did not answer."""

_TICK: Final = 0.001  # seconds; the time of day is known in whole milliseconds


@dataclass(frozen=True, slots=True)
class Shared:
    """What a worker has in common with others: the tallies, and how many others there are now."""

    pace: SharedPace
    others: Callable[[], int]


class Together:
    """Asks for leave what the worker's own pacer has let through."""

    def __init__(self, shared: Shared, pace: Pace, clock: Clock, *, patience: float, log: Any) -> None:
        """Keep this pace with others. Who would be on hold for more than `patience` seconds is turned away."""
        self._shared = shared
        self._pace = pace
        self._clock = clock
        self._patience = patience
        self._log = log
        self._desks: OrderedDict[str, Desk] = OrderedDict()
        self._closed = asyncio.Event()
        self._away_until = 0.0
        self._is_away = False

    @property
    def remembered(self) -> int:
        """How many tallies are remembered now."""
        return len(self._desks)

    async def enter(self, bot_id: int, turn: Turn) -> None:
        """Wait until this call may be made now, as far as others are concerned.

        Raises:
            OnHold: Telegram ordered another worker a longer wait than anybody's patience.
            PacerClosed: the bot is stopping.
        """
        if turn.toll is Toll.POLL or not self._asks():
            return
        overall = self._desk(bot_id, None)
        if turn.chat_id is None or turn.toll is Toll.FREE:
            while (held := overall.held_for) > 0:
                await self._wait(overall, held)
            return
        chat = self._desk(bot_id, turn.chat_id)
        try:
            if turn.toll is Toll.CHAT:
                await self._leave(overall, turn)
                while (held := chat.held_for) > 0:
                    await self._wait(chat, held)
                return
            async with chat.lines[turn.lane]:
                # The overall leave first, which is the one that may be wasted: a chat's minute has 20.
                await self._leave(overall, turn)
                while (wait := await self._ask(chat, turn)) > 0:
                    await self._wait(chat, wait)
                    await self._leave(overall, turn)
        except StoreUnavailable as error:
            self._went_away(error)

    async def hold(self, bot_id: int, chat_id: int | str | None, seconds: float) -> None:
        """Tell the others that Telegram wants nothing for so long, in a chat or (None) at all."""
        if not self._asks():
            return
        try:
            await self._desk(bot_id, chat_id).hold(seconds)
        except StoreUnavailable as error:
            self._went_away(error)

    def close(self) -> None:
        """Turn away who waits."""
        self._closed.set()

    async def _leave(self, desk: Desk, turn: Turn) -> None:
        while (wait := await self._ask(desk, turn)) > 0:
            await self._wait(desk, wait)

    async def _ask(self, desk: Desk, turn: Turn) -> float:
        """Ask, unless there is nobody to ask any more: then there is nothing to wait for."""
        if not self._asks():
            return 0.0
        wait = await desk.ask(turn.lane)
        self._is_away = False
        return wait

    async def _wait(self, desk: Desk, seconds: float) -> None:
        if desk.held_for > self._patience:
            raise OnHold(desk.held_for)
        try:
            await unless(self._closed.wait(), self._clock.sleep(seconds + _TICK))
        except Interrupted as closed:
            raise PacerClosed from closed

    def _asks(self) -> bool:
        return self._shared.others() > 0 and self._clock.monotonic() >= self._away_until

    def _went_away(self, error: StoreUnavailable) -> None:
        self._away_until = self._clock.monotonic() + _AWAY_SECONDS
        if not self._is_away:
            self._log.warning("sending without asking the other workers", error=str(error))
        self._is_away = True

    def _desk(self, bot_id: int, chat_id: int | str | None) -> Desk:
        self._forget_some()
        name = f"{bot_id}:{'all' if chat_id is None else chat_id}"
        desk = self._desks.get(name)
        if desk is None:
            rule = Rule.overall(self._pace) if chat_id is None else Rule.of_chat(self._pace, chat_id)
            desk = self._desks[name] = Desk(name, rule, self._shared.pace, self._now)
        self._desks.move_to_end(name)
        return desk

    def _forget_some(self) -> None:
        """Drop tallies that nobody needed for long; two looked at for each that may be added keeps the count down."""
        for name in [key for key, _ in zip(self._desks, range(2), strict=False)]:
            if self._desks[name].is_forgettable:
                del self._desks[name]
            else:
                self._desks.move_to_end(name)

    def _now(self) -> float:
        return self._clock.now().timestamp()
