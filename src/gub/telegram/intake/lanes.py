"""Lanes: what happens in one chat is handled in order, and chats do not wait for each other."""

import asyncio
from collections import deque
from collections.abc import Coroutine
from typing import Any, Protocol

import structlog

from gub.telegram.intake.errors import IntakeClosed
from gub.telegram.intake.updates import RawUpdate

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class Handle(Protocol):
    """What is done with one raw update."""

    def __call__(self, raw: RawUpdate, /) -> Coroutine[Any, Any, None]:
        """Handle it."""


class Lanes:
    """One queue for each chat key; at most `limit` chats at work; at most `capacity` updates in memory.

    A lane exists while it holds something. Chats take turns: one update each, then the next chat that waits. Each
    update is handled in a task of its own (so that context variables do not leak from one into the next), and this
    object owns those tasks.
    """

    def __init__(self, handle: Handle, *, limit: int = 100, capacity: int = 2000) -> None:
        """Take what handles an update."""
        self._handle = handle
        self._limit = limit
        self._capacity = capacity
        self._lanes: dict[int, deque[RawUpdate]] = {}
        self._ready: deque[int] = deque()
        self._working: dict[asyncio.Task[None], int] = {}
        self._count = 0
        self._less = asyncio.Event()
        self._closed = False

    @property
    def count(self) -> int:
        """Say how many updates wait or are at work."""
        return self._count

    @property
    def chats(self) -> int:
        """Say how many chats have something waiting or at work."""
        return len(self._lanes)

    async def put(self, key: int, raw: RawUpdate) -> None:
        """Queue an update behind those of the same chat, waiting for room if need be. Raises `IntakeClosed`."""
        while self._count >= self._capacity and not self._closed:
            await self._until_less()
        if self._closed:
            raise IntakeClosed
        self._count += 1
        lane = self._lanes.get(key)
        if lane is None:
            self._lanes[key] = deque([raw])
            self._ready.append(key)
            self._fill()
        else:
            lane.append(raw)

    async def idle(self) -> None:
        """Wait until nothing waits and nothing is at work."""
        while self._count:
            await self._until_less()

    async def aclose(self) -> None:
        """Forget what waits, cancel what is at work and wait for it to end."""
        self._closed = True
        self._ready.clear()
        self._lanes = {key: deque() for key in self._working.values()}
        self._count = len(self._working)
        self._less.set()
        working = list(self._working)
        for task in working:
            task.cancel()
        if working:
            await asyncio.wait(working)

    async def _until_less(self) -> None:
        self._less.clear()
        await self._less.wait()

    def _fill(self) -> None:
        while self._ready and len(self._working) < self._limit:
            key = self._ready.popleft()
            task = asyncio.create_task(self._handle(self._lanes[key].popleft()), name=f"lane {key}")
            self._working[task] = key
            task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        key = self._working.pop(task)
        self._count -= 1
        self._less.set()
        if self._lanes[key]:
            self._ready.append(key)
        else:
            del self._lanes[key]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a lane's handler raised", chat_id=key, error=type(error).__name__)
        self._fill()
