"""What a part for one collection is, and what the parts share."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from bson import ObjectId

from gub.store.documents import Database, Document

Record = Mapping[str, Any]
"""What a person is shown of one document: what JSON can hold, in words of its own, without what is others'."""


@dataclass(frozen=True, slots=True)
class Person:
    """Whom it is about: the user's id, their usernames (`@name` in lower case), and accounts ("<platform>:<id>").

    Of the accounts, those that go with them: of status users that they are or keep.
    """

    user_id: int
    names: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()

    @property
    def entries(self) -> list[int | str]:
        """By what lists name them."""
        return [self.user_id, *self.names]


class Part:
    """What one collection holds of a person."""

    collection: ClassVar[str]
    heading: ClassVar[str]
    """Under what it stands in an export."""

    def __init__(self, database: Database) -> None:
        """Read and write the collection in `database`."""
        self._database = database
        self._documents = database[self.collection]

    async def records(self, person: Person) -> list[Record]:
        """Give what it holds of them. Nothing of others that is not theirs to see: no accounts, no ids."""
        raise NotImplementedError

    async def erase(self, person: Person) -> int:
        """Forget them, and give the number of documents that named them. May be done again, or cut short."""
        raise NotImplementedError

    async def _found(self, *ways: Document) -> AsyncIterator[Document]:
        """Give each document for which one of these conditions holds: one query each, as `$or` makes one scan more."""
        seen: set[Any] = set()
        for way in ways:
            async for document in self._documents.find(way):
                if document["_id"] not in seen:
                    seen.add(document["_id"])
                    yield document


def shown(**fields: object) -> Record:
    """Make a record of what is there, as JSON holds it."""
    return {name: _plain(value) for name, value in fields.items() if value not in (None, (), [])}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, ObjectId):
        return str(value)
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(one) for one in value]
    return value


def speaks_of(value: object, person: Person) -> bool:
    """Say whether anything in a value of whatever form means them: their id, or a username of theirs in a text."""
    if isinstance(value, Mapping):
        return any(speaks_of(one, person) for pair in value.items() for one in pair)
    if isinstance(value, list | tuple):
        return any(speaks_of(one, person) for one in value)
    if isinstance(value, str):
        return value == str(person.user_id) or _mentions(value.casefold(), person)
    return isinstance(value, int | float) and not isinstance(value, bool) and value == person.user_id


def _mentions(text: str, person: Person) -> bool:
    """Usernames are of letters, digits and underscores: what goes on with one is another name."""
    for name in person.names:
        start = text.find(name)
        while start >= 0:
            after = text[start + len(name) : start + len(name) + 1]
            if not (after.isalnum() or after == "_"):
                return True
            start = text.find(name, start + 1)
    return False
