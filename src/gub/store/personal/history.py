"""What is kept of when a person came, went, and what they played, because they allow it."""

from typing import ClassVar

from gub.store import history
from gub.store.documents import integer_of
from gub.store.personal.part import Part, Person, Record, shown


class HistoryPart(Part):
    """Their own history, in all chats."""

    collection: ClassVar[str] = history.SCHEMA.name
    heading: ClassVar[str] = "history"

    async def records(self, person: Person) -> list[Record]:
        """See `Part`."""
        cursor = self._documents.find({"user_id": person.user_id}).sort("_id", 1)
        return [
            shown(
                chat_id=integer_of(document.get("chat_id")),
                at=document.get("at"),
                status=document.get("status"),
                platform=document.get("platform"),
                title=document.get("title"),
            )
            async for document in cursor
        ]

    async def erase(self, person: Person) -> int:
        """See `Part`."""
        return (await self._documents.delete_many({"user_id": person.user_id})).deleted_count
