"""Time, passed in: nothing else in GUB reads a clock or sleeps."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What GUB asks of time. Tests pass one that they move by hand."""

    def now(self) -> datetime:
        """Say the wall-clock time: aware, UTC, whole milliseconds (as MongoDB keeps it)."""

    def monotonic(self) -> float:
        """Say seconds since some fixed point; never goes back. For measuring waits."""

    async def sleep(self, seconds: float) -> None:
        """Wait that long. Zero or less yields to other tasks once."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """See `Clock.now`."""
        now = datetime.now(UTC)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def monotonic(self) -> float:
        """See `Clock.monotonic`."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """See `Clock.sleep`."""
        await asyncio.sleep(max(0.0, seconds))
