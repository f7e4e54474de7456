"""/newgroup, /join, /leave, and the buttons that do the same."""

from aiogram import Bot, F, Router
from aiogram.types import CallbackQuery, Message, User

from gub.domain.commands import parse_name_and_text
from gub.services.groups import Groups
from gub.telegram.asked import Asked, Asks
from gub.telegram.facts import known
from gub.telegram.members import is_in_chat
from gub.telegram.messenger import Messenger
from gub.telegram.middlewares.gate import BY_A_PERSON_IN_A_GROUP
from gub.telegram.views import general
from gub.telegram.views import groups as views
from gub.telegram.views.keyboards import GroupAction, GroupTap
from gub.telegram.views.parts import full_name


def router() -> Router:
    """Make the router."""
    made = Router(name="groups")
    made.message.register(new_group, Asks("newgroup", "add_notify_group"), flags=BY_A_PERSON_IN_A_GROUP)
    made.message.register(join, Asks("join"), flags=BY_A_PERSON_IN_A_GROUP)
    made.message.register(leave, Asks("leave"), flags=BY_A_PERSON_IN_A_GROUP)
    made.callback_query.register(join_by_button, GroupTap.filter(F.action == GroupAction.JOIN))
    made.callback_query.register(leave_by_button, GroupTap.filter(F.action == GroupAction.LEAVE))
    return made


async def new_group(message: Message, asked: Asked, person: User, groups: Groups, messenger: Messenger) -> None:
    """Answer /newgroup NAME [description]."""
    name, description = parse_name_and_text(asked.argument)
    if not name:
        await messenger.reply(message, views.usage("newgroup"))
        return
    thread_id = message.message_thread_id if message.is_topic_message else None
    group = await groups.create(message.chat.id, person.id, name, description, thread_id, message_id=message.message_id)
    await messenger.reply(message, views.announced(group, full_name(known(person))))


async def join(message: Message, asked: Asked, person: User, groups: Groups, messenger: Messenger) -> None:
    """Answer /join NAME."""
    name, _ = parse_name_and_text(asked.argument)
    if not name:
        await messenger.reply(message, views.usage("join"))
        return
    membership = await groups.join(await groups.by_name(message.chat.id, name), person.id)
    await messenger.reply(message, views.joined(membership.group, changed=membership.changed))


async def leave(message: Message, asked: Asked, person: User, groups: Groups, messenger: Messenger) -> None:
    """Answer /leave NAME."""
    name, _ = parse_name_and_text(asked.argument)
    if not name:
        await messenger.reply(message, views.usage("leave"))
        return
    membership = await groups.leave(await groups.by_name(message.chat.id, name), person.id)
    await messenger.reply(message, views.left(membership.group, changed=membership.changed))


async def join_by_button(
    query: CallbackQuery, callback_data: GroupTap, bot: Bot, groups: Groups, messenger: Messenger
) -> None:
    """Answer a tap on Join. Whoever left the chat can still see the button and may not use it."""
    if query.message is None:
        await messenger.alert(query, general.stale_button())
        return
    group = await groups.by_id(query.message.chat.id, callback_data.group)
    if not await is_in_chat(bot, group.chat_id, query.from_user.id):
        await messenger.alert(query, general.not_in_chat())
        return
    membership = await groups.join(group, query.from_user.id)
    await messenger.toast(query, views.joined_toast(membership.group, changed=membership.changed))


async def leave_by_button(query: CallbackQuery, callback_data: GroupTap, groups: Groups, messenger: Messenger) -> None:
    """Answer a tap on Leave."""
    if query.message is None:
        await messenger.alert(query, general.stale_button())
        return
    group = await groups.by_id(query.message.chat.id, callback_data.group)
    membership = await groups.leave(group, query.from_user.id)
    await messenger.toast(query, views.left_toast(membership.group, changed=membership.changed))
