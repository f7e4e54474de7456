"""Coming into a group, going out of it, and being left in peace by its calls."""

from datetime import datetime
from typing import Final

from gub.domain.group_rights import may_join
from gub.domain.limits import GROUP_MEMBERS
from gub.domain.values import Joining
from gub.store.documents import NAMES, Document, integers_of, object_id
from gub.store.notifygroups.finding import Finding
from gub.store.notifygroups.results import Change, JoinResult, LeaveResult

_HAS_ROOM: Final = {f"members.{GROUP_MEMBERS - 1}": {"$exists": False}}


class Membership(Finding):
    """The part of `NotifyGroups` about members. A mute ends with the membership."""

    async def join(
        self,
        id: str,  # noqa: A002 - the value's own word
        chat_id: int,
        user_id: int,
        *,
        only_open: bool = True,
    ) -> JoinResult:
        """Make the user a member, if there is room and (with `only_open`) they need no invitation.

        That is `domain.group_rights.may_join`, asked in the same operation.
        """
        change = {"$addToSet": {"members": user_id}, "$unset": {_mute_of(user_id): ""}}
        rights: list[Document] = [{"joining": str(Joining.OPEN)}, {"creator_id": user_id}] if only_open else [{}]
        # One after the other: a top-level `$or` beside `_id` is a scan in the embedded server.
        for right in rights:
            result = await self._update(id, chat_id, {"members": {"$ne": user_id}} | _HAS_ROOM | right, change)
            if result.matched_count:
                return JoinResult.JOINED
        group = await self.get(id, chat_id)
        if group is None:
            return JoinResult.GONE
        if user_id in group.members:
            return JoinResult.ALREADY
        if only_open and not may_join(group, user_id):
            return JoinResult.CLOSED
        return JoinResult.FULL

    async def leave(self, id: str, chat_id: int, user_id: int) -> LeaveResult:  # noqa: A002 - as above
        """Take the user out of the group."""
        result = await self._update(id, chat_id, {"members": user_id}, without(user_id))
        if result.matched_count:
            return LeaveResult.LEFT
        return LeaveResult.GONE if await self.get(id, chat_id) is None else LeaveResult.NOT_MEMBER

    async def drop_member(self, chat_id: int, user_id: int) -> int:
        """Take one who left the chat out of all its groups; say out of how many."""
        theirs = {"chat_id": chat_id, "members": user_id}
        ids = [group["_id"] async for group in self._collection.find(theirs, {"_id": 1}, collation=NAMES)]
        # By their ids: an update by the chat makes the embedded server scan the collection (400 ms at 20,000 groups).
        still = {"_id": {"$in": ids}, "members": user_id}
        return (await self._collection.update_many(still, without(user_id))).modified_count

    async def mute(self, id: str, chat_id: int, user_id: int, until: datetime | None) -> Change:  # noqa: A002 - as above
        """Leave a member in peace until then; None is for good. NOT_ALLOWED: they are no member."""
        # A pipeline, because a plain `$set` below what is no object (of whoever wrote it) is refused.
        is_object = {"$eq": [{"$type": "$mutes"}, "object"]}
        others = {"$cond": [is_object, "$mutes", {}]}
        change: list[Document] = [{"$set": {"mutes": {"$mergeObjects": [others, {str(user_id): {"$literal": until}}]}}}]
        return await self._change_as_member(id, chat_id, user_id, change)

    async def unmute(self, id: str, chat_id: int, user_id: int) -> Change:  # noqa: A002 - as above
        """Let calls ping a member again. NOT_ALLOWED: they are no member."""
        return await self._change_as_member(id, chat_id, user_id, {"$unset": {_mute_of(user_id): ""}})

    async def drop_strange_mutes(self, id: str) -> None:  # noqa: A002 - as above
        """Forget mutes of who is no member (GUB writes none), while they are what was read."""
        group = await self._collection.find_one({"_id": object_id(id)}, {"mutes": 1, "members": 1}) or {}
        found = group.get("mutes")
        if isinstance(found, dict):
            members = {str(member) for member in integers_of(group.get("members"))}
            kept = {key: until for key, until in found.items() if key in members}
            same = {"_id": group["_id"], "mutes": found}
            await self._collection.update_one(same, {"$set": {"mutes": kept}})

    async def _change_as_member(
        self,
        id: str,  # noqa: A002 - as above
        chat_id: int,
        user_id: int,
        change: Document | list[Document],
    ) -> Change:
        result = await self._update(id, chat_id, {"members": user_id}, change)
        if result.matched_count:
            return Change.DONE if result.modified_count else Change.SAME
        return Change.GONE if await self.get(id, chat_id) is None else Change.NOT_ALLOWED


def without(user_id: int) -> Document:
    """Give the change that takes a member out."""
    return {"$pull": {"members": user_id}, "$unset": {_mute_of(user_id): ""}}


def _mute_of(user_id: int) -> str:
    return f"mutes.{user_id}"
