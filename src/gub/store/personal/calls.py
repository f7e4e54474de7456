"""What calls and the answers to them hold of a person, for three days."""

from typing import ClassVar

from gub.store import calls
from gub.store.documents import Document, integer_of, integers_of
from gub.store.personal.part import Part, Person, Record, shown


class CallsPart(Part):
    """Calls that they made, that were for them, and that they answered."""

    collection: ClassVar[str] = calls.SCHEMA.name
    heading: ClassVar[str] = "calls"

    async def records(self, person: Person) -> list[Record]:
        """See `Part`. What others wrote is theirs."""
        return [_record(document, person) async for document in self._found({"people": person.user_id})]

    async def erase(self, person: Person) -> int:
        """See `Part`. Their own go as a whole; the messages of the others are to be shown anew, without them."""
        gone = await self._documents.delete_many({"caller_id": person.user_id})
        change: Document = {
            "$pull": dict.fromkeys((*calls.USERS, "people"), person.user_id),
            "$unset": {f"late.{person.user_id}": ""},
            "$set": {"stale": True},
            "$inc": {"revision": 1},
        }
        changed = await self._documents.update_many({"people": person.user_id}, change)
        return gone.deleted_count + changed.modified_count


def _record(document: Document, person: Person) -> Record:
    own = integer_of(document.get("caller_id")) == person.user_id
    words = document.get("words")
    return shown(
        chat_id=integer_of(document.get("chat_id")),
        group=document.get("group_name"),
        you=[
            *(["called"] if own else []),
            *(["were called"] if _is_in(document, person, "called", "muted", "asleep", "away") else []),
            *(["come"] if _is_in(document, person, "coming") else []),
            *(["can't come"] if _is_in(document, person, "cant") else []),
        ],
        text=words.get("text") if own and isinstance(words, dict) else None,
        at=document.get("opened_at"),
    )


def _is_in(document: Document, person: Person, *fields: str) -> bool:
    return any(person.user_id in integers_of(document.get(field)) for field in fields)
