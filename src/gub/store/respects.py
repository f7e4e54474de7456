"""Collection `respects`: messages under which people pay respects (/f), for as long as their buttons work.

Each is written before its message is sent; the same command, handled again, finds it.
"""

from typing import Final

from bson import ObjectId
from pymongo import IndexModel
from pymongo.errors import DuplicateKeyError

from gub.clock import Clock
from gub.domain.limits import RESPECTS, RESPECTS_LIFETIME
from gub.domain.respects import Paid, Respects
from gub.store.creation import COMMAND_FIELD
from gub.store.documents import (
    INTEGER,
    INTEGER_OR_NULL,
    TEXT_OR_NULL,
    CollectionSchema,
    Database,
    Document,
    integer_of,
    integers_of,
    object_id,
    text_of,
)

SCHEMA: Final = CollectionSchema(
    name="respects",
    required=("chat_id", COMMAND_FIELD, "people", "stored_at"),
    properties={
        "chat_id": INTEGER,
        COMMAND_FIELD: INTEGER,
        "message_id": INTEGER_OR_NULL,
        "creator_id": INTEGER_OR_NULL,
        "what": TEXT_OR_NULL,
        "people": {"bsonType": "array", "items": INTEGER},
        "stale": {"bsonType": "bool"},
        "revision": INTEGER,
        "stored_at": {"bsonType": "date"},
    },
    indexes=(
        IndexModel([("stored_at", 1)], name="stored_at_ttl", expireAfterSeconds=int(RESPECTS_LIFETIME.total_seconds())),
        IndexModel([("chat_id", 1), (COMMAND_FIELD, 1)], name="command", unique=True),
        IndexModel([("stale", 1)], name="stale", sparse=True),
        IndexModel([("people", 1)], name="people"),
        IndexModel([("creator_id", 1)], name="creator_id", sparse=True),
    ),
)

_FULL: Final = f"people.{RESPECTS - 1}"


class RespectsPaid:
    """The respects that are being paid."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._collection = database[SCHEMA.name]
        self._clock = clock

    async def begin(self, chat_id: int, command_id: int, creator_id: int | None, what: str | None) -> Respects:
        """Begin, with the respects of whoever asks for it; the same command again gives what it began."""
        document: Document = {
            "_id": ObjectId(),
            "chat_id": chat_id,
            COMMAND_FIELD: command_id,
            "people": [] if creator_id is None else [creator_id],
            "revision": 0,
            "stored_at": self._clock.now(),
        }
        document |= {} if creator_id is None else {"creator_id": creator_id}
        document |= {} if what is None else {"what": what}
        try:
            await self._collection.insert_one(document)
        except DuplicateKeyError:
            document = await self._collection.find_one({"chat_id": chat_id, COMMAND_FIELD: command_id}) or document
        return _respects(document)

    async def posted(self, id_: str, message_id: int) -> None:
        """Note the message that shows it; it may have changed since that was worded."""
        await self._collection.update_one({"_id": object_id(id_)}, {"$set": {"message_id": message_id}})

    async def pay(self, id_: str, chat_id: int, user_id: int) -> Paid:
        """Count somebody's respects under a message of this chat, once."""
        here = {"_id": object_id(id_), "chat_id": chat_id}
        changed = await self._collection.update_one(
            here | {"people": {"$ne": user_id}, _FULL: {"$exists": False}},
            {"$push": {"people": user_id}, "$set": {"stale": True}, "$inc": {"revision": 1}},
        )
        if changed.matched_count:
            return Paid.DONE
        found = await self.get(id_)
        if found is None or found.chat_id != chat_id:
            return Paid.GONE
        return Paid.ALREADY if user_id in found.people else Paid.FULL

    async def get(self, id_: str) -> Respects | None:
        """Give one."""
        document = await self._collection.find_one({"_id": object_id(id_)})
        return None if document is None else _respects(document)

    async def stale(self, most: int) -> list[Respects]:
        """Give those whose message does not show them as they are."""
        cursor = self._collection.find({"stale": True, "message_id": {"$ne": None}}).limit(most)
        return [_respects(document) async for document in cursor]

    async def shown(self, id_: str, revision: int) -> None:
        """Note that its message shows it as it was at this revision."""
        unchanged = {"_id": object_id(id_), "revision": revision}
        await self._collection.update_one(unchanged, {"$unset": {"stale": ""}})

    async def forget(self, id_: str) -> None:
        """Forget one whose message cannot be changed any more."""
        await self._collection.delete_one({"_id": object_id(id_)})


def _respects(document: Document) -> Respects:
    return Respects(
        id=str(document["_id"]),
        chat_id=int(document["chat_id"]),
        what=text_of(document.get("what")),
        people=integers_of(document.get("people")),
        message_id=integer_of(document.get("message_id")),
        revision=integer_of(document.get("revision")) or 0,
    )
