"""/groups: the list of a chat with a button a group; and /list_notify_groups: the same to read, with all members."""

from aiogram import Bot, Router
from aiogram.types import CallbackQuery, Message, User

from gub.domain.names import fold
from gub.domain.values import Joining
from gub.services.groups import normal
from gub.telegram.asked import Asked, Asks
from gub.telegram.facts import GROUP_TYPES
from gub.telegram.handlers.group_desk import GroupDesk, require_found
from gub.telegram.links import Comes, Link, Way
from gub.telegram.middlewares.gate import BY_A_PERSON_IN_A_GROUP, IN_A_GROUP
from gub.telegram.views import group_list as views
from gub.telegram.views.group_cards import Around
from gub.telegram.views.keyboards import GroupsTap


def router() -> Router:
    """Make the router."""
    made = Router(name="group list")
    made.message.register(show_list, Asks("groups", "modify_notify_group"), flags=BY_A_PERSON_IN_A_GROUP)
    made.message.register(tell_list, Asks("list_notify_groups"), flags=IN_A_GROUP)
    made.message.register(show_list_by_link, Comes(Way.GROUPS))
    made.message.register(show_card_by_link, Comes(Way.GROUP))
    made.callback_query.register(turn_page, GroupsTap.filter())
    return made


async def show_list(message: Message, person: User, group_desk: GroupDesk, bot: Bot) -> None:
    """Answer /groups: the chat's list, for who opened it."""
    look = await group_desk.opened(message, person, bot)
    await group_desk.messenger.reply(message, await group_desk.list_of(look))


async def show_list_by_link(message: Message, link: Link, group_desk: GroupDesk, bot: Bot) -> None:
    """Show a group's list in private, if Telegram says that the person is in that group."""
    look = await group_desk.came(message, link, bot, instead="/groups")
    if look is not None:
        await group_desk.messenger.reply(message, await group_desk.list_of(look))


async def show_card_by_link(message: Message, link: Link, group_desk: GroupDesk, bot: Bot) -> None:
    """Show one group in private, if Telegram says that the person is in its chat, and they may know of it."""
    group = await group_desk.groups.anywhere(link.group)
    look = await group_desk.came(message, Link(Way.GROUPS, chat_id=group.chat_id), bot, instead="/groups")
    if look is not None:
        require_found(group, look)
        await group_desk.messenger.reply(message, await group_desk.card_of(group, look, bot))


async def turn_page(query: CallbackQuery, callback_data: GroupsTap, group_desk: GroupDesk, bot: Bot) -> None:
    """Answer a tap that shows a page of the list."""
    message = await group_desk.tapped(query, callback_data.opener, "/groups")
    if message is None:
        return
    chat_id = message.chat.id if message.chat.type in GROUP_TYPES else callback_data.chat
    look = await group_desk.look(query, message, chat_id, callback_data.page, bot)
    if look is not None:
        await group_desk.show(query, message, await group_desk.list_of(look))


async def tell_list(message: Message, asked: Asked, group_desk: GroupDesk) -> None:
    """Answer /list_notify_groups [NAMES]. The chat reads it, so the hidden are not on it, whoever asks."""
    groups = [one for one in await group_desk.groups.of_chat(message.chat.id) if one.joining is not Joining.HIDDEN]
    wanted = {fold(normal(name)): name for name in asked.argument.split()}
    by_name = {fold(group.name): group for group in groups}
    if wanted:
        groups = [by_name[name] for name in wanted if name in by_name]
    most = views.members_named(groups)
    named = {user for group in groups for user in (group.creator_id, *group.members[:most], *group.invited)}
    users = await group_desk.people.known(*(user for user in named if isinstance(user, int)))
    unknown = [name for folded, name in wanted.items() if folded not in by_name]
    around = Around(group_desk.clock.now(), users)
    await group_desk.messenger.reply(message, views.listed(groups, unknown, around))
