"""Remembers what every account was last known to do."""

from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from gub.clock import Clock
from gub.domain.presence import AccountPresence, Status
from gub.domain.values import Platform

# What follows on these began when it was first seen; what follows on the others may have begun long before.
_TELLING: Final = frozenset({Status.PLAYING, Status.ONLINE, Status.AWAY, Status.PHONE, Status.OFFLINE})


@dataclass(frozen=True, slots=True)
class _Entry:
    presence: AccountPresence
    landed: float


class Memory:
    """The last answers of at most `limit` accounts; the ones not wanted for longest are forgotten first."""

    def __init__(self, clock: Clock, *, fresh: float, kept: float, limit: int) -> None:
        """Take an answer as it is for `fresh` seconds, as stale for `kept`, and as none after that."""
        self._clock = clock
        self._fresh = fresh
        self._kept = kept
        self._limit = limit
        self._entries: OrderedDict[tuple[Platform, str], _Entry] = OrderedDict()

    def is_fresh(self, platform: Platform, account_id: str) -> bool:
        """Say whether there is no need to ask."""
        entry = self._entries.get((platform, account_id))
        return entry is not None and self._age(entry) <= self._fresh

    def recall(self, platform: Platform, account_id: str) -> AccountPresence:
        """Say what is known: fresh, or stale, or unknown."""
        entry = self._entries.get((platform, account_id))
        if entry is None:
            return AccountPresence(platform, account_id, Status.UNKNOWN)
        self._entries.move_to_end((platform, account_id))
        age, last = self._age(entry), entry.presence
        if age <= self._fresh:
            return last
        if age <= self._kept:
            return replace(last, stale=True)
        return AccountPresence(
            platform, account_id, Status.UNKNOWN, last_seen=last.last_seen, fetched_at=last.fetched_at, stale=True
        )

    def land(self, presence: AccountPresence) -> None:
        """Take in an answer. No platform says since when: a change between two answers not too far apart does."""
        key = (presence.platform, presence.account_id)
        before = self._entries.get(key)
        moments = [presence.last_seen, before.presence.last_seen if before else None]
        if presence.status.present:
            moments.append(presence.fetched_at)
        seen = max((moment for moment in moments if moment), default=None)
        updated = replace(presence, since=self._since(before, presence), last_seen=seen)
        self._entries[key] = _Entry(updated, self._clock.monotonic())
        self._entries.move_to_end(key)
        while len(self._entries) > self._limit:
            self._entries.popitem(last=False)

    def _since(self, before: _Entry | None, now: AccountPresence) -> datetime | None:
        if before is None or self._age(before) > self._kept:
            return None
        last = before.presence
        if _what(last) == _what(now):
            return last.since
        return now.fetched_at if last.status in _TELLING else None

    def _age(self, entry: _Entry) -> float:
        return self._clock.monotonic() - entry.landed


def _what(presence: AccountPresence) -> tuple[Status, str | None]:
    return presence.status, presence.title_id or presence.title
