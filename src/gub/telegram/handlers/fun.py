"""/f, /mf, /wdhs, /diss and /age: what is only for fun."""

from dataclasses import dataclass

from aiogram import Bot, F, Router
from aiogram.types import CallbackQuery, Message, User

from gub.clock import Clock
from gub.domain.ages import age_on
from gub.services.fun import Fun
from gub.services.invitees import Candidate, Seen
from gub.services.people import People
from gub.services.respects import RespectsBook
from gub.telegram.asked import Asked, Asks
from gub.telegram.facts import GROUP_TYPES, is_person, known
from gub.telegram.handlers.invitations import people_named
from gub.telegram.kinds import offers
from gub.telegram.members import Standing, may_act, seen, standing
from gub.telegram.messenger import Messenger
from gub.telegram.middlewares.gate import IN_A_GROUP
from gub.telegram.views import fun as views
from gub.telegram.views import general
from gub.telegram.views.fun import FunAction, FunTap


def router() -> Router:
    """Make the router."""
    made = Router(name="fun")
    made.message.register(pay_respects, Asks("f"))
    made.message.register(play_a_sad_song, Asks("mf"))
    made.message.register(ask_what_he_said, Asks("wdhs"))
    made.message.register(tease, Asks("diss"), flags=IN_A_GROUP)
    made.message.register(tell_age, Asks("age"))
    made.callback_query.register(pay_by_tap, FunTap.filter(F.action == FunAction.RESPECTS))
    made.callback_query.register(spare, FunTap.filter(F.action == FunAction.NOT_ME))
    return made


@dataclass(frozen=True, slots=True)
class FunDesk:
    """What the handlers work with."""

    me: User
    fun: Fun
    respects: RespectsBook
    people: People
    messenger: Messenger


async def pay_respects(message: Message, asked: Asked, person: User | None, fun_desk: FunDesk) -> None:
    """Answer /f [what]."""
    chat_id = message.chat.id
    fun_desk.fun.take_part(chat_id)
    payer = None if person is None else person.id
    begun = await fun_desk.respects.begin(chat_id, message.message_id, payer, asked.argument)
    if begun.message_id is not None:
        return  # it was answered before the process died
    users = await fun_desk.people.known(*begun.people)
    sent = await fun_desk.messenger.reply(message, views.respects(begun, users))
    await fun_desk.respects.posted(begun, sent[-1].message_id)


async def pay_by_tap(
    query: CallbackQuery, callback_data: FunTap, fun_desk: FunDesk, messenger: Messenger, bot: Bot
) -> None:
    """Count the respects of whoever taps and is in the chat."""
    message = query.message
    if message is None:
        await messenger.alert(query, general.stale_button())
        return
    stands = await standing(bot, message.chat.id, query.from_user.id)
    if not may_act(stands, in_group=message.chat.type in GROUP_TYPES):
        await messenger.alert(query, general.not_in_chat(untold=stands is Standing.UNTOLD))
        return
    paid = await fun_desk.respects.pay(callback_data.respects, message.chat.id, query.from_user.id)
    await messenger.toast(query, views.paid_toast(paid))


async def play_a_sad_song(message: Message, fun_desk: FunDesk) -> None:
    """Answer /mf."""
    fun_desk.fun.take_part(message.chat.id)
    await fun_desk.messenger.reply(message, views.sad_song(message.chat.id, message.message_id))


async def ask_what_he_said(message: Message, fun_desk: FunDesk) -> None:
    """Answer /wdhs."""
    fun_desk.fun.take_part(message.chat.id)
    await fun_desk.messenger.reply(message, views.what_did_he_say(message.chat.id, message.message_id))


async def tell_age(message: Message, messenger: Messenger, clock: Clock) -> None:
    """Answer /age."""
    await messenger.reply(message, views.age(age_on(clock.now().date())))


async def tease(message: Message, asked: Asked, person: User | None, fun_desk: FunDesk, bot: Bot) -> None:
    """Answer /diss @somebody, or /diss as an answer to what they wrote."""
    candidate = _meant(message, asked.argument)
    if candidate is None:
        await fun_desk.messenger.reply(message, views.usage() if _answered(message) is None else views.faceless())
        return
    chat_id = message.chat.id
    fun_desk.fun.take_part(chat_id)

    async def look(user_id: int) -> Seen:
        return await seen(bot, chat_id, user_id)

    asker = None if person is None else person.id
    target = await fun_desk.fun.whom(candidate, asker, known(fun_desk.me), look)
    await fun_desk.messenger.reply(message, views.teased(target, chat_id, message.message_id))


async def spare(query: CallbackQuery, callback_data: FunTap, fun_desk: FunDesk, messenger: Messenger) -> None:
    """Never again tease whoever was teased, if it is they who say so."""
    if query.from_user.id != callback_data.user:
        await messenger.alert(query, views.not_about_you())
        return
    await fun_desk.fun.spare(query.from_user.id)
    if offers(query.message, query.data):
        await messenger.edit(query.message, views.spared(known(query.from_user)))
    await messenger.alert(query, views.spared_toast())


def _meant(message: Message, text: str) -> Candidate | None:
    """Give whom a message is about: who is named after the command, else who wrote what it answers."""
    named = next(people_named(message, text), None)
    answered = _answered(message)
    if named is not None or answered is None:
        return named
    author = answered.from_user
    if author is None or answered.sender_chat is not None or not is_person(author):
        return None
    return Candidate(author.id, known(author))


def _answered(message: Message) -> Message | None:
    """Give what a message answers. In a topic, each message that answers nothing else answers its beginning."""
    answered = message.reply_to_message
    return None if answered is None or answered.forum_topic_created is not None else answered
