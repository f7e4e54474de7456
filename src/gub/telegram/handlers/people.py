"""/people: the list of a chat, the cards on it, and what their buttons do. Every right is checked at every tap."""

from dataclasses import dataclass

from aiogram import Bot, Router
from aiogram.types import CallbackQuery, Message, User

from gub.domain import rights
from gub.domain.errors import NotAllowed
from gub.domain.values import StatusUser, Visibility
from gub.services.people import People
from gub.telegram.asked import Asks
from gub.telegram.facts import GROUP_TYPES, known
from gub.telegram.handlers.cards import card_of, list_of
from gub.telegram.links import Comes, Link, Way
from gub.telegram.members import Standing, standing
from gub.telegram.messenger import Messenger, View
from gub.telegram.middlewares.gate import BY_A_PERSON
from gub.telegram.views import general
from gub.telegram.views import people as views
from gub.telegram.views.keyboards import PeopleTap, PersonAction, PersonTap
from gub.telegram.views.parts import full_name
from gub.telegram.views.people import Place, Viewer

_CHOICES = {
    PersonAction.EVERYONE: Visibility.EVERYONE,
    PersonAction.PLAYING: Visibility.PLAYING,
    PersonAction.HIDDEN: Visibility.HIDDEN,
}


def router() -> Router:
    """Make the router."""
    made = Router(name="people")
    made.message.register(show_list, Asks("people", "modify_status_user"), flags=BY_A_PERSON)
    made.message.register(show_list_by_link, Comes(Way.PEOPLE))
    made.callback_query.register(turn_page, PeopleTap.filter())
    made.callback_query.register(tap_card, PersonTap.filter())
    return made


async def show_list(message: Message, person: User, cards: "Cards", bot: Bot) -> None:
    """Answer /people: the chat's list, in a group for who opened it."""
    in_group = message.chat.type in GROUP_TYPES
    place = Place(message.chat.id, cards.me.username or "", opener=person.id if in_group else None)
    viewer = Viewer(person.id, is_admin=await standing(bot, message.chat.id, person.id) is Standing.ADMIN)
    await cards.messenger.reply(message, await list_of(place, viewer, cards.people))


async def show_list_by_link(message: Message, link: Link, cards: "Cards", bot: Bot) -> None:
    """Show a group's list in private, if Telegram says that the person is in that group."""
    chat = await cards.people.place(link.chat_id)
    stands = Standing.ABSENT if chat is None else await standing(bot, chat.chat_id, message.chat.id)
    if chat is None or stands is Standing.ABSENT:
        await cards.messenger.reply(message, general.elsewhere())
        return
    if stands is Standing.UNTOLD:
        await cards.messenger.reply(message, general.members_hidden())
        return
    place = Place(chat.chat_id, cards.me.username or "", title=chat.title)
    viewer = Viewer(message.chat.id, is_admin=stands is Standing.ADMIN)
    await cards.messenger.reply(message, await list_of(place, viewer, cards.people))


async def turn_page(query: CallbackQuery, callback_data: PeopleTap, cards: "Cards", bot: Bot) -> None:
    """Answer a tap that shows a page of the list."""
    message = query.message
    if not isinstance(message, Message):
        await cards.messenger.alert(query, general.stale_button())
        return
    in_group = message.chat.type in GROUP_TYPES
    if in_group and callback_data.opener != query.from_user.id:
        await cards.messenger.alert(query, views.not_yours())
        return
    shown = message.chat.id if in_group else callback_data.chat
    chat = await cards.people.place(shown)
    chat_id = shown if chat is None else chat.chat_id
    stands = await standing(bot, chat_id, query.from_user.id)
    if not _may_see(stands, in_group=in_group):
        await cards.messenger.alert(query, general.not_in_chat())
        return
    place = Place(
        chat_id,
        cards.me.username or "",
        opener=query.from_user.id if in_group else None,
        page=callback_data.page,
        title=None if in_group or chat is None else chat.title,
    )
    viewer = Viewer(query.from_user.id, is_admin=stands is Standing.ADMIN)
    await _show(query, message, await list_of(place, viewer, cards.people), cards.messenger)


async def tap_card(query: CallbackQuery, callback_data: PersonTap, cards: "Cards", bot: Bot) -> None:
    """Answer a tap on a name in the list, or on a person's card."""
    message = query.message
    if not isinstance(message, Message):
        await cards.messenger.alert(query, general.stale_button())
        return
    in_group = message.chat.type in GROUP_TYPES
    if in_group and callback_data.opener != query.from_user.id:
        await cards.messenger.alert(query, views.not_yours())
        return
    person_id = callback_data.person
    person = await (cards.people.by_id(message.chat.id, person_id) if in_group else cards.people.anywhere(person_id))
    stands = await standing(bot, person.chat_id, query.from_user.id)
    if not _may_see(stands, in_group=in_group):
        await cards.messenger.alert(query, general.not_in_chat())
        return
    chat = None if in_group else await cards.people.place(person.chat_id)
    place = Place(
        person.chat_id,
        cards.me.username or "",
        opener=query.from_user.id if in_group else None,
        page=callback_data.page,
        title=None if chat is None else chat.title,
    )
    viewer = Viewer(query.from_user.id, is_admin=stands is Standing.ADMIN)
    card = _Card(person, place, viewer, query.from_user, cards.people)
    view, toast = await card.act(callback_data.action)
    await _show(query, message, view, cards.messenger, toast)


@dataclass(frozen=True, slots=True)
class Cards:
    """What the handlers of the list and the cards work with."""

    me: User
    people: People
    messenger: Messenger


@dataclass(frozen=True, slots=True)
class _Card:
    """A person's card, and who taps on it."""

    person: StatusUser
    place: Place
    viewer: Viewer
    user: User
    people: People

    async def act(self, action: PersonAction) -> tuple[View, str]:  # noqa: PLR0911 - one case for each button there is
        """Do what a button says; give what is to be shown then, and what to answer.

        Raises:
            DomainError: it is not for this user, or cannot be done.
        """
        if action in _CHOICES:
            changed = await self.people.show(self.person, self.user.id, _CHOICES[action])
            return await self._card(changed), views.visibility_toast(changed)
        match action:
            case PersonAction.SHOW:
                _require(rights.may_show(self.person, self.user.id), "show")
                return views.visibility_menu(self.person, self.place), ""
            case PersonAction.CLAIM:
                changed = await self.people.claim(self.person, self.user.id)
                return await self._card(changed), views.claimed_toast(changed)
            case PersonAction.UNCLAIM:
                changed = await self.people.unclaim(self.person, self.user.id, is_admin=self.viewer.is_admin)
                return await self._card(changed), views.unclaimed_toast(changed)
            case PersonAction.DELETE:
                _require(rights.may_delete(self.person, self.user.id, is_admin=self.viewer.is_admin), "delete")
                return views.delete_question(self.person, self.place), ""
            case PersonAction.CONFIRM:
                await self.people.delete(self.person, self.user.id, is_admin=self.viewer.is_admin)
                return views.deleted(self.person, self.place, full_name(known(self.user))), ""
            case _:
                may = rights.may_find(self.person, self.user.id, is_admin=self.viewer.is_admin)
                _require(may, "show")
                return await self._card(self.person), ""

    async def _card(self, person: StatusUser) -> View:
        return await card_of(person, self.place, self.viewer, self.people)


async def _show(query: CallbackQuery, message: Message, view: View, messenger: Messenger, toast: str = "") -> None:
    if not await messenger.edit(message, view):
        await messenger.alert(query, toast or general.stale_button())
        return
    await messenger.toast(query, toast)


def _may_see(stands: Standing, *, in_group: bool) -> bool:
    """Say whether a tap counts. One in the group itself does where Telegram does not say who is in it."""
    return stands in (Standing.MEMBER, Standing.ADMIN) or (in_group and stands is Standing.UNTOLD)


def _require(may: bool, action: str) -> None:
    if not may:
        raise NotAllowed(action)
