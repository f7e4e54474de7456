"""What the collections' modules share: the shape of a collection, tolerant readers, names without regard to case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from bson import ObjectId
from bson.errors import InvalidId
from pymongo import IndexModel
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.collation import Collation
from pymongo.errors import DuplicateKeyError

Document = dict[str, Any]
"""A document as MongoDB gives it. It never leaves the store."""

Database = AsyncDatabase[Document]

NAMES: Final = Collation(locale="en", strength=2)
"""Names are the same without regard to case, and differ by accents. The unique indexes on names have this
collation, so a query must carry it to use them, and one by chat_id alone may."""

INTEGER: Final = {"bsonType": ["int", "long"]}
STRING: Final = {"bsonType": "string"}
TEXT_OR_NULL: Final = {"bsonType": ["string", "null"]}
INTEGER_OR_NULL: Final = {"bsonType": ["int", "long", "null"]}
DATE_OR_NULL: Final = {"bsonType": ["date", "null"]}
OBJECT_OR_NULL: Final = {"bsonType": ["object", "null"]}

_FAR_AHEAD: Final = datetime(9000, 1, 1, tzinfo=UTC)
"""Dates from here on mean nothing, and adding to them may overflow."""


@dataclass(frozen=True, slots=True)
class CollectionSchema:
    """One collection: its name, what a valid document is, and its indexes (each with a name of its own)."""

    name: str
    required: tuple[str, ...]
    properties: Mapping[str, Mapping[str, Any]]
    indexes: tuple[IndexModel, ...] = ()

    @property
    def validator(self) -> dict[str, Any]:
        """The rule as MongoDB takes it. Fields that it does not name are welcome."""
        rule: dict[str, Any] = {"bsonType": "object", "properties": dict(self.properties)}
        if self.required:
            rule["required"] = list(self.required)
        return {"$jsonSchema": rule}


async def upsert(
    collection: AsyncCollection[Document],
    which: Mapping[str, Any],
    change: Mapping[str, Any] | Sequence[Mapping[str, Any]],
) -> None:
    """Change the one document, or make it. Two at once may both try to make it: the loser finds it then."""
    try:
        await collection.update_one(which, change, upsert=True)
    except DuplicateKeyError:
        await collection.update_one(which, change, upsert=True)


def object_id(text: str) -> ObjectId | None:
    """Read an id that came back from outside (a button); None when it is none, which no document has."""
    try:
        return ObjectId(text)
    except (InvalidId, TypeError):
        return None


def text_of(value: object) -> str | None:
    """Read a string that older documents hold as a number (account ids); None for anything else."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, int) else None


def integer_of(value: object) -> int | None:
    """Read an integer, also one that a shell stored as a double; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return int(value) if isinstance(value, int) else None


def time_of(value: object) -> datetime | None:
    """Read a date, also one that the predecessor stored as ISO text (without a zone it is UTC); None for others."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
            value = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        except (ValueError, OverflowError):
            return None
    return value if isinstance(value, datetime) and value < _FAR_AHEAD else None


def integers_of(value: object) -> tuple[int, ...]:
    """Read a list of integers, each once, in order; what is none is left out."""
    if not isinstance(value, list):
        return ()
    found = (integer_of(item) for item in value)
    return tuple(dict.fromkeys(item for item in found if item is not None))
