"""What paying respects (/f) leaves of a person, for a week."""

from collections.abc import AsyncIterator
from typing import ClassVar

from gub.store import respects
from gub.store.documents import Document, integer_of, integers_of, text_of
from gub.store.personal.part import Part, Person, Record, shown, speaks_of


class RespectsPart(Part):
    """The messages that they asked for, those under which they paid respects, and those that name them."""

    collection: ClassVar[str] = respects.SCHEMA.name
    heading: ClassVar[str] = "respects"

    async def records(self, person: Person) -> list[Record]:
        """See `Part`. What others wrote is theirs."""
        return [_record(document, person) async for document in self._theirs(person)]

    async def erase(self, person: Person) -> int:
        """See `Part`. Their own go as a whole; under the others, the messages are to be shown anew."""
        erased = 0
        async for document in self._theirs(person):
            erased += 1
            this = {"_id": document["_id"]}
            if integer_of(document.get("creator_id")) == person.user_id:
                await self._documents.delete_one(this)
                continue
            change: Document = {"$pull": {"people": person.user_id}, "$set": {"stale": True}, "$inc": {"revision": 1}}
            if speaks_of(document.get("what"), person):
                change["$unset"] = {"what": ""}
            await self._documents.update_one(this, change)
        return erased

    async def _theirs(self, person: Person) -> AsyncIterator[Document]:
        seen = set()
        async for document in self._found({"people": person.user_id}, {"creator_id": person.user_id}):
            seen.add(document["_id"])
            yield document
        async for document in self._found({"what": {"$exists": True}}):
            if document["_id"] not in seen and speaks_of(document["what"], person):
                yield document


def _record(document: Document, person: Person) -> Record:
    own = integer_of(document.get("creator_id")) == person.user_id
    return shown(
        chat_id=integer_of(document.get("chat_id")),
        you_began_it=own or None,
        what=text_of(document.get("what")) if own else None,
        you_paid=person.user_id in integers_of(document.get("people")) or None,
        at=document.get("stored_at"),
    )
