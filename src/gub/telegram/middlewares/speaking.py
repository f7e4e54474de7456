"""Speaking the language of the chat that an update comes from."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware
from aiogram.types import TelegramObject, Update

from gub.services.languages import Languages
from gub.telegram.facts import facts_of
from gub.telegram.words import speaking


class Speaking(BaseMiddleware):
    """Has whatever is said while an update is handled worded in the language of its chat.

    What the update says of chats and people is read here, and handed on as `facts`.
    """

    def __init__(self, languages: Languages) -> None:
        """Ask these."""
        self._languages = languages

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """See `BaseMiddleware`."""
        facts = data["facts"] = facts_of(event) if isinstance(event, Update) else None
        if facts is None or facts.chat is None:
            return await handler(event, data)
        chat_id = facts.chat.chat_id
        told = next((user.language for user in facts.users if user.user_id == chat_id), None)
        with speaking(await self._languages.surely(chat_id, told)):
            return await handler(event, data)
