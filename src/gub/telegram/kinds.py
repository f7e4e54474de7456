"""Filters by what kind of message it is.

aiogram resolves its own `F` filters in a thread, each one for every message (3.31, `CallableObject.call`): five of
them in front of all commands took a fifth of the time of an answer. A `Filter` class is awaited instead.
"""

from typing import TypeGuard

from aiogram.filters import Filter
from aiogram.types import CallbackQuery, MaybeInaccessibleMessage, Message


class Tells(Filter):
    """Passes messages in which this field says something: service messages, mostly."""

    def __init__(self, field: str) -> None:
        """Take the name of a field of `Message`. AttributeError when it has none of that name."""
        if field not in Message.model_fields:
            raise AttributeError(f"a Message has no field {field!r}")
        self._field = field

    async def __call__(self, message: Message) -> bool:
        """See `Filter`."""
        return bool(getattr(message, self._field))

    def may_pass(self, kind: str | None) -> bool:
        """See `routing.Choosy`. What is typed tells nothing else."""
        return kind is None


class InPrivate(Filter):
    """Passes messages of private chats; with `plain_text`, only texts that are no commands."""

    def __init__(self, *, plain_text: bool = False) -> None:
        """Choose."""
        self._plain_text = plain_text

    async def __call__(self, message: Message) -> bool:
        """See `Filter`."""
        if message.chat.type != "private":
            return False
        return not self._plain_text or (bool(message.text) and not (message.text or "").startswith("/"))


def offers(message: MaybeInaccessibleMessage | None, data: str | None) -> TypeGuard[Message]:
    """Say whether a message has a button with this data; a forged tap may name any message of GUB's."""
    if not isinstance(message, Message) or message.reply_markup is None:
        return False
    return any(one.callback_data == data for row in message.reply_markup.inline_keyboard for one in row)


def in_private(query: CallbackQuery) -> bool:
    """Say whether a button of a private chat was tapped, under a message that can still be seen."""
    return isinstance(query.message, Message) and query.message.chat.type == "private"
