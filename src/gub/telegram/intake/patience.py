"""Repeating a call to Telegram that must succeed, without hammering."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import structlog

from gub.clock import Clock
from gub.telegram.gateway.outcomes import RateLimited, Refused, Uncertain, Unreachable

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)
T = TypeVar("T")

PASSING: Final = (RateLimited, Unreachable, Uncertain)
"""The outcomes that time may mend. Any other refusal is final."""

_FIRST = 1.0
_LONGEST = 30.0


class Backoff:
    """How long to wait after each failure in a row: 1 s, doubling to 30 s, and never less than Telegram asks for."""

    def __init__(self) -> None:
        self._next = _FIRST

    def reset(self) -> None:
        """It worked."""
        self._next = _FIRST

    def after(self, failure: Refused) -> float:
        """Give the seconds to wait after this failure."""
        asked = failure.retry_after if isinstance(failure, RateLimited) else 0.0
        pause = max(self._next, asked)
        self._next = min(self._next * 2, _LONGEST)
        return pause


async def insist(clock: Clock, call: Callable[[], Awaitable[T]]) -> T:
    """Call until it succeeds or is refused for good; that refusal is raised."""
    backoff = Backoff()
    while True:
        try:
            return await call()
        except PASSING as failure:
            pause = backoff.after(failure)
            log.warning("Telegram cannot be reached, trying again", method=failure.method, wait=pause)
        await clock.sleep(pause)
