"""/notify. A call that would ping very many is confirmed first: see `big_calls`."""

from aiogram import Bot, Router
from aiogram.types import Message, User

from gub.domain.commands import parse_name_and_text
from gub.domain.errors import ManyToCall
from gub.domain.splitting import utf16_length
from gub.services.chat_settings import Choices
from gub.telegram.allowed import require
from gub.telegram.asked import Asked, Asks
from gub.telegram.calling import Calling, take_away
from gub.telegram.facts import known
from gub.telegram.handlers import big_calls
from gub.telegram.messenger import Messenger
from gub.telegram.middlewares.gate import BY_A_PERSON_IN_A_GROUP
from gub.telegram.views import groups as group_views
from gub.telegram.views.parts import AsTyped, entities_after


def router() -> Router:
    """Make the router."""
    made = Router(name="calls")
    made.message.register(notify, Asks("notify"), flags=BY_A_PERSON_IN_A_GROUP)
    return made


async def notify(  # noqa: PLR0917 - what the dispatcher hands over, by name
    message: Message,
    asked: Asked,
    person: User,
    calling: Calling,
    messenger: Messenger,
    choices: Choices,
    bot: Bot,
) -> None:
    """Answer /notify NAME [text]: call the group, then take the command away, if the bot may."""
    name, text = parse_name_and_text(asked.argument)
    if not name:
        await messenger.reply(message, group_views.usage("notify"))
        return
    await require(choices, bot, message.chat.id, person.id, "call")
    typed = _as_typed(message, text)
    pings = typed.pings if typed else 0
    thread_id = message.message_thread_id if message.is_topic_message else None
    try:
        call = await calling.calls.call(
            message.chat.id, person.id, name, text, pings=pings, message_id=message.message_id
        )
    except ManyToCall as many:
        await big_calls.ask(
            message, person, many, big_calls.BigCall(many.group_id, typed, message.message_id, thread_id), calling
        )
        return
    await calling.carry_out(call, known(person), typed, thread_id)
    # Only now: until it is said by the bot, the caller's text stands in the command alone.
    await take_away(messenger, message.chat.id, message.message_id)


def _as_typed(message: Message, text: str | None) -> AsTyped | None:
    """Take the call's text out of the command with the looks it has there: it is the command's end."""
    if text is None:
        return None
    start = utf16_length(message.text or "") - utf16_length(text)
    return AsTyped(text, entities_after(message.entities or (), start))
