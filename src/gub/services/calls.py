"""Calls: one /notify, which reaches every other member of a group who has not muted it and does not sleep.

Or, if it is for who is on, of those only who is. The answers are `call_answers`'.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from gub.clock import Clock
from gub.domain.commands import CallRequest
from gub.domain.errors import GroupNotFound, ManyToCall, NobodyToCall, NotAMember, TooSoon
from gub.domain.group_rights import may_call
from gub.domain.mentions import plan_mentions
from gub.domain.values import ChatSettings, Joining, KnownUser, NotifyGroup
from gub.services.groups import Groups
from gub.services.reach import Reach, Reaching
from gub.store.notifygroups import CallClaim, ClaimResult
from gub.store.store import Store


@dataclass(frozen=True, slots=True)
class Granted:
    """A call that may be made now: whom its first message pings, whom the further ones, and whom none of them does.

    The first message may ping nobody: then its text pings as many by itself as a message may, or nobody is on.
    `message_id` is that of the command, `called_at` when the call was granted; it takes answers for `open_for`.
    """

    group: NotifyGroup
    caller_id: int
    request: CallRequest
    reach: Reach
    first: tuple[KnownUser, ...]
    further: tuple[int, ...]
    message_id: int
    called_at: datetime
    open_for: timedelta

    @property
    def only_on(self) -> bool:
        """Whether it is for who is on."""
        return self.request.now or self.group.only_on

    @property
    def everybody(self) -> tuple[int, ...]:
        """The ids of all who are to be pinged, in order."""
        return (*(user.user_id for user in self.first), *self.further)


class Calls:
    """Decides who may call whom, and when. What a chat chose of it is read at every call."""

    def __init__(self, store: Store, groups: Groups, reaching: Reaching, clock: Clock) -> None:
        """Call the groups of `store`, and of their members whom `reaching` says."""
        self._store = store
        self._reaching = reaching
        self._groups = groups
        self._clock = clock

    async def call(
        self, chat_id: int, caller_id: int, request: CallRequest, *, pings: int = 0, message_id: int
    ) -> Granted:
        """Claim a call of the group as typed. Of several at once one is made. The text itself pings `pings` people.

        The command (`message_id`) that was granted the call is granted it again, should it be handled again after
        the process died in the middle.

        Raises:
            GroupNotFound: the chat has no group of that name, or a hidden one that the caller does not belong to.
            NotAMember: the caller is neither a member nor the creator.
            NobodyToCall: there is no other member, or none who may be pinged; the cool-down is not started.
            ManyToCall: it would ping so many that it is to be confirmed first (`confirmed`).
            TooSoon: the cool-down has not passed.
        """
        group = await self._groups.by_name(chat_id, request.name, caller_id)
        return await self._call(group, caller_id, request, pings, message_id, confirmed=False)

    async def confirmed(
        self, chat_id: int, caller_id: int, group_id: str, request: CallRequest, *, pings: int, message_id: int
    ) -> Granted:
        """Claim a call that its caller has confirmed, however many it pings now; else as `call`."""
        group = await self._groups.by_id(chat_id, group_id, caller_id)
        return await self._call(group, caller_id, request, pings, message_id, confirmed=True)

    async def take_back(self, call: Granted) -> None:
        """Undo the claim of a call of which nothing could be sent: the group may be called at once."""
        await self._store.notifygroups.release_call(call.group, call.message_id)

    async def _call(
        self,
        group: NotifyGroup,
        caller_id: int,
        request: CallRequest,
        pings: int,
        message_id: int,
        *,
        confirmed: bool,
    ) -> Granted:
        if not may_call(group, caller_id):
            raise not_a_member(group)
        settings = await self._store.chats.settings(group.chat_id)
        reach = await self._reach(group, caller_id, request)
        people = len(reach.ping)
        if not people and not reach.away:
            raise NobodyToCall(group.name, muted=bool(reach.muted), asleep=bool(reach.asleep))
        if people > settings.confirm_above and not confirmed and not self._rests(group, settings):
            raise ManyToCall(group.id, group.name, people)
        now = self._clock.now()
        claim = await self._store.notifygroups.claim_call(
            group.id, group.chat_id, caller_id, now, settings.call_cooldown, message_id=message_id
        )
        claimed = _claimed(claim, group)
        if (claimed.members, claimed.mutes) != (group.members, group.mutes):
            reach = await self._reach(claimed, caller_id, request)
        plan = plan_mentions(reach.ping, caller_id, taken=pings)
        first = plan[0] if plan else ()
        known = await self._store.users.get_many(first)
        return Granted(
            group=claimed,
            caller_id=caller_id,
            request=request,
            reach=reach,
            first=tuple(known.get(user_id, KnownUser(user_id, "")) for user_id in first),
            further=tuple(user_id for batch in plan[1:] for user_id in batch),
            message_id=message_id,
            called_at=now,
            open_for=settings.call_open,
        )

    async def _reach(self, group: NotifyGroup, caller_id: int, request: CallRequest) -> Reach:
        only_on = request.now or group.only_on
        return await self._reaching.of(group, caller_id, self._clock.now(), only_on=only_on)

    def _rests(self, group: NotifyGroup, settings: ChatSettings) -> bool:
        """Say whether the group was called so lately that the claim decides: nothing to confirm for who is refused."""
        return group.last_call_at is not None and group.last_call_at > self._clock.now() - settings.call_cooldown


def _claimed(claim: CallClaim, asked: NotifyGroup) -> NotifyGroup:
    """Give the group of a claim that succeeded, or raise why it did not."""
    if claim.result is ClaimResult.GONE or claim.group is None:
        raise GroupNotFound(asked.name)
    if claim.result is ClaimResult.NOT_MEMBER:
        raise not_a_member(claim.group)
    if claim.result is ClaimResult.TOO_SOON:
        raise TooSoon(claim.group.name, claim.wait_seconds)
    return claim.group


def not_a_member(group: NotifyGroup) -> NotAMember:
    """Say that somebody may not call the group, and whether they could come in."""
    return NotAMember(group.name, joinable=group.joining is Joining.OPEN)
