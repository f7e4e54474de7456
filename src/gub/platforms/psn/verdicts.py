"""Remembers whom PlayStation refused to speak of, so that one private account does not spoil each batch anew."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gub.clock import Clock
from gub.domain.presence import Status

KEPT_SECONDS: Final = 3600.0
DOUBTED_SECONDS: Final = 300.0
REMEMBERED: Final = 20_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an account counts as without being asked about, and since when."""

    status: Status
    told_at: datetime


@dataclass(frozen=True, slots=True)
class _Entry:
    verdict: Verdict | None
    until: float


class Verdicts:
    """In memory alone: after a restart the first batch finds them again.

    An account of a refused batch that is not told apart yet is a *suspect*: it is asked about again, but never
    together with accounts that have done no harm. A verdict that is due stands until the account was asked about.
    """

    def __init__(self, clock: Clock) -> None:
        """Suspect nobody."""
        self._clock = clock
        self._entries: OrderedDict[str, _Entry] = OrderedDict()

    def of(self, account_id: str) -> Verdict | None:
        """Give the verdict that stands."""
        entry = self._entries.get(account_id)
        return None if entry is None else entry.verdict

    def is_due(self, account_id: str) -> bool:
        """Say whether it is time to ask about it again."""
        entry = self._entries.get(account_id)
        return entry is not None and entry.until <= self._clock.monotonic()

    def is_suspect(self, account_id: str) -> bool:
        """Say whether to ask about it apart from others."""
        return account_id in self._entries

    def found(self, account_id: str, status: Status) -> Verdict:
        """Let a verdict stand for about an hour."""
        verdict = Verdict(status, self._clock.now())
        self._put(account_id, _Entry(verdict, self._clock.monotonic() + KEPT_SECONDS))
        return verdict

    def doubt(self, account_ids: Iterable[str]) -> None:
        """Let these verdicts be due soon: PlayStation refused to speak of anybody, so it may be in a bad mood."""
        for one in account_ids:
            entry = self._entries.get(one)
            if entry is not None:
                self._put(one, _Entry(entry.verdict, self._clock.monotonic() + DOUBTED_SECONDS))

    def suspect(self, account_ids: Iterable[str]) -> None:
        """Note accounts one of which spoiled their batch."""
        for one in account_ids:
            self._put(one, _Entry(None, self._clock.monotonic()))

    def cleared(self, account_ids: Iterable[str]) -> None:
        """Forget what was held against these: they did not spoil their batch."""
        for one in account_ids:
            self._entries.pop(one, None)

    def _put(self, account_id: str, entry: _Entry) -> None:
        self._entries[account_id] = entry
        self._entries.move_to_end(account_id)
        while len(self._entries) > REMEMBERED:
            self._entries.popitem(last=False)
