"""/add and /status."""

from aiogram import Router
from aiogram.types import CallbackQuery, InaccessibleMessage, Message, User

from gub.clock import Clock
from gub.domain.commands import parse_add
from gub.services.people import People
from gub.services.remembered import Remembered
from gub.telegram.asked import Asked, Asks
from gub.telegram.facts import chat_facts
from gub.telegram.messenger import Messenger, messages_of
from gub.telegram.middlewares.gate import BY_A_PERSON
from gub.telegram.views import general, status
from gub.telegram.views import people as views
from gub.telegram.views.keyboards import StatusTap

Refreshed = Remembered[tuple[int, int], bool]
"""The messages (chat, message) that were refreshed a moment ago."""


def router() -> Router:
    """Make the router."""
    made = Router(name="people")
    made.message.register(add, Asks("add", "add_status_user"), flags=BY_A_PERSON)
    made.message.register(show_status, Asks("status"))
    made.callback_query.register(refresh_status, StatusTap.filter())
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


async def show_status(message: Message, people: People, messenger: Messenger, clock: Clock) -> None:
    """Answer /status."""
    told = await people.status(message.chat.id)
    await messenger.reply(message, status.status(told, clock.now()))


async def refresh_status(
    query: CallbackQuery,
    callback_data: StatusTap,
    people: People,
    messenger: Messenger,
    *,
    clock: Clock,
    refreshed: Refreshed,
) -> None:
    """Answer a tap on Refresh: the list changes in place where it is one message, else it is sent anew."""
    message = query.message
    if message is None:
        await messenger.alert(query, general.stale_button())
        return
    key = (message.chat.id, message.message_id)
    if refreshed.holds(key, value=True):
        await messenger.toast(query, status.just_refreshed())
        return
    view = status.status(await people.status(message.chat.id), clock.now())
    in_place = callback_data.messages == 1 and messages_of(view) == 1
    if not (in_place and await messenger.edit(message, view)):
        *_, last = await messenger.send(message.chat.id, view, _thread(message))
        refreshed.keep((last.chat.id, last.message_id), value=True)
    # Only now: a tap after one that failed is no repetition.
    refreshed.keep(key, value=True)
    await messenger.toast(query, status.up_to_date())


def _thread(message: Message | InaccessibleMessage) -> int | None:
    if isinstance(message, InaccessibleMessage) or not message.is_topic_message:
        return None
    return message.message_thread_id
