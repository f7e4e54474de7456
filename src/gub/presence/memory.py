"""Remembers what every account was last known to do."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from gub.clock import Clock
from gub.domain.presence import AccountPresence, Past, Status, same_doing
from gub.domain.values import Platform

Key = tuple[Platform, str]
"""An account: its platform and its id there."""

# What follows on these began when it was first seen; what follows on the others may have begun long before.
_TELLING: Final = frozenset({Status.PLAYING, Status.ONLINE, Status.AWAY, Status.PHONE, Status.OFFLINE})

# Between two answers this far apart (seconds) a change could have been at any time; what is the same at both ends
# is taken to have gone on. Presence monitors bridge gaps of 5 to 10 minutes; /status is not asked as often as they ask.
_CHANGE_GAP: Final = 600.0
_SAME_GAP: Final = 1800.0

# The history is written on a change; else only when it would be off by as much.
_SEEN_STEP: Final = timedelta(minutes=5)
_KEEP_ALIVE: Final = timedelta(days=1)


@dataclass(slots=True)
class _Entry:
    """An account's last presence, when it landed and how soon (in seconds) the next is expected; its history.

    0: no answer is expected. `recalled`: the history was read, and holds what is `noted`.
    """

    presence: AccountPresence | None = None
    landed: float = float("-inf")
    expected: float = 0.0
    recalled: bool = False
    noted: Past | None = None


class Memory:
    """The last answers of at most `limit` accounts; the ones not wanted for longest are forgotten first."""

    def __init__(self, clock: Clock, *, fresh: float, kept: float, limit: int) -> None:
        """Take an answer as it is for `fresh` seconds, as stale for `kept`, and as none after that."""
        self._clock = clock
        self._fresh = fresh
        self._kept = kept
        self._limit = limit
        self._entries: OrderedDict[Key, _Entry] = OrderedDict()

    def is_fresh(self, platform: Platform, account_id: str) -> bool:
        """Say whether there is no need to ask."""
        entry = self._entries.get((platform, account_id))
        if entry is None or entry.presence is None or entry.presence.stale:
            return False
        return self._age(entry) <= self._fresh

    def make_room(self, accounts: int) -> None:
        """Remember so many accounts, if that is more than until now."""
        self._limit = max(self._limit, accounts)

    def expect(self, key: Key, seconds: float) -> None:
        """Take in that this account is asked about again and again: within so many seconds the next answer comes."""
        self._entry(key).expected = seconds

    def is_expected(self, key: Key) -> bool:
        """Say whether this account is asked about again and again."""
        entry = self._entries.get(key)
        return entry is not None and entry.expected > 0

    def landed_at(self, key: Key) -> float:
        """Say by the clock's seconds when the last answer landed; minus infinity when there is none."""
        entry = self._entries.get(key)
        return float("-inf") if entry is None or entry.presence is None else entry.landed

    def recall(self, platform: Platform, account_id: str, *, is_answering: bool = False) -> AccountPresence:
        """Say what is known: fresh, or stale, or unknown.

        While its platform `is_answering`, an answer is no older than it should be until the next one is expected.
        """
        entry = self._entries.get((platform, account_id))
        if entry is None or entry.presence is None:
            return AccountPresence(platform, account_id, Status.UNKNOWN)
        self._entries.move_to_end((platform, account_id))
        age, last = self._age(entry), entry.presence
        if age <= self._fresh or (is_answering and age <= entry.expected and not last.stale):
            return last
        if age <= max(self._kept, entry.expected):
            return replace(last, stale=True)
        return AccountPresence(
            platform, account_id, Status.UNKNOWN, last_seen=last.last_seen, fetched_at=last.fetched_at, stale=True
        )

    def land(self, presence: AccountPresence) -> None:
        """Take in an answer. No platform says since when: a change between two answers not too far apart does.

        When somebody was last seen never goes back (Xbox forgets it now and then), nor beyond the present.
        """
        now = self._clock.now()
        answer = replace(presence, fetched_at=presence.fetched_at or now)
        entry = self._entry((presence.platform, presence.account_id))
        before, age = entry.presence, self._age(entry)
        seen = (answer.last_seen, before.last_seen if before else None, now if answer.status.present else None)
        since = None if before is None else _since(before.status, before.since, answer, age, same_doing(before, answer))
        entry.presence = replace(answer, since=since, last_seen=_latest(seen, now), stale=False)
        entry.landed = self._clock.monotonic()

    def unrecalled(self, keys: Iterable[Key]) -> list[Key]:
        """Say whose history was not read yet."""
        known = self._entries
        return [key for key in dict.fromkeys(keys) if key not in known or not known[key].recalled]

    def learn(self, key: Key, past: Past | None) -> None:
        """Take in what an account did before this process began, before or after the first answer; None: nothing."""
        entry = self._entry(key)
        entry.recalled, entry.noted = True, past
        if past is None:
            return
        now, answer = self._clock.now(), entry.presence
        seen = (past.last_seen, answer.last_seen if answer else None)
        if answer is None:
            entry.presence = AccountPresence(
                platform=past.platform,
                account_id=past.account_id,
                status=past.status,
                title=past.title,
                title_id=past.title_id,
                since=past.since,
                last_seen=_latest(seen, now),
                fetched_at=past.fetched_at,
                stale=True,
            )
            entry.landed = self._clock.monotonic() - max(0.0, (now - past.fetched_at).total_seconds())
            return
        age = ((answer.fetched_at or now) - past.fetched_at).total_seconds()
        since = answer.since or _since(past.status, past.since, answer, age, same_doing(past, answer))
        entry.presence = replace(answer, since=since, last_seen=_latest(seen, now))

    def to_note(self, keys: Iterable[Key]) -> list[Past]:
        """Say what of these the history does not know yet. Nothing of those whose history is not read: it may know."""
        entries = [self._entries[key] for key in keys if key in self._entries]
        pasts = [(entry.noted, _past(entry.presence)) for entry in entries if entry.recalled]
        return [past for noted, past in pasts if past is not None and _is_news(noted, past)]

    def noted(self, pasts: Sequence[Past]) -> None:
        """Take in that the history has these."""
        for past in pasts:
            if (entry := self._entries.get((past.platform, past.account_id))) is not None:
                entry.noted = past

    def _entry(self, key: Key) -> _Entry:
        entry = self._entries.setdefault(key, _Entry())
        self._entries.move_to_end(key)
        while len(self._entries) > self._limit:
            self._entries.popitem(last=False)
        return entry

    def _age(self, entry: _Entry) -> float:
        return self._clock.monotonic() - entry.landed


def _since(
    before: Status, before_since: datetime | None, answer: AccountPresence, gap: float, same: bool
) -> datetime | None:
    """Say since when it is as the answer says, `gap` seconds after somebody did something, the same or not."""
    if same:
        return before_since if gap <= _SAME_GAP else None
    return answer.fetched_at if before in _TELLING and gap <= _CHANGE_GAP else None


def _latest(moments: Iterable[datetime | None], now: datetime) -> datetime | None:
    return max((min(moment, now) for moment in moments if moment), default=None)


def _past(presence: AccountPresence | None) -> Past | None:
    """Give what is worth keeping: what a platform said of somebody it knows."""
    if presence is None or presence.stale or presence.fetched_at is None or presence.status is Status.UNKNOWN:
        return None
    return Past(
        platform=presence.platform,
        account_id=presence.account_id,
        status=presence.status,
        title=presence.title,
        title_id=presence.title_id,
        since=presence.since,
        last_seen=presence.last_seen,
        fetched_at=presence.fetched_at,
    )


def _is_news(known: Past | None, past: Past) -> bool:
    if known is None or not same_doing(known, past) or known.since != past.since:
        return True
    if past.last_seen is not None and (known.last_seen is None or past.last_seen - known.last_seen >= _SEEN_STEP):
        return True
    return past.fetched_at - known.fetched_at >= _KEEP_ALIVE
