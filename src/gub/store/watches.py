"""Collection `watches`: what people want to be told of others. What is decided of one is one update of its document."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from bson import ObjectId
from pymongo import IndexModel
from pymongo.errors import DuplicateKeyError

from gub.clock import Clock
from gub.domain.errors import LimitReached
from gub.domain.limits import TOLD_A_DAY, WATCHES_PER_USER
from gub.domain.presence import title_key
from gub.domain.spells import Spell
from gub.domain.watches import Watch, WatchKind
from gub.store.documents import (
    DATE_OR_NULL,
    INTEGER,
    INTEGER_OR_NULL,
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
    name="watches",
    required=("chat_id", "owner_id", "kind", "title_key", "stored_at"),
    properties={
        "chat_id": INTEGER,
        "owner_id": INTEGER,
        "kind": STRING,
        "person": {"bsonType": ["objectId", "null"]},
        "title": TEXT_OR_NULL,
        "title_key": STRING,
        "count": INTEGER_OR_NULL,
        "always": {"bsonType": "bool"},
        "in_group": {"bsonType": "bool"},
        "lasts": {"bsonType": ["bool", "null"]},
        "lapsed_at": DATE_OR_NULL,
        "due_at": DATE_OR_NULL,
        "told_at": {"bsonType": "array", "items": {"bsonType": "date"}},
        "revision": INTEGER,
        "stored_at": {"bsonType": "date"},
    },
    indexes=(
        IndexModel(
            [(name, 1) for name in ("owner_id", "chat_id", "kind", "person", "title_key", "count")],
            name="same",
            unique=True,
        ),
        IndexModel([("chat_id", 1)], name="chat_id"),
        IndexModel([("person", 1)], name="person"),
        IndexModel([("due_at", 1)], name="due_at", sparse=True),
    ),
)


class Watches:
    """The watches of everybody."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._collection = database[SCHEMA.name]
        self._clock = clock

    async def add(self, watch: Watch) -> Watch:
        """Keep a new one (its `id` is "") and give it; one that is the same gives what is there.

        Raises:
            LimitReached: the owner has as many as GUB keeps.
        """
        document = _document(watch) | {"_id": ObjectId(), "revision": 0, "stored_at": self._clock.now()}
        try:
            await self._collection.insert_one(document)
        except DuplicateKeyError:
            found = await self._collection.find_one({name: document.get(name) for name in _SAME})
            # None: it was ended, or told, meanwhile.
            return await self.add(watch) if found is None else _watch(found)
        # After it: of several at once, none comes in beyond the limit.
        if await self._collection.count_documents({"owner_id": watch.owner_id}) > WATCHES_PER_USER:
            await self._collection.delete_one({"_id": document["_id"]})
            raise LimitReached(WATCHES_PER_USER)
        return _watch(document)

    async def get(self, id_: str) -> Watch | None:
        """Give one."""
        document = await self._collection.find_one({"_id": object_id(id_)})
        return None if document is None else _watch(document)

    async def all(self) -> list[Watch]:
        """Give all there are."""
        return [_watch(document) async for document in self._collection.find({})]

    async def of_owner(self, owner_id: int, chat_id: int | None = None) -> list[Watch]:
        """Give somebody's, the oldest first; with `chat_id`, those about its people."""
        which: Document = {"owner_id": owner_id} | ({} if chat_id is None else {"chat_id": chat_id})
        return [_watch(document) async for document in self._collection.find(which).sort("_id", 1)]

    async def change(
        self, id_: str, owner_id: int, *, always: bool | None = None, in_group: bool | None = None
    ) -> Watch | None:
        """Change how somebody's watch is told; give it as it is then, None when there is none."""
        theirs = {"_id": object_id(id_), "owner_id": owner_id}
        chosen = {name: value for name, value in (("always", always), ("in_group", in_group)) if value is not None}
        await self._collection.update_one(theirs, {"$set": chosen})
        document = await self._collection.find_one(theirs)
        return None if document is None else _watch(document)

    async def remove(self, id_: str, owner_id: int) -> bool:
        """Delete somebody's watch; say whether it was there."""
        return (await self._collection.delete_one({"_id": object_id(id_), "owner_id": owner_id})).deleted_count > 0

    async def decide(self, watch: Watch, spell: Spell, due_at: datetime | None) -> bool:
        """Keep what was seen, and that it is to be told if `due_at` says so; False: somebody else decided meanwhile."""
        change: Document = {"lasts": spell.lasts, "lapsed_at": spell.lapsed_at}
        change |= {} if due_at is None else {"due_at": due_at}
        same = {"_id": object_id(watch.id), "revision": watch.revision}
        done = await self._collection.update_one(same, {"$set": change, "$inc": {"revision": 1}})
        return done.matched_count > 0

    async def due(self, most: int) -> list[Watch]:
        """Give those that are to be told."""
        found = self._collection.find({"due_at": {"$exists": True}}).limit(most)
        return [_watch(document) async for document in found]

    async def told(self, watch: Watch, at: datetime) -> None:
        """Note that one was told at a moment; what is to be told once, by now, goes by it."""
        this = {"_id": object_id(watch.id)}
        if (await self._collection.delete_one(this | {"always": {"$ne": True}})).deleted_count:
            return
        told = {"told_at": {"$each": [at], "$slice": -TOLD_A_DAY}}
        same = this | {"due_at": watch.due_at}
        await self._collection.update_one(same, {"$push": told, "$unset": {"due_at": ""}})

    async def not_told(self, watch: Watch) -> None:
        """Have one not told this time."""
        same = {"_id": object_id(watch.id), "due_at": watch.due_at}
        await self._collection.update_one(same, {"$unset": {"due_at": ""}})

    async def told_since(self, owner_id: int, since: datetime) -> int:
        """Count what somebody was told since then, by the watches that they have still."""
        watches = await self.of_owner(owner_id)
        return sum(at > since for watch in watches for at in watch.told_at)

    async def people(self) -> list[str]:
        """Give the status users whom somebody watches."""
        return [str(one) for one in await self._collection.distinct("person", {"person": {"$ne": None}})]

    async def chats_counted(self) -> list[int]:
        """Give the chats of which somebody wants to know how many are on."""
        found = await self._collection.distinct("chat_id", {"kind": str(WatchKind.COUNT)})
        return [integer_of(one) or 0 for one in found]

    async def forget_owner(self, owner_id: int, chat_id: int) -> int:
        """Delete what somebody watches of the people of a chat; say how many."""
        return (await self._collection.delete_many({"owner_id": owner_id, "chat_id": chat_id})).deleted_count

    async def forget_people(self, people: Collection[str]) -> int:
        """Delete the watches of these status users; say how many."""
        keys = [object_id(one) for one in people]
        return (await self._collection.delete_many({"person": {"$in": keys}})).deleted_count


_SAME: Final = ("owner_id", "chat_id", "kind", "person", "title_key", "count")


def _document(watch: Watch) -> Document:
    document: dict[str, Any] = {
        "chat_id": watch.chat_id,
        "owner_id": watch.owner_id,
        "kind": str(watch.kind),
        "person": object_id(watch.person) if watch.person else None,
        "title": watch.title,
        "title_key": title_key(watch.title),
        "count": watch.count,
        "always": watch.always,
        "in_group": watch.in_group,
        "told_at": [],
    }
    return document


def _watch(document: Document) -> Watch:
    kind, person, lasts = document.get("kind"), document.get("person"), document.get("lasts")
    told_at = document.get("told_at")
    times = (time_of(one) for one in told_at) if isinstance(told_at, list) else ()
    return Watch(
        id=str(document["_id"]),
        chat_id=integer_of(document.get("chat_id")) or 0,
        owner_id=integer_of(document.get("owner_id")) or 0,
        kind=next((known for known in WatchKind if known == kind), WatchKind.ON),
        person=None if person is None else str(person),
        title=text_of(document.get("title")),
        count=integer_of(document.get("count")),
        always=document.get("always") is True,
        in_group=document.get("in_group") is True,
        spell=Spell(lasts, time_of(document.get("lapsed_at"))) if isinstance(lasts, bool) else None,
        due_at=time_of(document.get("due_at")),
        told_at=tuple(at for at in times if at is not None),
        revision=integer_of(document.get("revision")) or 0,
    )
