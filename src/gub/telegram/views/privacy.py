"""What people are told of what is kept of them and of their chats."""

from enum import StrEnum
from typing import Final

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Bold, Text

from gub.store.personal import Traces
from gub.telegram.links import Link, Way
from gub.telegram.showing import View
from gub.telegram.views.keyboards import TelegramId, button, link, rows
from gub.telegram.views.parts import lines, named
from gub.telegram.words import said, said_many, words

THEMSELVES: Final = 0
"""In the place of a chat: who taps."""


class PrivacyAction(StrEnum):
    """What a button about privacy does."""

    SHOW = "show"
    EXPORT = "export"
    DELETE = "del"
    CONFIRM = "delyes"


class PrivacyTap(CallbackData, prefix="pv"):
    """`pv:<action>:<chat>`, in private alone; the chat is `THEMSELVES` where it is about who taps."""

    action: PrivacyAction
    chat: TelegramId = THEMSELVES


def in_group(chat_id: int, username: str) -> View:
    """Answer /privacy in a group: the short of it, and the way to the rest."""
    return View(
        lines(
            Bold(words("🔒 What I keep of this chat")),
            words("Its name and settings, who is on its list, and its groups with their members and invitations."),
            words("What you write here isn't kept: I only react to commands and buttons."),
        ),
        rows(
            [link(words("What I keep about you"), Link(Way.PRIVACY).url(username))],
            [link(words("More about this chat"), Link(Way.PRIVACY, chat_id=chat_id).url(username))],
        ),
    )


def about_you(traces: Traces) -> View:
    """Say what is kept of a person, and for how long."""
    return View(
        lines(
            Bold(words("🔒 What I keep about you")),
            words("• What Telegram tells me: your id, name, username and language."),
            words("• What you choose in /settings and /hours."),
            words("• On lists of who is on: display names, gaming accounts, who may see them, and who added them."),
            words("• Of groups: who is in them, who made them, and who muted them until when."),
            words("• Of invitations, until each is over: who asked whom, and the answers."),
            words("• Whom you watch with /watch, and when you were told of it last."),
            words("All of this but the invitations stays until you delete it."),
            "",
            Bold(words("Right now")),
            *_now(traces),
            "",
            Bold(words("For a while")),
            words("• What those on the lists were last seen playing: 30 days."),
            words("• If you allowed it on your card in /people, when you came, went and what you played: 30 days."),
            words(
                "• If you allowed that too, what you play, for who watches you and for chats that hear who starts a"
                " game: until you stop."
            ),
            words("• Who paid respects with /f: 7 days."),
            words("• Calls: who called what for, and who comes or can't: 3 days."),
            words("• Which announcements of my owner reached you: 30 days."),
            words("• A conversation that you leave half-way: 24 hours."),
            words("• Whom a call pings, and the number (no text) of each message I handled: 2 days."),
            "",
            Bold(words("What I don't keep")),
            words("Your messages: each is dropped as soon as I have handled it. My log has numbers, never texts."),
            words(
                "Nothing goes to anybody else, but what you write with /feedback goes to whoever runs me. Xbox,"
                " PlayStation and Steam are only asked about the accounts on the lists."
            ),
            words("If I am removed from a chat, its data waits 30 days for my return and then goes."),
        ),
        rows(
            [button(words("📦 Export my data"), PrivacyTap(action=PrivacyAction.EXPORT))],
            [button(words("🗑 Delete my data"), PrivacyTap(action=PrivacyAction.DELETE), style="danger")],
        ),
    )


def about_chat(title: str | None, chat_id: int, *, is_admin: bool) -> View:
    """Say what is kept of a chat, and for how long; to its admins, with a way to end that."""
    delete = button(
        words("🗑 Delete this chat's data"), PrivacyTap(action=PrivacyAction.DELETE, chat=chat_id), style="danger"
    )
    return View(
        lines(
            _heading(title),
            words("• Its id, title, language and settings, and when I came."),
            words("• Who is on its list: the name you gave them, their gaming accounts, and who added them."),
            words(
                "• Its groups: name, description, members, who made them, who muted them, and when they were called."
            ),
            words("• Its invitations: who was asked and what they answered, until each is over."),
            words("• Its boards: where they are, and who opened them."),
            words("• If it wants to hear who starts a game: the games that it ignores, and those it heard of last."),
            "",
            words("All this stays until somebody deletes it, or for 30 days after I am removed."),
            words("What people write in the chat isn't kept."),
            None if is_admin else words("An admin of the chat can have all of it deleted."),
        ),
        rows([delete] if is_admin else [], [_to_you(words("What I keep about you"))]),
    )


def caption() -> Text:
    """Word what stands under the export."""
    return said(
        "📦 Everything I keep that names you. Half-finished conversations and accounts of others are only counted or"
        " left out."
    )


def exported() -> str:
    """Answer the tap that asked for the export."""
    return words("Here you are.")


def only_admins() -> str:
    """Answer who is no admin of the chat (any more)."""
    return words("Only an admin of that chat can do this.")


# -- inside


def _now(traces: Traces) -> list[Text]:
    """Count what there is of a person now, each in a line."""
    told = [
        (
            traces.on_lists,
            said_many("{count} entry on a list is you", "{count} entries on lists are you", traces.on_lists),
        ),
        (
            traces.kept + traces.kept_of_others,
            said_many(
                "{count} entry on a list is in your care",
                "{count} entries on lists are in your care",
                traces.kept + traces.kept_of_others,
            ),
        ),
        (
            traces.member_of,
            said_many("{count} group has you in it", "{count} groups have you in them", traces.member_of),
        ),
        (traces.made, said_many("{count} group was made by you", "{count} groups were made by you", traces.made)),
        (traces.asked, said_many("{count} invitation asks you", "{count} invitations ask you", traces.asked)),
        (traces.invited, said_many("{count} invitation is yours", "{count} invitations are yours", traces.invited)),
        (
            traces.donations,
            said_many("{count} donation is from you", "{count} donations are from you", traces.donations),
        ),
    ]
    return [line for count, line in told if count] or [said("No list and no group has you in it.")]


def _heading(title: str | None) -> Text:
    return (
        said("🔒 What I keep of {chat}", chat=named(title))
        if title
        else Text(Bold(words("🔒 What I keep of this chat")))
    )


def _to_you(label: str) -> InlineKeyboardButton:
    return button(label, PrivacyTap(action=PrivacyAction.SHOW))
