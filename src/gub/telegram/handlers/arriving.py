"""Coming by a link from a group into the private chat."""

from dataclasses import dataclass

from aiogram import Bot
from aiogram.types import Message

from gub.domain.values import ChatFacts
from gub.services.people import People
from gub.telegram.links import Link
from gub.telegram.members import Standing, standing
from gub.telegram.messenger import Messenger
from gub.telegram.views import general


@dataclass(frozen=True, slots=True)
class Arrived:
    """The group that a link is about, and whether who came is an admin there."""

    chat: ChatFacts
    is_admin: bool


async def arrive(
    message: Message, link: Link, bot: Bot, *, people: People, messenger: Messenger, instead: str = "/add NAME steam:ID"
) -> Arrived | None:
    """Find the group that a link is about, if Telegram says that the person is in it; else tell them so and no more.

    `instead` is what they can type in a group that hides its members.
    """
    chat = await people.place(link.chat_id)
    stands = Standing.ABSENT if chat is None else await standing(bot, chat.chat_id, message.chat.id)
    if chat is None or stands is Standing.ABSENT:
        await messenger.reply(message, general.elsewhere())
        return None
    if stands is Standing.UNTOLD:
        await messenger.reply(message, general.members_hidden(instead))
        return None
    return Arrived(chat, is_admin=stands is Standing.ADMIN)
