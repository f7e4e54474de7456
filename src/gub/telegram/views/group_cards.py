"""The cards of notify groups, and what everybody may do there. Whoever is on them is named and not pinged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Text

from gub.domain import group_rights
from gub.domain.limits import DESCRIPTION_UNITS
from gub.domain.mutes import is_muted
from gub.domain.splitting import cut
from gub.domain.values import Joining, KnownUser, NotifyGroup
from gub.telegram.links import Link, Way
from gub.telegram.showing import View
from gub.telegram.views.keyboards import (
    CardAction,
    CardTap,
    GroupsTap,
    button,
    link,
    rows,
)
from gub.telegram.views.parts import and_more, called, joined, lines, named, plain, shown, unpinging
from gub.telegram.views.places import LABEL_UNITS, Place, Viewer, in_place
from gub.telegram.words import lasting, mark, said, said_many, words

NAMED: Final = 50
"""Members who are named on a card; the others are counted."""

INVITED_NAMED: Final = 10
"""Of the invited, the same."""

_NAME_UNITS: Final = 32
_LISTS: Final = frozenset({CardAction.MEMBERS, CardAction.HAND_OVER, CardAction.INVITATIONS})

_HOW: Final = {
    Joining.OPEN: ("🚪", mark("Anybody in the chat can join.")),
    Joining.INVITE: ("🔒", mark("By invitation only.")),
    Joining.HIDDEN: ("🙈", mark("Hidden: by invitation only, and on no list in the chat.")),
}


@dataclass(frozen=True, slots=True)
class Around:
    """What is known around a group when it is shown: people, who of them left the chat, how many invitations ask."""

    now: datetime
    users: Mapping[int, KnownUser] = field(default_factory=dict)
    absent: frozenset[int] = frozenset()
    invitations: int = 0

    def name(self, entry: int | str, units: int = _NAME_UNITS) -> Text:
        """Name somebody: a member, or one of the invited, of whom GUB may know nothing but the username."""
        return unpinging(self.label(entry, units))

    def label(self, entry: int | str, units: int = LABEL_UNITS) -> str:
        """Name somebody on a button."""
        return shown(called(self.users.get(entry)) if isinstance(entry, int) else entry, units)


def card(group: NotifyGroup, place: Place, viewer: Viewer, around: Around) -> View:
    """Show a group, and what the viewer may do."""
    return View(
        lines(
            Text("🎮 ", placed(group, place)),
            described(group),
            "",
            joining_told(group),
            _creator(group, around),
            _members(group, around),
            said("Invited: {names}", names=some(group.invited, INVITED_NAMED, around)) if group.invited else None,
            *(_mute(group, viewer, around.now) if place.private else ()),
        ),
        rows(*_buttons(group, place, viewer, around)),
    )


def mute_menu(group: NotifyGroup, place: Place) -> View:
    """Ask how long calls are to leave the viewer in peace."""
    return View(
        lines(
            said("🔕 Mute the calls of {group} for how long?", group=placed(group, place)),
            words("You stay a member: calls name you and don't ping you."),
        ),
        rows(
            [
                button(words("1 hour"), tap(CardAction.MUTE_HOUR, group, place)),
                button(words("1 day"), tap(CardAction.MUTE_TOMORROW, group, place)),
                button(words("Always"), tap(CardAction.MUTE_GOOD, group, place)),
            ],
            [back(group, place)],
        ),
    )


def delete_question(group: NotifyGroup, place: Place) -> View:
    """Ask whether it is meant."""
    name, count = placed(group, place), len(group.members)
    asked = said("Delete {group}? That can't be undone.", group=name)
    if count:
        asked = said_many(
            "Delete {group} with its {count} member? That can't be undone.",
            "Delete {group} with its {count} members? That can't be undone.",
            count,
            group=name,
        )
    return View(
        [asked],
        rows(
            [
                button(words("Confirm"), tap(CardAction.CONFIRM, group, place), style="danger"),
                button(words("Cancel"), tap(CardAction.CARD, group, place)),
            ]
        ),
    )


def deleted(group: NotifyGroup, place: Place, by: str) -> View:
    """Say that a group is gone; in the chat, by whom."""
    told = [said("🗑 {group} is deleted.", group=placed(group, place))]
    return View(told if place.private else deletion(group, by).items, rows([to_list(place)]))


def deletion(group: NotifyGroup, by: str) -> View:
    """Tell a chat who deleted a group."""
    return View([said("🗑 {name} deleted the group {group}.", name=plain(by), group=named(group.name))])


def hidden_here() -> str:
    """Answer a tap, in the chat, on the card of a group that has been hidden since."""
    return words("That group is hidden now. Open the list in private to see it.")


def muted_toast(group: NotifyGroup, user_id: int, now: datetime) -> str:
    """Answer the choice of how long to mute."""
    name, until = shown(group.name), group.mutes.get(user_id)
    if until is None:
        return words("{group} won't ping you until you unmute it. Unmute ends that.", group=name)
    return words("{group} won't ping you for {time}. Unmute ends that.", group=name, time=lasting(until - now))


def unmuted_toast(group: NotifyGroup) -> str:
    """Answer a tap on Unmute."""
    return words("Calls of {group} ping you again.", group=shown(group.name))


def tap(action: CardAction, group: NotifyGroup, place: Place, page: int | None = None) -> CardTap:
    """Make what a button about a group carries: the page to go back to, or to show where it opens a list."""
    if page is None:
        page = 0 if action in _LISTS else place.page
    return CardTap(action=action, group=group.id, opener=place.opener_id, page=page)


def back(
    group: NotifyGroup, place: Place, action: CardAction = CardAction.CARD, page: int | None = None
) -> InlineKeyboardButton:
    """Make the button that goes back to the card, or to a menu on it."""
    return button(words("« Back"), tap(action, group, place, page))


def to_list(place: Place) -> InlineKeyboardButton:
    """Make the button that goes back to the list."""
    return button(words("« Back to the list"), GroupsTap(chat=place.chat_id, opener=place.opener_id, page=place.page))


def described(group: NotifyGroup) -> Text | None:
    """Give the description, if there is one: the predecessor's groups may have one of any length."""
    text = (group.description or "").strip()
    if not text:
        return None
    first, *more = cut(text, DESCRIPTION_UNITS)
    return unpinging(first + "…" if more else first)


def some(entries: Sequence[int | str], most: int, around: Around) -> Text:
    """Name so many, and count the others."""
    return and_more(joined(around.name(entry) for entry in entries[:most]), len(entries) - most)


def placed(group: NotifyGroup, place: Place) -> Text:
    """Name a group, and its chat where that is not plain to see."""
    return Text(named(group.name), in_place(place))


def joining_told(group: NotifyGroup) -> str:
    """Say how people come into a group."""
    sign, how = _HOW[group.joining]
    return f"{sign} {words(how)}"


def joining_toast(group: NotifyGroup) -> str:
    """Answer the choice of how people come in."""
    return f"{shown(group.name)}: {words(_HOW[group.joining][1])}"


# -- inside


def _creator(group: NotifyGroup, around: Around) -> Text:
    name = around.name(group.creator_id)
    if group.creator_id in around.absent:
        return said("Looked after by {name}, who left the chat.", name=name)
    return said("Looked after by {name}.", name=name)


def _members(group: NotifyGroup, around: Around) -> Text | str:
    """Name the members, those who left the chat last."""
    if not group.members:
        return words("Nobody is in it.")
    first = group.members[:NAMED]
    here = [around.name(one) for one in first if one not in around.absent]
    gone = [said("{name} (left the chat)", name=around.name(one)) for one in first if one in around.absent]
    return said_many(
        "{count} member: {names}.",
        "{count} members: {names}.",
        len(group.members),
        names=and_more(joined([*here, *gone]), len(group.members) - len(first)),
    )


def _mute(group: NotifyGroup, viewer: Viewer, now: datetime) -> list[str]:
    if viewer.user_id not in group.members:
        return []
    if not is_muted(group, viewer.user_id, now):
        return ["", words("You're in it: calls ping you.")]
    until = group.mutes.get(viewer.user_id)
    if until is None:
        return ["", words("🔕 You're in it: calls don't ping you until you unmute it.")]
    return ["", words("🔕 You're in it: calls don't ping you for {time}.", time=lasting(until - now))]


def _buttons(group: NotifyGroup, place: Place, viewer: Viewer, around: Around) -> list[list[InlineKeyboardButton]]:
    manage = _managing(group, place, viewer, around)
    if group_rights.may_delete(group, viewer.user_id, is_admin=viewer.is_admin):
        manage.append(button(words("🗑 Delete"), tap(CardAction.DELETE, group, place)))
    return [_own(group, place, viewer, around), manage[:2], manage[2:], [to_list(place)]]


def _own(group: NotifyGroup, place: Place, viewer: Viewer, around: Around) -> list[InlineKeyboardButton]:
    """Make the buttons for what one does for oneself."""
    if viewer.user_id in group.members:
        if is_muted(group, viewer.user_id, around.now):
            mute = button(words("🔔 Unmute"), tap(CardAction.UNMUTE, group, place))
        else:
            mute = button(words("🔕 Mute"), tap(CardAction.MUTE, group, place))
        return [button(words("Leave"), tap(CardAction.LEAVE, group, place)), mute]
    if group_rights.may_join(group, viewer.user_id):
        return [button(words("Join"), tap(CardAction.JOIN, group, place), style="success")]
    return []


def _managing(group: NotifyGroup, place: Place, viewer: Viewer, around: Around) -> list[InlineKeyboardButton]:
    """Make the buttons of who looks after the group. They work in private; from the chat they lead there."""
    creator_is_here = group.creator_id not in around.absent
    if group_rights.may_edit(group, viewer.user_id):
        labels = [(words("✏️ Edit"), CardAction.EDIT, Way.GROUP), (words("🙋 Invite"), CardAction.PICK, Way.INVITE)]
        if around.invitations and place.private:
            invitations = words("✉️ Invitations: {count}", count=around.invitations)
            labels.append((invitations, CardAction.INVITATIONS, Way.GROUP))
    elif group_rights.may_hand_over(group, viewer.user_id, is_admin=viewer.is_admin, creator_is_here=creator_is_here):
        labels = [(words("👑 Hand over"), CardAction.HAND_OVER, Way.GROUP)]
    else:
        return []
    if place.private:
        return [button(label, tap(action, group, place)) for label, action, _ in labels]
    return [link(label, Link(way, group=group.id).url(place.username)) for label, _, way in labels]
