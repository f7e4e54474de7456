"""Clocks for what waits and hurries: whoever sleeps wakes at once, and the time has passed."""

import asyncio

from tests.support.clock import FakeClock


class SkippingClock(FakeClock):
    def __init__(self) -> None:
        super().__init__()
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self._elapsed += max(0.0, seconds)
        await asyncio.sleep(0)


class TickingClock(SkippingClock):
    """As a machine's own clock, it is later at each look."""

    def monotonic(self) -> float:
        self._elapsed += 1e-6
        return self._elapsed
