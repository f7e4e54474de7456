"""What lists of status users hold of a person, and what was last seen of their accounts."""

from collections.abc import AsyncIterator
from typing import ClassVar

from gub.domain.values import Platform
from gub.store import boards, presences, statususers
from gub.store.documents import NAMES, Database, Document, integer_of, text_of
from gub.store.personal.part import Part, Person, Record, shown
from gub.store.statususers import ACCOUNT_FIELDS


class StatusUsersPart(Part):
    """Status users that they are, or keep. Whom they keep and who is somebody else by now is that user's alone."""

    collection: ClassVar[str] = statususers.SCHEMA.name
    heading: ClassVar[str] = "status_lists"

    async def records(self, person: Person) -> list[Record]:
        """See `Part`. Accounts are shown of those alone who are known to be this person."""
        return [_record(document, person) async for document in self._theirs(person)]

    async def erase(self, person: Person) -> int:
        """See `Part`. Boards that show them are looked at."""
        erased = 0
        chats = set()
        async for document in self._theirs(person):
            chats.add(integer_of(document.get("chat_id")))
            # Only while it is whose it was when it was read: somebody may claim it just now.
            is_somebody = integer_of(document.get("person_id"))
            if is_somebody in (None, person.user_id) or document.get("chat_id") == person.user_id:
                free = {"_id": document["_id"], "person_id": {"$in": [None, person.user_id, is_somebody]}}
                erased += (await self._documents.delete_one(free)).deleted_count
            else:
                kept = {"_id": document["_id"], "user_id": person.user_id, "person_id": is_somebody}
                changed = await self._documents.update_one(kept, {"$set": {"user_id": is_somebody}})
                erased += changed.matched_count
        for chat_id in chats:
            await self._database[boards.SCHEMA.name].update_many({"chat_id": chat_id}, boards.TO_BE_SHOWN)
        return erased

    async def accounts(self, person: Person) -> list[str]:
        """Give the accounts of all these, as "<platform>:<id>"."""
        return sorted({one async for document in self._theirs(person) for one in accounts_in(document)})

    async def _theirs(self, person: Person) -> AsyncIterator[Document]:
        seen = set()
        async for document in self._found({"person_id": person.user_id}, {"user_id": person.user_id}):
            seen.add(document["_id"])
            yield document
        async for document in self._documents.find({"chat_id": person.user_id}, collation=NAMES):
            if document["_id"] not in seen:
                yield document


class PresencesPart(Part):
    """What their accounts were last seen doing. What others keep as well is still theirs."""

    collection: ClassVar[str] = presences.SCHEMA.name
    heading: ClassVar[str] = "last_seen"

    async def records(self, person: Person) -> list[Record]:
        """See `Part`: of the accounts of status users that they are known to be."""
        own = self._database[statususers.SCHEMA.name].find({"person_id": person.user_id})
        keys = sorted({key async for document in own for key in accounts_in(document)})
        return [
            shown(
                platform=document.get("platform"),
                account_id=text_of(document.get("account_id")),
                status=document.get("status"),
                title=document.get("title"),
                since=document.get("since"),
                last_seen=document.get("last_seen"),
            )
            async for document in self._found({"_id": {"$in": keys}})
        ]

    async def erase(self, person: Person) -> int:
        """See `Part`. To be done after the status users: it is asked who is left with an account."""
        erased = 0
        for key in person.accounts:
            if not await is_kept(self._database, key):
                erased += (await self._documents.delete_one({"_id": key})).deleted_count
        return erased


async def is_kept(database: Database, key: str) -> bool:
    """Say whether some status user has this account ("<platform>:<id>")."""
    platform, _, account_id = key.partition(":")
    field = ACCOUNT_FIELDS[Platform(platform)][0]
    # The predecessor wrote them as numbers.
    spelt = [account_id, int(account_id)] if account_id.isdecimal() else [account_id]
    found = await database[statususers.SCHEMA.name].find_one({field: {"$in": spelt}}, {"_id": 1})
    return found is not None


def accounts_in(document: Document) -> list[str]:
    """Give the accounts of a status user as keys of `presences`."""
    found = ((platform, text_of(document.get(field))) for platform, (field, _) in ACCOUNT_FIELDS.items())
    return [f"{platform}:{account_id}" for platform, account_id in found if account_id is not None]


def _record(document: Document, person: Person) -> Record:
    is_them = integer_of(document.get("person_id")) == person.user_id
    accounts = {
        str(platform): {"id": text_of(document.get(id_)), "name": text_of(document.get(name))}
        for platform, (id_, name) in ACCOUNT_FIELDS.items()
        if text_of(document.get(id_)) is not None
    }
    return shown(
        you=[
            *(["are this person"] if is_them else []),
            *(["look after this entry"] if integer_of(document.get("user_id")) == person.user_id else []),
        ],
        chat_id=integer_of(document.get("chat_id")),
        display_name=text_of(document.get("display_name")),
        visibility=document.get("visibility") or "everyone",
        accounts=accounts if is_them else None,
        platforms=None if is_them else list(accounts),
        created_at=document.get("created_at"),
    )
