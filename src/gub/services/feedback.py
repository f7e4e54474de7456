"""Feedback: how often somebody may give it."""

import math

from gub.clock import Clock
from gub.domain.errors import AskedTooOften
from gub.domain.limits import FEEDBACK, FEEDBACK_SPAN
from gub.services.throttle import Throttle


class Feedback:
    """Sees to it that nobody floods the owners. Nothing is stored: what was passed on is in their chats."""

    def __init__(self, clock: Clock) -> None:
        """Count by this clock, in memory."""
        self._given = Throttle[int](clock, count=FEEDBACK, seconds=FEEDBACK_SPAN.total_seconds())

    def count(self, user_id: int) -> None:
        """Count one that a user gives.

        Raises:
            AskedTooOften: they gave as much as is fair.
        """
        wait = self._given.take(user_id)
        if wait > 0:
            raise AskedTooOften(max(1, math.ceil(wait)), "feedback")
