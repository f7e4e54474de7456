"""How many accounts the budgets let anybody keep fresh, found by spending them for a day on a clock that skips."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from gub.domain.values import Platform
from gub.platforms.errors import RateLimited
from gub.platforms.limiter import Budget
from gub.platforms.psn import psn_budgets
from gub.platforms.psn.batches import BATCH_SIZE as PSN_BATCH
from gub.platforms.steam import BUDGET as STEAM_BUDGET
from gub.platforms.steam.client import BATCH_SIZE as STEAM_BATCH
from gub.platforms.xbox import xbox_budgets
from gub.platforms.xbox.client import BATCH_SIZE as XBOX_BATCH

_DAY: Final = 86_400.0


class SkippingClock:
    """Whoever sleeps wakes at once, and the time has passed."""

    def __init__(self) -> None:
        self._at = 0.0

    def now(self) -> datetime:
        """See `Clock`."""
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self._at)

    def monotonic(self) -> float:
        """See `Clock`."""
        return self._at

    async def sleep(self, seconds: float) -> None:
        """See `Clock`."""
        self._at += max(0.0, seconds)
        await asyncio.sleep(0)


async def accounts_kept_fresh(seconds: float) -> Mapping[Platform, int]:
    """Say of how many accounts a platform can be asked about each every so many seconds, in full batches, for ever."""
    clocks = {platform: SkippingClock() for platform in Platform}
    budgets = {
        Platform.XBOX: (xbox_budgets(clocks[Platform.XBOX]).presence, XBOX_BATCH),
        Platform.PSN: (psn_budgets(clocks[Platform.PSN]).all, PSN_BATCH),
        Platform.STEAM: (Budget(STEAM_BUDGET, clocks[Platform.STEAM]), STEAM_BATCH),
    }
    return {
        platform: int(await _spend(budget) * seconds / _DAY) * batch for platform, (budget, batch) in budgets.items()
    }


async def _spend(budget: Budget) -> int:
    """Take all that a day gives, and count it."""
    requests = 0
    try:
        while True:
            await budget.acquire(deadline=_DAY - 1)
            requests += 1
    except RateLimited:
        return requests
