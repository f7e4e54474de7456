"""What notify groups, invitations and calls hold of a person."""

from collections.abc import AsyncIterator
from typing import ClassVar

from gub.domain.values import NotifyGroup
from gub.store import invitations, notifygroups, ringing
from gub.store.documents import Database, Document, integer_of, integers_of, object_id, text_of
from gub.store.invitations.document import ASKED, INITIALLY, entries_in, invitation_of, to_show
from gub.store.invited import InvitedSync
from gub.store.notifygroups.document import group_of
from gub.store.personal.part import Part, Person, Record, shown


class InvitationsPart(Part):
    """Invitations that ask them or did, and those that they sent."""

    collection: ClassVar[str] = invitations.SCHEMA.name
    heading: ClassVar[str] = "invitations"

    async def records(self, person: Person) -> list[Record]:
        """See `Part`."""
        return [_invitation(document, person) async for document in self._theirs(person)]

    async def erase(self, person: Person) -> int:
        """See `Part`. The messages that show them are to be shown anew, without them."""
        erased = 0
        named = {"$in": person.entries}
        pull = {INITIALLY: named, ASKED: named} | dict.fromkeys(("accepted", "declined", "unfinished"), person.user_id)
        async for document in self._theirs(person):
            erased += 1
            await self._documents.update_one({"_id": document["_id"]}, to_show(pull=pull))
            theirs = {"_id": document["_id"], "inviter_id": person.user_id}
            await self._documents.update_one(theirs, {"$unset": {"inviter_id": ""}})
        return erased

    def _theirs(self, person: Person) -> AsyncIterator[Document]:
        named = {"$in": person.entries}
        answered = ({field: person.user_id} for field in ("accepted", "declined", "unfinished", "inviter_id"))
        return self._found({ASKED: named}, {INITIALLY: named}, *answered)


class NotifyGroupsPart(Part):
    """Notify groups that they are in, are invited to, or made. Whose they made is settled before, by services."""

    collection: ClassVar[str] = notifygroups.SCHEMA.name
    heading: ClassVar[str] = "notify_groups"

    async def records(self, person: Person) -> list[Record]:
        """See `Part`."""
        return [_group(document, person) async for document in self._theirs(person)]

    async def erase(self, person: Person) -> int:
        """See `Part`. To be done after the invitations: who is invited is what they say."""
        erased = 0
        async for document in self._theirs(person):
            key = {"_id": document["_id"]}
            if integer_of(document.get("creator_id")) == person.user_id:
                erased += 1
            change: Document = {"$pull": {"members": person.user_id}}
            if isinstance(document.get("mutes"), dict):
                change["$unset"] = {f"mutes.{person.user_id}": ""}
            erased += (await self._documents.update_one(key, change)).modified_count
            if not set(person.entries).isdisjoint(group_of(document).invited):
                erased += 1
                await InvitedSync(self._database).refresh(str(document["_id"]))
        return erased

    def _theirs(self, person: Person) -> AsyncIterator[Document]:
        # A mute ends with the membership, in the same update: no index could find one by itself.
        invited = {"invited": {"$in": person.entries}}
        return self._found({"creator_id": person.user_id}, {"members": person.user_id}, invited)


class GroupsMade:
    """The groups that somebody made, of whatever chat: each is handed over, or deleted where nobody else is in it."""

    def __init__(self, database: Database) -> None:
        """Work on `database`."""
        self._groups = database[notifygroups.SCHEMA.name]

    async def by(self, user_id: int) -> list[NotifyGroup]:
        """Give them."""
        return [group_of(document) async for document in self._groups.find({"creator_id": user_id}).sort("_id", 1)]

    async def delete_forsaken(self, group_id: str, user_id: int) -> bool:
        """Delete a group that they made, if nobody else is in it at that very moment; say whether it was."""
        nobody_else = {"$in": [[user_id], [], None]}
        which = {"_id": object_id(group_id), "creator_id": user_id, "members": nobody_else}
        return (await self._groups.delete_one(which)).deleted_count > 0


class RingingPart(Part):
    """Calls and invitations that have still to ping them."""

    collection: ClassVar[str] = ringing.SCHEMA.name
    heading: ClassVar[str] = "calls_under_way"

    async def records(self, person: Person) -> list[Record]:
        """See `Part`."""
        return [
            shown(
                kind=document.get("kind"),
                chat_id=integer_of(document.get("chat_id")),
                you=["are still to be pinged"],
                created_at=document.get("created_at"),
            )
            async for document in self._found({"left": {"$in": person.entries}})
        ]

    async def erase(self, person: Person) -> int:
        """See `Part`."""
        erased = 0
        change = {"$pull": {"left": {"$in": person.entries}}}
        async for document in self._found({"left": {"$in": person.entries}}):
            erased += (await self._documents.update_one({"_id": document["_id"]}, change)).modified_count
        return erased + (await self._documents.delete_many({"chat_id": person.user_id})).deleted_count


def _invitation(document: Document, person: Person) -> Record:
    invitation = invitation_of(document)
    named = set(person.entries)
    was_invited = not named.isdisjoint(invitation.initially_invited)
    return shown(
        you=[
            *(["invited others"] if invitation.inviter_id == person.user_id else []),
            *(["were invited"] if was_invited else []),
            *(["are asked"] if not named.isdisjoint(invitation.actively_invited) else []),
            *(["accepted"] if person.user_id in invitation.accepted else []),
            *(["declined"] if person.user_id in invitation.declined else []),
        ],
        chat_id=invitation.chat_id,
        group=invitation.group_name,
        others=len(entries_in(document.get(INITIALLY))) - was_invited,
        created_at=invitation.created_at,
        expires_at=invitation.expires_at,
    )


def _group(document: Document, person: Person) -> Record:
    group = group_of(document)
    mute = group.mutes.get(person.user_id)
    return shown(
        you=[
            *(["made it"] if group.creator_id == person.user_id else []),
            *(["are a member"] if person.user_id in group.members else []),
            *(["are invited"] if not set(person.entries).isdisjoint(group.invited) else []),
        ],
        chat_id=group.chat_id,
        name=group.name,
        description=text_of(document.get("description")),
        members=len(integers_of(document.get("members"))),
        muted_until=(mute or "for good") if person.user_id in group.mutes else None,
        created_at=document.get("created_at"),
    )
