"""Collection `imports`: which exports this database was filled from. `_id` is the export's own id.

It is written before anything else of an import, so that an import that was cut short is known as that: nothing but the
same import may go on with the database then.
"""

from typing import Final

from gub.clock import Clock
from gub.store.documents import DATE_OR_NULL, STRING, CollectionSchema, Database
from gub.store.errors import ImportUnfinished

SCHEMA: Final = CollectionSchema(
    name="imports",
    required=("started_at",),
    properties={"_id": STRING, "started_at": {"bsonType": "date"}, "finished_at": DATE_OR_NULL},
)


class Imports:
    """The imports into one database."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._collection = database[SCHEMA.name]
        self._clock = clock

    async def unfinished(self) -> str | None:
        """Give the export from which this database was being filled; None when there is no such."""
        record = await self._collection.find_one({"finished_at": None})
        return None if record is None else str(record["_id"])

    async def is_finished(self, export_id: str) -> bool:
        """Say whether this database was filled from that export, to the end."""
        record = await self._collection.find_one({"_id": export_id})
        return record is not None and record.get("finished_at") is not None

    async def start(self, export_id: str) -> None:
        """Note that the database is being filled."""
        change = {"$set": {"started_at": self._clock.now()}, "$unset": {"finished_at": ""}}
        await self._collection.update_one({"_id": export_id}, change, upsert=True)

    async def finish(self, export_id: str) -> None:
        """Note that the database is filled."""
        await self._collection.update_one({"_id": export_id}, {"$set": {"finished_at": self._clock.now()}})


async def refuse_unfinished(database: Database) -> None:
    """Let nobody work on a database that holds a part of an export only.

    Raises:
        ImportUnfinished: this is one.
    """
    if await database[SCHEMA.name].find_one({"finished_at": None}) is not None:
        raise ImportUnfinished(
            "The database is half filled, by an import that was cut short or still runs: run `gub db import` with the "
            "same export again, it finishes what was begun; or drop the database."
        )
