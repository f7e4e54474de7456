"""What a group's creator changes, and deleting one. The right to it is part of each change."""

from pymongo.errors import DuplicateKeyError

from gub.domain.errors import NameTaken
from gub.domain.values import Joining
from gub.store.documents import Document
from gub.store.notifygroups.document import key_of
from gub.store.notifygroups.finding import Finding
from gub.store.notifygroups.membership import without
from gub.store.notifygroups.results import Change


class Editing(Finding):
    """The part of `NotifyGroups` that changes what groups are. `by` is the creator, or the change is NOT_ALLOWED."""

    async def rename(self, id: str, chat_id: int, name: str, *, by: int) -> Change:  # noqa: A002 - the value's own word
        """Give the group another name.

        Raises:
            NameTaken: the chat has another group of that name, compared without regard to case.
        """
        try:
            return await self._edit(id, chat_id, by, {"$set": {"name": name}})
        except DuplicateKeyError as error:
            raise NameTaken(name) from error

    async def describe(self, id: str, chat_id: int, description: str | None, *, by: int) -> Change:  # noqa: A002
        """Say what the group is for; None takes that away."""
        return await self._edit(id, chat_id, by, {"$set": {"description": description}})

    async def set_joining(self, id: str, chat_id: int, joining: Joining, *, by: int) -> Change:  # noqa: A002
        """Say how people come into the group."""
        return await self._edit(id, chat_id, by, {"$set": {"joining": str(joining)}})

    async def set_only_on(self, id: str, chat_id: int, *, only_on: bool, by: int) -> Change:  # noqa: A002
        """Say whether its calls ping only who is on."""
        return await self._edit(id, chat_id, by, {"$set": {"only_on": only_on}})

    async def remove_member(self, id: str, chat_id: int, user_id: int, *, by: int) -> Change:  # noqa: A002
        """Take somebody out of the group. SAME: they are no member."""
        return await self._edit(id, chat_id, by, without(user_id))

    async def hand_over(self, id: str, chat_id: int, to: int, *, from_: int) -> Change:  # noqa: A002
        """Make a member the creator in the place of `from_`.

        SAME: `to` is the creator. NOT_ALLOWED: `from_` is not, or `to` is no member.
        """
        right = {"creator_id": from_, "members": to}
        result = await self._update(id, chat_id, right, {"$set": {"creator_id": to}})
        if result.modified_count:
            return Change.DONE
        group = await self.get(id, chat_id)
        if group is None:
            return Change.GONE
        return Change.SAME if group.creator_id == to else Change.NOT_ALLOWED

    async def delete(self, id: str, chat_id: int, *, by: int | None) -> Change:  # noqa: A002
        """Delete the group. None: the right of an admin was checked."""
        right: Document = {} if by is None else {"creator_id": by}
        deleted = (await self._collection.delete_one(key_of(id, chat_id) | right)).deleted_count
        if not deleted and (moved_to := await self._moved_to(id, chat_id)) is not None:
            deleted = (await self._collection.delete_one(key_of(id, moved_to) | right)).deleted_count
        if deleted:
            return Change.DONE
        return Change.GONE if await self.get(id, chat_id) is None else Change.NOT_ALLOWED

    async def _edit(self, id: str, chat_id: int, by: int, change: Document) -> Change:  # noqa: A002
        result = await self._update(id, chat_id, {"creator_id": by}, change)
        if result.matched_count:
            return Change.DONE if result.modified_count else Change.SAME
        return Change.GONE if await self.get(id, chat_id) is None else Change.NOT_ALLOWED
