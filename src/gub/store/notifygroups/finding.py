"""Making groups and finding them."""

from typing import Any

from bson import ObjectId
from pymongo.results import UpdateResult

from gub.clock import Clock
from gub.domain.limits import GROUPS_PER_CHAT
from gub.domain.values import Joining, NotifyGroup
from gub.store import migrations
from gub.store.creation import create_named
from gub.store.documents import NAMES, Database, Document, integer_of, object_id
from gub.store.notifygroups.document import SCHEMA, group_of, key_of


class Finding:
    """The part of `NotifyGroups` that makes and finds groups."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Keep groups in `database`."""
        self._collection = database[SCHEMA.name]
        self._migrations = database[migrations.SCHEMA.name]
        self._clock = clock

    @staticmethod
    def new_id() -> str:
        """Give an id that nobody has, for `create`."""
        return str(ObjectId())

    async def create(  # noqa: PLR0917 - the fields of a group, in the order of the seed
        self,
        chat_id: int,
        creator_id: int,
        name: str,
        description: str | None,
        joining: Joining,
        thread_id: int | None,
        *,
        message_id: int | None = None,
        id: str | None = None,  # noqa: A002 - the value's own word
    ) -> NotifyGroup:
        """Create a group whose first member is its creator.

        The same command (`message_id`), or the same `id` (of `new_id`), gets the same group again, as it is now.

        Raises:
            NameTaken: the chat has a group of that name, compared without regard to case.
            LimitReached: the chat has `GROUPS_PER_CHAT` already.
            ValueError: the id is none.
        """
        key = object_id(id or self.new_id())
        if key is None:
            raise ValueError("that is not an id of new_id")
        document: dict[str, Any] = {
            "_id": key,
            "chat_id": chat_id,
            "creator_id": creator_id,
            "name": name,
            "description": description,
            "members": [creator_id],
            "invited": [],
            "joining": str(joining),
            "created_at": self._clock.now(),
        }
        if thread_id is not None:
            document["thread_id"] = thread_id
        created = await create_named(
            self._collection, document, named="name", most=GROUPS_PER_CHAT, message_id=message_id
        )
        return group_of(created)

    async def by_name(self, chat_id: int, name: str) -> NotifyGroup | None:
        """Find a group of the chat by its name, without regard to case."""
        document = await self._collection.find_one({"chat_id": chat_id, "name": str(name)}, collation=NAMES)
        return None if document is None else group_of(document)

    async def get(self, id: str, chat_id: int) -> NotifyGroup | None:  # noqa: A002 - the value's own word
        """Give one group of the chat, or of the supergroup that it became; None when deleted or of another chat."""
        document = await self._collection.find_one(key_of(id, chat_id))
        if document is None and (moved_to := await self._moved_to(id, chat_id)) is not None:
            document = await self._collection.find_one(key_of(id, moved_to))
        return None if document is None else group_of(document)

    async def find(self, id: str) -> NotifyGroup | None:  # noqa: A002 - as above
        """Give one group of whatever chat, for who does not know the chat yet; None when deleted."""
        document = await self._collection.find_one({"_id": object_id(id)})
        return None if document is None else group_of(document)

    async def of_chat(self, chat_id: int) -> list[NotifyGroup]:
        """Give the chat's groups by name."""
        return await self._all({"chat_id": chat_id})

    async def created_by(self, chat_id: int, user_id: int) -> list[NotifyGroup]:
        """Give the groups of the chat that are this user's, by name."""
        return await self._all({"chat_id": chat_id, "creator_id": user_id})

    async def _all(self, which: Document) -> list[NotifyGroup]:
        cursor = self._collection.find(which, collation=NAMES).sort("name", 1)
        return [group_of(document) async for document in cursor]

    async def _update(self, id: str, chat_id: int, right: Document, change: Document | list[Document]) -> UpdateResult:  # noqa: A002
        """Change one group of the chat for which `right` holds, also when the chat becomes a supergroup meanwhile."""
        result = await self._collection.update_one(key_of(id, chat_id) | right, change)
        if not result.matched_count and (moved_to := await self._moved_to(id, chat_id)) is not None:
            result = await self._collection.update_one(key_of(id, moved_to) | right, change)
        return result

    async def _moved_to(self, id: str, chat_id: int) -> int | None:  # noqa: A002
        """Give the chat that a group is in now, if it came there with this one; else None."""
        group = await self._collection.find_one({"_id": object_id(id)}, {"chat_id": 1})
        if group is None or group.get("chat_id") == chat_id:
            return None
        move = await self._migrations.find_one({"_id": chat_id})
        return integer_of(group.get("chat_id")) if move is not None and move["to"] == group.get("chat_id") else None
