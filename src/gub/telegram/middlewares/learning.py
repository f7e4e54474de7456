"""Learning chats and people from every update, before anything else is done with it."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware
from aiogram.types import TelegramObject

from gub.services.chats import ChatBook
from gub.telegram.facts import Facts


class Learning(BaseMiddleware):
    """Hands the facts of each update to the chat book; it stands below `Speaking`, which reads them."""

    def __init__(self, chats: ChatBook) -> None:
        """Teach this book."""
        self._chats = chats

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """See `BaseMiddleware`."""
        facts = data.get("facts")
        if isinstance(facts, Facts):
            await self._chats.seen(facts.chat, facts.users, facts.at, used=facts.used)
        return await handler(event, data)
