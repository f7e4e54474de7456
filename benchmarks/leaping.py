"""Clocks that leap over stretches of time in which nothing happens."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Any

from pymongo.monitoring import CommandListener

from gub.clock import SystemClock

_CALM = 20
"""So many turns of the loop in which nothing is on its way: then everybody has got as far as they can."""

_TICK = 0.005
"""Seconds by which the clock goes as the machine's, while it does."""

_HAIR = 1e-9
"""Seconds by which a sum of floats may fall short."""


class Leaping(SystemClock):
    """The machine's clock, on which time can be made to have passed."""

    def __init__(self) -> None:
        self._leapt = 0.0

    def now(self) -> datetime:
        """See `Clock`."""
        return super().now() + timedelta(seconds=self._leapt)

    def monotonic(self) -> float:
        """See `Clock`."""
        return super().monotonic() + self._leapt

    def leap(self, seconds: float) -> None:
        """Let so much time have passed."""
        self._leapt += max(0.0, seconds)


class Traffic(CommandListener):
    """How much is on its way: to Telegram and, told by the driver, to the database."""

    def __init__(self) -> None:
        self._count = 0
        self._waits = 0
        self._still = asyncio.Event()
        self._still.set()

    @contextmanager
    def going(self) -> Iterator[None]:
        """Something is on its way while the block runs."""
        self.started(None)
        try:
            yield
        finally:
            self.succeeded(None)

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Somebody waits while the block runs for what is not counted, and may lose patience: skip no time."""
        self._waits += 1
        try:
            yield
        finally:
            self._waits -= 1

    @property
    def awaited(self) -> bool:
        """Whether somebody waits for what is not counted."""
        return self._waits > 0

    async def ended(self) -> None:
        """Wait until nothing is on its way."""
        await self._still.wait()

    @property
    def still(self) -> bool:
        """Whether nothing is on its way now."""
        return not self._count

    def started(self, event: Any) -> None:  # noqa: ARG002 - pymongo's signature
        """See `CommandListener`."""
        self._count += 1
        self._still.clear()

    def succeeded(self, event: Any) -> None:  # noqa: ARG002 - as above
        """See `CommandListener`."""
        self._count -= 1
        if not self._count:
            self._still.set()

    def failed(self, event: Any) -> None:
        """See `CommandListener`."""
        self.succeeded(event)


class Standing(SystemClock):
    """A clock that stands still until it is made to leap: work takes no time on it, however slow the machine is."""

    def __init__(self) -> None:
        self._start = super().now()
        self._passed = 0.0

    def now(self) -> datetime:
        """See `Clock`."""
        now = self._start + timedelta(seconds=self._passed)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def monotonic(self) -> float:
        """See `Clock`."""
        return self._passed

    def leap(self, seconds: float) -> None:
        """Let so much time have passed."""
        self._passed += seconds


class Skipping(Standing):
    """Leaps by itself to the next who sleeps, once nothing is on its way. While that cannot be told, it just goes."""

    def __init__(self, traffic: Traffic, leaps: Callable[[float], Awaitable[None]]) -> None:
        """Stand still while there is `traffic`; `leaps` takes the others' clocks along, by so many seconds."""
        super().__init__()
        self.traffic = traffic
        self._leaps = leaps
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    async def sleep(self, seconds: float) -> None:
        """See `Clock`."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heappush(self._sleepers, (self.monotonic() + seconds, next(self._order), woken))
        await woken

    async def run(self) -> None:
        """Wake whose time has come, until cancelled."""
        while True:
            await self._settled()
            if self.traffic.awaited or not self._sleepers:
                await asyncio.sleep(_TICK)
                await self._go(_TICK)
            else:
                await self._go(self._sleepers[0][0] - self.monotonic())

    async def _settled(self) -> None:
        """Return when all who are awake have got as far as they can."""
        calm = 0
        while calm < _CALM:
            await self.traffic.ended()
            await asyncio.sleep(0)
            calm = calm + 1 if self.traffic.still else 0

    async def _go(self, seconds: float) -> None:
        if seconds > 0:
            await self._leaps(seconds)
            self.leap(seconds)
        while self._sleepers and self._sleepers[0][0] <= self.monotonic() + _HAIR:
            woken = heappop(self._sleepers)[2]
            if not woken.done():
                woken.set_result(None)
