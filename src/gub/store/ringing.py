"""Collection `ringing`: what of a call or an invitation has still to ping. `_id` is "<chat>:<message of the command>".

It is written before the first message of a call goes out, so that a death of the process leaves nobody out.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from pymongo import IndexModel
from pymongo.errors import DuplicateKeyError

from gub.clock import Clock
from gub.domain.limits import CALL_LIFETIME
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
    text_of,
)
from gub.store.inbox import TOMBSTONE_SECONDS

KEPT_SECONDS: Final = TOMBSTONE_SECONDS
"""What has rung is remembered as long as the inbox remembers updates: its command, handled again after a death of the
process, pings nobody twice. Only what is younger than `CALL_LIFETIME` goes on ringing."""

SCHEMA: Final = CollectionSchema(
    name="ringing",
    required=("kind", "chat_id", "group_id", "created_at"),
    properties={
        "_id": STRING,
        "kind": STRING,
        "chat_id": INTEGER,
        "thread_id": INTEGER_OR_NULL,
        "group_id": STRING,
        "invitation_id": TEXT_OR_NULL,
        "call_id": TEXT_OR_NULL,
        "left": {"bsonType": "array", "items": {"bsonType": ["int", "long", "string"]}},
        "created_at": {"bsonType": "date"},
        "stored_at": DATE_OR_NULL,
        "holder": TEXT_OR_NULL,
    },
    indexes=(
        IndexModel([("stored_at", 1)], name="stored_at_ttl", expireAfterSeconds=KEPT_SECONDS),
        IndexModel([("chat_id", 1)], name="chat_id"),
        IndexModel([("created_at", 1)], name="created_at"),
    ),
)


_SOMEBODY_LEFT: Final = {"left.0": {"$exists": True}}


class Kind(StrEnum):
    """What rings."""

    CALL = "call"
    INVITATION = "invitation"


def key_of(chat_id: int, message_id: int | None) -> str:
    """Name what a command rings by the message of the command."""
    return f"{chat_id}:{message_id}"


def rest_of(call_id: str) -> str:
    """Name the ringing of those whom a call left in peace at first."""
    return f"rest:{call_id}"


@dataclass(frozen=True, slots=True)
class Job:
    """What has still to ping, and where. `left` holds user ids, `@usernames`, and what else is to be done once."""

    key: str
    kind: str
    chat_id: int
    thread_id: int | None
    group_id: str
    invitation_id: str | None
    left: tuple[int | str, ...]
    created_at: datetime
    call_id: str | None = None


class Ringing:
    """The calls and invitations that are under way."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._collection = database[SCHEMA.name]
        self._clock = clock

    async def start(self, job: Job, holder: str) -> Job:
        """Begin, as the worker of that name; the same key again gives who is left now: nobody, when it has ended.

        Whose it is stays as it is then (see `take`, `take_from_dead`).
        """
        document: Document = asdict(job) | {"kind": str(job.kind), "left": list(job.left)}
        document["_id"] = document.pop("key")
        document["stored_at"] = self._clock.now()
        document["holder"] = holder
        try:
            await self._collection.insert_one(document)
        except DuplicateKeyError:
            stored = await self._collection.find_one({"_id": job.key})
            return job if stored is None else _job(stored)
        return job

    async def take(self, key: str, holder: str) -> None:
        """Take one, as the worker of that name, whosever it was: nobody rings it before its command is handled."""
        await self._collection.update_one({"_id": key}, {"$set": {"holder": holder}})

    async def take_from_dead(
        self, key: str, names_alive: Callable[[], Awaitable[Collection[str]]], holder: str
    ) -> bool:
        """Take one, as the worker of that name, unless another who lives has it; say whether it is this one's then."""
        stored = await self._collection.find_one({"_id": key}, {"holder": 1})
        if stored is None or stored.get("holder") == holder:
            return stored is not None
        return stored.get("holder") not in await names_alive() and await self._handed_on(
            key, stored.get("holder"), holder
        )

    async def inherit(self, names_alive: Callable[[], Awaitable[Collection[str]]], holder: str) -> list[Job]:
        """Take over, as the worker of that name, what rings (see `all`) for none of the living; give it."""
        held = [each async for each in self._held()]
        alive = await names_alive()  # looked at last: who begins something has joined before
        return [job for job, had in held if had not in alive and await self._handed_on(job.key, had, holder)]

    async def rung(self, key: str, entries: Collection[int | str]) -> bool:
        """Note that these were pinged; say whether somebody else is left."""
        change = {"$pull": {"left": {"$in": list(entries)}}}
        await self._collection.update_one({"_id": key}, change)
        return await self._collection.find_one({"_id": key} | _SOMEBODY_LEFT, {"_id": 1}) is not None

    async def all(self) -> list[Job]:
        """Give those with somebody left that are not too old to go on with, the oldest first."""
        return [job async for job, _ in self._held()]

    async def end(self, key: str) -> None:
        """Leave everybody else in peace. That it rang is remembered for a while, so it does not begin anew."""
        await self._collection.update_one({"_id": key}, {"$set": {"left": []}})

    async def forget(self, key: str) -> None:
        """Forget one of which nothing was said: it may begin anew."""
        await self._collection.delete_one({"_id": key})

    async def _held(self) -> AsyncIterator[tuple[Job, str | None]]:
        young = {"created_at": {"$gt": self._clock.now() - CALL_LIFETIME}}
        async for document in self._collection.find(young | _SOMEBODY_LEFT).sort("created_at", 1):
            yield _job(document), document.get("holder")

    async def _handed_on(self, key: str, had: str | None, holder: str) -> bool:
        taken = await self._collection.update_one({"_id": key, "holder": had}, {"$set": {"holder": holder}})
        return bool(taken.matched_count)


def _job(document: Document) -> Job:
    return Job(
        key=str(document["_id"]),
        kind=str(document["kind"]),
        chat_id=int(document["chat_id"]),
        thread_id=integer_of(document.get("thread_id")),
        group_id=str(document["group_id"]),
        invitation_id=document.get("invitation_id"),
        left=tuple(_entry(item) for item in document.get("left") or ()),
        created_at=document["created_at"],
        call_id=text_of(document.get("call_id")),
    )


def _entry(item: object) -> int | str:
    number = integer_of(item)
    return str(item) if number is None else number
