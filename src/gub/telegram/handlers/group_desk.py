"""What the lists, cards and menus of notify groups have in common: finding the group a tap is about, and showing it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from aiogram import Bot
from aiogram.types import CallbackQuery, Message

from gub.clock import Clock
from gub.domain import group_rights
from gub.domain.errors import GroupNotFound
from gub.domain.values import Joining, KnownUser, NotifyGroup
from gub.services.group_editing import GroupEditing
from gub.services.groups import Groups
from gub.services.invitations import Invitations
from gub.telegram.attendance import Attendance
from gub.telegram.facts import GROUP_TYPES, known
from gub.telegram.handlers.group_news import GroupNews, News
from gub.telegram.handlers.looking import Look, Looking
from gub.telegram.members import Standing, standing
from gub.telegram.showing import View
from gub.telegram.views import group_cards as views
from gub.telegram.views import group_list as list_views
from gub.telegram.views.group_cards import Around
from gub.telegram.views.keyboards import EVERYBODY, CardTap, MemberTap
from gub.telegram.views.parts import full_name


@dataclass(frozen=True, slots=True)
class Tapped:
    """A tap on what shows a group, by somebody who may know of it and is in its chat."""

    query: CallbackQuery
    message: Message
    group: NotifyGroup
    look: Look
    bot: Bot

    @property
    def user_id(self) -> int:
        """Who tapped."""
        return self.query.from_user.id

    @property
    def is_admin(self) -> bool:
        """Whether they are an admin of the chat now."""
        return self.look.viewer.is_admin

    def about(self, group: NotifyGroup) -> "Tapped":
        """Give the same tap, with the group as it is since."""
        return replace(self, group=group)


@dataclass(frozen=True, slots=True)
class GroupDesk(Looking):
    """What the handlers of the lists and cards of notify groups work with."""

    groups: Groups
    editing: GroupEditing
    invitations: Invitations
    attendance: Attendance
    clock: Clock
    news: GroupNews

    async def tapped_group(self, query: CallbackQuery, tap: CardTap | MemberTap, bot: Bot) -> Tapped | None:
        """Find out what a tap is about; None, and an alert, when it is not for who tapped, or too old.

        Raises:
            GroupNotFound: it is gone, of another chat, or hidden from who tapped.
        """
        opener = tap.opener if isinstance(tap, CardTap) else EVERYBODY
        message = await self.tapped(query, opener, "/groups")
        if message is None:
            return None
        in_group = message.chat.type in GROUP_TYPES
        group = await (self.groups.by_id(message.chat.id, tap.group) if in_group else self.groups.anywhere(tap.group))
        look = await self.look(query, message, group.chat_id, tap.page, bot)
        if look is None:
            return None
        require_found(group, look)
        group = await self.groups.anywhere(group.id)  # when asked, Telegram may have told that the chat moved
        if in_group and group.joining is Joining.HIDDEN:
            await self.messenger.edit(message, await self.list_of(look))
            await self.messenger.alert(query, views.hidden_here())
            return None
        return Tapped(query, message, group, look, bot)

    async def answer(self, tapped: Tapped, view: View, toast: str = "") -> None:
        """Show a view where was tapped."""
        await self.show(tapped.query, tapped.message, view, toast)

    async def list_of(self, look: Look) -> View:
        """Show a page of the list; of the hidden, in private, those that the viewer may know of.

        In a group everybody reads along, so the hidden are not on the list there.
        """
        place, viewer = look.place, look.viewer
        groups = await self.groups.of_chat(place.chat_id)
        found = [one for one in groups if group_rights.may_find(one, viewer.user_id, is_admin=viewer.is_admin)]
        listed = [one for one in found if place.private or one.joining is not Joining.HIDDEN]
        return list_views.group_list(listed, place, viewer, kept_back=len(listed) < len(found))

    async def card_of(self, group: NotifyGroup, look: Look, bot: Bot) -> View:
        """Show a group."""
        shown = group.members[: views.NAMED]
        around = await self.around(group, shown, look, bot)
        if look.place.private and group_rights.may_edit(group, look.viewer.user_id):
            around = replace(around, invitations=len(await self.invitations.of_group(group)))
        return views.card(group, look.place, look.viewer, around)

    async def around(self, group: NotifyGroup, members: Sequence[int], look: Look, bot: Bot) -> Around:
        """Find out what is to be known to show a group with these members."""
        others = [one for one in (group.creator_id, *members) if one != look.viewer.user_id]
        invited = [one for one in group.invited if isinstance(one, int)]
        return Around(
            now=self.clock.now(),
            users=await self.people.known(group.creator_id, *members, *invited),
            absent=await self.attendance.absent(bot, group.chat_id, others),
        )

    async def user(self, user_id: int) -> KnownUser:
        """Give what is known of somebody, which may be the id alone."""
        return (await self.people.known(user_id)).get(user_id) or KnownUser(user_id, "")

    async def is_here(self, group: NotifyGroup, user_id: int, bot: Bot) -> bool:
        """Ask Telegram whether somebody is in the group's chat now; where it does not say, they are."""
        stands = await standing(bot, group.chat_id, user_id)
        self.attendance.seen(group.chat_id, user_id, stands)
        return stands is not Standing.ABSENT

    async def tell(self, group: NotifyGroup, news: News) -> None:
        """Tell the group's chat, unless the group is hidden."""
        await self.news.of_group(group, news)


def require_found(group: NotifyGroup, look: Look) -> None:
    """Raise GroupNotFound when the viewer must not know of the group."""
    if not group_rights.may_find(group, look.viewer.user_id, is_admin=look.viewer.is_admin):
        raise GroupNotFound


def name_of(tapped: Tapped) -> str:
    """Give what who tapped is called."""
    return full_name(known(tapped.query.from_user))
