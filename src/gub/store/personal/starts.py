"""What is kept of what a person plays, because they allow a chat to be told when they start something."""

from typing import ClassVar

from gub.store import starts
from gub.store.documents import integer_of
from gub.store.personal.part import Part, Person, Record, shown


class StartsPart(Part):
    """Their own sessions, in all chats."""

    collection: ClassVar[str] = starts.SCHEMA.name
    heading: ClassVar[str] = "starts"

    async def records(self, person: Person) -> list[Record]:
        """See `Part`."""
        return [
            shown(
                chat_id=integer_of(document.get("chat_id")),
                playing_or_just_played=document.get("sessions"),
                to_be_told=document.get("due"),
            )
            async for document in self._found({"user_id": person.user_id})
        ]

    async def erase(self, person: Person) -> int:
        """See `Part`."""
        return (await self._documents.delete_many({"user_id": person.user_id})).deleted_count
