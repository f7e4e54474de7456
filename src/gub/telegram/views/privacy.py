"""What people are told of what is kept: of them, of their chats, and of its end."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from aiogram.utils.formatting import Bold, Text

from gub.domain.values import KnownUser, NotifyGroup
from gub.services.privacy import ChatTraces
from gub.store.personal import Traces
from gub.telegram.links import Link, Way
from gub.telegram.messenger import View
from gub.telegram.views.keyboards import TelegramId, button, link, rows
from gub.telegram.views.parts import full_name, lines, listed, mention, named, plain
from gub.telegram.words import said, said_many, words

THEMSELVES: Final = 0
"""In the place of a chat: who taps."""

_NAMED: Final = 10


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
            words("• What Telegram tells me: your id, name, username and language. And what you choose in /settings."),
            words("• On lists of who is on: display names, gaming accounts, who may see them, and who added them."),
            words("• Of groups: who is in them, who made them, and who muted them until when."),
            words("• Of invitations, until each is over: who asked whom, and the answers."),
            words("But for invitations, this stays until you delete it."),
            "",
            Bold(words("Right now")),
            *_now(traces),
            "",
            Bold(words("For a while")),
            words("• What those on the lists were last seen playing: 30 days."),
            words("• A conversation that you leave half-way: 24 hours."),
            words("• Whom a call pings, and the number (no text) of each message I handled: 2 days."),
            "",
            Bold(words("What I don't keep")),
            words("Your messages: each is dropped as soon as I have handled it. My log has numbers, never texts."),
            words(
                "Nothing goes to anybody else. Xbox, PlayStation and Steam are only asked about the accounts on the"
                " lists."
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


def delete_question(traces: Traces) -> View:
    """Say what deleting does to a person's data, and ask whether it is meant."""
    plan = [
        said_many(
            "• {count} entry on a list goes: it is you.",
            "• {count} entries on lists go: they are you.",
            traces.on_lists,
        ),
        said_many(
            "• {count} entry that you look after goes as well.",
            "• {count} entries that you look after go as well.",
            traces.kept,
        ),
        said_many(
            "• {count} entry stays with whoever said that it's them.",
            "• {count} entries stay with those who said that it's them.",
            traces.kept_of_others,
        ),
        said_many(
            "• You leave {count} group, with your mutes.",
            "• You leave {count} groups, with your mutes.",
            traces.member_of,
        ),
        said_many(
            "• {count} group that you made goes to another member, or is deleted if there is none.",
            "• {count} groups that you made go to another member each, or are deleted if there is none.",
            traces.made,
        ),
        said_many(
            "• {count} invitation asks you no more.",
            "• {count} invitations ask you no more.",
            traces.asked,
        ),
        said_many(
            "• {count} invitation of yours doesn't say any more that it is yours.",
            "• {count} invitations of yours don't say any more that they are yours.",
            traces.invited,
        ),
    ]
    counts = (
        traces.on_lists,
        traces.kept,
        traces.kept_of_others,
        traces.member_of,
        traces.made,
        traces.asked,
        traces.invited,
    )
    return View(
        lines(
            Bold(words("🗑 Delete everything about you?")),
            *(line for line, count in zip(plan, counts, strict=True) if count),
            words("• Your name, username, language, settings and open conversations go in any case."),
            "",
            words("It can't be undone."),
            words(
                "If others put you on a list and you never said that it's you, or wrote your name into a text, I can't"
                " know: open /people there and say so first."
            ),
        ),
        _sure(THEMSELVES),
    )


def deleted() -> View:
    """Say that nothing is left of a person."""
    return View(
        lines(
            Bold(words("✓ Done: I know nothing about you any more.")),
            words("When you next write to me, tap one of my buttons or are mentioned where I am, we meet anew."),
            words("A backup that whoever runs me has made before is theirs to delete."),
        )
    )


def chat_delete_question(title: str | None, chat_id: int, traces: ChatTraces) -> View:
    """Say what deleting does to a chat's data, and ask whether it is meant."""
    return View(
        lines(
            _title_question(title),
            said_many("• {count} entry on its list goes.", "• {count} entries on its list go.", traces.people),
            said_many(
                "• {count} group goes, with its members and invitations.",
                "• {count} groups go, with their members and invitations.",
                traces.groups,
            ),
            words("• Its settings go, and everything half-finished."),
            "",
            words("It can't be undone. I stay in the chat, and the chat is told."),
        ),
        _sure(chat_id),
    )


def chat_deleted(title: str | None) -> View:
    """Say that nothing is left of a chat."""
    done = (
        said("✓ Done: I know nothing about {chat} any more.", chat=named(title))
        if title
        else said("✓ Done: I know nothing about this chat any more.")
    )
    return View(
        lines(
            done,
            words("When I am next used there, it starts afresh. If you want me gone as well, remove me from the chat."),
        )
    )


def chat_told(by: str) -> View:
    """Tell a chat that its data was deleted."""
    return View(
        lines(
            said(
                "🗑 {name} had me delete everything I knew about this chat: its list, groups and settings.",
                name=plain(by),
            ),
            words("I'm still here: /help shows how to start afresh."),
        )
    )


def only_admins() -> str:
    """Answer who is no admin of the chat (any more)."""
    return words("Only an admin of that chat can do this.")


def inherited(heir: KnownUser, groups: Sequence[NotifyGroup], username: str, *, ping: bool = True) -> View:
    """Tell a chat, or the heir, whose groups are now whose that were somebody's who wanted to be forgotten."""
    names = [named(group.name) for group in groups[:_NAMED]]
    if more := len(groups) - len(names):
        names.append(said_many("{count} more", "{count} more", more))
    first = groups[0]
    where = Link(Way.GROUP, group=first.id) if len(groups) == 1 else Link(Way.GROUPS, chat_id=first.chat_id)
    return View(
        lines(
            said(
                "👑 {heir}, from now on you look after {groups}.",
                heir=mention(heir) if ping else plain(full_name(heir)),
                groups=listed(names),
            ),
            words("That means: you can change, invite, hand on and delete there."),
        ),
        rows([link(words("Open in private"), where.url(username))]),
    )


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
    ]
    return [line for count, line in told if count] or [said("No list and no group has you in it.")]


def _heading(title: str | None) -> Text:
    return (
        said("🔒 What I keep of {chat}", chat=named(title))
        if title
        else Text(Bold(words("🔒 What I keep of this chat")))
    )


def _title_question(title: str | None) -> Text:
    if title:
        return said("🗑 Delete everything about {chat}?", chat=named(title))
    return said("🗑 Delete everything about this chat?")


def _to_you(label: str) -> InlineKeyboardButton:
    return button(label, PrivacyTap(action=PrivacyAction.SHOW))


def _sure(chat_id: int) -> InlineKeyboardMarkup:
    return rows(
        [
            button(words("Confirm"), PrivacyTap(action=PrivacyAction.CONFIRM, chat=chat_id), style="danger"),
            button(words("Cancel"), PrivacyTap(action=PrivacyAction.SHOW, chat=chat_id)),
        ]
    )
