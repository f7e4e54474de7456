"""What is tidied up in the background, hourly."""

from collections.abc import Awaitable, Callable

import structlog

from gub.clock import Clock
from gub.faults import noted
from gub.store.mongo import is_unavailable
from gub.waiting import heed_cancellation

log = structlog.get_logger(__name__)

_HOUR = 3600.0


async def housekeeping(clock: Clock, *chores: Callable[[], Awaitable[object]]) -> None:
    """Do each chore now and every hour, until cancelled. One that fails waits for the next hour; nothing ends by it."""
    while True:
        for chore in chores:
            try:
                await chore()
            except Exception as error:  # tidying up is not worth the end of the bot
                if is_unavailable(error):
                    log.warning("a chore must wait for the database", error=type(error).__name__)
                else:
                    log.exception("a chore failed", reference=noted(error).reference)
            heed_cancellation()
        await clock.sleep(_HOUR)
