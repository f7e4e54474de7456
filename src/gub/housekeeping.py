"""What is tidied up in the background, hourly."""

from collections.abc import Awaitable, Callable

import structlog

from gub.clock import Clock
from gub.store.mongo import is_unavailable

log = structlog.get_logger(__name__)

_HOUR = 3600.0


async def housekeeping(clock: Clock, *chores: Callable[[], Awaitable[object]]) -> None:
    """Do each chore now and every hour, until cancelled. The database being away postpones them to the next hour."""
    while True:
        for chore in chores:
            try:
                await chore()
            except Exception as error:
                if not is_unavailable(error):
                    raise
                log.warning("a chore must wait for the database", error=type(error).__name__)
        await clock.sleep(_HOUR)
