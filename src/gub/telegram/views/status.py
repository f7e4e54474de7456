"""The answer to "who is on, playing what?"."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import humanize
from aiogram.utils.formatting import Italic, Text

from gub.domain.presence import AccountPresence, PersonPresence, Status
from gub.domain.values import Platform, StatusUser
from gub.telegram.messenger import View, messages_of
from gub.telegram.views.keyboards import refresh_button
from gub.telegram.views.parts import PLATFORM_NAMES, joined, lines, named, plain, typed

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


def status(people: Sequence[tuple[StatusUser, PersonPresence]], now: datetime) -> View:
    """List the people as they come: who is on first."""
    if not people:
        return _nobody()
    rows = [_row(person, presence, now) for person, presence in people]
    items = lines(*rows, *_troubles([presence for _, presence in people]))
    return View(items, refresh_button(messages_of(View(items))))


def up_to_date() -> str:
    """Answer a tap on Refresh."""
    return "Up to date."


def just_refreshed() -> str:
    """Answer a tap on Refresh soon after another."""
    return "That was refreshed a moment ago."


def _nobody() -> View:
    return View(
        lines(
            "Nobody is on the list yet.",
            Text("Put the first one there: ", typed("/add Ann steam:ann_plays")),
        )
    )


def _row(person: StatusUser, presence: PersonPresence, now: datetime) -> Text:
    return Text(_SIGNS[presence.status], " ", named(person.display_name), " - ", _doing(presence, now))


def _doing(presence: PersonPresence, now: datetime) -> Text:
    if presence.playing:
        return joined((_playing(one, now) for one in presence.playing), "; ")
    if presence.main is not None:
        return _there(presence.main, now)
    if presence.status is Status.PRIVATE:
        return Text("keeps it private")
    word = "offline" if presence.status is Status.OFFLINE else "unknown"
    return Text(word, _last_seen(presence.last_seen, now))


def _playing(one: AccountPresence, now: datetime) -> Text:
    """Tell a game: its name, what is going on in it, where and since when."""
    title = plain(one.title) if one.title else Text("a game")
    activity = Text(" (", plain(one.activity), ")") if one.activity and one.activity != one.title else ""
    away = ", away" if one.away else ""
    return Text(title, activity, f" on {PLATFORM_NAMES[one.platform]}", away, _for(one.since, now), _age(one, now))


def _there(one: AccountPresence, now: datetime) -> Text:
    """Tell of somebody who is there and does not play."""
    words = {Status.AWAY: "away", Status.PHONE: "on the phone,"}
    word = words.get(one.status, "busy" if one.busy else "online")
    using = Text(", using ", plain(one.title)) if one.title else ""
    return Text(f"{word} on {PLATFORM_NAMES[one.platform]}", using, _for(one.since, now), _age(one, now))


def _for(since: datetime | None, now: datetime) -> str:
    if since is None or now - since < _WORTH_TELLING:
        return ""
    return f", for {humanize.naturaldelta(now - since)}"


def _last_seen(at: datetime | None, now: datetime) -> str:
    return "" if at is None else f", last seen {_ago(at, now)}"


def _age(one: AccountPresence, now: datetime) -> str:
    """Tell how old an answer is that was kept from earlier."""
    if not one.stale or one.fetched_at is None:
        return ""
    return f" (as of {_ago(one.fetched_at, now)})"


def _ago(at: datetime, now: datetime) -> str:
    passed = now - at
    return "just now" if passed < _WORTH_TELLING else f"{humanize.naturaldelta(passed)} ago"


def _troubles(presences: Sequence[PersonPresence]) -> list[Text | str]:
    """Tell which platforms did not answer; what others said stands all the same."""
    rows: list[Text | str] = []
    for platform in Platform:
        name = PLATFORM_NAMES[platform]
        if any(platform in presence.stale_platforms for presence in presences):
            rows.append(Italic(f"{name} isn't answering right now; this is what it last said."))
        elif any(platform in presence.unanswered for presence in presences):
            rows.append(Italic(f"{name} isn't answering right now."))
    return ["", *rows] if rows else []
