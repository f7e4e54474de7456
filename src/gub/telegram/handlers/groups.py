"""/newgroup, /join, /leave, and the buttons under announcements and calls."""

from typing import Final

from aiogram import Bot, Router
from aiogram.types import CallbackQuery, Message, User

from gub.domain.commands import parse_name_and_text
from gub.domain.errors import NotAmongMembers
from gub.domain.mutes import MuteFor
from gub.domain.values import NotifyGroup
from gub.services.chat_settings import Choices
from gub.services.groups import Groups
from gub.telegram.allowed import require
from gub.telegram.asked import Asked, Asks
from gub.telegram.facts import known
from gub.telegram.links import Link, Way
from gub.telegram.members import may_act, told_standing
from gub.telegram.messenger import Messenger
from gub.telegram.middlewares.gate import BY_A_PERSON_IN_A_GROUP
from gub.telegram.views import general
from gub.telegram.views import groups as views
from gub.telegram.views.keyboards import GroupAction, GroupTap
from gub.telegram.views.parts import full_name

_MUTES: Final = {
    GroupAction.MUTE_HOUR: MuteFor.HOUR,
    GroupAction.MUTE_TOMORROW: MuteFor.TOMORROW,
    GroupAction.MUTE_GOOD: MuteFor.GOOD,
}


def router() -> Router:
    """Make the router."""
    made = Router(name="groups")
    made.message.register(new_group, Asks("newgroup", "add_notify_group"), flags=BY_A_PERSON_IN_A_GROUP)
    made.message.register(join, Asks("join"), flags=BY_A_PERSON_IN_A_GROUP)
    made.message.register(leave, Asks("leave"), flags=BY_A_PERSON_IN_A_GROUP)
    made.callback_query.register(tap, GroupTap.filter())
    return made


async def new_group(  # noqa: PLR0917 - what the dispatcher hands over, by name
    message: Message,
    asked: Asked,
    person: User,
    me: User,
    groups: Groups,
    messenger: Messenger,
    choices: Choices,
    bot: Bot,
) -> None:
    """Answer /newgroup NAME [description]; without a name, lead to the dialog that asks for everything."""
    await require(choices, bot, message.chat.id, person.id, "create")
    name, description = parse_name_and_text(asked.argument)
    thread_id = message.message_thread_id if message.is_topic_message else None
    if not name:
        link = Link(Way.NEW_GROUP, chat_id=message.chat.id, thread_id=thread_id)
        await messenger.reply(message, views.begins_in_private(link.url(me.username or "")))
        return
    group = await groups.create(message.chat.id, person.id, name, description, thread_id, message_id=message.message_id)
    await messenger.reply(message, views.announced(group, full_name(known(person))))


async def join(message: Message, asked: Asked, person: User, groups: Groups, messenger: Messenger) -> None:
    """Answer /join NAME."""
    name, _ = parse_name_and_text(asked.argument)
    if not name:
        await messenger.reply(message, views.usage("join"))
        return
    membership = await groups.join(await groups.by_name(message.chat.id, name, person.id), person.id)
    await messenger.reply(message, views.joined(membership.group, changed=membership.changed))


async def leave(message: Message, asked: Asked, person: User, groups: Groups, messenger: Messenger) -> None:
    """Answer /leave NAME."""
    name, _ = parse_name_and_text(asked.argument)
    if not name:
        await messenger.reply(message, views.usage("leave"))
        return
    membership = await groups.leave(await groups.by_name(message.chat.id, name, person.id), person.id)
    await messenger.reply(message, views.left(membership.group, changed=membership.changed))


async def tap(query: CallbackQuery, callback_data: GroupTap, bot: Bot, groups: Groups, messenger: Messenger) -> None:
    """Answer a tap on a button under an announcement or a call.

    Whoever left the chat can still see the button and may not use it.
    """
    if query.message is None:
        await messenger.alert(query, general.stale_button())
        return
    user_id, action = query.from_user.id, callback_data.action
    group = await groups.by_id(query.message.chat.id, callback_data.group, user_id)
    if not may_act(await told_standing(bot, group.chat_id, user_id), in_group=True):
        await messenger.alert(query, general.not_in_chat())
        return
    group = await groups.anywhere(group.id)  # again: when asked, Telegram may have told that the chat moved
    match action:
        case GroupAction.JOIN:
            joined = await groups.join(group, user_id)
            await messenger.toast(query, views.joined_toast(joined.group, changed=joined.changed))
        case GroupAction.LEAVE:
            gone = await groups.leave(group, user_id)
            await messenger.toast(query, views.left_toast(gone.group, changed=gone.changed))
        case _:
            await _mute(query, group, _MUTES[action], groups, messenger)


async def _mute(
    query: CallbackQuery, group: NotifyGroup, mute_for: MuteFor, groups: Groups, messenger: Messenger
) -> None:
    """Leave a member in peace; whoever is none is already."""
    try:
        muted = await groups.mute(group, query.from_user.id, mute_for)
    except NotAmongMembers:
        await messenger.alert(query, views.no_member_to_mute(group))
    else:
        await messenger.toast(query, views.muted_toast(muted, mute_for))
