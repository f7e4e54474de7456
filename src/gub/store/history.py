"""Collection `presencechanges`: when those who allow it came, went, and what they played; forgotten after 30 days.

`_id` is "<status user>:<milliseconds since 1970>": written twice it is one.
"""

from collections.abc import Sequence
from typing import Any, Final

from bson import ObjectId
from pymongo import IndexModel, ReplaceOne

from gub.domain.limits import HISTORY_LIFETIME
from gub.domain.presence import Status
from gub.domain.presence_changes import PresenceChange
from gub.domain.values import Platform
from gub.store.documents import (
    INTEGER,
    STRING,
    TEXT_OR_NULL,
    CollectionSchema,
    Database,
    Document,
    integer_of,
    object_id,
    text_of,
    time_of,
)

SCHEMA: Final = CollectionSchema(
    name="presencechanges",
    required=("person", "user_id", "chat_id", "at", "status"),
    properties={
        "_id": STRING,
        "person": {"bsonType": "objectId"},
        "user_id": INTEGER,
        "chat_id": INTEGER,
        "at": {"bsonType": "date"},
        "status": STRING,
        "platform": TEXT_OR_NULL,
        "title": TEXT_OR_NULL,
    },
    indexes=(
        IndexModel([("at", 1)], name="at_ttl", expireAfterSeconds=int(HISTORY_LIFETIME.total_seconds())),
        IndexModel([("person", 1), ("at", -1)], name="person_at"),
        IndexModel([("user_id", 1)], name="user_id"),
        IndexModel([("chat_id", 1)], name="chat_id"),
    ),
)

_BATCH: Final = 200


class PresenceChanges:
    """The history of those who allow it."""

    def __init__(self, database: Database) -> None:
        self._collection = database[SCHEMA.name]

    async def add(self, changes: Sequence[PresenceChange]) -> None:
        """Keep these. Those that are kept already stay as they are."""
        writes = [ReplaceOne({"_id": _key(one)}, _document(one), upsert=True) for one in changes]
        for start in range(0, len(writes), _BATCH):
            await self._collection.bulk_write(writes[start : start + _BATCH], ordered=False)

    async def latest(self, person: str) -> PresenceChange | None:
        """Give the last change of a status user; None when nothing is kept of them."""
        theirs = {"person": object_id(person)}
        async for document in self._collection.find(theirs).sort("at", -1).limit(1):
            return _change(document)
        return None

    async def of_person(self, person: str) -> list[PresenceChange]:
        """Give what is kept of a status user, the latest first."""
        found = self._collection.find({"person": object_id(person)}).sort("at", -1)
        return [change async for document in found if (change := _change(document)) is not None]

    async def forget(self, person: str) -> int:
        """Delete what is kept of a status user; give how much that was."""
        return (await self._collection.delete_many({"person": object_id(person)})).deleted_count

    async def people(self) -> list[str]:
        """Give the status users of whom something is kept."""
        return [str(one) for one in await self._collection.distinct("person")]


def _key(change: PresenceChange) -> str:
    return f"{change.person}:{round(change.at.timestamp() * 1000)}"


def _document(change: PresenceChange) -> Document:
    document: dict[str, Any] = {
        "_id": _key(change),
        "person": ObjectId(change.person),
        "user_id": change.user_id,
        "chat_id": change.chat_id,
        "at": change.at,
        "status": str(change.status),
    }
    return document | {
        name: str(value)
        for name, value in (("platform", change.platform), ("title", change.title))
        if value is not None
    }


def _change(document: Document) -> PresenceChange | None:
    """Read a document; None when it is not one that this GUB understands."""
    status, platform, at = document.get("status"), document.get("platform"), time_of(document.get("at"))
    if status not in set(Status) or platform not in {None, *Platform} or at is None:
        return None
    return PresenceChange(
        person=str(document.get("person")),
        user_id=integer_of(document.get("user_id")) or 0,
        chat_id=integer_of(document.get("chat_id")) or 0,
        at=at,
        status=Status(status),
        platform=None if platform is None else Platform(platform),
        title=text_of(document.get("title")),
    )
