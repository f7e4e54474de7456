"""`gub db import --merge`: an export into a database that holds something already. What is there stays as it is.

A document is there when its id is, or whatever else is unique of its kind (a name in a chat, a chat's id, a platform):
so writing again changes nothing, and what was cut short is finished by doing it again.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import pymongo
from pymongo.errors import BulkWriteError

from gub.clock import Clock
from gub.store import chats, departures, upgrades
from gub.store.documents import Database, Document
from gub.store.errors import TransferError
from gub.store.imports import refuse_unfinished
from gub.store.mongo import DUPLICATE_KEY
from gub.store.transfer.connection import connected
from gub.store.transfer.files import Export
from gub.store.transfer.importing import BATCH_SECONDS, alone, batches, refuse_users
from gub.store.upgrades import UPGRADES

_INVALID = 121  # DocumentValidationFailure


@dataclass(frozen=True, slots=True)
class Merged:
    """What was done, by collection: documents added, and those that were there."""

    added: Mapping[str, int]
    there: Mapping[str, int]


async def merge(uri: str, database: str, export: Export, clock: Clock, *, wait: float) -> Merged:
    """Add to a database what it lacks of a checked export; the schema is applied already.

    Raises:
        StoreUnavailable: the server does not answer.
        TransferError: a bot uses it, another import half filled it, or the export is of another version.
    """
    _check_version(export)
    added, there = Counter[str](), Counter[str]()
    async with connected(uri, database, clock, wait) as base, alone(base, clock) as turns:
        await refuse_unfinished(base)
        for name in export.manifest.collections:
            if name == upgrades.SCHEMA.name:
                continue
            await refuse_users(turns)
            for batch in batches(export, name):
                with pymongo.timeout(BATCH_SECONDS):
                    new = await _add(base, name, await _fitting(base, name, batch))
                added[name] += new
                there[name] += len(batch) - new
                if not await turns.renew(0):
                    raise TransferError("Another import fills this database.")
    return Merged(added, there)


def _check_version(export: Export) -> None:
    """Only an export that has seen the same upgrades fits: an empty database can be upgraded behind it, this not."""
    seen = {record["_id"] for record, _ in export.documents(upgrades.SCHEMA.name)}
    if seen != {step.number for step in UPGRADES}:
        raise TransferError(
            "The export is of another version of GUB: import it into an empty database with this one, export that, "
            "and merge what comes of it."
        )


async def _fitting(base: Database, name: str, batch: list[Document]) -> list[Document]:
    """Leave out departures of chats that GUB is in by now: they would have those forgotten."""
    if name != departures.SCHEMA.name:
        return batch
    named = {"chat_id": {"$in": [one["_id"] for one in batch]}}
    here = {one["chat_id"] async for one in base[chats.SCHEMA.name].find(named, {"chat_id": 1})}
    return [one for one in batch if one["_id"] not in here]


async def _add(base: Database, name: str, batch: list[Document]) -> int:
    """Insert what is not there; give how many that were."""
    if not batch:
        return 0
    try:
        return len((await base[name].insert_many(batch, ordered=False)).inserted_ids)
    except BulkWriteError as error:
        details = error.details or {}
        problems = details.get("writeErrors", [])
        if any(problem.get("code") == _INVALID for problem in problems):
            raise TransferError(
                f"A document of {name} is not of this version of GUB: nothing more is imported."
            ) from error
        if details.get("writeConcernErrors") or any(problem.get("code") != DUPLICATE_KEY for problem in problems):
            raise
        return len(batch) - len(problems)
