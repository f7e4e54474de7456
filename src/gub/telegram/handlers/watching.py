"""/watch: in a group the way into private, and there what one watches. Every right is checked at every tap."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from aiogram import Bot, F, Router
from aiogram.types import CallbackQuery, Message

from gub.domain.errors import DomainError, PersonNotFound
from gub.domain.presence import kept_title, title_key
from gub.domain.splitting import utf16_length
from gub.domain.values import StatusUser
from gub.domain.watches import Watch, WatchKind
from gub.services.status import StatusList
from gub.services.watches import WatchBook
from gub.telegram.asked import Asks
from gub.telegram.dialogs.asking import Asking
from gub.telegram.dialogs.book import ABOUT, Dialog
from gub.telegram.dialogs.filters import InDialog, TapsDialog, says_cancel
from gub.telegram.facts import GROUP_TYPES
from gub.telegram.handlers.looking import Looking
from gub.telegram.kinds import in_private
from gub.telegram.links import Comes, Link, Way
from gub.telegram.members import Standing, may_act, standing
from gub.telegram.showing import View
from gub.telegram.views import general
from gub.telegram.views import watches as views
from gub.telegram.views.keyboards import WatchAction, WatchTap
from gub.telegram.views.places import Place
from gub.telegram.views.watches import Listed

WATCHING: Final = "watch"
"""The kind of the dialog that asks for the name of a game."""

_TITLE: Final = "title"
_TITLES: Final = 6
_TITLE_UNITS: Final = 100

_OF_ONE: Final = frozenset(
    {WatchAction.CARD, WatchAction.ONCE, WatchAction.ALWAYS, WatchAction.HERE, WatchAction.GROUP}
)
"""What is done with a watch of one's own, wherever one is: whether it may be told is asked when it is."""


def router() -> Router:
    """Make the router."""
    made = Router(name="watching")
    made.message.register(show, Asks("watch"))
    made.message.register(show_by_link, Comes(Way.WATCH))
    made.message.register(take_title, InDialog(WATCHING))
    made.callback_query.register(cancel_title, TapsDialog(WATCHING))
    made.callback_query.register(ask_title, WatchTap.filter(F.action == WatchAction.TYPE))
    made.callback_query.register(tap, WatchTap.filter())
    return made


async def show(message: Message, watch_desk: "WatchDesk") -> None:
    """Answer /watch."""
    if message.chat.type in GROUP_TYPES:
        view = views.in_private(message.chat.id, watch_desk.me.username or "")
    else:
        view = await watch_desk.all_of(message.chat.id)
    await watch_desk.messenger.reply(message, view)


async def show_by_link(message: Message, link: Link, watch_desk: "WatchDesk", bot: Bot) -> None:
    """Show in private what somebody watches in a group, if Telegram says that they are in it."""
    look = await watch_desk.came(message, link, bot, instead="/status")
    if look is not None:
        await watch_desk.messenger.reply(message, await watch_desk.list_of(look.place, message.chat.id))


async def tap(query: CallbackQuery, callback_data: WatchTap, watch_desk: "WatchDesk", bot: Bot) -> None:
    """Answer a tap of /watch, which is about who taps; `ENOUGH` stands under what was told, in groups too."""
    messenger, message = watch_desk.messenger, query.message
    if callback_data.action is WatchAction.ENOUGH:
        await watch_desk.enough(query, callback_data.id, bot)
        return
    if callback_data.action is WatchAction.STOP:
        await watch_desk.stop(query, callback_data.id)
        return
    if not in_private(query) or not isinstance(message, Message):
        await messenger.alert(query, general.stale_button())
        return
    if callback_data.action in _OF_ONE:
        view, toast = await watch_desk.changed(callback_data, query.from_user.id)
    else:
        page = int(callback_data.value) if callback_data.value.isdecimal() else 0
        look = await watch_desk.look(query, message, callback_data.chat, page, bot)
        if look is None:
            return
        view, toast = await _Tapped(callback_data, look.place, query.from_user.id, watch_desk).act()
    if view is None:
        await messenger.alert(query, toast)
    else:
        await watch_desk.show(query, message, view, toast)


async def ask_title(query: CallbackQuery, callback_data: WatchTap, watch_desk: "WatchDesk", bot: Bot) -> None:
    """Answer a tap that wants to name a game."""
    message = query.message
    if not in_private(query) or not isinstance(message, Message):
        await watch_desk.messenger.alert(query, general.stale_button())
        return
    look = await watch_desk.look(query, message, callback_data.chat, 0, bot)
    if look is not None:
        person = await watch_desk.watchable(callback_data.id, look.place.chat_id, query.from_user.id)
        data = {ABOUT: look.place.chat_id, "person": person.id}
        dialog = await watch_desk.asking.open(query.from_user.id, WATCHING, data, step=_TITLE)
        await watch_desk.asking.ask(dialog, views.ask_title(person, dialog.id, _TITLE), query)


async def take_title(message: Message, dialog: Dialog, watch_desk: "WatchDesk", bot: Bot) -> None:
    """Take the name of a game."""
    asking = watch_desk.asking
    place = await watch_desk.place_of(dialog)
    if says_cancel(message):
        await asking.end(dialog, await watch_desk.list_of(place, dialog.user_id), None)
        return
    try:
        if not may_act(await standing(bot, place.chat_id, dialog.user_id), in_group=False):
            raise PersonNotFound  # whom somebody must not know of is nobody
        person = await watch_desk.watchable(str(dialog.data["person"]), place.chat_id, dialog.user_id)
    except DomainError:
        await asking.give_up(dialog)
        raise
    title = " ".join((message.text or "").split())
    if not title_key(title) or utf16_length(title) > _TITLE_UNITS:
        note = views.no_title()
        await asking.ask(dialog, views.ask_title(person, dialog.id, _TITLE, note), None)
        return
    watch = Watch("", place.chat_id, dialog.user_id, WatchKind.PLAYS, person.id, title)
    try:
        made = await watch_desk.book.add(watch)
    except DomainError:
        await asking.give_up(dialog)
        raise
    await asking.end(dialog, await watch_desk.card_of(made), None)


async def cancel_title(query: CallbackQuery, dialog: Dialog, watch_desk: "WatchDesk") -> None:
    """Name no game."""
    place = await watch_desk.place_of(dialog)
    await watch_desk.asking.end(dialog, await watch_desk.list_of(place, dialog.user_id), query)


@dataclass(frozen=True, slots=True)
class WatchDesk(Looking):
    """What the handlers of /watch work with."""

    asking: Asking
    book: WatchBook
    status_list: StatusList

    async def all_of(self, owner_id: int) -> View:
        """Show all that somebody watches."""
        listed = await self.listed(await self.book.of_owner(owner_id))
        titles = {chat_id: await self._title(chat_id) for chat_id in {one.watch.chat_id for one in listed}}
        return views.mine([replace(one, title=titles[one.watch.chat_id]) for one in listed])

    async def list_of(self, place: Place, owner_id: int) -> View:
        """Show what somebody watches in one chat."""
        return views.of_chat(await self.listed(await self.book.of_owner(owner_id, place.chat_id)), place)

    async def listed(self, watches: Sequence[Watch]) -> list[Listed]:
        """Give watches with whom they are about."""
        people = await self.book.people_of(watches)
        return [Listed(watch, people.get(watch.person or "")) for watch in watches]

    async def watchable(self, person_id: str, chat_id: int, owner_id: int) -> StatusUser:
        """Give whom somebody can watch. Raises PersonNotFound: they are gone, or do not allow it (any more)."""
        for person in await self.book.watchable(chat_id, owner_id):
            if person.id == person_id:
                return person
        raise PersonNotFound

    async def titles(self, chat_id: int) -> list[str]:
        """Give games that are played in a chat just now, each once."""
        told = await self.status_list.known_of_chat(chat_id)
        played = (kept_title(one.title) for _, presence in told.people for one in presence.playing)
        return list({key: title for title in played if (key := title_key(title))}.values())[:_TITLES]

    async def card_of(self, watch: Watch) -> View:
        """Show a watch."""
        place = Place(watch.chat_id, self.me.username or "", title=await self._title(watch.chat_id))
        return views.card((await self.listed([watch]))[0], place)

    async def changed(self, tap: WatchTap, owner_id: int) -> tuple[View | None, str]:
        """Change one as a button says; give what is to be shown then (None: as it was), and what to answer."""
        watch = await self.book.mine(tap.id, owner_id)
        if watch is None:
            return None, views.gone()
        if tap.action is WatchAction.CARD:
            return await self.card_of(watch), ""
        if tap.action in {WatchAction.ONCE, WatchAction.ALWAYS}:
            changed = await self.book.set_always(watch, always=tap.action is WatchAction.ALWAYS)
        else:
            changed = await self.book.set_in_group(watch, in_group=tap.action is WatchAction.GROUP)
        return (None, views.gone()) if changed is None else (await self.card_of(changed), views.saved_toast())

    async def stop(self, query: CallbackQuery, watch_id: str) -> None:
        """Watch no more, if it is who taps that does, and show what they watch still."""
        watch = await self.book.mine(watch_id, query.from_user.id)
        if watch is None:
            await self.messenger.alert(query, views.gone())
            return
        await self.book.stop(watch)
        if in_private(query) and isinstance(query.message, Message):
            await self.messenger.edit(query.message, await self.all_of(query.from_user.id))
        await self.messenger.toast(query, views.stopped_toast())

    async def enough(self, query: CallbackQuery, watch_id: str, bot: Bot) -> None:
        """Watch no more, and leave what was told, without its buttons. What is told in a group, admins may stop too."""
        user_id, place = query.from_user.id, 0 if query.message is None else query.message.chat.id
        told = await self.book.mine(watch_id, user_id) or await self.book.told_in(watch_id, place)
        if told is None:
            await self.messenger.alert(query, views.gone())
            return
        if told.owner_id != user_id and await standing(bot, place, user_id) is not Standing.ADMIN:
            await self.messenger.alert(query, views.for_its_owner())
            return
        await self.book.stop(told)
        if query.message is not None:
            await self.messenger.drop_buttons(place, query.message.message_id)
        await self.messenger.toast(query, views.stopped_toast())

    async def place_of(self, dialog: Dialog) -> Place:
        """Give the chat that a dialog is about."""
        return Place(dialog.about, self.me.username or "", title=await self._title(dialog.about))

    async def _title(self, chat_id: int) -> str | None:
        chat = await self.people.place(chat_id)
        return None if chat is None else chat.title


@dataclass(frozen=True, slots=True)
class _Tapped:
    """A tap in the menu of a chat's watches, by somebody who is in that chat."""

    tap: WatchTap
    place: Place
    user_id: int
    desk: WatchDesk

    async def act(self) -> tuple[View | None, str]:
        """Do what the button says; give what is to be shown then (None: as it was), and what to answer."""
        desk, place = self.desk, self.place
        match self.tap.action:
            case WatchAction.PICK:
                return views.pick(await desk.book.watchable(place.chat_id, self.user_id), place), ""
            case WatchAction.WHEN:
                person = await desk.watchable(self.tap.id, place.chat_id, self.user_id)
                return views.when(person, await desk.titles(place.chat_id), place), ""
            case WatchAction.MANY:
                return views.ask_count(place), ""
            case WatchAction.ON | WatchAction.PLAYS | WatchAction.COUNT:
                return await self._add()
            case _:
                return await desk.list_of(place, self.user_id), ""

    async def _add(self) -> tuple[View | None, str]:
        value, watch = self.tap.value, Watch("", self.place.chat_id, self.user_id, WatchKind.ON)
        if self.tap.action is WatchAction.COUNT:
            if value not in {str(count) for count in views.COUNTS}:
                return None, general.stale_button()
            return await self._added(replace(watch, kind=WatchKind.COUNT, count=int(value)))
        person = await self.desk.watchable(self.tap.id, self.place.chat_id, self.user_id)
        watch = replace(watch, person=person.id)
        if self.tap.action is WatchAction.ON:
            return await self._added(watch)
        titles = await self.desk.titles(self.place.chat_id) if value else []
        title = next((one for one in titles if views.title_digest(one) == value), None)
        if value and title is None:
            return None, views.unknown_title()
        return await self._added(replace(watch, kind=WatchKind.PLAYS, title=title))

    async def _added(self, watch: Watch) -> tuple[View | None, str]:
        return await self.desk.card_of(await self.desk.book.add(watch)), ""
