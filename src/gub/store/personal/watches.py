"""What somebody wants to be told of others. Whom it is about is on the chat's list, and goes by that."""

from typing import ClassVar

from gub.store import watches
from gub.store.documents import Document, integer_of
from gub.store.personal.part import Part, Person, Record, shown


class WatchesPart(Part):
    """Their watches."""

    collection: ClassVar[str] = watches.SCHEMA.name
    heading: ClassVar[str] = "watches"

    async def records(self, person: Person) -> list[Record]:
        """See `Part`. Whom they watch is a name on a list that is not theirs to keep."""
        return [_record(document) async for document in self._found({"owner_id": person.user_id})]

    async def erase(self, person: Person) -> int:
        """See `Part`."""
        return (await self._documents.delete_many({"owner_id": person.user_id})).deleted_count


def _record(document: Document) -> Record:
    return shown(
        chat_id=integer_of(document.get("chat_id")),
        waits_for=document.get("kind"),
        game=document.get("title"),
        people=integer_of(document.get("count")),
        each_time=document.get("always") or None,
        in_the_group=document.get("in_group") or None,
        told_at=document.get("told_at"),
        at=document.get("stored_at"),
    )
