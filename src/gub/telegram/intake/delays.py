"""Telling people that their update is held up because the database does not answer."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

import structlog
from structlog.contextvars import bound_contextvars

from gub.clock import Clock
from gub.telegram.intake.updates import RawUpdate, update_id_of

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class OnDelay(Protocol):
    """What is called with each update that is held up, once."""

    def __call__(self, raw: RawUpdate, /) -> Coroutine[Any, Any, None]:
        """Tell whom it concerns."""


@dataclass(slots=True)
class _Held:
    raw: RawUpdate
    since: float
    told: bool = False


class Delays:
    """Watches the updates that wait for a write, and tells of each once when `after` seconds did not bring it.

    Only time during a write counts: what waits for other reasons is no matter of the database. Owns its tasks.
    """

    def __init__(self, clock: Clock, tell: OnDelay, *, after: float = 1.0) -> None:
        """Take what tells the people concerned."""
        self._clock = clock
        self._tell = tell
        self._after = after
        self._held: dict[int, _Held] = {}
        self._write_began: float | None = None
        self._watching: asyncio.Task[None] | None = None
        self._telling: set[asyncio.Task[None]] = set()

    def held(self, update_id: int, raw: RawUpdate) -> None:
        """An update waits to be written."""
        self._held[update_id] = _Held(raw, self._clock.monotonic())

    def stored(self, update_id: int) -> None:
        """It need not wait any more."""
        self._held.pop(update_id, None)

    def write_began(self) -> None:
        """A write is under way from now on, with all its retries."""
        self._write_began = self._clock.monotonic()
        if self._watching is None:
            self._watching = asyncio.create_task(self._watch(), name="delays")
            self._watching.add_done_callback(self._watched)

    def write_ended(self) -> None:
        """No write is under way."""
        self._write_began = None

    async def aclose(self) -> None:
        """Tell nobody any more."""
        self._held.clear()
        tasks = [*self._telling, *([self._watching] if self._watching else [])]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _watch(self) -> None:
        # One sleeper for all, which outlives single writes: a timer for each write would cost every update.
        while (began := self._write_began) is not None:
            await self._clock.sleep(self._tell_the_late(began) - self._clock.monotonic())

    def _watched(self, _task: asyncio.Task[None]) -> None:
        self._watching = None

    def _tell_the_late(self, began: float) -> float:
        """Tell of those that wait too long; give the time to look again."""
        now = self._clock.monotonic()
        again = max(began, now) + self._after
        for held in self._held.values():
            due = max(began, held.since) + self._after
            if held.told:
                continue
            if due > now:
                again = min(again, due)
                continue
            held.told = True
            task = asyncio.create_task(self._told(held.raw), name="delay")
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)
        return again

    async def _told(self, raw: RawUpdate) -> None:
        with bound_contextvars(update_id=update_id_of(raw)):
            try:
                await self._tell(raw)
            except Exception as error:  # noqa: BLE001 - a courtesy: whatever fails in it must not touch the intake
                log.warning("could not tell of a delay", error=type(error).__name__)
