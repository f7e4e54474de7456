"""What was written lately, so that writing it again can be spared."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Final, Generic, TypeVar

from gub.clock import Clock

SHARED_SECONDS: Final = 5.0
"""How long anything is believed while other processes write as well."""

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value", bound=Hashable)


def nobody() -> int:
    """Say how many others there are where nobody else can be."""
    return 0


class Remembered(Generic[Key, Value]):
    """The last `size` values written by their keys, each believed for `seconds`.

    Believing for ever would miss what another process, or an operator, has changed since; while `others` work for the
    bot, everything is believed for some seconds only.
    """

    def __init__(self, clock: Clock, *, size: int, seconds: float, others: Callable[[], int] = nobody) -> None:
        self._clock = clock
        self._size = size
        self._seconds = seconds
        self._others = others
        self._values: OrderedDict[Key, tuple[Value, float]] = OrderedDict()

    def holds(self, key: Key, value: Value) -> bool:
        """Say whether exactly this was written lately."""
        return self.get(key) == value

    def get(self, key: Key) -> Value | None:
        """Give what was written lately, if anything was."""
        known = self._values.get(key)
        if known is None:
            return None
        believed = min(self._seconds, SHARED_SECONDS) if self._others() else self._seconds
        return known[0] if self._clock.monotonic() - known[1] < believed else None

    def keep(self, key: Key, value: Value) -> None:
        """Remember a value. To be called after it was written, so that a failed write is tried again."""
        self._values[key] = (value, self._clock.monotonic())
        self._values.move_to_end(key)
        while len(self._values) > self._size:
            self._values.popitem(last=False)

    def forget(self, key: Key) -> None:
        """Believe nothing of this key any more."""
        self._values.pop(key, None)
