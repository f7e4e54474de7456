"""The menus with which a group is looked after, in private, and what the chat is told of what was done there."""

from collections.abc import Sequence
from typing import Final

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from aiogram.utils.formatting import Text

from gub.domain.values import Invitation, Joining, KnownUser, NotifyGroup
from gub.telegram.showing import View
from gub.telegram.views.group_cards import INVITED_NAMED, Around, back, described, joining_told, placed, some, tap
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
from gub.telegram.views.parts import full_name, lines, mention, named, plain, shown, typed
from gub.telegram.views.places import LABEL_UNITS, Page, Place, in_place
from gub.telegram.words import said, said_many, words, words_many

_IN_A_ROW: Final = 4

WAYS_IN: Final = {
    CardAction.OPEN: Joining.OPEN,
    CardAction.INVITE_ONLY: Joining.INVITE,
    CardAction.HIDDEN: Joining.HIDDEN,
}
"""How people come in, as the menu's buttons choose it."""

WHOM: Final = {CardAction.ONLY_ON: True, CardAction.EVERYBODY: False}
"""Whether calls ping only who is on, as the menu's buttons choose it."""

_CHOOSING: Final = {
    True: (MemberAction.REMOVE, CardAction.MEMBERS),
    False: (MemberAction.HAND_OVER, CardAction.HAND_OVER),
}
"""What choosing a member leads to, and the list that is chosen from: to be taken out, or to be handed the group."""


def edit_menu(group: NotifyGroup, place: Place) -> View:
    """Ask what is to be changed."""
    pairs = [
        [(words("✏️ Rename"), CardAction.NAME), (words("📝 Description"), CardAction.DESCRIBE)],
        [(words("🚪 Who may join"), CardAction.JOINING), (words("👥 Members"), CardAction.MEMBERS)],
        [_whom(group), (words("👑 Hand over"), CardAction.HAND_OVER)],
    ]
    buttons = [[button(label, tap(action, group, place)) for label, action in pair] for pair in pairs]
    return View(
        lines(
            said("✏️ What shall change about {group}?", group=placed(group, place)),
            "",
            described(group) or words("It has no description."),
            joining_told(group),
            words("Its calls ping only who's on.") if group.only_on else None,
        ),
        rows(*buttons, [back(group, place)]),
    )


def joining_menu(group: NotifyGroup, place: Place) -> View:
    """Ask how people come in."""
    buttons = [
        [button(("✓ " if group.joining is value else "") + words(LABELS[value]), tap(action, group, place))]
        for action, value in WAYS_IN.items()
    ]
    asked = who_may_join(named(group.name), in_place(place))
    return View(lines(*asked), rows(*buttons, [back(group, place, CardAction.EDIT)]))


def joining_news(group: NotifyGroup, by: str) -> View:
    """Tell the chat how people come in from now on."""
    if group.joining is Joining.OPEN:
        return View(
            [said("🚪 {name} opened {group}: anybody here can join now.", name=plain(by), group=named(group.name))],
            group_buttons(group.id),
        )
    closed = said("🔒 {name} closed {group}: it is by invitation only now.", name=plain(by), group=named(group.name))
    return View([closed])


def whom_news(group: NotifyGroup, by: str) -> View:
    """Tell the chat whom calls ping from now on."""
    names = {"name": plain(by), "group": named(group.name)}
    if group.only_on:
        return View([said("🟢 From now on calls of {group} ping only who's on. {name} chose it.", **names)])
    return View([said("🔔 From now on calls of {group} ping everybody again. {name} chose it.", **names)])


def whom_toast(group: NotifyGroup) -> str:
    """Answer the choice of whom calls ping."""
    if group.only_on:
        return words("Calls ping only who's on, or who chose hours and is inside them.")
    return words("Calls ping everybody.")


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
            words("Revoke {number}", number=number) if len(told) > 1 else words("Revoke"),
            InvitationTap(action=InvitationAction.REVOKE, invitation=one.id),
        )
        for number, one in enumerate(page.things, start=1)
    ]
    name = placed(group, place)
    head = said("✉️ No open invitations into {group}.", group=name)
    if opened:
        head = said_many(
            "✉️ {count} open invitation into {group}{page}.",
            "✉️ {count} open invitations into {group}{page}.",
            len(opened),
            group=name,
            page=page.where(),
        )
    return View(
        lines(
            head,
            words("Still asked:") if told else None,
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
            said_many(
                "👥 {group} has {count} member beside you{page}.",
                "👥 {group} has {count} members beside you{page}.",
                len(members),
                group=placed(group, place),
                page=page.where(),
            ),
            words("Tap somebody to take them out."),
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
            said("👑 Who shall look after {group}{page}?", group=placed(group, place), page=page.where()),
            words("They can change it, invite people and delete it, and you can't any more.")
            if mine
            else words("They can change it, invite people and delete it."),
        ),
        rows(*_choice(group, page, place, around, remove=False), [back(group, place, to, 0)]),
    )


def remove_question(group: NotifyGroup, user: KnownUser, place: Place) -> View:
    """Ask whether it is meant."""
    return View(
        [said("Take {name} out of {group}?", name=plain(full_name(user)), group=placed(group, place))],
        _sure(group, user, place, MemberAction.REMOVE_YES),
    )


def removal(group: NotifyGroup, user: KnownUser, by: str) -> View:
    """Tell the chat who took whom out."""
    who, whom, name = plain(by), plain(full_name(user)), named(group.name)
    return View([said("👥 {who} took {whom} out of {group}.", who=who, whom=whom, group=name)])


def removed_toast(group: NotifyGroup, user: KnownUser) -> str:
    """Answer the confirmation."""
    return words("{name} is out of {group}.", name=shown(full_name(user), LABEL_UNITS), group=shown(group.name))


def hand_over_question(group: NotifyGroup, user: KnownUser, place: Place) -> View:
    """Ask whether it is meant."""
    return View(
        [said("Hand {group} over to {name}?", group=placed(group, place), name=plain(full_name(user)))],
        _sure(group, user, place, MemberAction.HAND_OVER_YES),
    )


def handed_over(group: NotifyGroup, user: KnownUser, by: str) -> View:
    """Tell the chat who looks after a group now. Who does is mentioned: it is for them to know."""
    return View(
        lines(
            said("👑 {who} handed {group} over to {whom}.", who=plain(by), group=named(group.name), whom=mention(user)),
            said("It's yours to look after now: {command}", command=typed("/groups")),
        )
    )


def taken_over(group: NotifyGroup, by: str) -> View:
    """Tell the chat that an admin looks after a group now, whose creator left."""
    return View([said("👑 {name} looks after {group} now.", name=plain(by), group=named(group.name))])


def yours_now(group: NotifyGroup, place: Place, by: str) -> View:
    """Tell in private who looks after a hidden group now: the chat is not told."""
    return View(
        [said("👑 {who} handed {group} over to you.", who=plain(by), group=placed(group, place))],
        rows([button(words("Open the group"), tap(CardAction.CARD, group, place))]),
    )


def handed_over_toast(group: NotifyGroup, user: KnownUser) -> str:
    """Answer the confirmation."""
    name = shown(full_name(user), LABEL_UNITS)
    return words("{name} looks after {group} now.", name=name, group=shown(group.name))


def not_here(user: KnownUser) -> str:
    """Answer the choice of somebody who left the chat."""
    return words("{name} is not in the chat any more.", name=shown(full_name(user), LABEL_UNITS))


# -- inside


def _whom(group: NotifyGroup) -> tuple[str, CardAction]:
    if group.only_on:
        return words("🔔 Ping everybody"), CardAction.EVERYBODY
    return words("🟢 Ping who's on"), CardAction.ONLY_ON


def _answers(invitation: Invitation) -> str:
    joined, declined = len(invitation.accepted), len(invitation.declined)
    told = [
        words_many("{count} joined", "{count} joined", joined) if joined else "",
        words_many("{count} declined", "{count} declined", declined) if declined else "",
    ]
    return f" ({', '.join(one for one in told if one)})" if any(told) else ""


def _nobody_else(group: NotifyGroup, place: Place, to: CardAction) -> View:
    return View([said("Nobody else is in {group}.", group=placed(group, place))], rows([back(group, place, to, 0)]))


def _choice(
    group: NotifyGroup, page: Page[int], place: Place, around: Around, *, remove: bool
) -> list[list[InlineKeyboardButton]]:
    """Make a button of each member on the page, and those that turn it."""
    action, listing = _CHOOSING[remove]
    taps = [MemberTap(action=action, group=group.id, user=one, page=page.number) for one in page.things]
    names = [
        words("{name} (left)", name=around.label(one)) if one in around.absent else around.label(one)
        for one in page.things
    ]
    members = [[button(name, data)] for name, data in zip(names, taps, strict=True)]
    return [*members, page.turning(lambda number: tap(listing, group, place, number))]


def _sure(group: NotifyGroup, user: KnownUser, place: Place, action: MemberAction) -> InlineKeyboardMarkup:
    confirm = MemberTap(action=action, group=group.id, user=user.user_id, page=place.page)
    listing = _CHOOSING[action is MemberAction.REMOVE_YES][1]
    return rows(
        [
            button(words("Confirm"), confirm, style="danger"),
            button(words("Cancel"), tap(listing, group, place, place.page)),
        ]
    )
