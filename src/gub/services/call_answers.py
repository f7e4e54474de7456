"""The answers to calls: who comes, who cannot, until the call is closed.

Each answer is one update. What follows (the message, telling the caller that enough come) is the upkeep's.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from gub.clock import Clock
from gub.domain.calls import Answer, Answered, Call, Words
from gub.domain.errors import CallOver, GroupNotFound, OnlyCaller
from gub.domain.group_rights import may_call
from gub.domain.limits import CALL_LIFETIME
from gub.domain.values import Joining, KnownUser, NotifyGroup
from gub.services.calls import Granted, not_a_member
from gub.store.store import Store


@dataclass(frozen=True, slots=True)
class Rest:
    """Those whom a call left in peace as they were not on, and is to ping from `since` on."""

    call: Call
    left: tuple[int, ...]
    since: datetime


@dataclass(frozen=True, slots=True)
class Taken:
    """An answer that counts, and the call as it is then. `may_join`: who answered is not in its group, and may be."""

    answered: Answered
    call: Call
    may_join: bool


class CallBook:
    """Keeps calls and takes their answers."""

    def __init__(self, store: Store, changed: asyncio.Event, clock: Clock) -> None:
        """Keep them in `store`; set `changed` when a message is to be shown anew."""
        self._store = store
        self._changed = changed
        self._clock = clock

    async def begin(self, granted: Granted, thread_id: int | None, words: Words | None) -> Call:
        """Keep a call that was granted, with its caller in; the same command, handled again, gives what it began."""
        group, reach = granted.group, granted.reach
        return await self._store.calls.begin(
            Call(
                id="",
                chat_id=group.chat_id,
                group_id=group.id,
                group_name=group.name,
                caller_id=granted.caller_id,
                opened_at=granted.called_at,
                closes_at=granted.called_at + granted.open_for,
                command_id=granted.message_id,
                thread_id=thread_id,
                words=words,
                wanted=granted.request.wanted,
                only_on=granted.only_on,
                called=tuple(one.user_id for one in granted.first),
                muted=reach.muted,
                asleep=reach.asleep,
                away=reach.away,
                coming=(granted.caller_id,),
            )
        )

    async def posted(self, call: Call, chat_id: int, message_id: int, called: tuple[int, ...]) -> None:
        """Note which message shows it, where, and whom that mentions."""
        if not await self._store.calls.posted(call, chat_id, message_id, called):
            self._changed.set()

    async def withdraw(self, call: Call) -> None:
        """Forget a call whose message could not be sent, unless that was begun before: people may see it already."""
        if call.revision == 0:
            await self._store.calls.forget(call)

    async def of_chat(self, call_id: str, chat_id: int) -> Call:
        """Give a call of this chat, also while the group becomes a supergroup, and after. Raises CallOver."""
        call = await self._store.calls.get(call_id)
        if call is None or not await self._is_of(call, chat_id):
            raise CallOver
        return call

    async def seen(self, call: Call, chat_id: int, message_id: int) -> None:
        """Note by a tap which message shows it, where whoever posted it has not noted that (yet)."""
        if call.message_id is None and call.command_id is not None:
            await self.posted(call, chat_id, message_id, call.called)

    async def answer(self, call: Call, user_id: int, answer: Answer) -> Taken:
        """Take somebody's answer, in the place of the one they gave before. Raises CallOver."""
        answered = await self._store.calls.answer(call.id, user_id, answer, self._clock.now())
        if answered is Answered.OVER:
            raise await self._over(call)
        self._changed.set()
        now = await self._store.calls.get(call.id) or call
        group = await self.group_of(call)
        return Taken(answered, now, group is not None and _may_join(group, user_id))

    async def close(self, call: Call, user_id: int, *, is_admin: bool) -> None:
        """Take no more answers. Raises OnlyCaller, and CallOver when it is closed already."""
        if user_id != call.caller_id and not is_admin:
            raise OnlyCaller
        if not await self._store.calls.end(call.id):
            raise await self._over(call)
        self._changed.set()

    async def rest_of(self, call: Call, user_id: int) -> Rest | None:
        """Give whom a call left in peace and is to ping now; None when that was done long ago.

        The same tap, handled again, gives the same. Raises OnlyCaller, GroupNotFound, NotAMember where they may not
        call the group any more, and CallOver when it is closed.
        """
        if user_id != call.caller_id:
            raise OnlyCaller
        group = await self.group_of(call)
        if group is None:
            raise GroupNotFound(call.group_name)
        if not may_call(group, user_id):
            raise not_a_member(group)
        since = await self._store.calls.rest_pinged(call.id, self._clock.now())
        now = await self._store.calls.get(call.id)
        if since is None or now is None:
            raise await self._over(call)
        self._changed.set()
        left = tuple(one for one in now.rest if one in group.members)
        return Rest(now, left, since) if self._clock.now() - since < CALL_LIFETIME else None

    async def people(self, call: Call) -> dict[int, KnownUser]:
        """Give what is known of everybody whom a call names."""
        named = (call.caller_id, *call.coming, *call.cant, *call.called, *call.muted, *call.asleep, *call.away)
        return await self._store.users.get_many(named)

    async def group_of(self, call: Call) -> NotifyGroup | None:
        """Give the group that is called; None when it was deleted meanwhile."""
        return await self._store.notifygroups.find(call.group_id)

    async def zone_of(self, call: Call) -> str | None:
        """Give the time zone of the chat, if it chose one."""
        return (await self._store.chats.settings(call.chat_id)).time_zone

    async def told_full(self, call: Call) -> None:
        """Note that whoever called knows that enough come."""
        await self._store.calls.told_full(call.id)

    async def expire(self) -> None:
        """Close the calls whose time ran out."""
        await self._store.calls.end_due(self._clock.now())

    async def _over(self, call: Call) -> CallOver:
        """Refuse a tap on a button that is not there any more, where the message shows that the call is closed."""
        await self._store.calls.over(call.id)
        self._changed.set()
        return CallOver()

    async def _is_of(self, call: Call, chat_id: int) -> bool:
        return (
            call.chat_id == chat_id
            or call.chat_id == await self._store.life.successor(chat_id)
            or chat_id == await self._store.life.successor(call.chat_id)
        )


def _may_join(group: NotifyGroup, user_id: int) -> bool:
    return group.joining is Joining.OPEN and user_id not in group.members
