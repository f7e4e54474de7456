"""Speaking the language of the chat that an update comes from."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware
from aiogram.types import TelegramObject, Update

from gub.services.languages import Languages
from gub.telegram.facts import facts_of
from gub.telegram.words import speaking


class Speaking(BaseMiddleware):
    """Has whatever is said while an update is handled worded in the language of its chat."""

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
        place = _place(event) if isinstance(event, Update) else None
        if place is None:
            return await handler(event, data)
        with speaking(await self._languages.surely(*place)):
            return await handler(event, data)


def _place(update: Update) -> tuple[int, str | None] | None:
    """Give the chat, and in private the language that Telegram tells of its person."""
    if update.pre_checkout_query is not None:  # is of no chat: Telegram shows what it is answered with
        payer = update.pre_checkout_query.from_user
        return payer.id, payer.language_code
    facts = facts_of(update)
    if facts is None or facts.chat is None:
        return None
    chat_id = facts.chat.chat_id
    return chat_id, next((user.language for user in facts.users if user.user_id == chat_id), None)
