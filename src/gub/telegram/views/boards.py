"""The board: who is on, playing what, in one message that stays true."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Bold, Italic, Text

from gub.domain.presence import PersonPresence, Status
from gub.domain.splitting import Size, utf16_length
from gub.domain.values import Platform
from gub.presence.health import Health, PlatformState
from gub.services.status import ChatStatus, Told
from gub.telegram.showing import View, fitted
from gub.telegram.views.clocks import Clocks
from gub.telegram.views.doing import SIGNS, doing
from gub.telegram.views.keyboards import BoardAction, BoardTap, button, rows
from gub.telegram.views.parts import and_more, joined, lines, named, plain
from gub.telegram.views.troubles import troubles
from gub.telegram.words import mark, said, words

_ROOM: Final = Size(2000, 55)
"""What those who are there may take of the message: the rest is for those who are not, and for what is below."""

_ROOM_TO_NAME: Final = Size(480, 11)
"""What each kind of those who are not there may take."""

_GONE: Final = {
    Status.OFFLINE: mark("{sign} Offline: {names}"),
    Status.PRIVATE: mark("{sign} Keep it private: {names}"),
    Status.UNKNOWN: mark("{sign} Unknown: {names}"),
}


def board(told: ChatStatus, clocks: Clocks) -> View:
    """Show who is there, what they do and since when; name the others; say since when it has been so."""
    as_of = Italic(said("🕐 As of {time}. I keep this up to date.", time=clocks.written()))
    return View([*_body(told, clocks), Text("\n\n", as_of)], rows([_end()]))


def ended(told: ChatStatus, clocks: Clocks) -> View:
    """Leave a board as it was, at its end."""
    over = Italic(said("🏁 This board ended at {time}. A new one: /board", time=clocks.written()))
    return View([*_body(told, clocks), Text("\n\n", over)])


def moved() -> View:
    """Say in the place of a board that there is a new one."""
    return View([said("📌 The board is further down now.")])


def digest(told: ChatStatus, clocks: Clocks) -> str:
    """Give what stands for all that a board shows but the time at which it was written."""
    part = fitted(View(_body(told, clocks)))
    entities = [entity.model_dump(mode="json", exclude_none=True) for entity in part.entities]
    return hashlib.sha256(json.dumps([part.text, entities]).encode()).hexdigest()


def not_yours() -> str:
    """Answer a tap on End by who may not."""
    return words("Only whoever opened the board, or an admin, can end it.")


def ended_toast() -> str:
    """Answer a tap on End."""
    return words("Done. /board opens a new one.")


def _body(told: ChatStatus, clocks: Clocks) -> list[Text]:
    title = Bold(said("Who's on"))
    if not told.people:
        nobody = words("Nobody on the list wants to be seen right now.") if told.unseen else words("Nobody is listed.")
        return lines(title, "", nobody)
    there = [one for one in told.people if one[1].status.present]
    gone = [one for one in told.people if not one[1].status.present]
    shown = lines(title, "", *_rows(there, clocks), *_named(gone, told.health))
    return [*shown, *_troubles(told, clocks)]


def _rows(there: Sequence[Told], clocks: Clocks) -> list[Text]:
    """Make as many rows as there is room for, and count the others."""
    if not there:
        return [said("Nobody is on right now.")]
    kept = _within(_ROOM, (_row(one, clocks) for one in there))
    if len(kept) < len(there):
        kept.append(said("… and {more} more who are on", more=len(there) - len(kept)))
    return kept


def _row(told: Told, clocks: Clocks) -> Text:
    person, presence = told
    return Text(SIGNS[presence.status], " ", named(person.display_name), " - ", doing(person, presence, clocks))


def _named(gone: Sequence[Told], health: Mapping[Platform, Health]) -> Iterable[Text]:
    for status, text in _GONE.items():
        names = [plain(person.display_name) for person, presence in gone if _kind(presence, health) is status]
        if names:
            some = _within(_ROOM_TO_NAME, names)
            yield said(text, sign=SIGNS[status], names=and_more(joined(some), len(names) - len(some)))


def _kind(presence: PersonPresence, health: Mapping[Platform, Health]) -> Status:
    """Say as what somebody is named: whom a platform may know to be there that is silent for now is not offline.

    One that needs its owner may be silent for weeks: the others' word is all there is.
    """
    silent = any(health.get(platform) is Health.DEGRADED for platform in presence.unanswered)
    return Status.UNKNOWN if silent and presence.status is Status.OFFLINE else presence.status


def _within(room: Size, texts: Iterable[Text]) -> list[Text]:
    """Take texts from the first on, as long as there is room for them and two characters between."""
    kept: list[Text] = []
    units = entities = 0
    for one in texts:
        text, looks = one.render()
        units, entities = units + utf16_length(text) + 2, entities + len(looks)
        if units > room.units or entities > room.entities:
            break
        kept.append(one)
    return kept


def _troubles(told: ChatStatus, clocks: Clocks) -> list[Text]:
    found = []
    for platform, trouble in troubles(told).items():
        found.append(Text("\n", Italic("⚠️ ", trouble, _since(told.states.get(platform), clocks))))
    return [Text("\n"), *found] if found else []


def _since(state: PlatformState | None, clocks: Clocks) -> Text:
    """Say since when a platform is in trouble; of one that answers, if not about everybody, nobody knows."""
    if state is None or state.since is None or state.health is Health.OK:
        return Text()
    return said(" (since {time})", time=clocks.at(state.since))


def _end() -> InlineKeyboardButton:
    return button(words("🏁 End"), BoardTap(action=BoardAction.END))
