"""Group commit: many who want something written share one write."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class GroupWriter(Generic[T]):
    """Writes what it is given in groups, one write at a time, in the order given.

    When no write is under way the next begins at once, so a lone item waits for nobody; what comes during a write
    goes together into the next. `write` must not raise: what to do about failures is its own business.
    """

    def __init__(self, write: Callable[[list[T]], Awaitable[None]], *, most: int = 100) -> None:
        """Take what writes a group of at most `most` items."""
        self._write = write
        self._most = most
        self._waiting: deque[T] = deque()
        self._writing: asyncio.Task[None] | None = None
        self._idle = asyncio.Event()
        self._idle.set()

    def add(self, item: T) -> None:
        """Have it written soon."""
        self._waiting.append(item)
        if self._writing is None:
            self._begin()

    async def idle(self) -> None:
        """Wait until everything is written."""
        await self._idle.wait()

    async def aclose(self) -> None:
        """Give up what is not written."""
        self._waiting.clear()
        if self._writing is not None:
            self._writing.cancel()
            await self.idle()

    def _begin(self) -> None:
        self._idle.clear()
        self._writing = asyncio.create_task(self._run(), name="group-writer")
        self._writing.add_done_callback(self._written)

    async def _run(self) -> None:
        while self._waiting:
            count = min(self._most, len(self._waiting))
            await self._write([self._waiting.popleft() for _ in range(count)])

    def _written(self, _task: asyncio.Task[None]) -> None:
        self._writing = None
        if self._waiting:  # came between the last look and the end of the task
            self._begin()
        else:
            self._idle.set()
