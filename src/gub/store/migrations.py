"""Collection `migrations`: groups that became supergroups. `_id` is the old chat's id.

It is written before anything is moved, so that a move that was cut short is finished later, and kept, so that who still
knows the old id finds the new one.
"""

from typing import Final

from pymongo import IndexModel
from pymongo.errors import DuplicateKeyError

from gub.clock import Clock
from gub.store.documents import DATE_OR_NULL, INTEGER, CollectionSchema, Database

SCHEMA: Final = CollectionSchema(
    name="migrations",
    required=("to", "started_at"),
    properties={
        "_id": INTEGER,
        "to": INTEGER,
        "started_at": {"bsonType": "date"},
        "finished_at": DATE_OR_NULL,
    },
    indexes=(
        IndexModel([("to", 1)], name="to"),
        IndexModel([("finished_at", 1)], name="finished_at"),
    ),
)


class Migrations:
    """Which chat became which."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._collection = database[SCHEMA.name]
        self._clock = clock

    async def start(self, old: int, new: int) -> None:
        """Note that a move begins (or begins again)."""
        record = {"_id": old, "to": new, "started_at": self._clock.now()}
        try:
            await self._collection.insert_one(record)
        except DuplicateKeyError:
            await self._collection.update_one({"_id": old}, {"$set": {"to": new}, "$unset": {"finished_at": ""}})

    async def finish(self, old: int, new: int) -> None:
        """Note that everything is moved."""
        await self._collection.update_one({"_id": old, "to": new}, {"$set": {"finished_at": self._clock.now()}})

    async def successor(self, old: int) -> int | None:
        """Give the chat that this one became; None when it became none."""
        record = await self._collection.find_one({"_id": old})
        return None if record is None else int(record["to"])

    async def unfinished(self) -> list[tuple[int, int]]:
        """Give the moves that were cut short, as (old, new)."""
        cursor = self._collection.find({"finished_at": None})
        return [(int(record["_id"]), int(record["to"])) async for record in cursor]
