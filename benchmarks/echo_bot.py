"""The reference: a bare aiogram bot with one handler, long polling, nothing stored and nothing paced.

It answers `/about` as GUB does: a text of about that length, in groups as a reply.
"""

import asyncio
import logging
import os

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import Command
from aiogram.types import Message

TEXT = (
    "Gamers Utility Bot\n\nI answer two questions in the chat where your group already talks: who is on, playing "
    "what, and who wants to play now.\n\nType /help to see what I can do."
)


async def about(message: Message) -> None:
    """Answer a person."""
    if message.chat.type == "private":
        await message.answer(TEXT)
    else:
        await message.reply(TEXT)


async def main() -> None:
    """Poll until SIGTERM."""
    logging.basicConfig(level=logging.ERROR)
    session = AiohttpSession(api=TelegramAPIServer.from_base(os.environ["GUB_TELEGRAM_API"]))
    bot = Bot(os.environ["GUB_BOT_TOKEN"], session=session)
    dispatcher = Dispatcher()
    dispatcher.message.register(about, Command("about"))
    await dispatcher.start_polling(bot)


if __name__ == "__main__":
    asyncio.run(main())
