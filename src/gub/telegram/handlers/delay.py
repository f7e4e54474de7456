"""Telling the people concerned that an update is held up because the database does not answer."""

from typing import Any

from aiogram import Bot
from aiogram.types import CallbackQuery, Chat, Message, User

from gub.domain.languages import Language
from gub.services.languages import Languages
from gub.telegram.asked import awaits_answer
from gub.telegram.messenger import Messenger
from gub.telegram.showing import View
from gub.telegram.views.general import memory_is_slow, memory_is_slow_for_a_tap
from gub.telegram.words import speaking


class DelayNotice:
    """Says once that the answer will come later: an alert to who tapped, a message to who typed a command."""

    def __init__(self, bot: Bot, me: User, languages: Languages) -> None:
        """Speak as this bot, in the languages that are known without the database."""
        self._languages = languages
        self._bot = bot
        self._me = me
        self._messenger = Messenger(bot)

    async def __call__(self, raw: dict[str, Any]) -> None:
        """Tell whom this raw update concerns; may fail in any way when it is none."""
        if "callback_query" in raw:
            query = CallbackQuery.model_validate(raw["callback_query"], context={"bot": self._bot})
            with speaking(self._language(None if query.message is None else query.message.chat, query.from_user)):
                await self._messenger.alert(query, memory_is_slow_for_a_tap())
        elif "message" in raw:
            message = Message.model_validate(raw["message"], context={"bot": self._bot})
            if awaits_answer(message, self._me.username):
                with speaking(self._language(message.chat, message.from_user)):
                    await self._messenger.reply(message, View([memory_is_slow()]))

    def _language(self, chat: Chat | None, user: User | None) -> Language:
        told = None if user is None else user.language_code
        chat_id = chat.id if chat is not None else user.id if user is not None else 0
        return self._languages.lately(chat_id, told)
