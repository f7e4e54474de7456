"""The answer to "who is on, playing what?"."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from aiogram.utils.formatting import ExpandableBlockQuote, Italic, Text

from gub.domain.presence import AccountPresence, PersonPresence, Status, title_key
from gub.domain.values import Platform, StatusUser
from gub.presence.health import Health
from gub.services.status import ChatStatus, Told
from gub.telegram.showing import View, messages_of
from gub.telegram.views.keyboards import refresh_button
from gub.telegram.views.parts import PLATFORM_NAMES, joined, lines, listed, named, shown, typed, unpinging
from gub.telegram.views.times import ago, for_so_long
from gub.telegram.words import mark, said, words

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
_THERE: Final = {
    "online": mark("online on {platform}"),
    "away": mark("away on {platform}"),
    "busy": mark("busy on {platform}"),
    "phone": mark("in the {platform} app"),
}
_TROUBLES: Final = {
    Health.NO_CREDENTIAL: mark("{platform} isn't set up here."),
    Health.AUTH_NEEDED: mark("{platform} needs my owner: it doesn't let me in any more."),
    Health.UNREADABLE: mark("{platform} needs my owner: I can't use what it lets me in with."),
    Health.DEGRADED: mark("{platform} isn't answering right now."),
    Health.OK: mark("{platform} gave no clear answer about everybody."),
}
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
        items: Sequence[Text] = lines(words("Nobody on the list wants to be seen right now."))
    else:
        items = [*_list(told.people, now), *_troubles(told)]
    return View(items, refresh_button(messages_of(View(items)), thread_id))


def up_to_date() -> str:
    """Answer a tap on Refresh."""
    return words("Up to date.")


def just_refreshed() -> str:
    """Answer a tap on Refresh soon after another."""
    return words("That was refreshed a moment ago.")


def just_sent_anew() -> str:
    """Answer a tap on Refresh of a list that has to be sent anew, soon after another was."""
    return words("A new list was sent a moment ago; it's further down.")


def _nobody() -> View:
    return View(
        lines(
            words("Nobody is on the list yet."),
            said("Add the first person: {example}", example=typed(words("/add Ann steam:ann_plays"))),
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
        return said("no account yet")
    if presence.playing:
        return _playing(presence.playing, now)
    if presence.main is not None:
        return _there(presence.main, now)
    if presence.status is Status.PRIVATE:
        return said("keeps it private")
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
    title = _outside(main.title, _TITLE_UNITS) if main.title else words("a game")
    on = said("{game} on {platforms}", game=title, platforms=_names(one.platform for one in same))
    away = words(", away") if all(one.away for one in same) else ""
    since = min((one.since for one in same if one.since), default=None)
    return Text(on, away, _for(since, now), _age(main, now))


def _activity(one: AccountPresence) -> str:
    """Give what goes on in a game, when that says more than its title."""
    if title_key(one.activity) in {"", title_key(one.title)}:
        return ""
    return shown(one.activity or "", _ACTIVITY_UNITS)


def _there(one: AccountPresence, now: datetime) -> Text:
    """Tell of somebody who is there and does not play."""
    state = "away" if one.status is Status.AWAY else "busy" if one.busy else "online"
    on_phone = one.status is Status.PHONE
    on = words(_THERE["phone" if on_phone else state], platform=PLATFORM_NAMES[one.platform])
    using = said(", using {app}", app=_outside(one.title, _TITLE_UNITS)) if one.title and not on_phone else ""
    return Text(on, using, _for(one.since, now), _age(one, now))


def _gone(presence: PersonPresence, now: datetime) -> Text:
    """Tell of somebody who is not there, and claim no more than the platforms that answered."""
    seen = words(", last seen {when}", when=ago(now - presence.last_seen)) if presence.last_seen else ""
    return Text(_away_from(presence), seen)


def _away_from(presence: PersonPresence) -> Text:
    if presence.status is not Status.OFFLINE:
        return said("unknown")
    if presence.unanswered:
        return said("offline on {platforms}", platforms=_names(presence.offline))
    return said("offline")


def _for(since: datetime | None, now: datetime) -> Text:
    if since is None or now - since < _WORTH_TELLING:
        return Text()
    return Text(", ", for_so_long(now - since))


def _age(one: AccountPresence, now: datetime) -> Text:
    """Tell how old an answer is that was kept from earlier."""
    if not one.stale or one.fetched_at is None:
        return Text()
    return said(" (as of {when})", when=ago(now - one.fetched_at))


def _outside(text: str, units: int) -> Text:
    return unpinging(shown(text, units))


def _names(platforms: Iterable[Platform]) -> Text:
    return listed([Text(PLATFORM_NAMES[platform]) for platform in dict.fromkeys(platforms)])


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
    trouble = words(_TROUBLES[health], platform=name)
    if not kept or health is Health.OK:
        return trouble
    return f"{trouble} {words('This is what it last said.')}"
