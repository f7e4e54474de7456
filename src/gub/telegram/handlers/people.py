"""/add."""

from aiogram import Router
from aiogram.types import Message, User

from gub.domain.commands import parse_add
from gub.services.people import People
from gub.telegram.asked import Asked, Asks
from gub.telegram.facts import chat_facts
from gub.telegram.messenger import Messenger
from gub.telegram.middlewares.gate import BY_A_PERSON
from gub.telegram.views import people as views


def router() -> Router:
    """Make the router."""
    made = Router(name="people")
    made.message.register(add, Asks("add", "add_status_user"), flags=BY_A_PERSON)
    return made


async def add(message: Message, asked: Asked, person: User, people: People, messenger: Messenger) -> None:
    """Answer /add NAME steam:ID."""
    request = parse_add(asked.argument)
    chat = chat_facts(message.chat)
    if not request.name or chat is None:
        await messenger.reply(message, views.usage())
        return
    added = await people.add(chat, person.id, request, message_id=message.message_id)
    await messenger.reply(message, views.added(added))
