"""Choosing whom to invite, in private: what is asked, and what came of it."""

from collections.abc import Sequence
from typing import Final

from aiogram.types import KeyboardButton, KeyboardButtonRequestUsers, ReplyKeyboardMarkup, ReplyKeyboardRemove
from aiogram.utils.formatting import Text

from gub.domain.values import NotifyGroup
from gub.services.invitees import Candidate, LeftOut
from gub.telegram.showing import View
from gub.telegram.views.invitations import names_of, why_left_out
from gub.telegram.views.parts import joined, lines, named
from gub.telegram.views.places import in_chat
from gub.telegram.words import said, words

CHOSEN_AT_ONCE: Final = 10
"""Users that Telegram lets one choose at once (Bot API, KeyboardButtonRequestUsers)."""

_GONE: Final = ReplyKeyboardRemove(remove_keyboard=True)


def ask(group: NotifyGroup, title: str | None, request_id: int, note: Text | None = None) -> View:
    """Ask whom to invite, by a keyboard that opens the person's own list of people."""
    return View(
        lines(
            note,
            "" if note else None,
            said("Whom shall I invite into {group}?", group=_placed(group, title)),
            words("Choose up to {most} people with the button below, or send me their usernames.", most=CHOSEN_AT_ONCE),
        ),
        ReplyKeyboardMarkup(
            keyboard=[[_choice(request_id)], [KeyboardButton(text=words("Cancel"))]],
            resize_keyboard=True,
            one_time_keyboard=True,
        ),
    )


def invited(group: NotifyGroup, title: str | None, asked: Sequence[Candidate], left: LeftOut) -> View:
    """Say who was asked, and who was not and why."""
    return View(
        lines(
            said("📨 I asked {names} to join {group}.", names=joined(names_of(asked)), group=_placed(group, title)),
            *why_left_out(left, group),
        ),
        _GONE,
    )


def nobody(left: LeftOut, group: NotifyGroup) -> Text:
    """Say why nobody was asked."""
    return Text(*lines(words("I found nobody to ask."), *why_left_out(left, group)))


def no_names() -> Text:
    """Say that a text named nobody."""
    return said("I see no usernames in that. They begin with an @.")


def cancelled() -> View:
    """Say that nobody was asked."""
    return View([words("OK, nobody was invited.")], _GONE)


def over() -> View:
    """Answer a choice that was asked for too long ago, or is made already."""
    return View([words("That was finished or cancelled already. Type /invite in the group again.")], _GONE)


def cannot_post(group: NotifyGroup) -> View:
    """Say that the group did not take the invitation."""
    name = named(group.name)
    return View([said("Telegram didn't let me write there, so nobody was invited into {group}.", group=name)], _GONE)


def refused(why: Text | str) -> View:
    """Say why it cannot go on."""
    return View([why], _GONE)


def _placed(group: NotifyGroup, title: str | None) -> Text:
    return Text(named(group.name), in_chat(title))


def _choice(request_id: int) -> KeyboardButton:
    return KeyboardButton(
        text=words("👥 Choose people"),
        request_users=KeyboardButtonRequestUsers(
            request_id=request_id,
            user_is_bot=False,
            max_quantity=CHOSEN_AT_ONCE,
            request_name=True,
            request_username=True,
        ),
    )
