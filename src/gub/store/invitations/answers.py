"""Answers to an invitation, and what is left to do after an acceptance. Each is one conditional update."""

from collections.abc import Collection
from datetime import datetime

from gub.store.documents import Document, integers_of, object_id
from gub.store.invitations.document import ASKED, in_time, invitation_of, is_over, spellings, to_show
from gub.store.invitations.finding import Finding
from gub.store.invitations.results import Decision, DecisionResult


class Answers(Finding):
    """The part of `Invitations` about answers."""

    async def accept(
        self,
        id: str,  # noqa: A002 - the value's own word
        entries: Collection[int | str],
        user_id: int,
        now: datetime,
    ) -> Decision:
        """Take a yes, if the invitation asks one of these entries now. Making the user a member is still to do."""
        return await self._decide(id, entries, user_id, now, ("accepted", "unfinished"))

    async def decline(
        self,
        id: str,  # noqa: A002 - as above
        entries: Collection[int | str],
        user_id: int,
        now: datetime,
    ) -> Decision:
        """Take a no, if the invitation asks one of these entries now."""
        return await self._decide(id, entries, user_id, now, ("declined",))

    async def unfinished_of(self, id: str) -> tuple[int, ...]:  # noqa: A002 - as above
        """Give those who accepted and are perhaps no members yet."""
        document = await self._collection.find_one({"_id": object_id(id)}, {"unfinished": 1})
        return () if document is None else integers_of(document.get("unfinished"))

    async def finished(self, id: str, user_id: int) -> None:  # noqa: A002 - as above
        """Note that this acceptance has become a membership."""
        await self._collection.update_one({"_id": object_id(id)}, {"$pull": {"unfinished": user_id}})

    async def give_back(self, id: str, user_id: int) -> bool:  # noqa: A002 - as above
        """Take an acceptance back for which there was no room: they are asked again, unless the invitation has ended.

        Say whether the acceptance was there and unfinished.
        """
        which = {"_id": object_id(id), "unfinished": user_id}
        back = {"accepted": user_id, "unfinished": user_id}
        asked_again = to_show(pull=back, add={ASKED: user_id})
        for condition, change in ((which | {"ended": None}, asked_again), (which, to_show(pull=back))):
            if (await self._collection.update_one(condition, change)).matched_count:
                return True
        return False

    async def _decide(
        self,
        id: str,  # noqa: A002 - as above
        entries: Collection[int | str],
        user_id: int,
        now: datetime,
        into: tuple[str, ...],
    ) -> Decision:
        key = object_id(id)
        if key is None:
            return Decision(DecisionResult.OVER)
        # The update decides; what is read before it only says how old documents spell the usernames in question.
        before = await self._collection.find_one({"_id": key}, {ASKED: 1}) or {}
        mine = {"$in": [*entries, *spellings(before.get(ASKED), entries)]}
        still = {"_id": key, "ended": None, "expires_at": in_time(key, now), ASKED: mine}
        change = to_show(pull={ASKED: mine}, add=dict.fromkeys(into, user_id))
        taken = (await self._collection.update_one(still, change)).matched_count
        document = await self._collection.find_one({"_id": key})
        if taken:
            return Decision(DecisionResult.TAKEN, None if document is None else invitation_of(document))
        return _refused(document, user_id, now)


def _refused(document: Document | None, user_id: int, now: datetime) -> Decision:
    if document is None:
        return Decision(DecisionResult.OVER)
    invitation = invitation_of(document)
    if user_id in invitation.accepted:
        return Decision(DecisionResult.ALREADY_ACCEPTED, invitation)
    if user_id in invitation.declined:
        return Decision(DecisionResult.ALREADY_DECLINED, invitation)
    over = is_over(document, now)
    return Decision(DecisionResult.OVER if over else DecisionResult.NOT_INVITED, invitation)
