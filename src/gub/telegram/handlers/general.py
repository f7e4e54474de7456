"""/start, /help, /about."""

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
    made.message.register(show_help, Asks("help"))
    made.message.register(about, Asks("about"))
    return made


async def start(
    message: Message, asked: Asked, me: User, chats: ChatBook, messenger: Messenger, *, owner_ids: frozenset[int]
) -> None:
    """Answer /start. What a link brought along after it is believed in nothing."""
    payload = asked.argument.strip()
    if message.chat.type not in GROUP_TYPES:
        name = message.from_user.first_name if message.from_user else ""
        view = (
            views.help_page(owner=_to_an_owner(message, owner_ids))
            if payload == "help"
            else views.welcome(name, me.username or "")
        )
        await messenger.reply(message, view)
        return
    facts = chat_facts(message.chat)
    news = facts is not None and await chats.joined(facts, message.date)
    # Our own link adds the bot and types /start in one: the greeting has been said, unless this came first.
    if news or payload != ADDED_PAYLOAD:
        await messenger.reply(message, views.greeting(message.chat.title))


async def show_help(message: Message, messenger: Messenger, owner_ids: frozenset[int]) -> None:
    """Answer /help."""
    await messenger.reply(message, views.help_page(owner=_to_an_owner(message, owner_ids)))


async def about(message: Message, messenger: Messenger) -> None:
    """Answer /about."""
    await messenger.reply(message, views.about())


def _to_an_owner(message: Message, owner_ids: frozenset[int]) -> bool:
    """Say whether an owner reads the answer, and nobody else: a private chat has the id of its person."""
    return message.chat.id in owner_ids
