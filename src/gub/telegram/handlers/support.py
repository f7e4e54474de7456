"""/support."""

from aiogram import Router
from aiogram.types import Message

from gub.domain.owners_wishes import OwnersWishes
from gub.telegram.asked import Asks
from gub.telegram.messenger import Messenger
from gub.telegram.views import support as views


def router() -> Router:
    """Make the router."""
    made = Router(name="support")
    made.message.register(support, Asks("support"))
    return made


async def support(message: Message, messenger: Messenger, wishes: OwnersWishes) -> None:
    """Answer /support."""
    await messenger.reply(message, views.support(wishes))
