"""Filters by the dialog that a message belongs to."""

from typing import Any

from aiogram.filters import Filter
from aiogram.types import Message, User

from gub.telegram.dialogs.book import Dialog, DialogBook


class InDialog(Filter):
    """Passes private texts that answer an open dialog of these kinds, and hands that on as `dialog`.

    A reply to a message that asks belongs to whoever asked; any other text to the dialog touched last. Commands belong
    to none.
    """

    def __init__(self, *kinds: str) -> None:
        """Take the kinds."""
        self._kinds = frozenset(kinds)

    async def __call__(self, message: Message, me: User, dialogs: DialogBook) -> bool | dict[str, Any]:
        """See `Filter`."""
        if message.chat.type != "private" or not message.text or message.text.startswith("/"):
            return False
        dialog = await _addressed(message, me.id, dialogs)
        if dialog is None or dialog.kind not in self._kinds:
            return False
        return {"dialog": dialog}


async def _addressed(message: Message, bot_id: int, dialogs: DialogBook) -> Dialog | None:
    user_id = message.chat.id
    if message.reply_to_message is not None:
        asked = await dialogs.by_prompt(bot_id, user_id, user_id, message.reply_to_message.message_id)
        if asked is not None:
            return asked
    return await dialogs.latest(bot_id, user_id, user_id)
