"""Collection `leases`: who alone may do something now, and until when it is theirs even if they die."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import uuid4

from pymongo.errors import DuplicateKeyError

from gub.clock import Clock
from gub.store.documents import STRING, CollectionSchema, Database
from gub.store.errors import UpgradeBusy

SCHEMA: Final = CollectionSchema(
    name="leases",
    required=("holder", "expires_at"),
    properties={"_id": STRING, "holder": STRING, "expires_at": {"bsonType": "date"}},
)

_BETWEEN_TRIES: Final = 0.2


@dataclass(frozen=True, slots=True)
class Lease:
    """One taken lease."""

    database: Database
    clock: Clock
    name: str
    holder: str
    term: timedelta

    async def try_take(self) -> bool:
        """Take it, or renew it; say whether it is ours."""
        leases = self.database[SCHEMA.name]
        mine = {"holder": self.holder, "expires_at": self.clock.now() + self.term}
        for free in ({"holder": self.holder}, {"expires_at": {"$lte": self.clock.now()}}):
            if (await leases.update_one({"_id": self.name} | free, {"$set": mine})).matched_count:
                return True
        try:
            await leases.insert_one({"_id": self.name} | mine)
        except DuplicateKeyError:
            return False
        return True

    async def give_back(self) -> None:
        """Let others have it."""
        await self.database[SCHEMA.name].delete_one({"_id": self.name, "holder": self.holder})


@asynccontextmanager
async def leased(
    database: Database, clock: Clock, name: str, *, term: timedelta, wait: timedelta
) -> AsyncIterator[Lease]:
    """Hold a lease for the block.

    It expires after `term` unless renewed, so what is done under it must be harmless when done twice.

    Raises:
        UpgradeBusy: another held it all the time that we waited.
    """
    lease = Lease(database, clock, name, uuid4().hex, term)
    until = clock.monotonic() + wait.total_seconds()
    while not await lease.try_take():
        if clock.monotonic() >= until:
            raise UpgradeBusy("Another process is upgrading the database; start again when it is done.")
        await clock.sleep(_BETWEEN_TRIES)
    try:
        yield lease
    finally:
        await lease.give_back()
