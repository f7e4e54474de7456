"""Collection `schema_migrations` and the upgrades it records: numbered, each harmless when done twice."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from pymongo.errors import DuplicateKeyError

from gub.clock import Clock
from gub.store import duplicates, leftovers, normalising, statususers
from gub.store.documents import INTEGER, STRING, CollectionSchema, Database
from gub.store.errors import DatabaseTooNew
from gub.store.leases import leased

SCHEMA: Final = CollectionSchema(
    name="schema_migrations",
    required=("name", "checksum", "at"),
    properties={"_id": INTEGER, "name": STRING, "checksum": STRING, "at": {"bsonType": "date"}},
)

_LEASE: Final = "schema"
_TERM: Final = timedelta(seconds=30)
_WAIT: Final = timedelta(seconds=60)

Changed = Mapping[str, int]
"""How many documents an upgrade changed, by collection."""


@dataclass(frozen=True, slots=True)
class Upgrade:
    """One step. `name` says what it does and never changes: the checksum, over number and name, is compared."""

    number: int
    name: str
    apply: Callable[[Database], Awaitable[Changed]]
    left: Callable[[Database], Awaitable[Sequence[str]]] | None = None
    """Says, each in one line, what it could not do and a person can."""

    @property
    def checksum(self) -> str:
        """What is recorded, so that two histories are told apart."""
        return hashlib.sha256(f"{self.number} {self.name}".encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Applied:
    """One upgrade that was done just now."""

    number: int
    name: str
    changed: Changed
    at: datetime
    left: tuple[str, ...] = ()


async def account_ids_as_text(database: Database) -> Changed:
    """Turn account ids that the predecessor stored as numbers into strings of digits."""
    changed = 0
    for field, _ in statususers.ACCOUNT_FIELDS.values():
        text: list[dict[str, Any]] = [{"$set": {field: {"$toString": {"$toLong": f"${field}"}}}}]
        numbers = {field: {"$type": ["int", "long", "double"]}}
        changed += (await database[statususers.SCHEMA.name].update_many(numbers, text)).modified_count
    return {statususers.SCHEMA.name: changed} if changed else {}


UPGRADES: Final = (
    Upgrade(1, "names that differ by case only get a number; a chat has one document", duplicates.settle),
    Upgrade(2, "account ids are strings of digits", account_ids_as_text),
    Upgrade(3, "credentials and accounts have the seed's types", normalising.seeds_types, normalising.what_is_left),
    Upgrade(4, "who is invited is who the invitations ask", leftovers.invited_as_invitations_say),
)


async def upgrade(database: Database, clock: Clock, upgrades: Sequence[Upgrade] = UPGRADES) -> list[Applied]:
    """Do, in order, the upgrades that this database has not seen; give those done here.

    Safe when several processes start at once: a lease lets one work and the others wait; and if the lease runs out
    under a slow one, each step may be done twice.

    Raises:
        DatabaseTooNew: the database has seen upgrades that this GUB does not know.
        UpgradeBusy: another process held the lease too long.
    """
    if not await pending(database, upgrades):
        return []
    applied = []
    async with leased(database, clock, _LEASE, term=_TERM, wait=_WAIT) as lease:
        for step in await pending(database, upgrades):
            await lease.try_take()
            changed = await step.apply(database)
            at = clock.now()
            await _record(database, step, at)
            left = await step.left(database) if step.left else ()
            applied.append(Applied(step.number, step.name, changed, at, tuple(left)))
    return applied


async def pending(database: Database, upgrades: Sequence[Upgrade] = UPGRADES) -> list[Upgrade]:
    """Give the upgrades that this database has not seen, in order. Raises DatabaseTooNew."""
    known = {step.number: step for step in upgrades}
    done = set()
    async for record in database[SCHEMA.name].find({}):
        step = known.get(record["_id"])
        if step is None or step.checksum != record.get("checksum"):
            raise DatabaseTooNew(
                f"The database was upgraded by another GUB (upgrade {record['_id']}): run that version or a newer one."
            )
        done.add(step.number)
    return sorted((step for step in upgrades if step.number not in done), key=lambda step: step.number)


async def _record(database: Database, step: Upgrade, at: datetime) -> None:
    record = {"_id": step.number, "name": step.name, "checksum": step.checksum, "at": at}
    try:
        await database[SCHEMA.name].insert_one(record)
    except DuplicateKeyError:
        return  # another process did the same step, after our lease ran out
