"""/start, /about."""

from aiogram import Router
from aiogram.types import Message, User

from gub.services.chats import ChatBook
from gub.telegram.asked import Asked, Asks
from gub.telegram.facts import GROUP_TYPES, chat_facts
from gub.telegram.messenger import Messenger
from gub.telegram.views import general as views
from gub.telegram.views.keyboards import ADDED_PAYLOAD


def router() -> Router:
    """Make the router."""
    made = Router(name="general")
    made.message.register(start, Asks("start"))
    made.message.register(about, Asks("about"))
    return made


async def start(message: Message, asked: Asked, me: User, chats: ChatBook, messenger: Messenger) -> None:
    """Answer /start. What a link brought along after it is believed in nothing."""
    if message.chat.type not in GROUP_TYPES:
        name = message.from_user.first_name if message.from_user else ""
        await messenger.reply(message, views.welcome(name, me.username or ""))
        return
    facts = chat_facts(message.chat)
    news = facts is not None and await chats.joined(facts, message.date)
    # Our own link adds the bot and types /start in one: the greeting has been said, unless this came first.
    if news or asked.argument.strip() != ADDED_PAYLOAD:
        await messenger.reply(message, views.greeting(message.chat.title))


async def about(message: Message, messenger: Messenger) -> None:
    """Answer /about."""
    await messenger.reply(message, views.about())
