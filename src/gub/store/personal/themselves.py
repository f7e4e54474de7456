"""What is kept of a person themselves: what Telegram told, their private chat, their open dialogs."""

from collections.abc import AsyncIterator
from typing import ClassVar

from gub.store import chats, departures, dialogs, users
from gub.store.documents import Document
from gub.store.personal.part import Part, Person, Record, shown, speaks_of

_KEY_PARTS = 3


class UsersPart(Part):
    """What Telegram told of them, and what they chose."""

    collection: ClassVar[str] = users.SCHEMA.name
    heading: ClassVar[str] = "you"

    async def records(self, person: Person) -> list[Record]:
        """See `Part`: all of it."""
        async for document in self._found({"_id": person.user_id}):
            fields = {name: value for name, value in document.items() if name not in ("_id", "username_key")}
            return [shown(id=document["_id"], **fields)]
        return []

    async def erase(self, person: Person) -> int:
        """See `Part`."""
        return (await self._documents.delete_one({"_id": person.user_id})).deleted_count


class ChatsPart(Part):
    """Their private chat with GUB."""

    collection: ClassVar[str] = chats.SCHEMA.name
    heading: ClassVar[str] = "private_chat"

    async def records(self, person: Person) -> list[Record]:
        """See `Part`: all of it."""
        return [
            shown(**{name: value for name, value in document.items() if name != "_id"})
            async for document in self._found({"chat_id": person.user_id})
        ]

    async def erase(self, person: Person) -> int:
        """See `Part`."""
        return (await self._documents.delete_one({"chat_id": person.user_id})).deleted_count


class DeparturesPart(Part):
    """That GUB may not write to their private chat any more."""

    collection: ClassVar[str] = departures.SCHEMA.name
    heading: ClassVar[str] = "private_chat_closed"

    async def records(self, person: Person) -> list[Record]:
        """See `Part`."""
        return [shown(at=document.get("at")) async for document in self._found({"_id": person.user_id})]

    async def erase(self, person: Person) -> int:
        """See `Part`."""
        return (await self._documents.delete_one({"_id": person.user_id})).deleted_count


class DialogsPart(Part):
    """Dialogs that they have open, and others' in which they are named. There are few: each is gone within a day."""

    collection: ClassVar[str] = dialogs.SCHEMA.name
    heading: ClassVar[str] = "open_dialogs"

    async def records(self, person: Person) -> list[Record]:
        """See `Part`: their own, without what was answered so far, which may be accounts of others."""
        return [
            shown(kind=document.get("kind"), step=document.get("state"), touched_at=document.get("touched_at"))
            async for document in self._naming(person)
            if _is_own(document, person)
        ]

    async def erase(self, person: Person) -> int:
        """See `Part`."""
        keys = [document["_id"] async for document in self._naming(person)]
        return sum([(await self._documents.delete_one({"_id": key})).deleted_count for key in keys])

    async def _naming(self, person: Person) -> AsyncIterator[Document]:
        async for document in self._documents.find({}):
            if _is_own(document, person) or speaks_of(document.get("data"), person):
                yield document


def _is_own(document: Document, person: Person) -> bool:
    """Say whether the key, "<bot>:<chat>:<user>[:more]", names them."""
    parts = str(document["_id"]).split(":")
    return str(person.user_id) in parts[1:_KEY_PARTS]
