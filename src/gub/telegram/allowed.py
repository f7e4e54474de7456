"""What a chat keeps to its admins: asked of Telegram only where a chat does."""

from aiogram import Bot

from gub.services.chat_settings import Choices
from gub.telegram.members import Standing, standing


async def require(choices: Choices, bot: Bot, chat_id: int, user_id: int, action: str) -> None:
    """Raise AdminsOnly when the chat keeps an action (`create`, `call`, `add`) to its admins of now, and this is none.

    Raises:
        Refused: Telegram does not say whether they are one.
    """
    if await choices.restricts(chat_id, action):
        stands = await standing(bot, chat_id, user_id)
        await choices.require(chat_id, action, is_admin=stands is Standing.ADMIN)
