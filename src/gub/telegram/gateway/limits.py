"""Two ways to count what was done lately. Both are told the time; neither reads a clock."""

import math
from collections import deque
from collections.abc import Iterable


class Window:
    """At most `count` in any `seconds`, exactly: remembers the times of the last `count` takings."""

    __slots__ = ("_count", "_seconds", "_taken")

    def __init__(self, count: float, seconds: float, taken: Iterable[float] = ()) -> None:
        """Limit to `count` (infinite: no limit) within any `seconds`, of which some were `taken` already, in order."""
        self._count = count
        self._seconds = seconds
        self._taken: deque[float] = deque(taken)

    @property
    def taken(self) -> tuple[float, ...]:
        """The last takings."""
        return tuple(self._taken)

    def free_at(self, spare: int = 0) -> float:
        """Say when a taking is allowed that leaves `spare` (never all) for others; a time that may be long past."""
        room = max(1, self._count - spare)
        return self._taken[-int(room)] + self._seconds if len(self._taken) >= room else -math.inf

    def take(self, now: float) -> None:
        """Count one at this time."""
        if math.isinf(self._count):
            return
        self._taken.append(now)
        if len(self._taken) > self._count:
            self._taken.popleft()

    def rested(self, now: float) -> bool:
        """Say whether nothing that is remembered matters any more."""
        return not self._taken or self._taken[-1] + self._seconds <= now


class Trickle:
    """A steady rate with a small burst: at most `burst + seconds x per_second` in any stretch of time."""

    __slots__ = ("_gap", "_lead", "_next")

    def __init__(self, per_second: float, burst: int, due: float = -math.inf) -> None:
        """Limit to `per_second` (infinite: no limit) after a first `burst`; what was taken is through at `due`."""
        self._gap = 1 / per_second
        self._lead = (burst - 1) * self._gap
        self._next = due

    @property
    def due(self) -> float:
        """When all that was taken is through at the steady rate."""
        return self._next

    def free_at(self, spare: int = 0) -> float:
        """Say when a taking is allowed that leaves `spare` (never all) for others; a time that may be long past."""
        return self._next - max(0.0, self._lead - spare * self._gap)

    def take(self, now: float) -> None:
        """Count one at this time."""
        self._next = max(now, self._next) + self._gap

    def rested(self, now: float) -> bool:
        """Say whether nothing that is remembered matters any more."""
        return self._next <= now
