"""The chats that an announcement is for. Each is claimed before it is sent to: what may have been sent is not repeated.

Everything is found by (`announcement`, `state`), and changed by `_id` with the state in the filter.
"""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Final

from bson import ObjectId
from pymongo.errors import BulkWriteError

from gub.clock import Clock
from gub.store.announcements.document import (
    SCHEMA,
    TARGETS_SCHEMA,
    Announcement,
    Counts,
    Target,
    TargetState,
    target_of,
)
from gub.store.chats import SCHEMA as CHATS
from gub.store.documents import Database, Document, integer_of
from gub.store.mongo import DUPLICATE_KEY

_BATCH: Final = 1000


class Targets:
    """What became of each announcement in each chat."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._collection = database[TARGETS_SCHEMA.name]
        self._announcements = database[SCHEMA.name]
        self._chats = database[CHATS.name]
        self._clock = clock

    async def audience(self, owner_id: int) -> int:
        """Count the chats that an announcement of this owner is for."""
        return await self._chats.count_documents(_hearing(owner_id))

    async def forget(self, id: str) -> None:  # noqa: A002 - the value's own word
        """Forget all of an announcement."""
        await self._collection.delete_many({"announcement": ObjectId(id)})

    async def gather(self, announcement: Announcement) -> AsyncIterator[int]:
        """Make targets of the chats, a batch at a time; give how many each batch has.

        Begun again after a death of the process, it makes no chat a target twice.
        """
        # One pass over all: pages by range, sort and limit cost the embedded server a scan of everything each.
        cursor = self._chats.find(_hearing(announcement.owner_id), {"_id": 0, "chat_id": 1}, batch_size=_BATCH)
        chats: list[int] = []
        async for document in cursor:
            chat_id = integer_of(document["chat_id"])
            if chat_id is not None:
                chats.append(chat_id)
            if len(chats) == _BATCH:
                await self._add(ObjectId(announcement.id), chats)
                yield len(chats)
                chats = []
        if chats:
            await self._add(ObjectId(announcement.id), chats)
            yield len(chats)

    async def _add(self, announcement: ObjectId, chats: list[int]) -> None:
        now = self._clock.now()
        rows: list[Document] = [
            {
                "_id": f"{announcement}:{chat_id}",
                "announcement": announcement,
                "chat_id": chat_id,
                "state": str(TargetState.PENDING),
                "stored_at": now,
            }
            for chat_id in chats
        ]
        try:
            await self._collection.insert_many(rows, ordered=False)
        except BulkWriteError as error:
            problems = (error.details or {}).get("writeErrors", [])
            if not problems or any(problem.get("code") != DUPLICATE_KEY for problem in problems):
                raise

    async def some(self, id: str, state: TargetState, limit: int = 100) -> list[Target]:  # noqa: A002 - the value's own word
        """Give some of the chats in this state."""
        cursor = self._collection.find({"announcement": ObjectId(id), "state": str(state)}).limit(limit)
        return [target_of(document) async for document in cursor]

    async def claim(self, target: Target) -> bool:
        """Take a chat to send to; False: somebody else has it, or its turn is over."""
        return await self._change(target, TargetState.PENDING, TargetState.SENDING)

    async def give_back(self, target: Target) -> None:
        """Nothing was sent: it waits again."""
        await self._change(target, TargetState.SENDING, TargetState.PENDING)

    async def is_wanted(self, target: Target) -> bool:
        """Say whether its chat is to be told: it may want no announcements any more, or have been told already."""
        opted_out = {"chat_id": target.chat_id, "settings.announcements": False}
        if await self._chats.find_one(opted_out, {"_id": 1}) is not None:
            return False
        return not await self._has_twin(target)

    async def _has_twin(self, target: Target) -> bool:
        """Say whether its chat was told as another target: one that moved while chats were gathered may be two."""
        which = {
            "chat_id": target.chat_id,
            "announcement": ObjectId(target.id.partition(":")[0]),
            "_id": {"$ne": target.id},
            "state": {"$ne": str(TargetState.PENDING)},
        }
        return await self._collection.find_one(which, {"_id": 1}) is not None

    async def drop(self, target: Target) -> None:
        """Forget a chat that waits."""
        await self._collection.delete_one({"_id": target.id, "state": str(TargetState.PENDING)})

    async def sent(self, target: Target, chat_id: int, message_id: int | None) -> None:
        """Note which message it got, if that is known, and where: the chat may have become another."""
        more = {"chat_id": chat_id, "message_id": message_id, "sent_at": self._clock.now()}
        await self._change(target, TargetState.SENDING, TargetState.SENT, **more)

    async def ended(self, target: Target, state: TargetState, reason: str) -> None:
        """Note why nothing was sent, or that nobody knows."""
        await self._change(target, TargetState.SENDING, state, reason=reason)

    async def withdrawn(self, target: Target, state: TargetState, reason: str | None = None) -> None:
        """Note what became of a message that was to be deleted."""
        await self._change(target, TargetState.SENT, state, reason=reason)

    async def settle_unknown(self) -> int:
        """Whatever was being sent when a process died may have been sent: nobody knows. Gives the number of chats."""
        change = {"$set": {"state": str(TargetState.UNKNOWN), "reason": "the process died"}}
        settled = 0
        async for announcement in self._announcements.find({}, {"_id": 1}):  # some; their chats are many
            which = {"announcement": announcement["_id"], "state": str(TargetState.SENDING)}
            settled += (await self._collection.update_many(which, change)).modified_count
        return settled

    async def keep_too_old(self, id: str, sent_before: datetime) -> None:  # noqa: A002 - as above
        """What was sent before then cannot be deleted any more: it stays."""
        which = {"announcement": ObjectId(id), "state": str(TargetState.SENT), "sent_at": {"$lte": sent_before}}
        await self._collection.update_many(which, {"$set": {"state": str(TargetState.STAYS), "reason": "too old"}})

    async def counts(self, id: str) -> Counts:  # noqa: A002 - as above
        """Count the chats by what became of it there."""
        return Counts(
            {
                state: await self._collection.count_documents({"announcement": ObjectId(id), "state": str(state)})
                for state in TargetState
            }
        )

    async def _change(self, target: Target, since: TargetState, to: TargetState, **more: object) -> bool:
        which = {"_id": target.id, "state": str(since)}
        return (await self._collection.update_one(which, {"$set": {"state": str(to), **more}})).modified_count > 0


def _hearing(owner_id: int) -> Document:
    """Give the condition on chats: all but those that opted out, and the one that the owner writes from."""
    return {"settings.announcements": {"$ne": False}, "chat_id": {"$ne": owner_id}}
