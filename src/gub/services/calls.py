"""Calls: one /notify, which reaches every other member of a group."""

from dataclasses import dataclass
from datetime import timedelta

from gub.clock import Clock
from gub.domain.errors import GroupNotFound, NobodyToCall, NotAMember, TooSoon
from gub.domain.limits import CALL_COOLDOWN
from gub.domain.mentions import plan_mentions
from gub.domain.values import Joining, KnownUser, NotifyGroup
from gub.services.groups import Groups
from gub.store.notifygroups import CallClaim, ClaimResult
from gub.store.store import Store


@dataclass(frozen=True, slots=True)
class Call:
    """A call that may be made now: who is mentioned in which message, and the text as it was typed.

    The first message may mention nobody: then its text pings as many by itself as a message may. `message_id` is that
    of the command.
    """

    group: NotifyGroup
    batches: tuple[tuple[KnownUser, ...], ...]
    text: str | None
    message_id: int | None = None


class Calls:
    """Decides who may call whom, and when."""

    def __init__(self, store: Store, groups: Groups, clock: Clock, cooldown: timedelta = CALL_COOLDOWN) -> None:
        """Let each group be called once in `cooldown`."""
        self._store = store
        self._groups = groups
        self._clock = clock
        self._cooldown = cooldown

    async def call(
        self,
        chat_id: int,
        caller_id: int,
        name: str,
        text: str | None,
        *,
        pings: int = 0,
        message_id: int | None = None,
    ) -> Call:
        """Claim a call of the group as typed. Of several at once one is made. The text itself pings `pings` people.

        The command (`message_id`) that was granted the call is granted it again, should it be handled again after
        the process died in the middle: better some are called twice than nobody.

        Raises:
            GroupNotFound: the chat has no group of that name.
            NotAMember: the caller is neither a member nor the creator.
            NobodyToCall: there is no other member; the cool-down is not started.
            TooSoon: the cool-down has not passed.
        """
        group = await self._groups.by_name(chat_id, name)
        if caller_id not in group.members and caller_id != group.creator_id:
            raise _not_a_member(group)
        if not plan_mentions(group.members, caller_id):
            raise NobodyToCall(group.name)
        claim = await self._store.notifygroups.claim_call(
            group.id, chat_id, caller_id, self._clock.now(), self._cooldown, message_id=message_id
        )
        group = _claimed(claim, group)
        plan = plan_mentions(group.members, caller_id, taken=pings)
        known = await self._store.users.get_many([user_id for batch in plan for user_id in batch])
        batches = tuple(tuple(known.get(user_id, KnownUser(user_id, "")) for user_id in batch) for batch in plan)
        return Call(group, batches, text, message_id)

    async def take_back(self, call: Call) -> None:
        """Undo the claim of a call of which nothing could be sent: the group may be called at once."""
        await self._store.notifygroups.release_call(call.group, call.message_id)


def _claimed(claim: CallClaim, asked: NotifyGroup) -> NotifyGroup:
    """Give the group of a claim that succeeded, or raise why it did not."""
    if claim.result is ClaimResult.GONE or claim.group is None:
        raise GroupNotFound(asked.name)
    if claim.result is ClaimResult.NOT_MEMBER:
        raise _not_a_member(claim.group)
    if claim.result is ClaimResult.TOO_SOON:
        raise TooSoon(claim.group.name, claim.wait_seconds)
    return claim.group


def _not_a_member(group: NotifyGroup) -> NotAMember:
    return NotAMember(group.name, joinable=group.joining is Joining.OPEN)
