"""Calls: the only messages that ping."""

from collections.abc import Sequence

from aiogram.types import InlineKeyboardMarkup
from aiogram.utils.formatting import Text

from gub.domain.values import KnownUser, NotifyGroup
from gub.telegram.messenger import View
from gub.telegram.views.parts import AsTyped, full_name, joined, mention, named, plain


def opening(group: NotifyGroup, caller: str, text: AsTyped | None) -> list[Text]:
    """Say who calls whom and what for, as the head of the first message. The caller is not pinged."""
    head = Text("📣 ", named(caller), " calls ", named(group.name))
    if text is None:
        return [head, Text("\n\n")]
    return [Text(head, "\n\n"), text, Text("\n\n")]


def continuation(group: NotifyGroup) -> list[Text]:
    """Head the further messages of a call."""
    return [Text("📣 ", named(group.name), ": ")]


def with_mentions(head: Sequence[Text], called: Sequence[KnownUser], keyboard: InlineKeyboardMarkup | None) -> View:
    """Put the mentions under a head. They are one item: never cut apart."""
    return View([*head, joined(mention(user) for user in called)], keyboard)


def with_names(head: Sequence[Text], called: Sequence[KnownUser], keyboard: InlineKeyboardMarkup | None) -> View:
    """Put plain names where Telegram refuses the mentions."""
    return View([*head, joined(plain(full_name(user)) for user in called)], keyboard)
