"""What people are told when they, or a chat, are to be forgotten."""

from collections.abc import Sequence
from typing import Final

from aiogram.types import InlineKeyboardMarkup
from aiogram.utils.formatting import Bold, Text

from gub.domain.values import KnownUser, NotifyGroup
from gub.services.privacy import ChatTraces
from gub.store.personal import Traces
from gub.telegram.links import Link, Way
from gub.telegram.showing import View
from gub.telegram.views.keyboards import button, link, rows
from gub.telegram.views.parts import full_name, lines, listed, mention, named, plain
from gub.telegram.views.privacy import THEMSELVES, PrivacyAction, PrivacyTap
from gub.telegram.words import said, said_many, words

_NAMED: Final = 10


def delete_question(traces: Traces) -> View:
    """Say what deleting does to a person's data, and ask whether it is meant."""
    return View(
        lines(
            Bold(words("🗑 Delete everything about you?")),
            *_plan(traces),
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


def _plan(traces: Traces) -> list[Text]:
    """Say of each kind of which there is something what becomes of it."""
    told = [
        (
            traces.on_lists,
            said_many(
                "• {count} entry on a list goes: it is you.",
                "• {count} entries on lists go: they are you.",
                traces.on_lists,
            ),
        ),
        (
            traces.kept,
            said_many(
                "• {count} entry that you look after goes as well.",
                "• {count} entries that you look after go as well.",
                traces.kept,
            ),
        ),
        (
            traces.kept_of_others,
            said_many(
                "• {count} entry stays with whoever said that it's them.",
                "• {count} entries stay with those who said that it's them.",
                traces.kept_of_others,
            ),
        ),
        (
            traces.member_of,
            said_many(
                "• You leave {count} group, with your mutes.",
                "• You leave {count} groups, with your mutes.",
                traces.member_of,
            ),
        ),
        (
            traces.made,
            said_many(
                "• {count} group that you made goes to another member, or is deleted if there is none.",
                "• {count} groups that you made go to another member each, or are deleted if there is none.",
                traces.made,
            ),
        ),
        (
            traces.asked,
            said_many("• {count} invitation asks you no more.", "• {count} invitations ask you no more.", traces.asked),
        ),
        (
            traces.invited,
            said_many(
                "• {count} invitation of yours doesn't say any more that it is yours.",
                "• {count} invitations of yours don't say any more that they are yours.",
                traces.invited,
            ),
        ),
        (
            traces.donations,
            said_many(
                "• {count} donation is forgotten, so I can't give it back any more.",
                "• {count} donations are forgotten, so I can't give them back any more.",
                traces.donations,
            ),
        ),
    ]
    return [line for count, line in told if count]


def _title_question(title: str | None) -> Text:
    if title:
        return said("🗑 Delete everything about {chat}?", chat=named(title))
    return said("🗑 Delete everything about this chat?")


def _sure(chat_id: int) -> InlineKeyboardMarkup:
    return rows(
        [
            button(words("Confirm"), PrivacyTap(action=PrivacyAction.CONFIRM, chat=chat_id), style="danger"),
            button(words("Cancel"), PrivacyTap(action=PrivacyAction.SHOW, chat=chat_id)),
        ]
    )
