"""Accounts of which a platform that answers says nothing that can be read."""

from collections import OrderedDict
from collections.abc import Iterable
from typing import Final

from gub.clock import Clock

_REST: Final = 30.0
_REMEMBERED: Final = 2_000


class Unread:
    """Remembers them, so that one such account is neither asked about at every /status nor taken for an outage."""

    def __init__(self, clock: Clock) -> None:
        """Begin with none."""
        self._clock = clock
        self._rests_until: OrderedDict[str, float] = OrderedDict()

    def rests(self, account_id: str) -> bool:
        """Say whether it was asked about in vain a moment ago."""
        return self._clock.monotonic() < self._rests_until.get(account_id, float("-inf"))

    def holds(self, ids: Iterable[str]) -> bool:
        """Say whether it is nothing new that these cannot be read."""
        return all(one in self._rests_until for one in ids)

    def note(self, asked: Iterable[str], answered: Iterable[str]) -> None:
        """Take in about whom was asked, and who was answered."""
        readable = frozenset(answered)
        for one in asked:
            self._rests_until.pop(one, None)
            if one not in readable:
                self._rests_until[one] = self._clock.monotonic() + _REST
        while len(self._rests_until) > _REMEMBERED:
            self._rests_until.popitem(last=False)
