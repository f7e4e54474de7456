"""Invitations into notify groups: asking, answering, taking back, and what follows from each.

The answer is decided by one update of the invitation. What follows (the membership, other invitations, `invited` of the
group, the end) comes after it and may be cut off: it is done when the same tap is handled again, or by `finish`; see
`settling`.
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
    NotInvited,
    TooManyAtOnce,
)
from gub.domain.group_rights import may_edit
from gub.domain.invitees import entries_of
from gub.domain.limits import INVITATION_SPAN, INVITATIONS, INVITED_AT_ONCE
from gub.domain.values import Ended, Invitation, KnownUser, NotifyGroup
from gub.services.group_editing import only_creator
from gub.services.invited import Invited
from gub.services.invitees import Candidate, LeftOut, Look, learn, looked_at, resolved, sorted_out
from gub.services.settling import Settling
from gub.services.throttle import Throttle
from gub.store.invitations import Decision, DecisionResult
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


class Invitations(Settling):
    """Decides who may invite whom, and takes the answers."""

    def __init__(self, store: Store, invited: Invited, clock: Clock) -> None:
        """Keep invitations in `store`; let `invited` tell that they are to be shown anew."""
        super().__init__(store, invited, clock)
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


def _there(decision: Decision) -> Invitation:
    if decision.invitation is None:
        raise InvitationOver
    return decision.invitation
