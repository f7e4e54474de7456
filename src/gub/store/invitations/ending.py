"""The end of invitations."""

from datetime import datetime

from gub.domain.limits import INVITATION_LIFETIME
from gub.domain.values import Ended, Invitation
from gub.store.documents import Document, object_id
from gub.store.invitations.document import NOBODY_ASKED, NOTHING_UNFINISHED, born_up_to, invitation_of, to_show
from gub.store.invitations.finding import Finding

_NOT_ENDED = {"ended": None}


class Ending(Finding):
    """The part of `Invitations` that ends them."""

    async def end(self, id: str, why: Ended) -> bool:  # noqa: A002 - the value's own word
        """End an invitation that has not ended; say whether it was this that ended it.

        ANSWERED only while nobody is asked and every acceptance is finished: for whom there is no room is asked again.
        """
        which: Document = {"_id": object_id(id)} | _NOT_ENDED
        if why is Ended.ANSWERED:
            which |= NOBODY_ASKED | NOTHING_UNFINISHED
        return await self._end(which, why)

    async def end_of_group(self, group_id: str, why: Ended = Ended.GONE) -> int:
        """End all of a group; say how many."""
        mine = await self._ids({"notify_group_id": object_id(group_id)} | _NOT_ENDED)
        return sum([await self._end({"_id": key} | _NOT_ENDED, why) for key in mine])

    async def end_expired(self, now: datetime) -> list[Invitation]:
        """End those whose time has run out; give them. One that does not say when lives as long as is usual."""
        in_words: Document = {"expires_at": {"$lte": now}} | _NOT_ENDED
        by_age: Document = {"expires_at": None, "_id": born_up_to(now - INVITATION_LIFETIME)} | _NOT_ENDED
        ended = [await self._expire(key, due) for due in (in_words, by_age) for key in await self._ids(due)]
        return [invitation_of(document) for document in ended if document is not None]

    async def delete(self, id: str) -> bool:  # noqa: A002 - as above
        """Delete an invitation that has ended and of which nothing is left to do; say whether it was."""
        done = {"_id": object_id(id), "ended": {"$ne": None}} | NOTHING_UNFINISHED
        return (await self._collection.delete_one(done)).deleted_count > 0

    async def _expire(self, key: object, due: Document) -> Document | None:
        ended = await self._end(due | {"_id": key}, Ended.EXPIRED)
        return await self._collection.find_one({"_id": key}) if ended else None

    async def _end(self, which: Document, why: Ended) -> bool:
        result = await self._collection.update_one(which, to_show(put={"ended": str(why)}))
        return result.matched_count > 0

    async def _ids(self, which: Document) -> list[object]:
        """Find first, then change by `_id`: for an update by anything else the embedded server scans."""
        return [document["_id"] async for document in self._collection.find(which, {"_id": 1}).sort("_id", 1)]
