"""Invitations: the message that asks, as it is posted and as the answers change it, and what is said around it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from aiogram.types import InlineKeyboardMarkup
from aiogram.utils.formatting import Text

from gub.domain.limits import MENTIONS_PER_MESSAGE
from gub.domain.values import Ended, Invitation, KnownUser, NotifyGroup
from gub.services.invitees import Candidate, LeftOut
from gub.telegram.showing import View
from gub.telegram.views.group_cards import described
from gub.telegram.views.hours import peace
from gub.telegram.views.keyboards import InvitationAction, InvitationTap, button, link, rows
from gub.telegram.views.parts import called, full_name, joined, lines, mention, named, plain, shown, typed, unpinging
from gub.telegram.words import mark, said, words

_NAME_UNITS: Final = 40
"""Of one name among many: fifty of them and a description fit into one message."""

ENDS: Final = {
    Ended.ANSWERED: mark("Everybody has answered."),
    Ended.REVOKED: mark("This invitation was taken back."),
    Ended.EXPIRED: mark("This invitation has expired. Ask for a new one."),
    Ended.GONE: mark("The group was deleted, so this invitation is over."),
}
"""Why an invitation asks nobody any more."""

_ROWS: Final = {
    "asked": mark("⏳ Asked: {names}"),
    "unanswered": mark("💤 No answer: {names}"),
    "accepted": mark("✅ Accepted: {names}"),
    "declined": mark("❌ Declined: {names}"),
    "bots": mark("🤖 Bots can't join: {names}"),
    "members": mark("👍 In {group} already: {names}"),
    "absent": mark("🚪 Not in the chat: {names}"),
}


def mentioned_first(invitation: Invitation) -> tuple[int | str, ...]:
    """Give those whom the message itself pings; the others are called by messages of their own."""
    return invitation.initially_invited[:MENTIONS_PER_MESSAGE]


def mention_of(entry: int | str, users: Mapping[int, KnownUser]) -> Text:
    """Mention somebody invited; of an `@username` Telegram makes a mention by itself."""
    return Text(entry) if isinstance(entry, str) else mention(users.get(entry, KnownUser(entry, "")))


def name_of(entry: int | str, users: Mapping[int, KnownUser]) -> Text:
    """Name somebody invited, without a ping."""
    if isinstance(entry, str):
        return unpinging(entry)
    user = users.get(entry)
    return unpinging(shown(called(user), _NAME_UNITS))


def invitation_message(
    invitation: Invitation,
    group: NotifyGroup | None,
    users: Mapping[int, KnownUser],
    *,
    pings: bool,
    quiet: Collection[int] = (),
) -> View:
    """Show an invitation as it is now. With `pings`, those whom its message mentions are mentioned while asked.

    Who is `quiet` is only named.
    """
    first = mentioned_first(invitation) if pings and invitation.ended is None else ()
    first = tuple(one for one in first if one not in quiet)
    asked = [mention_of(one, users) if one in first else name_of(one, users) for one in invitation.actively_invited]
    over = invitation.ended is not None
    return View(
        lines(
            _head(invitation, group, users),
            None if group is None else described(group),
            "",
            _row("unanswered" if over else "asked", asked),
            _row("accepted", (name_of(one, users) for one in invitation.accepted)),
            _row("declined", (name_of(one, users) for one in invitation.declined)),
            "" if invitation.initially_invited else None,
            words(ENDS[invitation.ended]) if invitation.ended else words("Tap Accept to be called too."),
        ),
        None if over else invitation_buttons(invitation.id),
    )


def further(group: NotifyGroup) -> list[Text]:
    """Head the further messages, which call people to an invitation that stands above."""
    return [Text(said("📨 {group}, you are invited too, see above:", group=named(group.name)), " ")]


def left_out(outcome_of: LeftOut, group: NotifyGroup, *, nobody: bool) -> View:
    """Tell the inviter who was not asked and why; `nobody`: there was no one else."""
    return View(
        lines(
            words("I found nobody to ask.") if nobody else words("I didn't ask everybody."),
            *why_left_out(outcome_of, group),
        )
    )


def why_left_out(left: LeftOut, group: NotifyGroup) -> list[Text | None]:
    """Tell apart why some are not asked, a line each."""
    return [
        _row("bots", names_of(left.bots)),
        _row("members", names_of(left.members), group=named(group.name)),
        _row("absent", names_of(left.absent)),
    ]


def names_of(people: Sequence[Candidate]) -> list[Text]:
    """Name those who might be asked, without pings."""
    return [name_of(one.entry, {} if one.user is None else {one.user.user_id: one.user}) for one in people]


def usage() -> View:
    """Tell how /invite is used."""
    return View(
        lines(
            said("Like this: {command}", command=typed(words("/invite NAME @somebody @another"))),
            said("For example: {command}", command=typed(words("/invite Warzone @ann_plays @bobby"))),
        )
    )


def whom(group: NotifyGroup, url: str) -> View:
    """Ask whom to invite, where nobody was named."""
    return View(
        lines(
            said("Whom shall I invite into {group}? Name them like this:", group=named(group.name)),
            typed(words("/invite {group} @somebody @another", group=group.name)),
            words("Or choose them from a list:"),
        ),
        rows([link(words("👥 Choose people"), url)]),
    )


def accepted_toast(group: NotifyGroup) -> str:
    """Answer a tap on Accept."""
    return words("You are in {group} now. Its calls will reach you.", group=shown(group.name))


def declined_toast(group: NotifyGroup) -> str:
    """Answer a tap on Decline."""
    return words("You declined. {group} won't call you.", group=shown(group.name))


def revoked_toast() -> str:
    """Answer a tap on Revoke."""
    return words("Taken back. It asks nobody any more.")


def invitation_buttons(invitation_id: str) -> InlineKeyboardMarkup:
    """Accept and Decline, for who is asked; peace from everybody; Revoke, for the group's creator."""
    accept, decline, revoke = (InvitationTap(action=action, invitation=invitation_id) for action in InvitationAction)
    return rows(
        [button(words("Accept"), accept, style="success"), button(words("Decline"), decline, style="danger")],
        peace(),
        [button(words("Revoke"), revoke)],
    )


# -- inside


def _head(invitation: Invitation, group: NotifyGroup | None, users: Mapping[int, KnownUser]) -> Text:
    name = named((invitation.group_name or "") if group is None else group.name)
    inviter = None if invitation.inviter_id is None else users.get(invitation.inviter_id)
    if inviter is None:
        return said("📨 You are invited into {group}", group=name)
    return said("📨 {name} invites you into {group}", name=plain(full_name(inviter)), group=name)


def _row(row: str, people: Iterable[Text], **parts: Text) -> Text | None:
    """Name people in a row; nobody is no row."""
    everybody = list(people)
    return said(_ROWS[row], names=joined(everybody), **parts) if everybody else None
