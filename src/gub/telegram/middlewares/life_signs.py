"""A sign of life ("typing…") where an answer takes longer than people like to wait without one."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware, Bot
from aiogram.types import Message, TelegramObject

from gub.clock import Clock
from gub.telegram.asked import Asked
from gub.telegram.dialogs.book import Dialog
from gub.telegram.gateway.outcomes import Refused


class LifeSigns(BaseMiddleware):
    """Shows the chat action when a command, or the answer in a dialog, takes longer than `after` seconds to handle."""

    def __init__(self, clock: Clock, after: float = 0.8) -> None:
        """Wait by this clock."""
        self._clock = clock
        self._after = after

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """See `BaseMiddleware`."""
        asked = isinstance(data.get("asked"), Asked) or isinstance(data.get("dialog"), Dialog)
        if not isinstance(event, Message) or not asked:
            return await handler(event, data)
        sign = asyncio.create_task(self._show_later(data["bot"], event), name="life sign")
        try:
            return await handler(event, data)
        finally:
            sign.cancel()
            await asyncio.wait([sign])

    async def _show_later(self, bot: Bot, message: Message) -> None:
        await self._clock.sleep(self._after)
        thread_id = message.message_thread_id if message.is_topic_message else None
        try:
            await bot.send_chat_action(message.chat.id, "typing", message_thread_id=thread_id)
        except Refused:
            return  # a courtesy
