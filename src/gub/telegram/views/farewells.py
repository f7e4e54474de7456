"""What is told of the groups of somebody who left the chat."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aiogram.types import InlineKeyboardMarkup
from aiogram.utils.formatting import Text

from gub.domain.values import KnownUser, NotifyGroup
from gub.telegram.links import Link, Way
from gub.telegram.showing import View
from gub.telegram.views.keyboards import link, rows
from gub.telegram.views.parts import and_more, full_name, joined, lines, listed, mention, named, plain
from gub.telegram.words import mark, said, words

_NAMED: Final = 10

_IN_PRIVATE: Final = {
    (True, True): mark("👑 {leaver} left {chat}, so {groups} is yours now."),
    (True, False): mark("👑 {leaver} left {chat}, so {groups} are yours now."),
    (False, True): mark("👑 {leaver} left the chat, so {groups} is yours now."),
    (False, False): mark("👑 {leaver} left the chat, so {groups} are yours now."),
}
"""By whether the chat has a title and there is one group alone."""


@dataclass(frozen=True, slots=True)
class News:
    """Whose groups somebody's are now. `username` is the bot's."""

    leaver: str
    heir: KnownUser
    groups: Sequence[NotifyGroup]
    username: str


def yours_now(news: News, *, ping: bool = True) -> View:
    """Tell the chat. Whose the groups are now is mentioned: it is for them to know."""
    parts = {
        "leaver": plain(news.leaver),
        "groups": _groups(news),
        "heir": mention(news.heir) if ping else plain(full_name(news.heir)),
    }
    if len(news.groups) == 1:
        told = lines(
            said("👑 {leaver} left the chat, so {groups} is yours now, {heir}.", **parts),
            words("You can change it, invite people, hand it on or delete it."),
        )
    else:
        told = lines(
            said("👑 {leaver} left the chat, so {groups} are yours now, {heir}.", **parts),
            words("You can change them, invite people, hand them on or delete them."),
        )
    return View(told, _open(news))


def yours_now_in_private(news: News, title: str | None) -> View:
    """Tell in private of hidden groups: the chat is told nothing of them."""
    text = _IN_PRIVATE[bool(title), len(news.groups) == 1]
    told = said(text, leaver=plain(news.leaver), chat=named(title or ""), groups=_groups(news))
    return View([told], _open(news))


def _groups(news: News) -> Text:
    names = [named(group.name) for group in news.groups[:_NAMED]]
    more = len(news.groups) - len(names)
    return and_more(joined(names), more) if more else listed(names)


def _open(news: News) -> InlineKeyboardMarkup:
    first = news.groups[0]
    if len(news.groups) == 1:
        return rows([link(words("Open the group"), Link(Way.GROUP, group=first.id).url(news.username))])
    return rows([link(words("Open the groups"), Link(Way.GROUPS, chat_id=first.chat_id).url(news.username))])
