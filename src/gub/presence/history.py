"""What accounts did before: recalled after a restart, and noted when it changes, without ever delaying an answer."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final, Protocol

import structlog

from gub.clock import Clock
from gub.domain.presence import Past
from gub.platforms.waiting import stop_all, wait_for_all
from gub.presence.memory import Key, Memory

log = structlog.get_logger(__name__)

# A history that has just failed is left alone for so many seconds.
_REST: Final = 5.0
# At the end, so many seconds are given to what is still being noted.
_LAST_WORDS: Final = 2.0


class History(Protocol):
    """Keeps the past of accounts over restarts. `gub.store.presences` is one."""

    async def recall(self, keys: Sequence[Key]) -> Mapping[Key, Past]:
        """Give what is known of these; who was never noted is left out."""

    async def note(self, pasts: Sequence[Past]) -> None:
        """Keep these in place of what was known before."""


class Notebook:
    """Owns what is recalled and noted in the background, between a memory and its history.

    A failing history costs nothing but "since" and "last seen" after a restart: it is logged, and tried again later.
    """

    def __init__(self, history: History | None, memory: Memory, clock: Clock) -> None:
        """Keep no history with None."""
        self._history = history
        self._memory = memory
        self._clock = clock
        self._recalling: dict[Key, asyncio.Task[None]] = {}
        self._pending: dict[Key, Past] = {}
        self._writer: asyncio.Task[None] | None = None
        self._rests_until = float("-inf")

    def recall(self, keys: Iterable[Key]) -> set["asyncio.Future[None]"]:
        """See that the memory learns the past of these, each once; return what to wait for."""
        if self._history is None:
            return set()
        wanted = self._memory.unrecalled(keys)
        new = [key for key in wanted if key not in self._recalling]
        if new and not self._resting:
            task = asyncio.create_task(self._recall(self._history, new))
            self._recalling |= dict.fromkeys(new, task)
            task.add_done_callback(lambda _: self._recalled(new))
        return {self._recalling[key] for key in wanted if key in self._recalling}

    def landed(self, keys: Collection[Key]) -> None:
        """Note, by and by, what has changed for these."""
        if self._history is None or self._resting:
            return
        self._pending |= {(past.platform, past.account_id): past for past in self._memory.to_note(keys)}
        if self._pending and (self._writer is None or self._writer.done()):
            self._writer = asyncio.create_task(self._write(self._history))

    async def aclose(self) -> None:
        """Finish noting, if that is quick, and drop the rest. Nothing is recalled or noted after this."""
        self._history = None
        tasks: set[asyncio.Task[Any]] = set(self._recalling.values())
        if self._writer is not None:
            await wait_for_all([self._writer], _LAST_WORDS, self._clock)
            tasks.add(self._writer)
        await stop_all(tasks)

    @property
    def _resting(self) -> bool:
        return self._clock.monotonic() < self._rests_until

    async def _recall(self, history: History, keys: list[Key]) -> None:
        try:
            found = await history.recall(keys)
        except Exception as error:  # noqa: BLE001 - the boundary of the store: its failures never hurt an answer
            self._failed("recall", error)
            return
        for key in keys:
            self._memory.learn(key, found.get(key))
        self.landed(keys)

    def _recalled(self, keys: list[Key]) -> None:
        for key in keys:
            del self._recalling[key]

    async def _write(self, history: History) -> None:
        while self._pending:
            pasts, self._pending = list(self._pending.values()), {}
            try:
                await history.note(pasts)
            except Exception as error:  # noqa: BLE001 - as above; what was not noted is noted with the next answer
                self._failed("note", error)
                self._pending.clear()
                return
            self._memory.noted(pasts)

    def _failed(self, what: str, error: Exception) -> None:
        self._rests_until = self._clock.monotonic() + _REST
        log.warning("presence_history_failed", what=what, error=type(error).__name__)
