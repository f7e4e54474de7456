"""What a board names of a person: who opened it."""

from typing import ClassVar

from gub.store import boards
from gub.store.documents import integer_of
from gub.store.personal.part import Part, Person, Record, shown


class BoardsPart(Part):
    """The boards that they opened. The people on one are those of the chat's list."""

    collection: ClassVar[str] = boards.SCHEMA.name
    heading: ClassVar[str] = "boards"

    async def records(self, person: Person) -> list[Record]:
        """See `Part`."""
        return [
            shown(chat_id=integer_of(document.get("chat_id")), you_opened_it=True, at=document.get("stored_at"))
            async for document in self._found({"creator_id": person.user_id}, {"chat_id": person.user_id})
        ]

    async def erase(self, person: Person) -> int:
        """See `Part`. Theirs in private goes; that of a group is the group's and stays, not that they opened it."""
        private = await self._documents.delete_many({"chat_id": person.user_id})
        opened = await self._documents.update_many({"creator_id": person.user_id}, {"$unset": {"creator_id": ""}})
        return private.deleted_count + opened.modified_count
