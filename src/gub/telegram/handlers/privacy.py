"""/privacy: what is kept of a person and a chat; having it, and having it deleted."""

import json

from aiogram import Bot, Router
from aiogram.types import CallbackQuery, Message, User

from gub.domain.values import ChatFacts
from gub.telegram.asked import Asks
from gub.telegram.erasing import Erasing
from gub.telegram.facts import GROUP_TYPES, known
from gub.telegram.handlers.arriving import arrive
from gub.telegram.kinds import in_private
from gub.telegram.links import Comes, Link, Way
from gub.telegram.members import Standing, standing
from gub.telegram.views import forgetting, general
from gub.telegram.views import privacy as views
from gub.telegram.views.parts import full_name
from gub.telegram.views.privacy import THEMSELVES, PrivacyAction, PrivacyTap


def router() -> Router:
    """Make the router."""
    made = Router(name="privacy")
    made.message.register(show, Asks("privacy"))
    made.message.register(show_by_link, Comes(Way.PRIVACY))
    made.callback_query.register(tapped, PrivacyTap.filter())
    return made


async def show(message: Message, me: User, erasing: Erasing) -> None:
    """Answer /privacy: in a group the short of it, since what is kept of somebody is for them alone."""
    if message.chat.type in GROUP_TYPES:
        await erasing.messenger.reply(message, views.in_group(message.chat.id, me.username or ""))
    else:
        await _tell_them(message, erasing)


async def show_by_link(message: Message, link: Link, bot: Bot, erasing: Erasing) -> None:
    """Say in private what is kept of who comes, or of a group, if Telegram says that they are in it."""
    if link.chat_id == THEMSELVES:
        await _tell_them(message, erasing)
        return
    messenger = erasing.messenger
    came = await arrive(message, link, bot, people=erasing.people, messenger=messenger, instead="/privacy")
    if came is not None:
        view = views.about_chat(came.chat.title, came.chat.chat_id, is_admin=came.is_admin)
        await messenger.reply(message, view)


async def tapped(query: CallbackQuery, callback_data: PrivacyTap, bot: Bot, erasing: Erasing) -> None:
    """Answer a tap: about who taps, or about a chat of which they are an admin at this moment."""
    if not in_private(query):
        await erasing.messenger.alert(query, general.stale_button())
    elif callback_data.chat == THEMSELVES:
        await _about_them(query, callback_data.action, erasing)
    else:
        chat = await erasing.people.place(callback_data.chat)
        stands = Standing.ABSENT if chat is None else await standing(bot, chat.chat_id, query.from_user.id)
        if chat is None or stands is not Standing.ADMIN:
            await erasing.messenger.alert(query, views.only_admins())
        else:
            await _about_chat(query, callback_data.action, chat, erasing)


async def _tell_them(message: Message, erasing: Erasing) -> None:
    """A private chat has the id of its person."""
    await erasing.messenger.reply(message, views.about_you(await erasing.privacy.traces(message.chat.id)))


async def _about_them(query: CallbackQuery, action: PrivacyAction, erasing: Erasing) -> None:
    user_id, privacy, messenger = query.from_user.id, erasing.privacy, erasing.messenger
    match action:
        case PrivacyAction.SHOW:
            await messenger.show(query, views.about_you(await privacy.traces(user_id)))
        case PrivacyAction.EXPORT:
            found = json.dumps(await privacy.export(user_id), ensure_ascii=False, indent=2)
            await messenger.send_file(user_id, f"gub-{user_id}.json", found.encode(), views.caption())
        case PrivacyAction.DELETE:
            await messenger.show(query, forgetting.delete_question(await privacy.traces(user_id)))
        case PrivacyAction.CONFIRM:
            await erasing.person(user_id)
            await messenger.show(query, forgetting.deleted())
    await messenger.toast(query, views.exported() if action is PrivacyAction.EXPORT else "")


async def _about_chat(query: CallbackQuery, action: PrivacyAction, chat: ChatFacts, erasing: Erasing) -> None:
    """Answer an admin of the chat."""
    match action:
        case PrivacyAction.DELETE:
            traces = await erasing.privacy.chat_traces(chat.chat_id)
            await erasing.messenger.show(query, forgetting.chat_delete_question(chat.title, chat.chat_id, traces))
        case PrivacyAction.CONFIRM:
            await erasing.chat(chat.chat_id, full_name(known(query.from_user)))
            await erasing.messenger.show(query, forgetting.chat_deleted(chat.title))
        case _:
            await erasing.messenger.show(query, views.about_chat(chat.title, chat.chat_id, is_admin=True))
    await erasing.messenger.toast(query)
