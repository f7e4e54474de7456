"""Collection `departures`: the chats that GUB left, until they are purged. `_id` is the chat's id."""

from datetime import datetime
from typing import Final

from pymongo import IndexModel

from gub.store.documents import INTEGER, CollectionSchema, Database, upsert

SCHEMA: Final = CollectionSchema(
    name="departures",
    required=("at",),
    properties={"_id": INTEGER, "at": {"bsonType": "date"}},
    indexes=(IndexModel([("at", 1)], name="at"),),
)


class Departures:
    """When GUB left the chats whose data it still has."""

    def __init__(self, database: Database) -> None:
        self._collection = database[SCHEMA.name]

    async def record(self, chat_id: int, at: datetime) -> None:
        """Note that GUB left the chat. Noted twice, the later time holds."""
        await upsert(self._collection, {"_id": chat_id}, {"$max": {"at": at}})

    async def cancel(self, chat_id: int) -> bool:
        """Note that GUB is back; say whether it had left."""
        return (await self._collection.delete_one({"_id": chat_id})).deleted_count > 0

    async def left_at(self, chat_id: int) -> datetime | None:
        """Say when GUB left the chat; None when it did not."""
        document = await self._collection.find_one({"_id": chat_id})
        at = None if document is None else document.get("at")
        return at if isinstance(at, datetime) else None

    async def all(self) -> frozenset[int]:
        """Give the chats that GUB left."""
        return frozenset([int(document["_id"]) async for document in self._collection.find({}, {"_id": 1})])

    async def due(self, before: datetime) -> list[int]:
        """Give the chats that were left at that time or earlier, the longest gone first."""
        cursor = self._collection.find({"at": {"$lte": before}}, {"_id": 1}).sort("at", 1)
        return [int(document["_id"]) async for document in cursor]
