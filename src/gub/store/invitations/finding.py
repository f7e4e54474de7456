"""Making invitations and finding them."""

from collections.abc import Iterable
from datetime import datetime

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from gub.clock import Clock
from gub.domain.values import Invitation, NotifyGroup
from gub.store.creation import COMMAND_FIELD
from gub.store.documents import Database, Document, object_id
from gub.store.invitations.document import (
    ASKED,
    INITIALLY,
    SCHEMA,
    SOMEBODY_ASKED,
    SOMETHING_UNFINISHED,
    entries_in,
    invitation_of,
)


class Finding:
    """The part of `Invitations` that makes and finds invitations."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Keep invitations in `database`."""
        self._database = database
        self._collection = database[SCHEMA.name]
        self._clock = clock

    async def create(
        self,
        group: NotifyGroup,
        inviter_id: int,
        entries: Iterable[int | str],
        thread_id: int | None,
        expires_at: datetime,
        *,
        message_id: int | None,
    ) -> Invitation:
        """Ask these people to join the group. The same command (`message_id`) in the same chat gets the same again."""
        asked = list(entries_in(list(entries)))
        document: Document = {
            "_id": ObjectId(),
            "notify_group_id": object_id(group.id),
            INITIALLY: asked,
            ASKED: asked,
            "chat_id": group.chat_id,
            "inviter_id": inviter_id,
            "group_name": group.name,
            "created_at": _as_stored(self._clock.now()),
            "expires_at": _as_stored(expires_at),
            "revision": 0,
        }
        if thread_id is not None:
            document["thread_id"] = thread_id
        if message_id is not None:
            document[COMMAND_FIELD] = message_id
        try:
            await self._collection.insert_one(document)
        except DuplicateKeyError:
            made = await self._collection.find_one({"chat_id": group.chat_id, COMMAND_FIELD: message_id})
            if made is None:  # gone since
                raise
            document = made
        return invitation_of(document)

    async def posted(
        self,
        id: str,  # noqa: A002 - the value's own word
        message_id: int,
        chat_id: int | None = None,
        *,
        sent_to: int | None = None,
    ) -> bool:
        """Note the message that shows it; say whether it is still there, and (with `chat_id`) still in that chat.

        `sent_to` is the chat to which it was sent, where it may have become `chat_id` just then.
        """
        which: Document = {"_id": object_id(id)}
        change: Document = {"message_id": message_id}
        if chat_id is not None:
            which["chat_id"] = {"$in": [chat_id, sent_to]} if sent_to not in (None, chat_id) else chat_id
            change["chat_id"] = chat_id
        return (await self._collection.update_one(which, {"$set": change})).matched_count > 0

    async def get(self, id: str) -> Invitation | None:  # noqa: A002 - the value's own word
        """Give one invitation; None when there is none (any more)."""
        document = await self._collection.find_one({"_id": object_id(id)})
        return None if document is None else invitation_of(document)

    async def of_group(self, group_id: str) -> list[Invitation]:
        """Give the invitations of a group that still ask somebody, the oldest first."""
        return await self._all({"notify_group_id": object_id(group_id), "ended": None} | SOMEBODY_ASKED)

    async def stale(self, limit: int = 100) -> list[Invitation]:
        """Give those that are to be shown anew, the oldest first."""
        return await self._all({"stale": True}, limit)

    async def shown(self, id: str, revision: int) -> bool:  # noqa: A002 - as above
        """Note that people see it as it was at that revision; say whether that is all there is."""
        as_shown = {"_id": object_id(id), "revision": revision or {"$in": [None, 0]}}
        return (await self._collection.update_one(as_shown, {"$unset": {"stale": ""}})).matched_count > 0

    async def all_unfinished(self) -> list[Invitation]:
        """Give those that somebody accepted who is perhaps no member yet, the oldest first."""
        return await self._all(SOMETHING_UNFINISHED)

    async def _all(self, which: Document, limit: int = 0) -> list[Invitation]:
        cursor = self._collection.find(which).sort("_id", 1).limit(limit)
        return [invitation_of(document) async for document in cursor]


def _as_stored(moment: datetime) -> datetime:
    """MongoDB keeps milliseconds: what is given back at once is what will be read later."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
