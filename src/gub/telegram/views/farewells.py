"""What is told of the groups of somebody who left the chat."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aiogram.types import InlineKeyboardMarkup
from aiogram.utils.formatting import Text

from gub.domain.values import KnownUser, NotifyGroup
from gub.telegram.links import Link, Way
from gub.telegram.messenger import View
from gub.telegram.views.keyboards import link, rows
from gub.telegram.views.parts import full_name, joined, lines, mention, named, plain

_NAMED: Final = 10


@dataclass(frozen=True, slots=True)
class News:
    """Whose groups somebody's are now. `username` is the bot's."""

    leaver: str
    heir: KnownUser
    groups: Sequence[NotifyGroup]
    username: str


def yours_now(news: News, *, ping: bool = True) -> View:
    """Tell the chat. Whose the groups are now is mentioned: it is for them to know."""
    heir = mention(news.heir) if ping else plain(full_name(news.heir))
    return View(
        lines(
            Text("👑 ", plain(news.leaver), " left the chat, so ", *_are(news), " yours now, ", heir, "."),
            "You can change it, invite people, hand it on or delete it."
            if len(news.groups) == 1
            else "You can change them, invite people, hand them on or delete them.",
        ),
        _open(news),
    )


def yours_now_in_private(news: News, title: str | None) -> View:
    """Tell in private of hidden groups: the chat is told nothing of them."""
    where = named(title) if title else "the chat"
    return View([Text("👑 ", plain(news.leaver), " left ", where, ", so ", *_are(news), " yours now.")], _open(news))


def _are(news: News) -> tuple[Text | str, ...]:
    names = [named(group.name) for group in news.groups[:_NAMED]]
    more = len(news.groups) - len(names)
    if len(news.groups) == 1:
        return (*names, " is")
    if more:
        return (joined(names), f" and {more} more are")
    return (joined(names[:-1]), " and ", names[-1], " are")


def _open(news: News) -> InlineKeyboardMarkup:
    first = news.groups[0]
    if len(news.groups) == 1:
        return rows([link("Open the group", Link(Way.GROUP, group=first.id).url(news.username))])
    return rows([link("Open the groups", Link(Way.GROUPS, chat_id=first.chat_id).url(news.username))])
