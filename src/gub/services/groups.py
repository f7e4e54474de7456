"""Notify groups: making them, finding them, coming in, going out, and being left in peace by their calls."""

import unicodedata
from dataclasses import dataclass

from gub.clock import Clock
from gub.domain.descriptions import clean_description
from gub.domain.errors import GroupNotFound, InviteOnly, LimitReached, NameTaken, NotAmongMembers
from gub.domain.group_rights import may_find
from gub.domain.limits import GROUP_MEMBERS
from gub.domain.mutes import MuteFor, muted_until
from gub.domain.names import clean_group_name
from gub.domain.values import Joining, NotifyGroup
from gub.services.invited import Invited
from gub.store.notifygroups import Change, JoinResult, LeaveResult
from gub.store.store import Store


@dataclass(frozen=True, slots=True)
class Membership:
    """What became of a wish to join or leave. `changed` is False when it was so already."""

    group: NotifyGroup
    changed: bool


class Groups:
    """The notify groups of a chat. A group is named as typed, or by its id from a button."""

    def __init__(self, store: Store, invited: Invited, clock: Clock) -> None:
        """Keep groups in `store`; let `invited` keep invitations in step; tell the time by `clock`."""
        self._store = store
        self._invited = invited
        self._clock = clock

    # -- making

    async def create(
        self,
        chat_id: int,
        creator_id: int,
        name: str,
        description: str | None,
        thread_id: int | None,
        *,
        joining: Joining = Joining.OPEN,
        message_id: int | None = None,
        id: str | None = None,  # noqa: A002 - the value's own word
    ) -> NotifyGroup:
        """Make a group; its creator is the first member.

        The command (`message_id`) that made the group gets the same one, should it be handled again; so does whoever
        comes again with the same `id` (of `new_id`).

        Raises:
            BadName: the name breaks the rules.
            BadDescription: the description does.
            NameTaken: the chat has a group of that name.
            LimitReached: the chat has as many groups as it may.
        """
        described = clean_description(description) if description and description.strip() else None
        return await self._store.notifygroups.create(
            chat_id=await self._store.life.successor(chat_id) or chat_id,
            creator_id=creator_id,
            name=clean_group_name(name),
            description=described,
            joining=joining,
            thread_id=thread_id,
            message_id=message_id,
            id=id,
        )

    def new_id(self) -> str:
        """Give an id that no group has, for `create`."""
        return self._store.notifygroups.new_id()

    async def check_name(self, chat_id: int, text: str) -> str:
        """Give the name as a group of the chat would have it, for who is asked for one. `create` has the last word.

        Raises:
            BadName: it breaks the rules.
            NameTaken: the chat has a group of that name.
        """
        name = clean_group_name(text)
        if await self._named(chat_id, name) is not None:
            raise NameTaken(name)
        return name

    # -- finding

    async def by_name(self, chat_id: int, name: str, user_id: int | None = None) -> NotifyGroup:
        """Find a group as it is typed, without regard to case.

        With `user_id`, a hidden group is found by those alone who may know of it. What was typed before a group became
        a supergroup may be handled after it.

        Raises:
            GroupNotFound: there is none.
        """
        group = await self._named(chat_id, normal(name))
        if group is None or not _may_find(group, user_id):
            raise GroupNotFound(name)
        return group

    async def by_id(self, chat_id: int, group_id: str, user_id: int | None = None) -> NotifyGroup:
        """Find a group of this chat, and of no other, by the id in a button; `user_id` as for `by_name`.

        Buttons from before a group became a supergroup name its old id.

        Raises:
            GroupNotFound: there is none.
        """
        group = await self._store.notifygroups.get(group_id, chat_id)
        if group is None and (successor := await self._store.life.successor(chat_id)) is not None:
            group = await self._store.notifygroups.get(group_id, successor)
        if group is None or not _may_find(group, user_id):
            raise GroupNotFound
        return group

    async def anywhere(self, group_id: str) -> NotifyGroup:
        """Find a group of whatever chat, for who is asked next whether they are in it. Raises GroupNotFound."""
        group = await self._store.notifygroups.find(group_id)
        if group is None:
            raise GroupNotFound
        return group

    async def of_chat(self, chat_id: int) -> list[NotifyGroup]:
        """Give the chat's groups by name, the hidden ones among them."""
        found = await self._store.notifygroups.of_chat(chat_id)
        if not found and (successor := await self._store.life.successor(chat_id)) is not None:
            return await self._store.notifygroups.of_chat(successor)
        return found

    # -- members

    async def join(self, group: NotifyGroup, user_id: int) -> Membership:
        """Make the user a member. Open invitations have their answer by that.

        Raises:
            InviteOnly: nobody comes in without an invitation.
            LimitReached: there is no room.
            GroupNotFound: it was deleted meanwhile.
        """
        result = await self._store.notifygroups.join(group.id, group.chat_id, user_id)
        match result:
            case JoinResult.GONE:
                raise GroupNotFound(group.name)
            case JoinResult.CLOSED:
                raise InviteOnly(group.name)
            case JoinResult.FULL:
                raise LimitReached(GROUP_MEMBERS)
        # For members as well: the process may have died between this and becoming one.
        await self._invited.joined(await self._again(group), user_id)
        return Membership(await self._again(group), changed=result is JoinResult.JOINED)

    async def leave(self, group: NotifyGroup, user_id: int) -> Membership:
        """Take the user out. Raises GroupNotFound when it was deleted meanwhile."""
        await self._store.invitations.let_go(group.id, user_id)
        result = await self._store.notifygroups.leave(group.id, group.chat_id, user_id)
        if result is LeaveResult.GONE:
            raise GroupNotFound(group.name)
        return Membership(await self._again(group), changed=result is LeaveResult.LEFT)

    async def mute(self, group: NotifyGroup, user_id: int, mute_for: MuteFor) -> NotifyGroup:
        """Leave a member in peace by the group's calls from now on; give the group as it is then.

        Raises:
            NotAmongMembers: the user is no member.
            GroupNotFound: it was deleted meanwhile.
        """
        until = muted_until(mute_for, self._clock.now())
        return await self._as_member(
            group, await self._store.notifygroups.mute(group.id, group.chat_id, user_id, until)
        )

    async def unmute(self, group: NotifyGroup, user_id: int) -> NotifyGroup:
        """Let calls ping a member again. Raises as `mute` does."""
        return await self._as_member(group, await self._store.notifygroups.unmute(group.id, group.chat_id, user_id))

    # -- inside

    async def _named(self, chat_id: int, name: str) -> NotifyGroup | None:
        group = await self._store.notifygroups.by_name(chat_id, name)
        if group is None and (successor := await self._store.life.successor(chat_id)) is not None:
            return await self._store.notifygroups.by_name(successor, name)
        return group

    async def _as_member(self, group: NotifyGroup, change: Change) -> NotifyGroup:
        if change is Change.GONE:
            raise GroupNotFound(group.name)
        if change is Change.NOT_ALLOWED:
            raise NotAmongMembers(group.name)
        return await self._again(group)

    async def _again(self, group: NotifyGroup) -> NotifyGroup:
        """Read the group as it is now, for the answer; deleted meanwhile, as it was."""
        return await self._store.notifygroups.get(group.id, group.chat_id) or group


def normal(name: str) -> str:
    """Give a typed name the form in which names are kept, whatever it is: it is looked up, not judged."""
    return unicodedata.normalize("NFC", name).strip()


def _may_find(group: NotifyGroup, user_id: int | None) -> bool:
    return user_id is None or may_find(group, user_id)
