"""/notify, and the buttons under calls. A call that would ping very many is confirmed first: see `big_calls`."""

from typing import Final

from aiogram import Bot, Router
from aiogram.types import CallbackQuery, Message, User

from gub.domain.calls import Answer, Call
from gub.domain.commands import parse_call
from gub.domain.errors import ManyToCall
from gub.domain.splitting import utf16_length
from gub.services.chat_settings import Choices
from gub.telegram.allowed import require
from gub.telegram.asked import Asked, Asks
from gub.telegram.calling import Calling, take_away
from gub.telegram.handlers import big_calls
from gub.telegram.members import Standing, may_act, standing
from gub.telegram.messenger import Messenger
from gub.telegram.middlewares.gate import BY_A_PERSON_IN_A_GROUP
from gub.telegram.views import calls as views
from gub.telegram.views import general
from gub.telegram.views import groups as group_views
from gub.telegram.views.keyboards import CallAction, CallTap
from gub.telegram.views.parts import AsTyped, entities_after

_ANSWERS: Final = {CallAction.IN: Answer.IN, CallAction.SOON: Answer.SOON, CallAction.CANT: Answer.CANT}


def router() -> Router:
    """Make the router."""
    made = Router(name="calls")
    made.message.register(notify, Asks("notify"), flags=BY_A_PERSON_IN_A_GROUP)
    made.callback_query.register(tap, CallTap.filter())
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
    request = parse_call(asked.argument)
    if not request.name:
        await messenger.reply(message, group_views.usage("notify"))
        return
    await require(choices, bot, message.chat.id, person.id, "call")
    typed = _as_typed(message, request.text)
    pings = typed.pings if typed else 0
    thread_id = message.message_thread_id if message.is_topic_message else None
    try:
        call = await calling.calls.call(message.chat.id, person.id, request, pings=pings, message_id=message.message_id)
    except ManyToCall as many:
        big = big_calls.BigCall(many.group_id, request, typed, message.message_id, thread_id)
        await big_calls.ask(message, person, many, big, calling)
        return
    await calling.carry_out(call, typed, thread_id)
    # Only now: until it is said by the bot, the caller's text stands in the command alone.
    await take_away(messenger, message.chat.id, message.message_id)


async def tap(query: CallbackQuery, callback_data: CallTap, calling: Calling, choices: Choices, bot: Bot) -> None:
    """Answer a tap under a call: of anybody in the chat, be they in the group or not."""
    messenger, book = calling.messenger, calling.call_desk.book
    if query.message is None:
        await messenger.alert(query, general.stale_button())
        return
    call = await book.of_chat(callback_data.call, query.message.chat.id)
    stands = await standing(bot, call.chat_id, query.from_user.id)
    if not may_act(stands, in_group=True):
        await messenger.alert(query, general.not_in_chat())
        return
    await book.seen(call, query.message.chat.id, query.message.message_id)
    match callback_data.action:
        case CallAction.CLOSE:
            await book.close(call, query.from_user.id, is_admin=stands is Standing.ADMIN)
            await messenger.toast(query, views.closed_toast())
        case CallAction.REST:
            await require(choices, bot, call.chat_id, query.from_user.id, "call")
            await _ping_rest(query, call, calling)
        case _:
            answer = _ANSWERS[callback_data.action]
            taken = await book.answer(call, query.from_user.id, answer)
            await messenger.toast(query, views.answered_toast(taken, answer, query.from_user.id))


async def _ping_rest(query: CallbackQuery, call: Call, calling: Calling) -> None:
    rest = await calling.call_desk.book.rest_of(call, query.from_user.id)
    if rest is None or not rest.left:
        await calling.messenger.toast(query, views.rest_done())
        return
    await calling.ring_rest(rest)
    await calling.messenger.toast(query, views.rest_toast(len(rest.left)))


def _as_typed(message: Message, text: str | None) -> AsTyped | None:
    """Take the call's text out of the command with the looks it has there: it is the command's end."""
    if text is None:
        return None
    start = utf16_length(message.text or "") - utf16_length(text)
    return AsTyped(text, entities_after(message.entities or (), start))
