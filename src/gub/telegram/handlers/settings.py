"""/settings: of a chat for its admins, and of oneself in private."""

from dataclasses import dataclass, replace

import structlog
from aiogram import Bot, Router
from aiogram.types import CallbackQuery, Message, User

from gub.clock import Clock
from gub.domain.choices import Setting
from gub.services.chat_settings import Choices
from gub.services.languages import Languages
from gub.services.people import People
from gub.services.start_news import StartNews
from gub.telegram.asked import Asks
from gub.telegram.facts import GROUP_TYPES
from gub.telegram.gateway.outcomes import Refused
from gub.telegram.handlers.arriving import arrive
from gub.telegram.links import Comes, Link, Way
from gub.telegram.members import Standing, standing
from gub.telegram.messenger import Messenger
from gub.telegram.showing import View
from gub.telegram.views import general, ignored_games
from gub.telegram.views import settings as views
from gub.telegram.views.settings import THEMSELVES, SettingsAction, SettingsTap, Shown
from gub.telegram.words import speaking

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SettingsDesk:
    """What the handlers of settings work with."""

    me: User
    people: People
    messenger: Messenger
    choices: Choices
    languages: Languages
    clock: Clock
    start_news: StartNews

    async def of_chat(self, chat_id: int, title: str | None = None) -> Shown:
        """Give the settings of a group; its title where that is not plain to see."""
        return Shown(await self.choices.of(chat_id), chat_id, self.clock.now(), title)

    async def of_person(self, user_id: int) -> Shown:
        """Give somebody's own settings."""
        return Shown(await self.choices.of(user_id), THEMSELVES, self.clock.now())


def router() -> Router:
    """Make the router."""
    made = Router(name="settings")
    made.message.register(show, Asks("settings"))
    made.message.register(show_by_link, Comes(Way.SETTINGS))
    made.callback_query.register(tapped, SettingsTap.filter())
    return made


async def show(message: Message, person: User | None, bot: Bot, settings_desk: SettingsDesk) -> None:
    """Answer /settings. In a group only its admin sees the answer, as far as Telegram can do that.

    A command that Telegram showed to GUB alone is answered so. Any other might come from an app that knows of no
    messages for one person, so it gets buttons. Whoever writes as the group is an admin, and nobody knows who.
    """
    messenger, username = settings_desk.messenger, settings_desk.me.username or ""
    chat_id = message.chat.id
    if message.chat.type not in GROUP_TYPES:
        await messenger.reply(message, views.menu(await settings_desk.of_person(chat_id)))
    elif person is not None and await standing(bot, chat_id, person.id) is not Standing.ADMIN:
        await messenger.reply(message, views.for_admins(username))
    elif message.ephemeral_message_id is not None:
        await messenger.reply(message, views.menu(await settings_desk.of_chat(chat_id)))
    else:
        await messenger.reply(message, views.offer(chat_id, username))


async def show_by_link(message: Message, link: Link, bot: Bot, settings_desk: SettingsDesk) -> None:
    """Show in private one's own settings, or those of a group to its admin."""
    messenger = settings_desk.messenger
    if link.chat_id == THEMSELVES:
        await messenger.reply(message, views.menu(await settings_desk.of_person(message.chat.id)))
        return
    people = settings_desk.people
    came = await arrive(message, link, bot, people=people, messenger=messenger, instead="/settings")
    if came is None:
        return
    if came.is_admin:
        view = views.menu(await settings_desk.of_chat(came.chat.chat_id, came.chat.title))
    else:
        view = views.for_admins(settings_desk.me.username or "")
    await messenger.reply(message, view)


async def tapped(query: CallbackQuery, callback_data: SettingsTap, bot: Bot, settings_desk: SettingsDesk) -> None:
    """Answer a tap. What counts is who taps and what they are in the chat at this moment, not what the menu showed."""
    message, messenger = query.message, settings_desk.messenger
    if not isinstance(message, Message):
        await messenger.alert(query, general.stale_button())
        return
    in_group = message.chat.type in GROUP_TYPES
    if callback_data.chat == THEMSELVES and not in_group:
        await _answer(query, message, callback_data, await settings_desk.of_person(query.from_user.id), settings_desk)
        return
    asked = message.chat.id if in_group else callback_data.chat
    chat = await settings_desk.people.place(asked) if asked < 0 else None
    if chat is None:
        await messenger.alert(query, general.stale_button())
    elif await standing(bot, chat.chat_id, query.from_user.id) is not Standing.ADMIN:
        await messenger.alert(query, views.only_admins())
    elif callback_data.action is SettingsAction.HERE:
        await _show_here(query, message, settings_desk)
    elif in_group and message.receiver_user is None:
        await messenger.alert(query, general.stale_button())  # forged: everybody would see what it shows
    else:
        title = None if in_group else chat.title
        await _answer(query, message, callback_data, await settings_desk.of_chat(chat.chat_id, title), settings_desk)


async def _show_here(query: CallbackQuery, message: Message, desk: SettingsDesk) -> None:
    """Show the menu in the group to who tapped, alone."""
    view = views.menu(await desk.of_chat(message.chat.id))
    try:
        await desk.messenger.whisper(message, query.from_user.id, view, query.id)
    except Refused as refused:
        log.info("no message for one person", chat_id=message.chat.id, outcome=type(refused).__name__)
        await desk.messenger.alert(query, views.not_here())
    else:
        await desk.messenger.toast(query)


async def _answer(query: CallbackQuery, message: Message, tap: SettingsTap, shown: Shown, desk: SettingsDesk) -> None:
    """Do what a button says, to settings that are theirs to change."""
    match tap.action:
        case SettingsAction.CLOSE:
            await _close(query, message, desk)
        case SettingsAction.CHOOSE:
            await _choose(query, message, tap, shown, desk)
        case SettingsAction.PAGE:
            await _put(query, message, await _page(tap, shown, desk), desk)
        case SettingsAction.TELL_AGAIN:
            await _tell_again(query, message, tap, shown, desk)
        case _:
            await _put(query, message, views.menu(shown), desk)


async def _page(tap: SettingsTap, shown: Shown, desk: SettingsDesk) -> View:
    """Write a setting's page; that of starts with the games that the chat ignores."""
    if tap.setting is Setting.STARTS and not shown.own:
        return ignored_games.page(shown, await desk.start_news.ignored(shown.chat_id))
    return views.page(shown, tap.setting, tap.value)


async def _tell_again(
    query: CallbackQuery, message: Message, tap: SettingsTap, shown: Shown, desk: SettingsDesk
) -> None:
    """Have a game told of again, and show which others are not."""
    if shown.own or not await desk.start_news.tell_again(shown.chat_id, tap.value):
        await desk.messenger.alert(query, general.stale_button())
        return
    await _put(query, message, await _page(tap, shown, desk), desk, views.saved())


async def _choose(query: CallbackQuery, message: Message, tap: SettingsTap, shown: Shown, desk: SettingsDesk) -> None:
    """Keep a choice, and show what is chosen now; in the language chosen now."""
    chat_id = query.from_user.id if shown.own else shown.chat_id
    if not await desk.choices.choose(chat_id, tap.setting, tap.value):
        await desk.messenger.alert(query, general.stale_button())
        return
    with speaking(await desk.languages.of(message.chat.id)):
        now = replace(shown, chosen=await desk.choices.of(chat_id))
        await _put(query, message, views.menu(now), desk, views.saved())


async def _close(query: CallbackQuery, message: Message, desk: SettingsDesk) -> None:
    """Take the settings away: in private they leave a word, in a group nothing, as only one person saw them."""
    if message.receiver_user is None:
        await _put(query, message, views.closed(), desk)
        return
    await desk.messenger.take_away(message)
    await desk.messenger.toast(query)


async def _put(query: CallbackQuery, message: Message, view: View, desk: SettingsDesk, toast: str = "") -> None:
    """Show a view in the place of what was tapped, and answer the tap."""
    if await desk.messenger.edit(message, view):
        await desk.messenger.toast(query, toast)
    else:
        await desk.messenger.alert(query, toast or general.stale_button())
