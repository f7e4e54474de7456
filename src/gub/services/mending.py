"""Doing what a death of the process left undone, found by `store.checking`. It may be repeated, beside a bot too."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from gub.clock import Clock
from gub.domain.invitees import entries_of
from gub.domain.values import Ended
from gub.services.invited import Invited
from gub.services.settling import Settling
from gub.store.checking import NOT_MENDED, Finding, Rule
from gub.store.store import Store


class Mending:
    """Mends what can be mended without anybody's word."""

    def __init__(self, store: Store, clock: Clock) -> None:
        """Mend in `store`."""
        self._store = store
        self._clock = clock
        # Whom it would wake is in another process, which looks each minute.
        self._settling = Settling(store, Invited(store, asyncio.Event()), clock)

    async def mend(self, findings: Iterable[Finding]) -> None:
        """Mend each; what follows from one may mend others as well."""
        how: Mapping[Rule, Callable[[Any], Awaitable[object]]] = {
            Rule.ASKED: self._store.invited.refresh,
            Rule.GROUP: self._store.invitations.end_of_group,
            Rule.MEMBER: self._settle,
            Rule.ACCEPTED: self._finish,
            Rule.PLACE: self._follow,
            Rule.EXPIRED: self._expire,
            Rule.CHAT: self._depart,
            Rule.LEFT: self._store.chats.forget,
            Rule.MOVED: self._move_on,
            Rule.MUTE: self._store.notifygroups.drop_strange_mutes,
            Rule.TARGET: self._store.announcement_targets.forget,
        }
        # Whom the invitations ask comes last: everything else changes it.
        ordered = sorted(findings, key=lambda finding: finding.rule is Rule.ASKED)
        for finding in ordered:
            if finding.rule not in NOT_MENDED:
                await how[finding.rule](finding.key)

    async def _settle(self, invitation_id: str) -> None:
        invitation = await self._store.invitations.get(invitation_id)
        group = None if invitation is None else await self._store.notifygroups.find(invitation.group_id)
        if invitation is None or group is None:
            return
        for user_id in set(group.members) & set(invitation.actively_invited):
            await self._store.invitations.settle(group.id, entries_of(user_id, None), user_id)
        await self._store.invited.refresh(group.id)

    async def _finish(self, _invitation_id: str) -> None:
        await self._settling.finish()

    async def _expire(self, _invitation_id: str) -> None:
        await self._settling.expire()

    async def _follow(self, invitation_id: str) -> None:
        """Bring it to where its group moved; where no move is known of, it asks people of another chat, and is over."""
        invitation = await self._store.invitations.get(invitation_id)
        group = None if invitation is None else await self._store.notifygroups.find(invitation.group_id)
        if group is None:
            return
        await self._store.invitations.follow(group.id, group.chat_id)
        invitation = await self._store.invitations.get(invitation_id)
        if invitation is not None and invitation.chat_id != group.chat_id:
            await self._store.invitations.end(invitation_id, Ended.GONE)
            await self._store.invited.refresh(group.id)

    async def _depart(self, chat_id: int) -> None:
        """Keep what is there as long as that of any chat that was left; it is GUB's again when the chat is used."""
        await self._store.departures.record(chat_id, self._clock.now())

    async def _move_on(self, _chat_id: int) -> None:
        await self._store.life.resume()
