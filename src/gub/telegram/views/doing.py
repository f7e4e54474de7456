"""What somebody does, in words: on /status, and on boards. They differ in how they tell times."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, Protocol

from aiogram.utils.formatting import Text

from gub.domain.presence import AccountPresence, PersonPresence, Status, title_key
from gub.domain.values import Platform, StatusUser
from gub.telegram.views.parts import PLATFORM_NAMES, joined, listed, shown, unpinging
from gub.telegram.words import mark, said, words

SIGNS: Final = {
    Status.PLAYING: "🎮",
    Status.ONLINE: "🟢",
    Status.AWAY: "🌙",
    Status.PHONE: "📱",
    Status.OFFLINE: "⚫",
    Status.PRIVATE: "🔒",
    Status.UNKNOWN: "❔",
}
_THERE: Final = {
    "online": mark("online on {platform}"),
    "away": mark("away on {platform}"),
    "busy": mark("busy on {platform}"),
    "phone": mark("in the {platform} app"),
}
_TITLE_UNITS: Final = 64
_ACTIVITY_UNITS: Final = 100


class Times(Protocol):
    """How times are told. Each gives what is added to a sentence: nothing, where there is nothing to tell."""

    def since(self, moment: datetime | None) -> Text:
        """Tell since when somebody does what they do."""

    def as_of(self, moment: datetime) -> Text:
        """Tell how old an answer is that was kept from earlier."""

    def last_seen(self, moment: datetime) -> Text:
        """Tell when somebody was there last."""

    @property
    def activities(self) -> bool:
        """Whether it is told what goes on in a game: that changes by the minute."""


def doing(person: StatusUser, presence: PersonPresence, times: Times) -> Text:
    """Say what somebody does, and claim no more than the platforms that answered."""
    if not person.accounts:
        return said("no account yet")
    if presence.playing:
        return _playing(presence.playing, times)
    if presence.main is not None:
        return _there(presence.main, times)
    if presence.status is Status.PRIVATE:
        return said("keeps it private")
    return _gone(presence, times)


def _playing(accounts: Sequence[AccountPresence], times: Times) -> Text:
    """Tell the games, each with where and since when; what goes on in them stands below.

    One game that two platforms tell of (Steam's on a PC that is signed in to Xbox) is one.
    """
    games: dict[str, list[AccountPresence]] = {}
    for one in accounts:
        games.setdefault(title_key(one.title) or one.platform, []).append(one)
    told = joined((_game(same, times) for same in games.values()), "; ")
    if not times.activities:
        return Text(told)
    activities = dict.fromkeys(_activity(one) for same in games.values() for one in same)
    below = (Text("\n  ↳ ", unpinging(activity)) for activity in activities if activity)
    return Text(told, *below)


def _game(same: Sequence[AccountPresence], times: Times) -> Text:
    main = same[0]
    title = _outside(main.title, _TITLE_UNITS) if main.title else words("a game")
    on = said("{game} on {platforms}", game=title, platforms=_names(one.platform for one in same))
    away = words(", away") if all(one.away for one in same) else ""
    since = min((one.since for one in same if one.since), default=None)
    return Text(on, away, times.since(since), _age(main, times))


def _activity(one: AccountPresence) -> str:
    """Give what goes on in a game, when that says more than its title."""
    if title_key(one.activity) in {"", title_key(one.title)}:
        return ""
    return shown(one.activity or "", _ACTIVITY_UNITS)


def _there(one: AccountPresence, times: Times) -> Text:
    """Tell of somebody who is there and does not play."""
    state = "away" if one.status is Status.AWAY else "busy" if one.busy else "online"
    on_phone = one.status is Status.PHONE
    on = words(_THERE["phone" if on_phone else state], platform=PLATFORM_NAMES[one.platform])
    using = said(", using {app}", app=_outside(one.title, _TITLE_UNITS)) if one.title and not on_phone else ""
    return Text(on, using, times.since(one.since), _age(one, times))


def _gone(presence: PersonPresence, times: Times) -> Text:
    """Tell of somebody who is not there, and claim no more than the platforms that answered."""
    seen = times.last_seen(presence.last_seen) if presence.last_seen else Text()
    return Text(_away_from(presence), seen)


def _away_from(presence: PersonPresence) -> Text:
    if presence.status is not Status.OFFLINE:
        return said("unknown")
    if presence.unanswered:
        return said("offline on {platforms}", platforms=_names(presence.offline))
    return said("offline")


def _age(one: AccountPresence, times: Times) -> Text:
    """Tell how old an answer is that was kept from earlier."""
    if not one.stale or one.fetched_at is None:
        return Text()
    return times.as_of(one.fetched_at)


def _outside(text: str, units: int) -> Text:
    return unpinging(shown(text, units))


def _names(platforms: Iterable[Platform]) -> Text:
    return listed([Text(PLATFORM_NAMES[platform]) for platform in dict.fromkeys(platforms)])
