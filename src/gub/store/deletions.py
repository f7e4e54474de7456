"""Collection `deletions`: wishes to be forgotten that are under way. `_id` is "person:<id>" or "chat:<id>".

A wish is written down before anything is deleted, so that a death of the process in the middle leaves nothing half
forgotten, and holds what could not be read again by then. It goes last: after it, nothing names its subject.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from gub.clock import Clock
from gub.store.documents import INTEGER, STRING, CollectionSchema, Database, Document, upsert

_TEXTS: Final = {"bsonType": "array", "items": STRING}

SCHEMA: Final = CollectionSchema(
    name="deletions",
    required=("kind", "subject", "asked_at"),
    properties={
        "_id": STRING,
        "kind": STRING,
        "subject": INTEGER,
        "names": _TEXTS,
        "accounts": _TEXTS,
        "asked_at": {"bsonType": "date"},
    },
)


class Subject(StrEnum):
    """Who or what is to be forgotten."""

    PERSON = "person"
    CHAT = "chat"


@dataclass(frozen=True, slots=True)
class Wish:
    """One wish: the user or chat, their usernames (`@name`), and the accounts ("<platform>:<id>") that go with them."""

    kind: Subject
    subject: int
    names: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()


class Deletions:
    """The wishes that are not fulfilled yet."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._collection = database[SCHEMA.name]
        self._clock = clock

    async def ask(self, kind: Subject, subject: int, names: Iterable[str], accounts: Iterable[str]) -> Wish:
        """Write a wish down, or add to the one that is there; give it as it is then."""
        which = {"_id": _key(kind, subject)}
        change: Document = {
            "$setOnInsert": {"kind": str(kind), "subject": subject, "asked_at": self._clock.now()},
            "$addToSet": {"names": {"$each": list(names)}, "accounts": {"$each": list(accounts)}},
        }
        await upsert(self._collection, which, change)
        stored = await self._collection.find_one(which)
        return Wish(kind, subject, tuple(names), tuple(accounts)) if stored is None else _wish(stored)

    async def under_way(self) -> list[Wish]:
        """Give the wishes, the oldest first."""
        cursor = self._collection.find({"kind": {"$in": [str(one) for one in Subject]}}).sort("asked_at", 1)
        return [_wish(document) async for document in cursor]

    async def fulfilled(self, kind: Subject, subject: int) -> None:
        """Forget the wish as well."""
        await self._collection.delete_one({"_id": _key(kind, subject)})


def _key(kind: Subject, subject: int) -> str:
    return f"{kind}:{subject}"


def _wish(document: Document) -> Wish:
    return Wish(
        kind=Subject(document["kind"]),
        subject=int(document["subject"]),
        names=tuple(document.get("names") or ()),
        accounts=tuple(document.get("accounts") or ()),
    )
