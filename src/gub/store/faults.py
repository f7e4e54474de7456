"""Collection `faults`: of which kinds of failures the owners were told, so that each is told once an hour.

`_id` is the kind: the exception's name and the line of code. It outlives a restart: a bot that falls over at each
start is not to fill its owners' chats.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from pymongo import IndexModel
from pymongo.errors import DuplicateKeyError

from gub.clock import Clock
from gub.store.documents import DATE_OR_NULL, INTEGER, STRING, CollectionSchema, Database, Document

QUIET: Final = timedelta(hours=1)
"""How long a kind is not told again."""

_KEPT_SECONDS: Final = 7 * 24 * 3600

SCHEMA: Final = CollectionSchema(
    name="faults",
    required=("told_at", "more", "reference"),
    properties={
        "_id": STRING,
        "told_at": {"bsonType": "date"},
        "more": INTEGER,
        "reference": STRING,
        "seen_at": DATE_OR_NULL,
    },
    indexes=(IndexModel([("seen_at", 1)], name="seen_at_ttl", expireAfterSeconds=_KEPT_SECONDS),),
)


@dataclass(frozen=True, slots=True)
class Due:
    """A kind that the owners are to be told of: how often it came since they were last told, and the last reference."""

    kind: str
    count: int
    reference: str


class FaultKinds:
    """The kinds of failures."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._collection = database[SCHEMA.name]
        self._clock = clock

    async def count(self, kind: str, reference: str) -> Due | None:
        """Count a failure. Gives it when the owners are to be told now; None while this kind is quiet."""
        now = self._clock.now()
        seen = {"$set": {"reference": reference, "seen_at": now}}
        while True:
            quiet = {"_id": kind, "told_at": {"$gt": now - QUIET}}
            if (await self._collection.update_one(quiet, {"$inc": {"more": 1}, **seen})).matched_count:
                return None
            document = await self._collection.find_one({"_id": kind, "told_at": {"$lte": now - QUIET}})
            if document is not None:
                if await self._claim(document, reference):
                    return Due(kind, document["more"] + 1, reference)
                continue
            new = {"_id": kind, "told_at": now, "more": 0, "reference": reference, "seen_at": now}
            try:
                await self._collection.insert_one(new)
            except DuplicateKeyError:
                continue  # it is there by now, and quiet
            return Due(kind, 1, reference)

    async def due(self) -> list[Due]:
        """Give the kinds that came again in their quiet hour, which is over."""
        over = {"more": {"$gt": 0}, "told_at": {"$lte": self._clock.now() - QUIET}}
        found = [document async for document in self._collection.find(over)]
        return [
            Due(document["_id"], document["more"], document["reference"])
            for document in found
            if await self._claim(document, document["reference"])
        ]

    async def untold(self, due: Due) -> None:
        """Note that nobody could be told: it counts for the next time, in an hour."""
        await self._collection.update_one({"_id": due.kind}, {"$inc": {"more": due.count}})

    async def _claim(self, document: Document, reference: str) -> bool:
        """Begin the next quiet hour; false when another was faster."""
        before = {"_id": document["_id"], "told_at": document["told_at"], "more": document["more"]}
        now = self._clock.now()
        change = {"$set": {"told_at": now, "more": 0, "reference": reference, "seen_at": now}}
        return (await self._collection.update_one(before, change)).matched_count > 0
