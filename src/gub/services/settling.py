"""What follows from answers to invitations, from time, and from groups that are deleted. All of it can be repeated."""

from gub.clock import Clock
from gub.domain.errors import DomainError, InvitationOver, LimitReached
from gub.domain.limits import GROUP_MEMBERS
from gub.domain.values import Ended, Invitation, NotifyGroup
from gub.services.invited import Invited
from gub.store.notifygroups import JoinResult
from gub.store.store import Store


class Settling:
    """Does what is left to do of invitations after somebody, or the clock, has spoken."""

    def __init__(self, store: Store, invited: Invited, clock: Clock) -> None:
        """Keep invitations in `store`; let `invited` tell that they are to be shown anew."""
        self._store = store
        self._invited = invited
        self._clock = clock

    async def expire(self) -> list[Invitation]:
        """End those whose time ran out, and give them."""
        ended = await self._store.invitations.end_expired(self._clock.now())
        for group_id in dict.fromkeys(invitation.group_id for invitation in ended):
            await self._store.invited.refresh(group_id)
        return ended

    async def finish(self) -> None:
        """Do what follows from answers after which the process, or the database, went away."""
        for invitation in await self._store.invitations.all_unfinished():
            for user_id in await self._store.invitations.unfinished_of(invitation.id):
                try:
                    await self._let_in(invitation, user_id)
                except DomainError:
                    continue  # full, or gone: that is settled as well

    async def bring_to_end(self, invitation_id: str) -> Invitation | None:
        """Bring one that is to be shown anew to its end, if it has come to it; give it as it is then."""
        invitation = await self._store.invitations.get(invitation_id)
        if invitation is None:
            return None
        if invitation.ended is None and await self._store.notifygroups.find(invitation.group_id) is None:
            await self._store.invitations.end_of_group(invitation.group_id, Ended.GONE)
        elif invitation.ended is None and not invitation.actively_invited:
            await self._store.invitations.end(invitation.id, Ended.ANSWERED)
        await self._store.invited.refresh(invitation.group_id)
        return await self._store.invitations.get(invitation.id)

    # -- for answers

    async def _group_of(self, invitation: Invitation) -> NotifyGroup:
        """Give the group as it is now; without one, the invitation is over."""
        group = await self._store.notifygroups.find(invitation.group_id)
        if group is None:
            await self._invited.group_gone(invitation.group_id)
            raise InvitationOver(Ended.GONE)
        return group

    async def _let_in(self, invitation: Invitation, user_id: int) -> NotifyGroup:
        """Do what follows from an acceptance. Raises LimitReached, InvitationOver (the group is gone)."""
        group = await self._store.notifygroups.find(invitation.group_id)
        result = JoinResult.GONE
        if group is not None:
            result = await self._store.notifygroups.join(group.id, group.chat_id, user_id, only_open=False)
        if group is None or result is JoinResult.GONE:
            await self._store.invitations.finished(invitation.id, user_id)
            await self._invited.group_gone(invitation.group_id)
            raise InvitationOver(Ended.GONE)
        if result is JoinResult.FULL:
            await self._store.invitations.give_back(invitation.id, user_id)
            await self._store.invited.refresh(group.id)
            self._invited.wake()
            raise LimitReached(GROUP_MEMBERS)
        await self._invited.joined(group, user_id)
        await self._store.invitations.finished(invitation.id, user_id)
        await self._answered(invitation)
        return await self._group_of(invitation)

    async def _answered(self, invitation: Invitation) -> None:
        """Put right what an answer changes."""
        await self._store.invitations.end(invitation.id, Ended.ANSWERED)
        await self._store.invited.refresh(invitation.group_id)
        self._invited.wake()
