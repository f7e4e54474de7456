"""Changing, handing over and deleting notify groups.

The right is part of each change; who is in the chat, and who is an admin of it, the edge has asked Telegram before.
"""

from typing import Final

from gub.domain import group_rights
from gub.domain.descriptions import clean_description
from gub.domain.errors import GroupNotFound, NotAmongMembers, OnlyCreator
from gub.domain.names import clean_group_name
from gub.domain.values import Joining, NotifyGroup
from gub.services.invited import Invited
from gub.store.notifygroups import Change
from gub.store.store import Store

_UNKNOWN: Final = "whoever made it"


async def only_creator(store: Store, group: NotifyGroup, action: str) -> OnlyCreator:
    """Make the refusal of what a group's creator alone may do. It names them, as far as GUB knows."""
    known = await store.users.get_many([group.creator_id])
    creator = known.get(group.creator_id)
    name = "" if creator is None else " ".join(filter(None, (creator.first_name, creator.last_name)))
    return OnlyCreator(group.name, name or _UNKNOWN, action)


class GroupEditing:
    """What a group's creator does with it. All raise GroupNotFound when it was deleted meanwhile."""

    def __init__(self, store: Store, invited: Invited) -> None:
        """Change groups in `store`; let `invited` show the changes on their invitations."""
        self._store = store
        self._invited = invited

    async def require_edit(self, group: NotifyGroup, user_id: int) -> None:
        """Raise OnlyCreator unless the user looks after the group."""
        if not group_rights.may_edit(group, user_id):
            raise await self.only_creator(group, "edit")

    async def only_creator(self, group: NotifyGroup, action: str) -> OnlyCreator:
        """Make the refusal, which names who may."""
        return await only_creator(self._store, group, action)

    async def rename(self, group: NotifyGroup, by: int, name: str) -> NotifyGroup:
        """Give the group another name; give it as it is then.

        Raises:
            BadName: the name breaks the rules.
            NameTaken: the chat has another group of that name.
            OnlyCreator: `by` is not the creator, at the very moment of the change.
        """
        groups = self._store.notifygroups
        return await self._edited(group, await groups.rename(group.id, group.chat_id, clean_group_name(name), by=by))

    async def describe(self, group: NotifyGroup, by: int, description: str | None) -> NotifyGroup:
        """Say what the group is for; None takes that away. Raises BadDescription, and OnlyCreator as `rename` does."""
        text = None if description is None else clean_description(description)
        groups = self._store.notifygroups
        return await self._edited(group, await groups.describe(group.id, group.chat_id, text, by=by))

    async def set_joining(self, group: NotifyGroup, by: int, joining: Joining) -> NotifyGroup:
        """Say how people come in. Raises OnlyCreator as `rename` does."""
        groups = self._store.notifygroups
        return await self._edited(group, await groups.set_joining(group.id, group.chat_id, joining, by=by))

    async def set_only_on(self, group: NotifyGroup, by: int, *, only_on: bool) -> NotifyGroup:
        """Say whether its calls ping only who is on. Raises OnlyCreator as `rename` does."""
        groups = self._store.notifygroups
        return await self._edited(group, await groups.set_only_on(group.id, group.chat_id, only_on=only_on, by=by))

    async def remove_member(self, group: NotifyGroup, by: int, user_id: int) -> NotifyGroup:
        """Take a member out. Raises NotAmongMembers, and OnlyCreator as `rename` does."""
        change = await self._store.notifygroups.remove_member(group.id, group.chat_id, user_id, by=by)
        if change in {Change.DONE, Change.SAME}:
            await self._store.invitations.let_go(group.id, user_id)
        if change is Change.SAME:
            raise NotAmongMembers(group.name)
        return await self._done(group, change, "edit")

    async def hand_over(
        self, group: NotifyGroup, by: int, to: int, *, is_admin: bool, creator_is_here: bool
    ) -> NotifyGroup:
        """Make a member the creator; give the group as it is then.

        `creator_is_here` is about the creator that `group` names: should it be another by now, nothing is changed.

        Raises:
            OnlyCreator: that is not for `by`: an admin may, once the creator has left the chat.
            NotAmongMembers: `to` is no member.
        """
        if not group_rights.may_hand_over(group, by, is_admin=is_admin, creator_is_here=creator_is_here):
            raise await self.only_creator(group, "hand_over")
        groups = self._store.notifygroups
        change = await groups.hand_over(group.id, group.chat_id, to, from_=group.creator_id)
        if change is Change.NOT_ALLOWED and (now := await groups.get(group.id, group.chat_id)) is not None:
            if now.creator_id == group.creator_id:
                raise NotAmongMembers(group.name)
            raise await self.only_creator(now, "hand_over")
        return await self._done(group, change, "hand_over")

    async def delete(self, group: NotifyGroup, by: int, *, is_admin: bool) -> None:
        """Delete the group; its invitations are over.

        Raises:
            OnlyCreator: `by` is neither the creator, at the very moment of the change, nor an admin.
            GroupNotFound: somebody else was faster.
        """
        if not group_rights.may_delete(group, by, is_admin=is_admin):
            raise await self.only_creator(group, "delete")
        # Before it, so that whoever shows invitations finds the group gone, should the process die right after it.
        await self._invited.renamed(group.id)
        change = await self._store.notifygroups.delete(group.id, group.chat_id, by=None if is_admin else by)
        if change is Change.NOT_ALLOWED:
            raise await self.only_creator(await self._again(group), "delete")
        await self._invited.group_gone(group.id)
        if change is Change.GONE:
            raise GroupNotFound(group.name)

    # -- inside

    async def _edited(self, group: NotifyGroup, change: Change) -> NotifyGroup:
        edited = await self._done(group, change, "edit")
        # When it was so already as well: the process may have died between this and the change.
        await self._invited.renamed(group.id)
        return edited

    async def _done(self, group: NotifyGroup, change: Change, action: str) -> NotifyGroup:
        """Give the group as it is after a change, or raise why there was none."""
        now = await self._again(group)
        if change is Change.GONE:
            raise GroupNotFound(group.name)
        if change is Change.NOT_ALLOWED:
            raise await self.only_creator(now, action)
        return now

    async def _again(self, group: NotifyGroup) -> NotifyGroup:
        now = await self._store.notifygroups.get(group.id, group.chat_id)
        if now is None:
            raise GroupNotFound(group.name)
        return now
