"""Telling the people concerned that an update is held up because the database does not answer."""

from typing import Any

from aiogram import Bot
from aiogram.types import CallbackQuery, Message, User

from gub.telegram.asked import awaits_answer
from gub.telegram.messenger import Messenger, View
from gub.telegram.views.general import memory_is_slow, memory_is_slow_for_a_tap


class DelayNotice:
    """Says once that the answer will come later: an alert to who tapped, a message to who typed a command."""

    def __init__(self, bot: Bot, me: User) -> None:
        """Speak as this bot."""
        self._bot = bot
        self._me = me
        self._messenger = Messenger(bot)

    async def __call__(self, raw: dict[str, Any]) -> None:
        """Tell whom this raw update concerns; may fail in any way when it is none."""
        if "callback_query" in raw:
            query = CallbackQuery.model_validate(raw["callback_query"], context={"bot": self._bot})
            await self._messenger.alert(query, memory_is_slow_for_a_tap())
        elif "message" in raw:
            message = Message.model_validate(raw["message"], context={"bot": self._bot})
            if awaits_answer(message, self._me.username):
                await self._messenger.reply(message, View([memory_is_slow()]))
