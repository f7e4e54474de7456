"""The list that /groups gives, with a button a group, and the one of /list_notify_groups, which is for reading."""

from collections.abc import Sequence
from typing import Final

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Text

from gub.domain.limits import GROUP_MEMBERS
from gub.domain.values import Joining, NotifyGroup
from gub.telegram.links import Link, Way
from gub.telegram.showing import View
from gub.telegram.views.group_cards import INVITED_NAMED, Around
from gub.telegram.views.keyboards import CardAction, CardTap, GroupsTap, button, link, rows
from gub.telegram.views.parts import and_more, joined, lines, named, shown, typed, unpinging
from gub.telegram.views.places import LABEL_UNITS, Page, Place, Viewer, of_place, to_private
from gub.telegram.words import said, said_many, words

_SIGNS: Final = {Joining.OPEN: "", Joining.INVITE: " 🔒", Joining.HIDDEN: " 🙈"}

_NAMED_IN_ALL: Final = GROUP_MEMBERS
"""People whom one list names, shared between its groups: any group alone is told whole."""

_DESCRIBED: Final = 20
"""Groups up to which a list tells their descriptions too."""

_UNKNOWN: Final = 10
_DESCRIPTION_UNITS: Final = 100
_NAME_UNITS: Final = 24


def group_list(groups: Sequence[NotifyGroup], place: Place, viewer: Viewer, *, kept_back: bool = False) -> View:
    """Show a page of a chat's groups, each a button. `kept_back`: hidden ones are left out."""
    if not groups:
        return _all_hidden(place) if kept_back else _none(place)
    page = Page.of(groups, place.page)
    cards = [[_to_card(group, place, viewer, page.number)] for group in page.things]
    return View(
        lines(
            _how_many(len(groups), place, page.where()),
            words(
                "Tap one to see who is in it, to join, leave or mute it. ✓ is where you are in, 🔒 is by invitation."
            ),
            words("🙈 I list hidden groups in private only.") if kept_back else None,
        ),
        rows(
            *cards,
            page.turning(lambda number: GroupsTap(chat=place.chat_id, opener=place.opener_id, page=number)),
            [_new(place), *to_private(place, Way.GROUPS)],
        ),
    )


def listed(groups: Sequence[NotifyGroup], unknown: Sequence[str], around: Around) -> View:
    """List groups with their members in plain text; say which of those asked for are `unknown`.

    Each name is an item of its own, so that a long list is divided between any two of them.
    """
    items: list[Text | str] = []
    most = members_named(groups)
    for group in groups:
        items += [*(["\n\n"] if items else []), *_group(group, most, around, described=len(groups) <= _DESCRIBED)]
    if any(len(group.members) > most for group in groups):
        command = typed(words("/list_notify_groups NAME"))
        items += ["\n\n", said("To see one whole: {command}", command=command)]
    if unknown:
        asked = and_more(joined(named(name) for name in unknown[:_UNKNOWN]), len(unknown) - _UNKNOWN)
        items += [*(["\n\n"] if items else []), said("There is no group {names} here.", names=asked)]
    return View(items or list(_none_text(Text())))


def members_named(groups: Sequence[NotifyGroup]) -> int:
    """Say how many members of each of so many groups a list names."""
    return _NAMED_IN_ALL // max(1, len(groups))


# -- inside


def _group(group: NotifyGroup, most: int, around: Around, *, described: bool) -> list[Text | str]:
    head = said_many(
        "🎮 {group} - {count} member, looked after by {name}",
        "🎮 {group} - {count} members, looked after by {name}",
        len(group.members),
        group=Text(named(group.name), _SIGNS[group.joining]),
        name=around.name(group.creator_id, _NAME_UNITS),
    )
    items: list[Text | str] = [head]
    if described and group.description:
        items.append(Text("\n", unpinging(shown(group.description, _DESCRIPTION_UNITS))))
    if group.members:
        items += ["\n", *_names(group.members, most, around)]
    if group.invited:
        first, *others = _names(group.invited, min(most, INVITED_NAMED), around)
        items += ["\n", said("Invited: {names}", names=first), *others]
    return items


def _names(entries: Sequence[int | str], most: int, around: Around) -> list[Text | str]:
    names: list[Text | str] = [
        Text(", " if number else "", around.name(entry, _NAME_UNITS)) for number, entry in enumerate(entries[:most])
    ]
    if len(entries) > most:
        names.append(words(" and {more} more", more=len(entries) - most))
    return names


def _how_many(count: int, place: Place, page: str) -> Text:
    if not place.title:
        return said_many("🎮 {count} group here{page}.", "🎮 {count} groups here{page}.", count, page=page)
    chat = named(place.title)
    return said_many(
        "🎮 {count} group in {chat}{page}.", "🎮 {count} groups in {chat}{page}.", count, chat=chat, page=page
    )


def _to_card(group: NotifyGroup, place: Place, viewer: Viewer, page: int) -> InlineKeyboardButton:
    mine = "✓ " if viewer.user_id in group.members else ""
    tap = CardTap(action=CardAction.CARD, group=group.id, opener=place.opener_id, page=page)
    return button(f"{mine}{shown(group.name, LABEL_UNITS)}{_SIGNS[group.joining]}", tap)


def _none(place: Place) -> View:
    return View(_none_text(of_place(place)), rows([_new(place)]))


def _none_text(where: Text) -> list[Text]:
    return lines(
        said("No groups{where} yet. A group is who you call when you want to play.", where=where),
        said("Make one: {command}", command=typed(words("/newgroup Warzone evenings, any rank"))),
    )


def _all_hidden(place: Place) -> View:
    return View(
        [words("🙈 I list hidden groups in private only.")], rows([_new(place), *to_private(place, Way.GROUPS)])
    )


def _new(place: Place) -> InlineKeyboardButton:
    new = Link(Way.NEW_GROUP, chat_id=place.chat_id, thread_id=place.thread_id)
    return link(words("Make a group"), new.url(place.username))
