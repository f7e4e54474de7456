"""Collection `dialogs`: the state of open dialogs, raw, keyed by a string, gone a day after it was last touched.

A key is "<bot_id>:<chat_id>:<user_id>" and may go on after another colon. The chat in it, and a chat under `chat_id`
in the data (the chat that a private dialog is about), follow a group that becomes a supergroup.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pymongo import AsyncMongoClient, IndexModel

from gub.clock import Clock
from gub.store.documents import INTEGER, STRING, TEXT_OR_NULL, CollectionSchema, Database, upsert
from gub.store.mongo import connect

LIFETIME_SECONDS: Final = 24 * 3600
_CHAT: Final = 1
_PARTS: Final = 3

SCHEMA: Final = CollectionSchema(
    name="dialogs",
    required=("chat_id", "touched_at"),
    properties={
        "_id": STRING,
        "chat_id": INTEGER,
        "state": TEXT_OR_NULL,
        "data": {"bsonType": "object"},
        "touched_at": {"bsonType": "date"},
    },
    indexes=(
        IndexModel([("touched_at", 1)], name="touched_at_ttl", expireAfterSeconds=LIFETIME_SECONDS),
        IndexModel([("chat_id", 1)], name="chat_id"),
        IndexModel([("data.chat_id", 1)], name="data_chat_id", sparse=True),
    ),
)


@dataclass(frozen=True, slots=True)
class Dialog:
    """One dialog's state and data; both empty when there is none."""

    state: str | None = None
    data: dict[str, Any] = field(default_factory=dict)


class DialogStates:
    """The open dialogs."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        client: AsyncMongoClient[dict[str, Any]] | None = None,
    ) -> None:
        """Work on that database; `client` is closed by `close` if it is given."""
        self._collection = database[SCHEMA.name]
        self._clock = clock
        self._client = client

    async def get(self, key: str) -> Dialog:
        """Give the dialog."""
        document = await self._collection.find_one({"_id": key}) or {}
        return Dialog(state=document.get("state"), data=document.get("data") or {})

    async def set_state(self, key: str, state: str | None) -> None:
        """Set the state; the data stays. Without either there is nothing left to keep."""
        if state is not None:
            await upsert(self._collection, {"_id": key}, {"$set": self._fields(key) | {"state": state}})
            return
        if not (await self._collection.delete_one({"_id": key, "data": {"$in": [None, {}]}})).deleted_count:
            change = {"$set": {"touched_at": self._clock.now()}, "$unset": {"state": ""}}
            await self._collection.update_one({"_id": key}, change)

    async def set_data(self, key: str, data: Mapping[str, Any]) -> None:
        """Replace the data; the state stays. Without either there is nothing left to keep."""
        if data:
            await upsert(self._collection, {"_id": key}, {"$set": self._fields(key) | {"data": dict(data)}})
            return
        if not (await self._collection.delete_one({"_id": key, "state": None})).deleted_count:
            change = {"$set": {"touched_at": self._clock.now()}, "$unset": {"data": ""}}
            await self._collection.update_one({"_id": key}, change)

    async def update_data(self, key: str, data: Mapping[str, Any]) -> dict[str, Any]:
        """Merge into the data, atomically; give the data as it is then."""
        # A pipeline, so that merging is one step; `$literal`, so that no value in it is taken for an expression.
        merged = {"$mergeObjects": ["$data", {"$literal": dict(data)}]}
        await upsert(self._collection, {"_id": key}, [{"$set": {**self._fields(key), "data": merged}}])
        return (await self.get(key)).data

    async def delete(self, key: str) -> bool:
        """End the dialog; say whether there was one."""
        return (await self._collection.delete_one({"_id": key})).deleted_count > 0

    async def close(self) -> None:
        """Close the client, if it is this object's own."""
        if self._client is not None:
            await self._client.close()

    def _fields(self, key: str) -> dict[str, Any]:
        return {"chat_id": chat_of(key), "touched_at": self._clock.now()}


def open_dialogs(uri: str, database: str, clock: Clock) -> DialogStates:
    """Give dialogs with a client of their own, so that the bot's other work never queues before them."""
    client = connect(uri, appname="gub-dialogs")
    return DialogStates(client[database], clock, client)


def chat_of(key: str) -> int:
    """Read the chat's id in a key. Raises ValueError for a key of another form."""
    parts = key.split(":")
    if len(parts) < _PARTS:
        raise ValueError("a dialog's key is <bot_id>:<chat_id>:<user_id>[:more]")
    return int(parts[_CHAT])


def key_in(key: str, chat_id: int) -> str:
    """Give the same key in another chat."""
    parts = key.split(":")
    parts[_CHAT] = str(chat_id)
    return ":".join(parts)
