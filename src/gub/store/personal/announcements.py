"""What the owners' announcements hold of a person: who made one, whom its text names, and who got one in private."""

from collections.abc import AsyncIterator
from typing import ClassVar

from gub.store.announcements import SCHEMA, TARGETS_SCHEMA, UNDER_WAY
from gub.store.documents import Document, integer_of, text_of
from gub.store.personal.part import Part, Person, Record, shown, speaks_of


class AnnouncementsPart(Part):
    """The announcements that they made as an owner, and drafts that name them.

    The text of one that is on its way to all chats stays until it has arrived: then it goes in any case.
    """

    collection: ClassVar[str] = SCHEMA.name
    heading: ClassVar[str] = "announcements"

    async def records(self, person: Person) -> list[Record]:
        """See `Part`. What another owner wrote is theirs."""
        return [
            shown(
                text=text_of(document.get("text")) if _made_by(document, person) else None,
                you_made_it=_made_by(document, person) or None,
                at=document.get("stored_at"),
            )
            async for document in self._theirs(person)
        ]

    async def erase(self, person: Person) -> int:
        """See `Part`."""
        erased = 0
        async for document in self._theirs(person):
            erased += 1
            await self._documents.delete_one({"_id": document["_id"]})
        return erased

    async def _theirs(self, person: Person) -> AsyncIterator[Document]:
        async for document in self._found({}):
            names = [document.get("text"), document.get("entities")]
            quiet = document.get("phase") not in UNDER_WAY
            if _made_by(document, person) or (quiet and speaks_of(names, person)):
                yield document


class AnnouncementTargetsPart(Part):
    """The announcements that came into their private chat."""

    collection: ClassVar[str] = TARGETS_SCHEMA.name
    heading: ClassVar[str] = "announcements_received"

    async def records(self, person: Person) -> list[Record]:
        """See `Part`."""
        return [
            shown(state=text_of(document.get("state")), at=document.get("sent_at") or document.get("stored_at"))
            async for document in self._found({"chat_id": person.user_id})
        ]

    async def erase(self, person: Person) -> int:
        """See `Part`. One that is still to come does not come."""
        return (await self._documents.delete_many({"chat_id": person.user_id})).deleted_count


def _made_by(document: Document, person: Person) -> bool:
    return integer_of(document.get("owner_id")) == person.user_id
