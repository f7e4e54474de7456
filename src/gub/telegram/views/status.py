"""The answer to "who is on, playing what?"."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

import humanize
from aiogram.utils.formatting import ExpandableBlockQuote, Italic, Text

from gub.domain.presence import AccountPresence, PersonPresence, Status, title_key
from gub.domain.values import Platform, StatusUser
from gub.presence.health import Health
from gub.services.status import ChatStatus, Told
from gub.telegram.messenger import View, messages_of
from gub.telegram.views.keyboards import refresh_button
from gub.telegram.views.parts import PLATFORM_NAMES, joined, lines, named, shown, typed, unpinging

_SIGNS: Final = {
    Status.PLAYING: "🎮",
    Status.ONLINE: "🟢",
    Status.AWAY: "🌙",
    Status.PHONE: "📱",
    Status.OFFLINE: "⚫",
    Status.PRIVATE: "🔒",
    Status.UNKNOWN: "❔",
}
_WORTH_TELLING: Final = timedelta(minutes=1)
_TITLE_UNITS: Final = 64
_ACTIVITY_UNITS: Final = 100

# From so many who are not there on, they fold away below those who are; so many to a fold, which is shown whole in
# one message: a row of theirs is under 150 units, and has one entity.
_FOLDED_FROM: Final = 11
_FOLD: Final = 25


def status(told: ChatStatus, now: datetime, thread_id: int | None = None) -> View:
    """List the people as they come: who is on first. Refresh knows the topic, which Telegram may not tell then."""
    if not told.people and not told.unseen:
        return _nobody()
    if not told.people:
        items: Sequence[Text] = lines("Nobody on the list wants to be seen right now.")
    else:
        items = [*_list(told.people, now), *_troubles(told)]
    return View(items, refresh_button(messages_of(View(items)), thread_id))


def up_to_date() -> str:
    """Answer a tap on Refresh."""
    return "Up to date."


def just_refreshed() -> str:
    """Answer a tap on Refresh soon after another."""
    return "That was refreshed a moment ago."


def just_sent_anew() -> str:
    """Answer a tap on Refresh of a list that has to be sent anew, soon after another was."""
    return "A new list was sent a moment ago; it's further down."


def _nobody() -> View:
    return View(
        lines(
            "Nobody is on the list yet.",
            Text("Add the first person: ", typed("/add Ann steam:ann_plays")),
        )
    )


def _list(people: Sequence[Told], now: datetime) -> list[Text]:
    """Put who is there above who is not, and fold the latter away when they are many."""
    there = [_row(*one, now) for one in people if one[1].status.present]
    gone = [_row(*one, now) for one in people if not one[1].status.present]
    if len(gone) < _FOLDED_FROM:
        return lines(*there, *gone)
    folds = [gone[start : start + _FOLD] for start in range(0, len(gone), _FOLD)]
    return lines(*there, *(ExpandableBlockQuote(joined(fold, "\n")) for fold in folds))


def _row(person: StatusUser, presence: PersonPresence, now: datetime) -> Text:
    return Text(_SIGNS[presence.status], " ", named(person.display_name), " - ", _doing(person, presence, now))


def _doing(person: StatusUser, presence: PersonPresence, now: datetime) -> Text:
    if not person.accounts:
        return Text("no account yet")
    if presence.playing:
        return _playing(presence.playing, now)
    if presence.main is not None:
        return _there(presence.main, now)
    if presence.status is Status.PRIVATE:
        return Text("keeps it private")
    return _gone(presence, now)


def _playing(accounts: Sequence[AccountPresence], now: datetime) -> Text:
    """Tell the games, each with where and since when; what goes on in them stands below.

    One game that two platforms tell of (Steam's on a PC that is signed in to Xbox) is one.
    """
    games: dict[str, list[AccountPresence]] = {}
    for one in accounts:
        games.setdefault(title_key(one.title) or one.platform, []).append(one)
    told = joined((_game(same, now) for same in games.values()), "; ")
    activities = dict.fromkeys(_activity(one) for same in games.values() for one in same)
    below = (Text("\n  ↳ ", unpinging(activity)) for activity in activities if activity)
    return Text(told, *below)


def _game(same: Sequence[AccountPresence], now: datetime) -> Text:
    main = same[0]
    title = _outside(main.title, _TITLE_UNITS) if main.title else Text("a game")
    away = ", away" if all(one.away for one in same) else ""
    since = min((one.since for one in same if one.since), default=None)
    return Text(title, f" on {_names(one.platform for one in same)}", away, _for(since, now), _age(main, now))


def _activity(one: AccountPresence) -> str:
    """Give what goes on in a game, when that says more than its title."""
    if title_key(one.activity) in {"", title_key(one.title)}:
        return ""
    return shown(one.activity or "", _ACTIVITY_UNITS)


def _there(one: AccountPresence, now: datetime) -> Text:
    """Tell of somebody who is there and does not play."""
    platform = PLATFORM_NAMES[one.platform]
    if one.status is Status.PHONE:
        return Text(f"in the {platform} app", _for(one.since, now), _age(one, now))
    word = "away" if one.status is Status.AWAY else "busy" if one.busy else "online"
    using = Text(", using ", _outside(one.title, _TITLE_UNITS)) if one.title else ""
    return Text(f"{word} on {platform}", using, _for(one.since, now), _age(one, now))


def _gone(presence: PersonPresence, now: datetime) -> Text:
    """Tell of somebody who is not there, and claim no more than the platforms that answered."""
    word = "offline" if presence.status is Status.OFFLINE else "unknown"
    if presence.offline and presence.unanswered:
        word += f" on {_names(presence.offline)}"
    return Text(word, f", last seen {_ago(presence.last_seen, now)}" if presence.last_seen else "")


def _for(since: datetime | None, now: datetime) -> str:
    if since is None or now - since < _WORTH_TELLING:
        return ""
    return f", for {humanize.naturaldelta(now - since)}"


def _age(one: AccountPresence, now: datetime) -> str:
    """Tell how old an answer is that was kept from earlier."""
    if not one.stale or one.fetched_at is None:
        return ""
    return f" (as of {_ago(one.fetched_at, now)})"


def _ago(at: datetime, now: datetime) -> str:
    passed = now - at
    return "just now" if passed < _WORTH_TELLING else f"{humanize.naturaldelta(passed)} ago"


def _outside(text: str, units: int) -> Text:
    return unpinging(shown(text, units))


def _names(platforms: Iterable[Platform]) -> str:
    return " and ".join(dict.fromkeys(PLATFORM_NAMES[platform] for platform in platforms))


def _troubles(told: ChatStatus) -> list[Text]:
    """Tell which platforms did not answer, and why; what others said stands all the same."""
    stale = {platform for _, presence in told.people for platform in presence.stale_platforms}
    unanswered = {platform for _, presence in told.people for platform in presence.unanswered}
    rows = [
        Text("\n", Italic(text))
        for platform in Platform
        if platform in stale | unanswered
        and (text := _trouble(PLATFORM_NAMES[platform], told.health[platform], kept=platform in stale))
    ]
    return [Text("\n"), *rows] if rows else []


def _trouble(name: str, health: Health, *, kept: bool) -> str:
    said = " This is what it last said." if kept else ""
    match health:
        case Health.NO_CREDENTIAL:
            return f"{name} isn't set up here.{said}"
        case Health.AUTH_NEEDED:
            return f"{name} needs my owner: it doesn't let me in any more.{said}"
        case Health.UNREADABLE:
            return f"{name} needs my owner: I can't use what it lets me in with.{said}"
        case Health.DEGRADED:
            return f"{name} isn't answering right now.{said}"
        case Health.OK:
            return f"{name} gave no clear answer about everybody."
