"""Looking at a list or a card, and tapping on it: who may, where they are, and showing what comes of it."""

from dataclasses import dataclass
from typing import Final

from aiogram import Bot
from aiogram.types import CallbackQuery, Message, User

from gub.services.people import People
from gub.telegram.facts import GROUP_TYPES
from gub.telegram.handlers.arriving import arrive
from gub.telegram.links import Link
from gub.telegram.members import Standing, may_act, standing
from gub.telegram.messenger import Messenger
from gub.telegram.showing import View
from gub.telegram.views import general
from gub.telegram.views.places import Place, Viewer, not_yours

_LAST_PAGE: Final = 999
"""No list is that long; a forged button may name any page."""


@dataclass(frozen=True, slots=True)
class Look:
    """Who looks at what."""

    place: Place
    viewer: Viewer


@dataclass(frozen=True, slots=True)
class Looking:
    """What the handlers of lists and cards work with. In a group, a list is for who opened it."""

    me: User
    people: People
    messenger: Messenger

    async def opened(self, message: Message, user: User, bot: Bot) -> Look:
        """Say where and as whom somebody looks who typed the command."""
        chat_id, in_group = message.chat.id, message.chat.type in GROUP_TYPES
        thread_id = message.message_thread_id if message.is_topic_message else None
        place = Place(chat_id, self.me.username or "", opener=user.id if in_group else None, thread_id=thread_id)
        return Look(place, Viewer(user.id, is_admin=await standing(bot, chat_id, user.id) is Standing.ADMIN))

    async def came(self, message: Message, link: Link, bot: Bot, *, instead: str) -> Look | None:
        """Say where and as whom somebody looks who came by a link; None, and an answer, if they are not in that group.

        `instead` is what can be typed in a group that hides its members.
        """
        came = await arrive(message, link, bot, people=self.people, messenger=self.messenger, instead=instead)
        if came is None:
            return None
        place = Place(came.chat.chat_id, self.me.username or "", title=came.chat.title)
        return Look(place, Viewer(message.chat.id, is_admin=came.is_admin))

    async def tapped(self, query: CallbackQuery, opener: int, command: str) -> Message | None:
        """Give the message that was tapped; None, and an alert, when it is gone or was opened for somebody else."""
        message = query.message
        if not isinstance(message, Message):
            await self.messenger.alert(query, general.stale_button())
            return None
        if message.chat.type in GROUP_TYPES and opener != query.from_user.id:
            await self.messenger.alert(query, not_yours(command))
            return None
        return message

    async def look(self, query: CallbackQuery, message: Message, chat_id: int, page: int, bot: Bot) -> Look | None:
        """Say where and as whom somebody looks who tapped; None, and an alert, when they are not in that chat."""
        user_id, in_group = query.from_user.id, message.chat.type in GROUP_TYPES
        chat = await self.people.place(chat_id)
        here = chat_id if chat is None else chat.chat_id
        stands = await standing(bot, here, user_id)
        if not may_act(stands, in_group=in_group):
            await self.messenger.alert(query, general.not_in_chat(untold=stands is Standing.UNTOLD))
            return None
        thread_id = message.message_thread_id if in_group and message.is_topic_message else None
        place = Place(
            here,
            self.me.username or "",
            opener=user_id if in_group else None,
            page=min(max(page, 0), _LAST_PAGE),
            title=None if in_group or chat is None else chat.title,
            thread_id=thread_id,
        )
        return Look(place, Viewer(user_id, is_admin=stands is Standing.ADMIN))

    async def show(self, query: CallbackQuery, message: Message, view: View, toast: str = "") -> None:
        """Show a view in the place of what was tapped, and answer the tap."""
        if not await self.messenger.edit(message, view):
            await self.messenger.alert(query, toast or general.stale_button())
            return
        await self.messenger.toast(query, toast)
