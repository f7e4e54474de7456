"""/help: pages in private, and in a group the way to them."""

from aiogram import Router
from aiogram.types import CallbackQuery, Message, User

from gub.domain.owners_wishes import OwnersWishes
from gub.telegram.asked import Asks
from gub.telegram.facts import GROUP_TYPES
from gub.telegram.kinds import in_private
from gub.telegram.links import Comes, Link, Way
from gub.telegram.messenger import Messenger
from gub.telegram.views import general
from gub.telegram.views import help as views
from gub.telegram.views.help import HelpTap, Page, Reader


def router() -> Router:
    """Make the router. It comes before `general`, which has /start."""
    made = Router(name="help")
    made.message.register(show_help, Asks("help"))
    made.message.register(show_by_link, Comes(Way.HELP))
    made.callback_query.register(turn_page, HelpTap.filter())
    return made


async def show_help(message: Message, me: User, messenger: Messenger, wishes: OwnersWishes) -> None:
    """Answer /help."""
    username = me.username or ""
    if message.chat.type in GROUP_TYPES:
        await messenger.reply(message, views.in_private(username))
        return
    await messenger.reply(message, views.help_page(Page.HOME, _reader(message.chat.id, wishes), username))


async def show_by_link(message: Message, link: Link, me: User, messenger: Messenger, wishes: OwnersWishes) -> None:
    """Show the page that a link names; the first one where there is none of that name."""
    page = Page(link.page) if link.page in set(Page) else Page.HOME
    await messenger.reply(message, views.help_page(page, _reader(message.chat.id, wishes), me.username or ""))


async def turn_page(
    query: CallbackQuery, callback_data: HelpTap, me: User, messenger: Messenger, wishes: OwnersWishes
) -> None:
    """Show a page in the place of the one that was tapped."""
    if not in_private(query):
        await messenger.alert(query, general.stale_button())
        return
    reader = _reader(query.from_user.id, wishes)
    await messenger.show(query, views.help_page(callback_data.page, reader, me.username or ""))
    await messenger.toast(query)


def _reader(user_id: int, wishes: OwnersWishes) -> Reader:
    """Say who reads in a private chat, which has the id of its person."""
    return Reader(owner=user_id in wishes.owner_ids, donations=wishes.donations)
