"""Notify groups: making them, coming in, going out."""

import unicodedata
from dataclasses import dataclass

from gub.domain.errors import GroupNotFound, InviteOnly, LimitReached
from gub.domain.limits import DESCRIPTION_UNITS, GROUP_MEMBERS
from gub.domain.names import clean_group_name
from gub.domain.splitting import cut
from gub.domain.values import Joining, NotifyGroup
from gub.store.notifygroups import JoinResult, LeaveResult
from gub.store.store import Store


@dataclass(frozen=True, slots=True)
class Membership:
    """What became of a wish to join or leave. `changed` is False when it was so already."""

    group: NotifyGroup
    changed: bool


class Groups:
    """The notify groups of a chat. A group is named as typed, or by its id from a button."""

    def __init__(self, store: Store) -> None:
        """Keep groups in `store`."""
        self._store = store

    async def create(
        self,
        chat_id: int,
        creator_id: int,
        name: str,
        description: str | None,
        thread_id: int | None,
        *,
        message_id: int | None = None,
    ) -> NotifyGroup:
        """Make a group that anyone in the chat may join; its creator is the first member.

        The command (`message_id`) that made the group gets the same one, should it be handled again.

        Raises:
            BadName: the name breaks the rules.
            NameTaken: the chat has a group of that name.
            LimitReached: the chat has as many groups as it may.
        """
        return await self._store.notifygroups.create(
            chat_id=chat_id,
            creator_id=creator_id,
            name=clean_group_name(name),
            description=_clean_description(description),
            joining=Joining.OPEN,
            thread_id=thread_id,
            message_id=message_id,
        )

    async def by_name(self, chat_id: int, name: str) -> NotifyGroup:
        """Find a group as it is typed, without regard to case. Raises GroupNotFound."""
        group = await self._store.notifygroups.by_name(chat_id, normal(name))
        if group is None:
            raise GroupNotFound(name)
        return group

    async def by_id(self, chat_id: int, group_id: str) -> NotifyGroup:
        """Find a group of this chat, and of no other, by the id in a button. Raises GroupNotFound.

        Buttons from before a group became a supergroup name its old id.
        """
        group = await self._store.notifygroups.get(group_id, chat_id)
        if group is None and (successor := await self._store.life.successor(chat_id)) is not None:
            group = await self._store.notifygroups.get(group_id, successor)
        if group is None:
            raise GroupNotFound
        return group

    async def join(self, group: NotifyGroup, user_id: int) -> Membership:
        """Make the user a member.

        Raises:
            InviteOnly: nobody comes in without an invitation.
            LimitReached: there is no room.
            GroupNotFound: it was deleted meanwhile.
        """
        match await self._store.notifygroups.join(group.id, group.chat_id, user_id):
            case JoinResult.GONE:
                raise GroupNotFound(group.name)
            case JoinResult.CLOSED:
                raise InviteOnly(group.name)
            case JoinResult.FULL:
                raise LimitReached(GROUP_MEMBERS)
            case result:
                return Membership(await self._again(group), changed=result is JoinResult.JOINED)

    async def leave(self, group: NotifyGroup, user_id: int) -> Membership:
        """Take the user out. Raises GroupNotFound when it was deleted meanwhile."""
        result = await self._store.notifygroups.leave(group.id, group.chat_id, user_id)
        if result is LeaveResult.GONE:
            raise GroupNotFound(group.name)
        return Membership(await self._again(group), changed=result is LeaveResult.LEFT)

    async def drop_member(self, chat_id: int, user_id: int) -> int:
        """Take a user who left the chat out of all its groups; say out of how many."""
        return await self._store.notifygroups.drop_member(chat_id, user_id)

    async def _again(self, group: NotifyGroup) -> NotifyGroup:
        """Read the group as it is now, for the answer; deleted meanwhile, as it was."""
        return await self._store.notifygroups.get(group.id, group.chat_id) or group


def normal(name: str) -> str:
    """Give a typed name the form in which names are kept, whatever it is: it is looked up, not judged."""
    return unicodedata.normalize("NFC", name).strip()


def _clean_description(text: str | None) -> str | None:
    """Trim a description to what an announcement has room for; nothing but white space is none."""
    trimmed = (text or "").strip()
    return cut(trimmed, DESCRIPTION_UNITS)[0].rstrip() if trimmed else None
