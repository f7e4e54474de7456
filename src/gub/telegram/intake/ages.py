"""How long updates have been in this process: what is seen of falling behind."""

from collections import OrderedDict
from collections.abc import Callable, Iterable

from gub.clock import Clock

OnThrough = Callable[[float], None]
"""Hears of each update that is remembered as handled: the seconds since it came to this process."""


def nobody_counts(_seconds: float) -> None:
    """Let it be."""


class Ages:
    """Since when updates are here, by id. At most `most` are known, the newest: others may go unmentioned."""

    def __init__(self, clock: Clock, on_through: OnThrough, *, most: int = 10_000) -> None:
        """Begin without any."""
        self._clock = clock
        self._on_through = on_through
        self._most = most
        self._since: OrderedDict[int, float] = OrderedDict()

    def came(self, update_id: int) -> None:
        """Note that one is here, if that is new."""
        self._since.setdefault(update_id, self._clock.monotonic())
        # In a crew another worker may see to what came here, and says nothing of it.
        while len(self._since) > self._most:
            self._since.popitem(last=False)

    def through(self, update_ids: Iterable[int]) -> None:
        """Note that these are remembered as handled."""
        now = self._clock.monotonic()
        for update_id in update_ids:
            if (since := self._since.pop(update_id, None)) is not None:
                self._on_through(now - since)

    def oldest(self, among: Iterable[int]) -> float:
        """Say for how many seconds the oldest of these has been here; 0 when there is none."""
        known = [since for update_id in among if (since := self._since.get(update_id)) is not None]
        return self._clock.monotonic() - min(known) if known else 0.0
