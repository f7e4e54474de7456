"""Invitations into notify groups: asking, answering, taking back, and what follows from each.

The answer is decided by one update of the invitation. What follows (the membership, other invitations, `invited` of the
group, the end) comes after it and may be cut off: it is done when the same tap is handled again, or by `finish`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from gub.clock import Clock
from gub.domain.errors import (
    AlreadyAnswered,
    AskedTooOften,
    DomainError,
    GroupNotFound,
    InvitationOver,
    LimitReached,
    NotInvited,
    TooManyAtOnce,
)
from gub.domain.group_rights import may_edit
from gub.domain.invitees import entries_of
from gub.domain.limits import GROUP_MEMBERS, INVITATION_SPAN, INVITATIONS, INVITED_AT_ONCE
from gub.domain.values import Ended, Invitation, KnownUser, NotifyGroup
from gub.services.group_editing import only_creator
from gub.services.invited import Invited
from gub.services.invitees import Candidate, LeftOut, Look, learn, looked_at, resolved, sorted_out
from gub.services.throttle import Throttle
from gub.store.invitations import Decision, DecisionResult
from gub.store.notifygroups import JoinResult
from gub.store.store import Store


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a wish to invite. There is no invitation where nobody could be asked."""

    group: NotifyGroup
    invitation: Invitation | None = None
    asked: tuple[Candidate, ...] = ()
    left_out: LeftOut = field(default_factory=LeftOut)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that counts: the invitation and its group, as they were just then."""

    invitation: Invitation
    group: NotifyGroup


class Invitations:
    """Decides who may invite whom, and takes the answers."""

    def __init__(self, store: Store, invited: Invited, clock: Clock) -> None:
        """Keep invitations in `store`; let `invited` tell that they are to be shown anew."""
        self._store = store
        self._invited = invited
        self._clock = clock
        self._throttle = Throttle[int](clock, count=INVITATIONS, seconds=INVITATION_SPAN.total_seconds())

    # -- asking

    async def require_creator(self, group: NotifyGroup, user_id: int, action: str = "invite") -> None:
        """Raise OnlyCreator unless the user may invite into the group and take invitations back."""
        if not may_edit(group, user_id):
            raise await only_creator(self._store, group, action)

    async def invite(
        self,
        group: NotifyGroup,
        inviter_id: int,
        candidates: Sequence[Candidate],
        *,
        look: Look,
        thread_id: int | None,
        message_id: int | None,
    ) -> Outcome:
        """Make an invitation of those who can be asked. It is still to be posted.

        `message_id` is that of the command: handled again, it gets the same invitation. What was chosen in private
        names its message by the negative id, which no message of a group has.

        Raises:
            OnlyCreator: only the creator of a group invites.
            GroupNotFound: it was deleted meanwhile.
            TooManyAtOnce: so many are not asked by one message.
            AskedTooOften: the user has invited too often.
        """
        await self.require_creator(group, inviter_id)
        people = await resolved(candidates, self._store.users)
        if len(people) > INVITED_AT_ONCE:
            raise TooManyAtOnce(INVITED_AT_ONCE)
        if wait := self._throttle.take(inviter_id):
            raise AskedTooOften(math.ceil(wait), "invitations")
        asked, left_out = sorted_out(group, await looked_at(people, look, self._store.users))
        if not asked:
            return Outcome(group, left_out=left_out)
        group = await self._again(group)
        await learn(asked, self._store.users)
        settings = await self._store.chats.settings(group.chat_id)
        invitation = await self._store.invitations.create(
            group,
            inviter_id,
            tuple(one.entry for one in asked),
            thread_id,
            self._clock.now() + settings.invitation_lifetime,
            message_id=message_id,
        )
        await self._invited.asked(group.id, invitation.initially_invited)
        return Outcome(group, await self._store.invitations.get(invitation.id) or invitation, asked, left_out)

    async def posted(self, invitation: Invitation, message_id: int, chat_id: int) -> None:
        """The message that shows it is out; in another chat, if the invitation's became that one meanwhile."""
        await self._store.invitations.posted(invitation.id, message_id, chat_id, sent_to=invitation.chat_id)
        self._invited.wake()

    async def withdraw(self, invitation: Invitation) -> None:
        """The message that should show it could not be sent: nobody is asked."""
        await self._store.invitations.end(invitation.id, Ended.REVOKED)
        await self._store.invited.refresh(invitation.group_id)
        self._invited.wake()

    # -- answering

    async def place_of(self, invitation_id: str) -> int | None:
        """Give the chat that an invitation asks in; None when there is no such invitation (any more)."""
        invitation = await self._store.invitations.get(invitation_id)
        if invitation is None or invitation.chat_id is not None:
            return None if invitation is None else invitation.chat_id
        group = await self._store.notifygroups.find(invitation.group_id)
        return None if group is None else group.chat_id

    async def accept(self, invitation_id: str, chat_id: int, user: KnownUser) -> Answer:
        """Make the user a member, if the invitation asks them. The same tap handled again does what is left to do.

        Raises:
            NotInvited, AlreadyAnswered, InvitationOver: the answer does not count.
            LimitReached: the group is full; they are still asked.
        """
        await self._require_place(invitation_id, chat_id)
        decision = await self._store.invitations.accept(
            invitation_id, entries_of(user.user_id, user.username), user.user_id, self._clock.now()
        )
        if decision.result is DecisionResult.ALREADY_ACCEPTED:
            if user.user_id not in await self._store.invitations.unfinished_of(invitation_id):
                raise await self._refusal(decision)
        elif decision.result is not DecisionResult.TAKEN:
            raise await self._refusal(decision)
        invitation = _there(decision)
        return Answer(invitation, await self._let_in(invitation, user.user_id))

    async def decline(self, invitation_id: str, chat_id: int, user: KnownUser) -> Answer:
        """Ask the user no more. Raises NotInvited, AlreadyAnswered, InvitationOver: the answer does not count."""
        await self._require_place(invitation_id, chat_id)
        decision = await self._store.invitations.decline(
            invitation_id, entries_of(user.user_id, user.username), user.user_id, self._clock.now()
        )
        if decision.result is not DecisionResult.TAKEN:
            raise await self._refusal(decision)
        invitation = _there(decision)
        await self._answered(invitation)
        return Answer(invitation, await self._group_of(invitation))

    async def revoke(self, invitation_id: str, chat_id: int, user_id: int) -> Answer:
        """Take an invitation back. Raises OnlyCreator, InvitationOver."""
        invitation = await self._require_place(invitation_id, chat_id)
        group = await self._group_of(invitation)
        await self.require_creator(group, user_id, "revoke")
        if not await self._store.invitations.end(invitation.id, Ended.REVOKED):
            now = await self._store.invitations.get(invitation.id)
            raise InvitationOver(None if now is None else now.ended)
        await self._store.invited.refresh(group.id)
        self._invited.wake()
        return Answer(replace(invitation, ended=Ended.REVOKED), group)

    # -- what time and the process's deaths leave to do

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

    async def of_group(self, group: NotifyGroup) -> list[Invitation]:
        """Give the invitations of a group that still ask somebody, the oldest first."""
        return await self._store.invitations.of_group(group.id)

    # -- inside

    async def _require_place(self, invitation_id: str, chat_id: int) -> Invitation:
        """Find an invitation of this chat. Buttons from before a group became a supergroup are of its old id."""
        invitation = await self._store.invitations.get(invitation_id)
        if invitation is not None:
            place = await self.place_of(invitation_id)
            if place is None or place in (chat_id, await self._store.life.successor(chat_id)):
                return invitation
        raise InvitationOver

    async def _refusal(self, decision: Decision) -> DomainError:
        match decision.result:
            case DecisionResult.ALREADY_ACCEPTED | DecisionResult.ALREADY_DECLINED:
                accepted = decision.result is DecisionResult.ALREADY_ACCEPTED
                return AlreadyAnswered(accepted=accepted, name=await self._name(_there(decision)))
            case DecisionResult.NOT_INVITED:
                return NotInvited()
            case _:
                invitation = decision.invitation
                return InvitationOver(None if invitation is None else invitation.ended or Ended.EXPIRED)

    async def _name(self, invitation: Invitation) -> str:
        group = await self._store.notifygroups.find(invitation.group_id)
        return (invitation.group_name or "") if group is None else group.name

    async def _again(self, group: NotifyGroup) -> NotifyGroup:
        """Read the group as it is after Telegram was asked, which may have told that its chat moved."""
        found = await self._store.notifygroups.find(group.id)
        if found is None:
            raise GroupNotFound(group.name)
        return found

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


def _there(decision: Decision) -> Invitation:
    if decision.invitation is None:
        raise InvitationOver
    return decision.invitation
