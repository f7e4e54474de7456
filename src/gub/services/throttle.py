"""So many times, and no more, in any stretch of time."""

from collections import OrderedDict, deque
from collections.abc import Hashable
from typing import Final, Generic, TypeVar

from gub.clock import Clock

Key = TypeVar("Key", bound=Hashable)

_SIZE: Final = 10_000


class Throttle(Generic[Key]):
    """Lets each key do something at most `count` times in any `seconds`.

    It remembers the last `size` keys that asked, in memory: a restart, or that many others, begins anew.
    """

    def __init__(self, clock: Clock, *, count: int, seconds: float, size: int = _SIZE) -> None:
        self._clock = clock
        self._count = count
        self._seconds = seconds
        self._size = size
        self._taken: OrderedDict[Key, deque[float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._taken)

    def take(self, key: Key) -> float:
        """Count one and give 0; or, when there is no room for one, count none and give the seconds to wait."""
        now = self._clock.monotonic()
        times = self._taken.setdefault(key, deque())
        self._taken.move_to_end(key)
        while len(self._taken) > self._size:
            self._taken.popitem(last=False)
        while times and times[0] + self._seconds <= now:
            times.popleft()
        if len(times) >= self._count:
            return times[0] + self._seconds - now
        times.append(now)
        return 0.0
