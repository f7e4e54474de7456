"""What follows for invitations when people come, go or become known, and when groups change. All of it may be repeated.

Each invitation that is to be shown otherwise is marked in the database, and the upkeep (`telegram.invitation_upkeep`)
is woken; it also finishes what a death of the process cut off here.
"""

import asyncio
from collections.abc import Iterable, Sequence

from gub.domain.invitees import entries_of
from gub.domain.values import Ended, KnownUser, NotifyGroup
from gub.store.store import Store


class Invited:
    """Keeps invitations, and `invited` of the groups, in step with what happens outside of them."""

    def __init__(self, store: Store, changed: asyncio.Event) -> None:
        """Work on `store`; set `changed` when an invitation is to be shown anew."""
        self._store = store
        self._changed = changed

    async def joined(self, group: NotifyGroup, user_id: int) -> None:
        """Somebody became a member, in whichever way: every open invitation of the group has their answer."""
        known = await self._store.users.get_many([user_id])
        entries = entries_of(user_id, known[user_id].username if user_id in known else None)
        settled = await self._store.invitations.settle(group.id, entries, user_id)
        if settled or not set(entries).isdisjoint(group.invited):
            await self._store.invited.refresh(group.id)
        if settled:
            self.wake()

    async def left_chat(self, chat_id: int, user: KnownUser) -> None:
        """Somebody left the chat: its invitations ask them no more."""
        entries = entries_of(user.user_id, user.username)
        forgotten = await self._store.invitations.forget(chat_id, entries)
        for group in await self._store.notifygroups.of_chat(chat_id):
            if not set(entries).isdisjoint(group.invited):
                await self._store.invited.refresh(group.id)
        if forgotten:
            self.wake()

    async def renamed(self, group_id: str) -> None:
        """Show the group's new name, description or way in on its invitations."""
        await self._store.invitations.touch_group(group_id)
        self.wake()

    async def group_gone(self, group_id: str) -> None:
        """The group was deleted: its invitations are over."""
        if await self._store.invitations.end_of_group(group_id, Ended.GONE):
            self.wake()

    async def met(self, user_id: int, username: str | None) -> None:
        """GUB has seen the owner of a username: invitations that named it mean them by their id from now on."""
        if username is None:
            return
        touched = await self._store.invitations.meet(user_id, username)
        for group_id in touched:
            await self._ask_no_member(group_id, (user_id,))
        if touched:
            self.wake()

    async def asked(self, group_id: str, entries: Sequence[int | str]) -> None:
        """These were asked into a group just now: put right what happened to them, the group or its chat meanwhile.

        Who became known is asked by their id, a member is not asked, and all of it is where the group is.
        """
        names = [entry for entry in entries if isinstance(entry, str)]
        known = await self._store.users.by_usernames(names) if names else {}
        for user in known.values():
            await self.met(user.user_id, user.username)
        ids = [entry for entry in entries if isinstance(entry, int)]
        await self._ask_no_member(group_id, (*ids, *(user.user_id for user in known.values())))

    async def _ask_no_member(self, group_id: str, user_ids: Iterable[int]) -> None:
        """Take those of these who are members out of the invitations, and put `invited` right."""
        group = await self._store.notifygroups.find(group_id)
        if group is None:
            await self.group_gone(group_id)
            return
        await self._store.invitations.follow(group_id, group.chat_id)
        settled = [
            await self._store.invitations.settle(group_id, (id_,), id_) for id_ in user_ids if id_ in group.members
        ]
        await self._store.invited.refresh(group_id)
        if any(settled):
            self.wake()

    def wake(self) -> None:
        """Have the upkeep look for what is to be shown anew."""
        self._changed.set()
