"""Collection `workers`: the processes that work for a bot together, each until it is buried.

A worker is alive exactly while its document is there. Whoever finds one whose word is too old takes it out; if that
one was only frozen, it finds itself gone at its next word, and nothing of what it held is its own any more.
"""

from datetime import timedelta
from typing import Any, Final

from gub.clock import Clock
from gub.store.documents import INTEGER, STRING, CollectionSchema, Database, Document
from gub.store.processes import TERM_SECONDS, Holder, described

SCHEMA: Final = CollectionSchema(
    name="workers",
    required=("bot_id", "expires_at"),
    properties={
        "_id": STRING,
        "bot_id": INTEGER,
        "host": STRING,
        "pid": INTEGER,
        "expires_at": {"bsonType": "date"},
    },
)

_TERM: Final = timedelta(seconds=TERM_SECONDS)


class Workers:
    """The workers of all bots of a database. There are a handful."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._collection = database[SCHEMA.name]
        self._clock = clock

    async def join(self, bot_id: int, holder: Holder) -> None:
        """Write a worker down. Again, after an answer that was lost, changes nothing."""
        mine = {"bot_id": bot_id, "host": holder.host, "pid": holder.pid, "expires_at": self._end()}
        await self._collection.update_one({"_id": holder.name}, {"$setOnInsert": mine}, upsert=True)

    async def renew(self, holder: Holder) -> bool:
        """Give word; False when it was taken for dead."""
        found = await self._collection.update_one({"_id": holder.name}, {"$set": {"expires_at": self._end()}})
        return bool(found.matched_count)

    async def leave(self, holder: Holder) -> None:
        """Take it out: what it held is free."""
        await self._collection.delete_one({"_id": holder.name})

    async def alive(self, bot_id: int, holder: Holder, *, bury_silent: bool = True) -> set[str]:
        """Name those of a bot that are alive, and bury the dead; `holder` is who looks.

        Without `bury_silent` only those count as dead whose process is known to be gone.
        """
        names = set()
        async for document in self._collection.find({"bot_id": bot_id}):
            if document["_id"] == holder.name or not await self._buried(document, holder, silent=bury_silent):
                names.add(str(document["_id"]))
        return names

    async def others(self, holder: Holder) -> list[str]:
        """Describe the workers of any bot, other than this one, that are not known to be dead."""
        alive = {"expires_at": {"$gt": self._clock.now()}}
        return [
            described(document)
            async for document in self._collection.find(alive)
            if document["_id"] != holder.name and not holder.knows_dead(document)
        ]

    async def _buried(self, document: Document, holder: Holder, *, silent: bool) -> bool:
        """Take it out if it is dead by now, not by what was read a moment ago."""
        dead: dict[str, Any] = {"_id": document["_id"]}
        if not holder.knows_dead(document):
            if not silent:
                return False
            dead["expires_at"] = {"$lte": self._clock.now()}
        return bool((await self._collection.delete_one(dead)).deleted_count)

    def _end(self) -> Any:
        return self._clock.now() + _TERM
