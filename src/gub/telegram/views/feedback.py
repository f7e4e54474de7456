"""Feedback: what people tell the owners, and what these answer."""

from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from aiogram.utils.formatting import Bold
from pydantic import Field

from gub.telegram.showing import View
from gub.telegram.views.dialogs import cancel, question
from gub.telegram.views.keyboards import TelegramId, button, rows
from gub.telegram.views.parts import AsTyped, lines, named, plain, typed
from gub.telegram.words import said, words

_MOST = 2**31 - 1

ASKED = "text"
"""The one step of both dialogs: a text is waited for."""


class FeedbackTap(CallbackData, prefix="fb"):
    """`fb:<who gave it>:<where>:<message>`: all that an answer needs, so that none of it is kept."""

    user: TelegramId
    chat: TelegramId
    message: Annotated[int, Field(ge=0, le=_MOST)]


def ask(dialog: str) -> View:
    """Ask in private what is to be told."""
    asked = words("What shall I tell whoever runs me? Write it in one message, and I'll pass it on with your name.")
    return question([], [asked], [cancel(dialog, ASKED)])


def usage() -> View:
    """Say in a group how feedback is given."""
    example = typed(words("/feedback I'd like a list of who plays what"))
    return View([said("Write it right after the command, like this: {example}", example=example)])


def cancelled() -> View:
    """Say that nothing was passed on."""
    return View([words("All right, I tell nobody anything.")])


def passed_on() -> View:
    """Thank whoever gave feedback that an owner has."""
    return View([words("Thank you! Whoever runs me has it now. If there's an answer, I'll bring it to you.")])


def reached_nobody() -> View:
    """Say that no owner has the feedback."""
    return View(
        [
            words(
                "Sorry, I can't reach whoever runs me just now. Nobody has read this and I don't keep it, so try later."
            )
        ]
    )


def to_owner(sender: str, title: str | None, text: AsTyped, tap: FeedbackTap) -> View:
    """Bring an owner what somebody wrote, in private or in the group of this title."""
    if title is None:
        heading = said("💬 {name} writes to you:", name=named(sender))
    else:
        heading = said("💬 {name} writes to you from {group}:", name=named(sender), group=plain(title))
    return View([*lines(heading, "", ""), text], rows([button(words("Reply"), tap)]))


def ask_reply(dialog: str, name: str) -> View:
    """Ask an owner what to answer."""
    asked = said("What shall I tell {name}? Write it in one message.", name=named(name))
    return question([], [asked], [cancel(dialog, ASKED)])


def answer(text: AsTyped) -> View:
    """Bring an owner's answer to whom it is for, in private."""
    heading = Bold(words("💬 An answer to your feedback:"))
    return View([*lines(heading, "", ""), text, "\n\n", words("/feedback lets you write back.")])


def answer_in_group(name: str, text: AsTyped) -> View:
    """Bring an owner's answer to where the feedback was given."""
    heading = said("💬 An answer to the feedback of {name}:", name=named(name))
    return View([*lines(heading, "", ""), text])


def answered(name: str) -> View:
    """Tell an owner that the answer arrived."""
    return View([said("Done: {name} has your answer.", name=named(name))])


def answered_in_group(name: str, title: str | None) -> View:
    """Tell an owner that the answer arrived where the feedback was given."""
    group = plain(title) if title else words("the group")
    return View([said("I can't write to {name} in private, so I answered in {group}.", name=named(name), group=group)])


def cannot_answer(name: str) -> View:
    """Tell an owner that the answer cannot arrive."""
    return View([said("I can't write to {name} any more, so your answer reached nobody.", name=named(name))])


def answer_held_up(dialog: str) -> View:
    """Tell an owner that Telegram does not take the answer now."""
    asked = words("Telegram isn't taking that just now. Please send it to me again in a minute.")
    return question([], [asked], [cancel(dialog, ASKED)])


def not_answered() -> View:
    """Say that an owner answers nothing."""
    return View([words("All right, I answer nothing.")])
