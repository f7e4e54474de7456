"""Collection `starts`: what those play who allow it to be told when they start something, and what is due to be told.

`_id` is the status user. Each decision is one update, made only while the `revision` is the one that was read.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from pymongo import IndexModel
from pymongo.errors import DuplicateKeyError

from gub.domain.spells import Spell
from gub.domain.starts import Sessions, Start
from gub.store.documents import (
    INTEGER,
    CollectionSchema,
    Database,
    Document,
    integer_of,
    object_id,
    text_of,
    time_of,
)

SCHEMA: Final = CollectionSchema(
    name="starts",
    required=("user_id", "chat_id", "revision"),
    properties={
        "_id": {"bsonType": "objectId"},
        "user_id": INTEGER,
        "chat_id": INTEGER,
        "sessions": {"bsonType": "array", "items": {"bsonType": "object"}},
        "due": {"bsonType": "array", "items": {"bsonType": "object"}},
        "waiting": {"bsonType": "bool"},
        "revision": INTEGER,
    },
    indexes=(
        IndexModel([("user_id", 1)], name="user_id"),
        IndexModel([("chat_id", 1)], name="chat_id"),
        IndexModel([("waiting", 1)], name="waiting", sparse=True),
    ),
)


class StartsSeen:
    """The sessions of those of whom a chat may be told, and what it is still to be told."""

    def __init__(self, database: Database) -> None:
        self._collection = database[SCHEMA.name]

    async def of_people(self, ids: Sequence[str]) -> dict[str, Sessions]:
        """Give what is kept of these status users. A few at a time."""
        keys = [key for one in ids if (key := object_id(one)) is not None]
        found = self._collection.find({"_id": {"$in": keys}})
        return {str(document["_id"]): _sessions(document) async for document in found}

    async def keep(self, before: Sessions | None, sessions: Sessions) -> bool:
        """Keep what somebody plays now, and what is due of them; False: it is not any more as it was `before`."""
        fields = _fields(sessions)
        key = object_id(sessions.person)
        if before is None:
            try:
                await self._collection.insert_one({"_id": key, "revision": 1} | fields)
            except DuplicateKeyError:
                return False
            return True
        change: Document = {"$set": fields, "$inc": {"revision": 1}}
        if not sessions.due:
            change["$unset"] = {"waiting": ""}
        same = {"_id": key, "revision": before.revision}
        return (await self._collection.update_one(same, change)).matched_count > 0

    async def waiting(self, most: int) -> list[Sessions]:
        """Give those of whom something is due to be told."""
        return [_sessions(document) async for document in self._collection.find({"waiting": True}).limit(most)]

    async def waiting_in(self, chat_id: int) -> list[Sessions]:
        """Give those of a chat of whom something is due to be told."""
        found = self._collection.find({"chat_id": chat_id, "waiting": True})
        return [_sessions(document) async for document in found]

    async def people(self) -> list[str]:
        """Give the status users of whom something is kept."""
        return [str(document["_id"]) async for document in self._collection.find({}, {"_id": 1})]

    async def forget(self, ids: Collection[str]) -> int:
        """Delete what is kept of these status users; give of how many there was something. A few at a time."""
        keys = [object_id(one) for one in ids]
        return (await self._collection.delete_many({"_id": {"$in": keys}})).deleted_count


def _fields(sessions: Sessions) -> Document:
    fields: dict[str, Any] = {
        "user_id": sessions.user_id,
        "chat_id": sessions.chat_id,
        "sessions": [_session(key, spell) for key, spell in sessions.spells.items()],
        "due": [{"title": start.title, "at": start.at} for start in sessions.due],
    }
    return fields | ({"waiting": True} if sessions.due else {})


def _session(key: str, spell: Spell) -> Document:
    lapsed = {} if spell.lapsed_at is None else {"lapsed_at": spell.lapsed_at}
    return {"game": key, "lasts": spell.lasts} | lapsed


def _sessions(document: Document) -> Sessions:
    return Sessions(
        person=str(document["_id"]),
        user_id=integer_of(document.get("user_id")) or 0,
        chat_id=integer_of(document.get("chat_id")) or 0,
        spells=_spells(document.get("sessions")),
        due=tuple(_due(document.get("due"))),
        revision=integer_of(document.get("revision")) or 0,
    )


def _spells(stored: object) -> Mapping[str, Spell]:
    found = [one for one in stored if isinstance(one, dict)] if isinstance(stored, list) else []
    return {
        key: Spell(lasts=one.get("lasts") is True, lapsed_at=time_of(one.get("lapsed_at")))
        for one in found
        if (key := text_of(one.get("game")))
    }


def _due(stored: object) -> list[Start]:
    found = [one for one in stored if isinstance(one, dict)] if isinstance(stored, list) else []
    return [
        Start(title, at)
        for one in found
        if (title := text_of(one.get("title"))) is not None and (at := time_of(one.get("at"))) is not None
    ]
