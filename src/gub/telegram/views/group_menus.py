"""The menus with which a group is looked after, in private, and what the chat is told of what was done there."""

from collections.abc import Sequence
from typing import Final

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from aiogram.utils.formatting import Text

from gub.domain.values import Invitation, Joining, KnownUser, NotifyGroup
from gub.telegram.messenger import View
from gub.telegram.views.group_cards import HOW, INVITED_NAMED, Around, back, described, some, tap
from gub.telegram.views.joining import LABELS, who_may_join
from gub.telegram.views.keyboards import (
    CardAction,
    InvitationAction,
    InvitationTap,
    MemberAction,
    MemberTap,
    button,
    group_buttons,
    rows,
)
from gub.telegram.views.parts import counted, full_name, lines, mention, named, plain, shown, typed
from gub.telegram.views.places import LABEL_UNITS, Page, Place, in_place

_IN_A_ROW: Final = 4

WAYS_IN: Final = {
    CardAction.OPEN: Joining.OPEN,
    CardAction.INVITE_ONLY: Joining.INVITE,
    CardAction.HIDDEN: Joining.HIDDEN,
}
"""How people come in, as the menu's buttons choose it."""

_CHOOSING: Final = {
    True: (MemberAction.REMOVE, CardAction.MEMBERS),
    False: (MemberAction.HAND_OVER, CardAction.HAND_OVER),
}
"""What choosing a member leads to, and the list that is chosen from: to be taken out, or to be handed the group."""


def edit_menu(group: NotifyGroup, place: Place) -> View:
    """Ask what is to be changed."""
    pairs = [
        [("✏️ Rename", CardAction.NAME), ("📝 Description", CardAction.DESCRIBE)],
        [("🚪 Who may join", CardAction.JOINING), ("👥 Members", CardAction.MEMBERS)],
        [("👑 Hand over", CardAction.HAND_OVER)],
    ]
    buttons = [[button(label, tap(action, group, place)) for label, action in pair] for pair in pairs]
    return View(
        lines(
            Text("✏️ What shall change about ", named(group.name), in_place(place), "?"),
            "",
            described(group) or "It has no description.",
            HOW[group.joining],
        ),
        rows(*buttons, [back(group, place)]),
    )


def joining_menu(group: NotifyGroup, place: Place) -> View:
    """Ask how people come in."""
    buttons = [
        [button(("✓ " if group.joining is value else "") + LABELS[value], tap(action, group, place))]
        for action, value in WAYS_IN.items()
    ]
    asked = who_may_join(named(group.name), in_place(place))
    return View(lines(*asked), rows(*buttons, [back(group, place, CardAction.EDIT)]))


def joining_news(group: NotifyGroup, by: str) -> View:
    """Tell the chat how people come in from now on."""
    if group.joining is Joining.OPEN:
        return View(
            [Text("🚪 ", plain(by), " opened ", named(group.name), ": anybody here can join now.")],
            group_buttons(group.id),
        )
    return View([Text("🔒 ", plain(by), " closed ", named(group.name), ": it is by invitation only now.")])


def joining_toast(group: NotifyGroup) -> str:
    """Answer the choice of how people come in."""
    return f"{shown(group.name)}: {HOW[group.joining][2:].strip()}"


def invitations(group: NotifyGroup, opened: Sequence[Invitation], place: Place, around: Around) -> View:
    """Show the invitations that still ask somebody, `place`'s page of them, each with a button that takes it back.

    What the button does is seen to where invitations are answered.
    """
    page = Page.of(opened, place.page)
    told = [
        Text(f"{number}. ", some(one.actively_invited, INVITED_NAMED, around), _answers(one))
        for number, one in enumerate(page.things, start=1)
    ]
    buttons = [
        button(
            f"Revoke {number}" if len(told) > 1 else "Revoke",
            InvitationTap(action=InvitationAction.REVOKE, invitation=one.id),
        )
        for number, one in enumerate(page.things, start=1)
    ]
    count = counted(len(opened), "open invitation") if opened else "No open invitations"
    return View(
        lines(
            Text("✉️ ", count, " into ", named(group.name), in_place(place), f"{page.where()}."),
            "Still asked:" if told else None,
            *told,
        ),
        rows(
            *(buttons[start : start + _IN_A_ROW] for start in range(0, len(buttons), _IN_A_ROW)),
            page.turning(lambda number: tap(CardAction.INVITATIONS, group, place, number)),
            [back(group, place, page=0)],
        ),
    )


def member_list(group: NotifyGroup, members: Sequence[int], place: Place, around: Around) -> View:
    """Let the creator choose whom to take out: `place`'s page of `members`, those who left the chat marked."""
    if not members:
        return _nobody_else(group, place, CardAction.EDIT)
    page = Page.of(members, place.page)
    return View(
        lines(
            Text(
                "👥 ",
                named(group.name),
                in_place(place),
                " has ",
                counted(len(members), "member"),
                f" beside you{page.where()}.",
            ),
            "Tap somebody to take them out.",
        ),
        rows(*_choice(group, page, place, around, remove=True), [back(group, place, CardAction.EDIT, 0)]),
    )


def heir_list(group: NotifyGroup, members: Sequence[int], place: Place, around: Around, *, mine: bool) -> View:
    """Let the creator (`mine`), or an admin, choose who is to look after the group."""
    to = CardAction.EDIT if mine else CardAction.CARD
    if not members:
        return _nobody_else(group, place, to)
    page = Page.of(members, place.page)
    return View(
        lines(
            Text("👑 Who shall look after ", named(group.name), in_place(place), f"{page.where()}?"),
            "They can change it, invite people and delete it" + (", and you can't any more." if mine else "."),
        ),
        rows(*_choice(group, page, place, around, remove=False), [back(group, place, to, 0)]),
    )


def remove_question(group: NotifyGroup, user: KnownUser, place: Place) -> View:
    """Ask whether it is meant."""
    return View(
        [Text("Take ", plain(full_name(user)), " out of ", named(group.name), in_place(place), "?")],
        _sure(group, user, place, MemberAction.REMOVE_YES),
    )


def removal(group: NotifyGroup, user: KnownUser, by: str) -> View:
    """Tell the chat who took whom out."""
    return View([Text("👥 ", plain(by), " took ", plain(full_name(user)), " out of ", named(group.name), ".")])


def removed_toast(group: NotifyGroup, user: KnownUser) -> str:
    """Answer the confirmation."""
    return f"{shown(full_name(user), LABEL_UNITS)} is out of {shown(group.name)}."


def hand_over_question(group: NotifyGroup, user: KnownUser, place: Place) -> View:
    """Ask whether it is meant."""
    return View(
        [Text("Hand ", named(group.name), in_place(place), " over to ", plain(full_name(user)), "?")],
        _sure(group, user, place, MemberAction.HAND_OVER_YES),
    )


def handed_over(group: NotifyGroup, user: KnownUser, by: str) -> View:
    """Tell the chat who looks after a group now. Who does is mentioned: it is for them to know."""
    return View(
        lines(
            Text("👑 ", plain(by), " handed ", named(group.name), " over to ", mention(user), "."),
            Text("It's yours to look after now: ", typed("/groups")),
        )
    )


def taken_over(group: NotifyGroup, by: str) -> View:
    """Tell the chat that an admin looks after a group now, whose creator left."""
    return View([Text("👑 ", plain(by), " looks after ", named(group.name), " now.")])


def yours_now(group: NotifyGroup, place: Place, by: str) -> View:
    """Tell in private who looks after a hidden group now: the chat is not told."""
    return View(
        [Text("👑 ", plain(by), " handed ", named(group.name), in_place(place), " over to you.")],
        rows([button("Open the group", tap(CardAction.CARD, group, place))]),
    )


def handed_over_toast(group: NotifyGroup, user: KnownUser) -> str:
    """Answer the confirmation."""
    return f"{shown(full_name(user), LABEL_UNITS)} looks after {shown(group.name)} now."


def not_here(user: KnownUser) -> str:
    """Answer the choice of somebody who left the chat."""
    return f"{shown(full_name(user), LABEL_UNITS)} is not in the chat any more."


# -- inside


def _answers(invitation: Invitation) -> str:
    joined, declined = len(invitation.accepted), len(invitation.declined)
    told = [f"{joined} joined" if joined else "", f"{declined} declined" if declined else ""]
    return f" ({', '.join(one for one in told if one)})" if any(told) else ""


def _nobody_else(group: NotifyGroup, place: Place, to: CardAction) -> View:
    return View(
        [Text("Nobody else is in ", named(group.name), in_place(place), ".")], rows([back(group, place, to, 0)])
    )


def _choice(
    group: NotifyGroup, page: Page[int], place: Place, around: Around, *, remove: bool
) -> list[list[InlineKeyboardButton]]:
    """Make a button of each member on the page, and those that turn it."""
    action, listing = _CHOOSING[remove]
    taps = [MemberTap(action=action, group=group.id, user=one, page=page.number) for one in page.things]
    marks = ["" if one not in around.absent else " (left)" for one in page.things]
    names = [around.label(one) + mark for one, mark in zip(page.things, marks, strict=True)]
    members = [[button(name, data)] for name, data in zip(names, taps, strict=True)]
    return [*members, page.turning(lambda number: tap(listing, group, place, number))]


def _sure(group: NotifyGroup, user: KnownUser, place: Place, action: MemberAction) -> InlineKeyboardMarkup:
    confirm = MemberTap(action=action, group=group.id, user=user.user_id, page=place.page)
    listing = _CHOOSING[action is MemberAction.REMOVE_YES][1]
    return rows([button("Confirm", confirm, style="danger"), button("Cancel", tap(listing, group, place, place.page))])
