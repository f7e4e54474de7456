"""A clock that tests move by hand."""

import asyncio
import heapq
import itertools
from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)


class FakeClock:
    """Implements `gub.clock.Clock`; time passes only in `advance`."""

    def __init__(self, start: datetime = START) -> None:
        self._start = start
        self._elapsed = 0.0
        self._order = itertools.count()
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []
        self._changed = asyncio.Event()

    def now(self) -> datetime:
        now = self._start + timedelta(seconds=self._elapsed)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def monotonic(self) -> float:
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        future = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (self._elapsed + seconds, next(self._order), future))
        self._changed.set()
        await future

    @property
    def sleepers(self) -> int:
        return sum(not future.done() for _, _, future in self._waiting)

    async def until_sleeping(self, count: int = 1) -> None:
        """Return when that many tasks sleep on this clock."""
        while self.sleepers < count:
            self._changed.clear()
            await asyncio.wait_for(self._changed.wait(), 10)

    async def advance(self, seconds: float) -> None:
        """Let that much time pass, waking sleepers in order and letting the woken run."""
        end = self._elapsed + seconds
        while self._waiting and self._waiting[0][0] <= end:
            due, _, future = heapq.heappop(self._waiting)
            self._elapsed = max(self._elapsed, due)
            if not future.done():
                future.set_result(None)
            await self._settle()
        self._elapsed = end
        await self._settle()

    @staticmethod
    async def _settle() -> None:
        for _ in range(20):
            await asyncio.sleep(0)
