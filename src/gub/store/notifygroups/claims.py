"""Claiming calls: of many at once, one is made."""

import math
from datetime import datetime, timedelta

from gub.domain.values import NotifyGroup
from gub.store.documents import object_id
from gub.store.notifygroups.document import group_of, key_of
from gub.store.notifygroups.finding import Finding
from gub.store.notifygroups.results import CallClaim, ClaimResult


class Claims(Finding):
    """The part of `NotifyGroups` about calls."""

    async def claim_call(
        self,
        id: str,  # noqa: A002 - the value's own word
        chat_id: int,
        caller_id: int,
        now: datetime,
        cooldown: timedelta,
        *,
        message_id: int | None = None,
    ) -> CallClaim:
        """Decide whether this caller may call the group now; of many at once exactly one may.

        The decision is the update: it writes `last_call_at` only if the caller is a member (or the creator) and the
        cool-down has passed. What is read after it only words the answer. A claim is granted again to the command
        (`message_id`) that had it: the process may have died between claiming and calling.
        """
        # `$not` also matches a group that was never called. Membership and creatorship are tried in turn, since a
        # top-level `$or` makes the embedded server scan the collection (measured: 4 a second at 50,000 documents).
        rested = {"last_call_at": {"$not": {"$gt": now - cooldown}}}
        for right in ({"members": caller_id}, {"creator_id": caller_id}):
            change = {"$set": {"last_call_at": now, "last_call_message_id": message_id}}
            result = await self._update(id, chat_id, right | rested, change)
            if result.matched_count:
                return CallClaim(ClaimResult.CLAIMED, await self.get(id, chat_id))
        if message_id is not None:
            held = await self._collection.find_one(key_of(id, chat_id) | {"last_call_message_id": message_id})
            if held is not None:
                return CallClaim(ClaimResult.CLAIMED, group_of(held))
        group = await self.get(id, chat_id)
        if group is None:
            return CallClaim(ClaimResult.GONE)
        if caller_id not in group.members and caller_id != group.creator_id:
            return CallClaim(ClaimResult.NOT_MEMBER, group)
        wait = (group.last_call_at or now) + cooldown - now
        seconds = min(math.ceil(wait.total_seconds()), math.ceil(cooldown.total_seconds()))
        return CallClaim(ClaimResult.TOO_SOON, group, max(1, seconds))

    async def release_call(self, claimed: NotifyGroup, message_id: int | None) -> bool:
        """Give the cool-down of a claim back, of whose call nothing could be sent; say whether it was still in force.

        `claimed` is the group as `claim_call` gave it to this command: its time and the command name the claim.
        """
        if claimed.last_call_at is None:
            return False
        result = await self._collection.update_one(
            {
                "_id": object_id(claimed.id),
                "last_call_at": claimed.last_call_at,
                "last_call_message_id": message_id,
            },
            {"$unset": {"last_call_at": "", "last_call_message_id": ""}},
        )
        return result.matched_count > 0
