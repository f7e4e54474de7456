"""Collection `dialogs`: open dialogs, keyed by a string, gone a day after they were last touched.

A key is "<bot_id>:<chat_id>:<user_id>" and may go on after another colon. The chat in it, and a chat under `chat_id`
in the data (the chat that a private dialog is about), follow a group that becomes a supergroup.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from pymongo import AsyncMongoClient, IndexModel

from gub.clock import Clock
from gub.store.documents import (
    INTEGER,
    INTEGER_OR_NULL,
    STRING,
    TEXT_OR_NULL,
    CollectionSchema,
    Database,
    Document,
    integer_of,
    integers_of,
)
from gub.store.mongo import connect
from gub.store.watching import OnCommand

LIFETIME_SECONDS: Final = 24 * 3600
_LIFETIME: Final = timedelta(seconds=LIFETIME_SECONDS)
_CHAT: Final = 1
_PARTS: Final = 3
_PROMPTS: Final = 50
_OPEN: Final = 100
_AFTER_COLON: Final = ";"  # the next character: what lies between has this beginning

SCHEMA: Final = CollectionSchema(
    name="dialogs",
    required=("chat_id", "touched_at"),
    properties={
        "_id": STRING,
        "chat_id": INTEGER,
        "kind": TEXT_OR_NULL,
        "state": TEXT_OR_NULL,
        "data": {"bsonType": "object"},
        "prompts": {"bsonType": ["array", "null"], "items": INTEGER},
        "taken": INTEGER_OR_NULL,
        "touched_at": {"bsonType": "date"},
    },
    indexes=(
        IndexModel([("touched_at", 1)], name="touched_at_ttl", expireAfterSeconds=LIFETIME_SECONDS),
        IndexModel([("chat_id", 1)], name="chat_id"),
        IndexModel([("data.chat_id", 1)], name="data_chat_id", sparse=True),
    ),
)


@dataclass(frozen=True, slots=True)
class StoredDialog:
    """One open dialog: which one, of what kind, at what step, what was said so far.

    `prompts` are the ids of the messages that ask, the newest last; `taken` is that of the last answer.
    """

    key: str
    kind: str
    step: str
    touched_at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)
    prompts: tuple[int, ...] = ()
    taken: int | None = None


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

    async def open(self, key: str, kind: str, step: str, data: Mapping[str, Any]) -> StoredDialog:
        """Begin a dialog under a key that no other has. The keys of the data are the code's, never a person's."""
        document = {"_id": key, "chat_id": chat_of(key), "kind": kind, "state": step, "touched_at": self._clock.now()}
        await self._collection.insert_one(document | {"data": dict(data)})
        return _stored(document | {"data": dict(data)})

    async def get(self, key: str) -> StoredDialog | None:
        """Give the dialog; None when it is over, or was abandoned."""
        document = await self._collection.find_one({"_id": key, **self._alive()})
        return None if document is None else _stored(document)

    async def of(self, key: str) -> list[StoredDialog]:
        """Give the open dialogs whose keys go on after this one and a colon, the one touched last first."""
        beginning = {"$gte": f"{key}:", "$lt": f"{key}{_AFTER_COLON}"}
        # The chat finds them: the embedded server has no index for a range of `_id`.
        here = {"chat_id": chat_of(key), "_id": beginning, **self._alive()}
        cursor = self._collection.find(here).sort("touched_at", -1).limit(_OPEN)
        found = [_stored(document) async for document in cursor]
        # Of two touched in the same moment, the one that asked last.
        return sorted(found, key=lambda one: (one.touched_at, max(one.prompts, default=0)), reverse=True)

    async def save(
        self,
        key: str,
        *,
        step: str | None = None,
        data: Mapping[str, Any] | None = None,
        prompt: int | None = None,
        taken: int | None = None,
    ) -> StoredDialog | None:
        """Change what is given, and touch the dialog, in one step; give it as it is then, None when it is over.

        Of the data, only the fields given change: what a migration writes beside them stays.
        """
        fields: dict[str, Any] = {f"data.{_field(name)}": value for name, value in (data or {}).items()}
        fields |= {name: value for name, value in (("state", step), ("taken", taken)) if value is not None}
        change: dict[str, Any] = {"$set": fields | {"touched_at": self._clock.now()}}
        if prompt is not None:
            change["$push"] = {"prompts": {"$each": [prompt], "$slice": -_PROMPTS}}
        result = await self._collection.update_one({"_id": key, **self._alive()}, change)
        return await self.get(key) if result.matched_count else None

    async def delete(self, key: str) -> bool:
        """End the dialog; say whether there was one."""
        return (await self._collection.delete_one({"_id": key})).deleted_count > 0

    async def close(self) -> None:
        """Close the client, if it is this object's own."""
        if self._client is not None:
            await self._client.close()

    def _alive(self) -> dict[str, Any]:
        """The server deletes once a minute; what is due is over before that."""
        return {"touched_at": {"$gt": self._clock.now() - _LIFETIME}}


def open_dialogs(uri: str, database: str, clock: Clock, on_command: OnCommand | None = None) -> DialogStates:
    """Give dialogs with a client of their own, so that the bot's other work never queues before them."""
    client = connect(uri, appname="gub-dialogs", on_command=on_command)
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


def _field(name: str) -> str:
    if not name.isidentifier():
        raise ValueError("a field of a dialog's data is named as one in code is")
    return name


def _stored(document: Document) -> StoredDialog:
    return StoredDialog(
        key=str(document["_id"]),
        kind=document.get("kind") or "",
        step=document.get("state") or "",
        touched_at=document["touched_at"],
        data=document.get("data") or {},
        prompts=integers_of(document.get("prompts")),
        taken=integer_of(document.get("taken")),
    )
