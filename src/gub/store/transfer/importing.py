"""`gub db import`: an export into an empty database, or to its end what a killed import began.

Documents are written by their id, so that writing them again is harmless. Meanwhile the database has a record in
`imports` without an end, and nothing else of GUB opens it: so its rules and unique indexes may be away, and older
documents, or those of a chat that changed while it was exported, get in. Opening the store afterwards brings both back,
with the upgrades that the documents have not seen.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import pymongo
from pymongo import ReplaceOne
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import BulkWriteError, OperationFailure

from gub.clock import Clock
from gub.store import claims, imports, leases, paces, upgrades, workers
from gub.store.documents import Database, Document
from gub.store.errors import DatabaseTooNew, TransferError
from gub.store.imports import Imports
from gub.store.mongo import DUPLICATE_KEY
from gub.store.schema import SCHEMAS
from gub.store.transfer.connection import connected
from gub.store.transfer.files import Export
from gub.store.turns import Turns
from gub.store.upgrades import UPGRADES

_BATCH: Final = 500
_BATCH_BYTES: Final = 4 * 2**20
BATCH_SECONDS: Final = 60.0
_NOBODY: Final = 0
"""No bot has this id: importing is a turn like that of taking a bot's updates in, and is found dead as that is."""
_NOT_OURS: Final = frozenset(schema.SCHEMA.name for schema in (upgrades, leases, imports, workers, claims, paces))
"""What an empty database may hold: that its schema was applied."""
_INDEX_NOT_FOUND: Final = 27


@dataclass(frozen=True, slots=True)
class Imported:
    """What was done."""

    documents: Mapping[str, int]
    was_there: bool = False
    """This database was filled from this export before: nothing was written."""


async def fill(uri: str, database: str, export: Export, clock: Clock, *, wait: float) -> Imported:
    """Write the export's documents. The store is to be opened afterwards: upgrades, rules, indexes.

    Raises:
        StoreUnavailable: the database cannot be used.
        TransferError: it is not empty, or in use; or the files changed since they were checked.
    """
    _check_upgrades(export)
    async with connected(uri, database, clock, wait) as base, alone(base, clock) as turns:
        marks = Imports(base, clock)
        if await _is_there(base, marks, export):
            return Imported({}, was_there=True)
        await marks.start(export.id)
        await _make_room(base)
        for name in export.manifest.collections:
            await refuse_users(turns)
            for batch in batches(export, name):
                with pymongo.timeout(BATCH_SECONDS):
                    await _put(base[name], batch)
                if not await turns.renew(_NOBODY):
                    raise TransferError("Another import fills this database.")
        await _check_counts(base, export)
        await refuse_users(turns)
        await marks.finish(export.id)
    return Imported({name: part.documents for name, part in export.manifest.collections.items()})


def _check_upgrades(export: Export) -> None:
    known = {step.number: step.checksum for step in UPGRADES}
    for record, _ in export.documents(upgrades.SCHEMA.name):
        if known.get(record["_id"]) != record.get("checksum"):
            raise DatabaseTooNew(
                f"The export is of another GUB (upgrade {record['_id']!r}): import it with that version or a newer one."
            )


@asynccontextmanager
async def alone(database: Database, clock: Clock) -> AsyncIterator[Turns]:
    """Refuse to work beside a bot, or beside another import."""
    turns = Turns(database, clock)
    await refuse_users(turns)
    if not await turns.take(_NOBODY):
        raise TransferError("Another import fills this database.")
    try:
        yield turns
    finally:
        await turns.give_back(_NOBODY)


async def refuse_users(turns: Turns) -> None:
    """Refuse to go on beside a bot that has been started. Raises TransferError."""
    if users := await turns.others():
        raise TransferError(f"The database is in use ({users[0]}): stop that bot or import, then import again.")


async def _is_there(database: Database, marks: Imports, export: Export) -> bool:
    """Say whether this export was imported before, to the end.

    Raises:
        TransferError: something else is there.
    """
    begun = await marks.unfinished()
    if begun == export.id:
        return False
    if begun is not None:
        raise TransferError(
            "The database is half filled from another export: import that one again, or drop the database."
        )
    held = [schema.name for schema in SCHEMAS if schema.name not in _NOT_OURS and await _holds(database, schema.name)]
    if held and await marks.is_finished(export.id):
        return True
    if held:
        raise TransferError(f"The database {database.name} is not empty ({', '.join(held)}): nothing was imported.")
    return False


async def _holds(database: Database, name: str) -> bool:
    return await database[name].find_one({}, {"_id": 1}) is not None


async def _make_room(database: Database) -> None:
    """Put rules and indexes away; the next opening of the store brings them back."""
    found = {each["name"] async for each in await database.list_collections()}
    for schema in SCHEMAS:
        if schema.name not in found or schema.name in {leases.SCHEMA.name, imports.SCHEMA.name}:
            continue
        await database.command("collMod", schema.name, validationLevel="off")
        for index in schema.indexes:
            try:
                await database[schema.name].drop_index(index.document["name"])
            except OperationFailure as error:
                if error.code != _INDEX_NOT_FOUND:
                    raise
    # Which upgrades the documents have seen is for the export to say.
    await database[upgrades.SCHEMA.name].delete_many({})


def batches(export: Export, name: str) -> Iterator[list[Document]]:
    """Give the documents of a collection in lots of which one write takes each."""
    batch: list[Document] = []
    size = 0
    for document, length in export.documents(name):
        batch.append(document)
        size += length
        if len(batch) >= _BATCH or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


async def _put(collection: AsyncCollection[Document], batch: list[Document]) -> None:
    """Insert, and replace what is there from an earlier try: only replacing is ten times slower when embedded."""
    try:
        await collection.insert_many(batch, ordered=False)
    except BulkWriteError as error:
        details = error.details or {}
        problems = details.get("writeErrors", [])
        if details.get("writeConcernErrors") or any(each.get("code") != DUPLICATE_KEY for each in problems):
            raise
        there = [batch[each["index"]] for each in problems]
        await collection.bulk_write([ReplaceOne({"_id": each["_id"]}, each) for each in there], ordered=False)


async def _check_counts(database: Database, export: Export) -> None:
    for name, part in export.manifest.collections.items():
        if (count := await database[name].count_documents({})) != part.documents:
            raise TransferError(f"{name} holds {count} documents after the import, and the export {part.documents}.")
