"""Watches: making them, looking after them, and what is told."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from aiogram.utils.formatting import Bold, Text

from gub.domain.presence import PersonPresence, Status, title_key
from gub.domain.values import KnownUser, StatusUser
from gub.domain.watches import Watch, WatchKind
from gub.services.watches import may_be_watched
from gub.telegram.links import Link, Way
from gub.telegram.showing import View
from gub.telegram.views.dialogs import cancel, question
from gub.telegram.views.doing import SIGNS, Times, doing
from gub.telegram.views.hours import peace
from gub.telegram.views.keyboards import WatchAction, WatchTap, button, link, rows
from gub.telegram.views.parts import and_more, joined, lines, mention, named, plain, shown
from gub.telegram.views.places import LABEL_UNITS, Page, Place, in_chat, in_place
from gub.telegram.words import said, words, words_many

COUNTS: Final = (2, 3, 4, 5, 6)
"""So many can be waited for."""

_NAMES: Final = 10
_IN_A_ROW: Final = 5

People = Mapping[str, StatusUser]


@dataclass(frozen=True, slots=True)
class Listed:
    """A watch, who it is about (None: nobody in particular, or who is gone), and the title of its chat."""

    watch: Watch
    person: StatusUser | None = None
    title: str | None = None


def in_private(chat_id: int, username: str) -> View:
    """Answer /watch in a group."""
    return View(
        [words("🔭 I can tell you when somebody here comes on, or plays a certain game.")],
        rows([link(words("Watch somebody"), Link(Way.WATCH, chat_id=chat_id).url(username))]),
    )


def mine(listed: Sequence[Listed]) -> View:
    """Show all watches of somebody, of whatever chats."""
    if not listed:
        return View([words("🔭 You watch nobody. Type /watch in a group to begin.")])
    return View(
        lines(Bold(words("🔭 What you watch")), "", *_numbered(listed, with_chat=True), "", _elsewhere()),
        rows(*_cards(listed)),
    )


def of_chat(listed: Sequence[Listed], place: Place) -> View:
    """Show what somebody watches of the people of a chat, and how to watch more."""
    told = _numbered(listed) if listed else [Text(words("Nothing yet."))]
    return View(
        lines(said("🔭 What you watch{in_chat}", in_chat=in_place(place)), "", *told),
        rows(
            *_cards(listed),
            [button(words("🔭 Watch somebody"), _tap(WatchAction.PICK, place, value="0"))],
            [button(words("👥 When several are on"), _tap(WatchAction.MANY, place))],
        ),
    )


def pick(people: Sequence[StatusUser], place: Place) -> View:
    """Ask whom to watch."""
    back = [_back(place)]
    if not people:
        nobody = words("Nobody else here allows to be watched yet.")
        how = words("Everybody decides for themselves: on their card in /people, “Show or hide”.")
        return View(lines(nobody, how), rows(back))
    page = Page.of(people, place.page)
    names = [
        [button(shown(one.display_name, LABEL_UNITS), _tap(WatchAction.WHEN, place, one.id))] for one in page.things
    ]
    turning = page.turning(lambda number: _tap(WatchAction.PICK, place, value=str(number)))
    return View([said("🔭 Whom{in_chat}?", in_chat=in_place(place))], rows(*names, turning, back))


def when(person: StatusUser, titles: Sequence[str], place: Place) -> View:
    """Ask what of somebody to wait for. `titles` are games that are played around them."""
    games = [
        [button(words("🎮 {title}", title=shown(one, LABEL_UNITS)), _plays(place, person, title_digest(one)))]
        for one in titles
    ]
    return View(
        [said("🔭 When should I tell you about {name}?", name=named(person.display_name))],
        rows(
            [button(words("🟢 When they come on"), _tap(WatchAction.ON, place, person.id))],
            [button(words("🎮 When they play anything"), _plays(place, person, ""))],
            *games,
            [button(words("✍️ When they play …"), _tap(WatchAction.TYPE, place, person.id))],
            [_back(place, WatchAction.PICK)],
        ),
    )


def ask_title(person: StatusUser, dialog: str, at: str, note: Text | None = None) -> View:
    """Ask for the name of a game."""
    asked = said("Which game of {name}? Send me its name, as /status shows it.", name=named(person.display_name))
    return question([note], [asked], [cancel(dialog, at)])


def ask_count(place: Place) -> View:
    """Ask how many are waited for."""
    counts = [button(str(one), _tap(WatchAction.COUNT, place, value=str(one))) for one in COUNTS]
    about = words("Only those count who allow it on their card in /people, you as well.")
    return View(lines(words("👥 Tell you when how many are on?"), about), rows(counts, [_back(place)]))


def card(listed: Listed, place: Place) -> View:
    """Show a watch, and what can be changed about it."""
    watch = listed.watch
    told = said("🔭 I'll tell you when this happens: {what}.", what=_what(listed))
    where = words("In the group, where all can read it.") if watch.in_group else words("Here, in private.")
    often = words("Each time.") if watch.always else words("Once, then it's done.")
    switches = [
        button(words("Once"), _card_tap(WatchAction.ONCE, listed))
        if watch.always
        else button(words("Each time"), _card_tap(WatchAction.ALWAYS, listed)),
        button(words("Tell me here"), _card_tap(WatchAction.HERE, listed))
        if watch.in_group
        else button(words("Tell the group"), _card_tap(WatchAction.GROUP, listed)),
    ]
    stop = button(words("🗑 Stop watching"), _card_tap(WatchAction.STOP, listed))
    return View(lines(told, Text(often, " ", where), _trouble(listed)), rows(switches, [stop], [_back(place)]))


def news(
    listed: Listed, presence: PersonPresence | None, others: Sequence[StatusUser], times: Times, owner: KnownUser | None
) -> View:
    """Tell what was waited for. `owner`: it is told in the group, which mentions them. `others`: who is on."""
    told = _told(listed, presence, others, times)
    items: list[Text | str] = [told] if owner is None else [mention(owner), ": ", told]
    return View(items, _news_buttons(listed))


def last_of_the_day(view: View) -> View:
    """Say under a message that it is the last for today."""
    over = words("That was a lot for one day: I go on tomorrow. /watch in private shows what you watch.")
    return View([*view.items, "\n\n", over], view.keyboard)


def stopped_toast() -> str:
    """Answer a tap on Stop watching."""
    return words("Done. I won't tell you any more.")


def for_its_owner() -> str:
    """Answer the taps of others on Stop watching, in a group."""
    return words("Only whoever watches that, or an admin, can stop it.")


def gone() -> str:
    """Answer a tap about a watch that is no more."""
    return words("You don't watch that any more.")


def unknown_title() -> str:
    """Answer a tap on a game that nobody plays any more."""
    return words("Nobody plays that just now. Please type its name instead.")


def saved_toast() -> str:
    """Answer a change."""
    return words("✓ Saved")


def no_title() -> Text:
    """Say that a name is none of a game."""
    return said("That's no name of a game. Please send it in one short line.")


def title_digest(title: str) -> str:
    """Give what stands for a game on a button."""
    return hashlib.sha256(title_key(title).encode()).hexdigest()[:8]


# -- inside


def _told(listed: Listed, presence: PersonPresence | None, others: Sequence[StatusUser], times: Times) -> Text:
    person = listed.person
    if listed.watch.kind is WatchKind.COUNT or person is None or presence is None:
        names = and_more(joined(plain(one.display_name) for one in others[:_NAMES]), len(others) - _NAMES)
        return said("👥 On now{in_chat}: {names}", in_chat=in_chat(listed.title), names=names)
    sign = SIGNS[Status.PLAYING if presence.playing else presence.status]
    name = named(person.display_name)
    return said(
        "{sign} {name}{in_chat}: {doing}",
        sign=sign,
        name=name,
        in_chat=in_chat(listed.title),
        doing=doing(person, presence, times),
    )


def _news_buttons(listed: Listed) -> InlineKeyboardMarkup:
    stop = button(words("🗑 Stop watching"), _card_tap(WatchAction.ENOUGH, listed))
    return rows(peace(), [stop] if listed.watch.always else [])


def _numbered(listed: Sequence[Listed], *, with_chat: bool = False) -> list[Text]:
    return [
        Text(
            f"{number}. ",
            _what(one),
            in_chat(one.title) if with_chat else "",
            " · ",
            words("each time") if one.watch.always else words("once"),
            Text(" · ", words("in the group")) if one.watch.in_group else "",
            Text(" · ", trouble) if (trouble := _trouble(one)) else "",
        )
        for number, one in enumerate(listed, start=1)
    ]


def _what(listed: Listed) -> Text:
    watch = listed.watch
    name = named(listed.person.display_name) if listed.person is not None else Text(words("somebody"))
    match watch.kind:
        case WatchKind.COUNT:
            return Text(words_many("{count} person is on", "{count} people are on", watch.count or 1))
        case WatchKind.ON:
            return said("{name} comes on", name=name)
    if watch.title is None:
        return said("{name} plays anything", name=name)
    return said("{name} plays {title}", name=name, title=plain(watch.title))


def _trouble(listed: Listed) -> str | None:
    if listed.watch.kind is WatchKind.COUNT:
        return None
    if listed.person is None:
        return words("not on the list any more")
    return None if may_be_watched(listed.person) else words("they don't allow it now")


def _cards(listed: Sequence[Listed]) -> list[list[InlineKeyboardButton]]:
    buttons = [button(str(number), _card_tap(WatchAction.CARD, one)) for number, one in enumerate(listed, start=1)]
    return [buttons[start : start + _IN_A_ROW] for start in range(0, len(buttons), _IN_A_ROW)]


def _elsewhere() -> str:
    return words("To watch more, type /watch in a group.")


def _card_tap(action: WatchAction, listed: Listed) -> WatchTap:
    return WatchTap(action=action, chat=listed.watch.chat_id, id=listed.watch.id)


def _plays(place: Place, person: StatusUser, title: str) -> WatchTap:
    return _tap(WatchAction.PLAYS, place, person.id, title)


def _tap(action: WatchAction, place: Place, id_: str = "", value: str = "") -> WatchTap:
    return WatchTap(action=action, chat=place.chat_id, id=id_, value=value)


def _back(place: Place, to: WatchAction = WatchAction.LIST) -> InlineKeyboardButton:
    return button(words("« Back"), _tap(to, place, value="0"))
