"""A clock for retries: whoever sleeps wakes at once, and the time has passed."""

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
