"""Whose turn it is: of many accounts, those that were not asked about for longest, as many as a platform allows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from heapq import nsmallest
from itertools import count
from math import ceil, inf
from typing import Final

from gub.domain.values import Platform
from gub.platforms.limiter import Ration
from gub.presence.memory import Key

_EARLY: Final = 0.05
"""By such a part of their interval may somebody's turn come early: no clock wakes anybody at the very moment."""


class Purse:
    """What may be asked of one platform now: it fills little by little, and holds only so much."""

    def __init__(self) -> None:
        """Begin full: with what may be saved up."""
        self._held = inf
        self._at = 0.0

    def fill(self, ration: Ration, now: float) -> int:
        """Put in what has come since the last time; say how many requests may be made now (`clock.monotonic()`)."""
        come = max(0.0, now - self._at) * ration.per_second
        self._held, self._at = min(self._held + come, ration.at_once), now
        return min(int(self._held + 1e-9), ration.now)

    def take(self, requests: int) -> None:
        """Take out so much."""
        self._held -= requests


@dataclass(slots=True)
class _Turn:
    every: float
    wanted: float
    asked: float = -inf
    place: int = 0

    @property
    def due(self) -> float:
        return self.asked + (1 - _EARLY) * self.every


class Rota:
    """The accounts that are asked about again and again, by platform, each with how often and since when."""

    def __init__(self) -> None:
        """Begin with none."""
        self._turns: dict[Platform, dict[str, _Turn]] = {platform: {} for platform in Platform}
        self._places = count()

    def set(self, intervals: Mapping[Key, float], now: float) -> None:
        """Have these on it and no others, each every so many seconds. Who is new is due at once."""
        old, self._turns = self._turns, {platform: {} for platform in Platform}
        for (platform, account_id), every in intervals.items():
            turn = old[platform].get(account_id) or _Turn(every, now)
            turn.every = every
            self._turns[platform][account_id] = turn

    def intervals(self, platform: Platform) -> dict[Key, float]:
        """Say how often each account is to be asked about, in seconds."""
        return {(platform, account_id): turn.every for account_id, turn in self._turns[platform].items()}

    def next(self, platform: Platform, now: float, *, batch: int, most: int) -> list[str]:
        """Say who is to be asked about now, in at most `most` requests of `batch` accounts.

        Those who are due, the longest unasked first; beside them, as it costs the same request, those next due.
        """
        turns = self._turns[platform]
        due = sum(turn.due <= now for turn in turns.values())
        places = min(ceil(due / batch), most) * batch
        first = nsmallest(places, turns.items(), key=lambda one: (one[1].due > now, _order(one[1], now), one[1].place))
        return [account_id for account_id, _ in first]

    def asked(self, keys: Iterable[Key], now: float) -> None:
        """Take in that these were asked about at that time; of those who were together, the first come first again."""
        for platform, account_id in keys:
            if (turn := self._turns[platform].get(account_id)) is not None:
                turn.asked, turn.place = now, next(self._places)

    def missed(self, keys: Iterable[Key], now: float) -> None:
        """Take in that these should have been asked about and could not: they are due still, and behind the others."""
        for platform, account_id in keys:
            if (turn := self._turns[platform].get(account_id)) is not None:
                turn.asked, turn.place = now - turn.every, next(self._places)

    def needed(self, platform: Platform, batch: int) -> float:
        """Say how many full requests a second it takes to ask about everybody as often as is wanted."""
        return sum(1 / turn.every for turn in self._turns[platform].values()) / batch

    def behind(self, platform: Platform, now: float) -> float:
        """Say by how many seconds the one who has waited for longest is overdue; 0 when nobody is."""
        return max(
            (now - max(turn.due, turn.wanted) for turn in self._turns[platform].values() if turn.due <= now),
            default=0.0,
        )


def _order(turn: _Turn, now: float) -> float:
    return turn.asked if turn.due <= now else turn.due
