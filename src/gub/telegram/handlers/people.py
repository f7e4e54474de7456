"""/people: the list of a chat, the cards on it, and what their buttons do. Every right is checked at every tap."""

from dataclasses import dataclass

from aiogram import Bot, Router
from aiogram.types import CallbackQuery, Message, User

from gub.domain import rights
from gub.domain.errors import NotAllowed, PersonNotFound
from gub.domain.values import Allowance, StatusUser, Visibility
from gub.telegram.asked import Asks
from gub.telegram.facts import GROUP_TYPES, known
from gub.telegram.handlers.cards import card_of, list_of
from gub.telegram.handlers.group_news import GroupNews, News
from gub.telegram.handlers.looking import Looking
from gub.telegram.links import Comes, Link, Way
from gub.telegram.middlewares.gate import BY_A_PERSON
from gub.telegram.showing import View
from gub.telegram.views import people as views
from gub.telegram.views.keyboards import PeopleTap, PersonAction, PersonTap
from gub.telegram.views.parts import full_name
from gub.telegram.views.places import Place, Viewer

_CHOICES = {
    PersonAction.EVERYONE: Visibility.EVERYONE,
    PersonAction.PLAYING: Visibility.PLAYING,
    PersonAction.HIDDEN: Visibility.HIDDEN,
}

_ALLOWANCES = {
    PersonAction.KEEP_HISTORY: (Allowance.HISTORY, True, views.history_toast),
    PersonAction.FORGET_HISTORY: (Allowance.HISTORY, False, views.history_toast),
    PersonAction.LET_WATCH: (Allowance.WATCHES, True, views.watches_toast),
    PersonAction.NO_WATCH: (Allowance.WATCHES, False, views.watches_toast),
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
    look = await cards.opened(message, person, bot)
    await cards.messenger.reply(message, await list_of(look.place, look.viewer, cards.people))


async def show_list_by_link(message: Message, link: Link, cards: "Cards", bot: Bot) -> None:
    """Show a group's list in private, if Telegram says that the person is in that group."""
    look = await cards.came(message, link, bot, instead="/people")
    if look is not None:
        await cards.messenger.reply(message, await list_of(look.place, look.viewer, cards.people))


async def turn_page(query: CallbackQuery, callback_data: PeopleTap, cards: "Cards", bot: Bot) -> None:
    """Answer a tap that shows a page of the list."""
    message = await cards.tapped(query, callback_data.opener, "/people")
    if message is None:
        return
    chat_id = message.chat.id if message.chat.type in GROUP_TYPES else callback_data.chat
    look = await cards.look(query, message, chat_id, callback_data.page, bot)
    if look is not None:
        await cards.show(query, message, await list_of(look.place, look.viewer, cards.people))


async def tap_card(query: CallbackQuery, callback_data: PersonTap, cards: "Cards", bot: Bot) -> None:
    """Answer a tap on a name in the list, or on a person's card."""
    message = await cards.tapped(query, callback_data.opener, "/people")
    if message is None:
        return
    in_group, person_id = message.chat.type in GROUP_TYPES, callback_data.person
    person = await (cards.people.by_id(message.chat.id, person_id) if in_group else cards.people.anywhere(person_id))
    look = await cards.look(query, message, person.chat_id, callback_data.page, bot)
    if look is not None:
        card = _Card(person, look.place, look.viewer, query.from_user, cards)
        view, toast = await card.act(callback_data.action)
        await cards.show(query, message, view, toast)


@dataclass(frozen=True, slots=True)
class Cards(Looking):
    """What the handlers of people's list and cards work with."""

    news: GroupNews


@dataclass(frozen=True, slots=True)
class _Card:
    """A person's card, and who taps on it."""

    person: StatusUser
    place: Place
    viewer: Viewer
    user: User
    cards: Cards

    async def act(self, action: PersonAction) -> tuple[View, str]:  # noqa: PLR0911 - one case for each button there is
        """Do what a button says; give what is to be shown then, and what to answer.

        Raises:
            DomainError: it is not for this user, or cannot be done.
        """
        people = self.cards.people
        found = rights.may_find(self.person, self.user.id, is_admin=self.viewer.is_admin)
        if not found and action is not PersonAction.CLAIM:
            raise PersonNotFound  # whom they must not know of is nobody
        if action in _CHOICES:
            changed = await people.show(self.person, self.user.id, _CHOICES[action])
            return await self._card(changed), views.visibility_toast(changed)
        if action in _ALLOWANCES:
            allowance, allowed, toast = _ALLOWANCES[action]
            changed = await people.allow(self.person, self.user.id, allowance, allowed=allowed)
            return views.visibility_menu(changed, self.place, self.user.id), toast(changed)
        match action:
            case PersonAction.SHOW:
                _require(rights.may_show(self.person, self.user.id), "show")
                return views.visibility_menu(self.person, self.place, self.user.id), ""
            case PersonAction.CLAIM:
                changed = await people.claim(self.person, self.user.id)
                if self.person.person_id is None and self.person.keeper_id != self.user.id:
                    await self._tell_group(lambda: views.claimed_by(changed, full_name(known(self.user))))
                return await self._card(changed), views.claimed_toast(changed)
            case PersonAction.UNCLAIM:
                changed = await people.unclaim(self.person, self.user.id, is_admin=self.viewer.is_admin)
                return await self._card(changed), views.unclaimed_toast(changed)
            case PersonAction.DELETE:
                _require(rights.may_delete(self.person, self.user.id, is_admin=self.viewer.is_admin), "delete")
                return views.delete_question(self.person, self.place), ""
            case PersonAction.CONFIRM:
                await people.delete(self.person, self.user.id, is_admin=self.viewer.is_admin)
                by = full_name(known(self.user))
                await self._tell_group(lambda: views.taken_off(self.person, by))
                return views.deleted(self.person, self.place, by), ""
            case _:
                return await self._card(self.person), ""

    async def _card(self, person: StatusUser) -> View:
        return await card_of(person, self.place, self.viewer, self.cards.people)

    async def _tell_group(self, news: News) -> None:
        """Tell the group, if it does not see this card."""
        if self.place.private:
            await self.cards.news.of_person(self.person, news)


def _require(may: bool, action: str) -> None:
    if not may:
        raise NotAllowed(action)
