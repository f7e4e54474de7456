"""Collection `notifygroups`: named lists of members. Each change is one conditional update of one group."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from bson import ObjectId
from pymongo import IndexModel

from gub.clock import Clock
from gub.domain.limits import GROUP_MEMBERS, GROUPS_PER_CHAT
from gub.domain.values import Joining, NotifyGroup
from gub.store.creation import COMMAND_FIELD, create_named
from gub.store.documents import (
    DATE_OR_NULL,
    INTEGER,
    INTEGER_OR_NULL,
    NAMES,
    STRING,
    TEXT_OR_NULL,
    CollectionSchema,
    Database,
    Document,
    integer_of,
    integers_of,
    object_id,
    text_of,
)

SCHEMA: Final = CollectionSchema(
    name="notifygroups",
    required=("chat_id", "creator_id", "name"),
    properties={
        "chat_id": INTEGER,
        "creator_id": INTEGER,
        "name": STRING,
        "description": TEXT_OR_NULL,
        "members": {"bsonType": "array", "items": INTEGER},
        "invited": {"bsonType": "array", "items": {"bsonType": ["int", "long", "string"]}},
        "joining": TEXT_OR_NULL,
        "thread_id": INTEGER_OR_NULL,
        "last_call_at": DATE_OR_NULL,
        "last_call_message_id": INTEGER_OR_NULL,
        "created_at": DATE_OR_NULL,
        COMMAND_FIELD: INTEGER_OR_NULL,
    },
    indexes=(IndexModel([("chat_id", 1), ("name", 1)], name="chat_name", unique=True, collation=NAMES),),
)

_HAS_ROOM: Final = {f"members.{GROUP_MEMBERS - 1}": {"$exists": False}}


class JoinResult(StrEnum):
    """What became of a wish to join."""

    JOINED = "joined"
    ALREADY = "already"
    FULL = "full"
    CLOSED = "closed"
    GONE = "gone"


class LeaveResult(StrEnum):
    """What became of a wish to leave."""

    LEFT = "left"
    NOT_MEMBER = "not_member"
    GONE = "gone"


class ClaimResult(StrEnum):
    """What became of a wish to call."""

    CLAIMED = "claimed"
    TOO_SOON = "too_soon"
    NOT_MEMBER = "not_member"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class CallClaim:
    """The decision about one call. `group` is as it was just after; None when gone. `wait_seconds` only if too soon."""

    result: ClaimResult
    group: NotifyGroup | None = None
    wait_seconds: int = 0


class NotifyGroups:
    """The notify groups of all chats."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._collection = database[SCHEMA.name]
        self._clock = clock

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
    ) -> NotifyGroup:
        """Create a group whose first member is its creator. The same command (`message_id`) gets the same group again.

        Raises:
            NameTaken: the chat has a group of that name, compared without regard to case.
            LimitReached: the chat has `GROUPS_PER_CHAT` already.
        """
        document: dict[str, Any] = {
            "_id": ObjectId(),
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
        return _group(created)

    async def by_name(self, chat_id: int, name: str) -> NotifyGroup | None:
        """Find a group of the chat by its name, without regard to case."""
        document = await self._collection.find_one({"chat_id": chat_id, "name": str(name)}, collation=NAMES)
        return None if document is None else _group(document)

    async def get(self, id: str, chat_id: int) -> NotifyGroup | None:  # noqa: A002 - the value's own word
        """Give one group of the chat; None when deleted or of another chat."""
        document = await self._collection.find_one({"_id": object_id(id), "chat_id": chat_id})
        return None if document is None else _group(document)

    async def of_chat(self, chat_id: int) -> list[NotifyGroup]:
        """Give the chat's groups by name."""
        cursor = self._collection.find({"chat_id": chat_id}, collation=NAMES).sort("name", 1)
        return [_group(document) async for document in cursor]

    async def join(
        self,
        id: str,  # noqa: A002 - as above
        chat_id: int,
        user_id: int,
        *,
        only_open: bool = True,
    ) -> JoinResult:
        """Make the user a member, if there is room and (with `only_open`) the group is one that anyone may join."""
        condition: dict[str, Any] = {"_id": object_id(id), "chat_id": chat_id, "members": {"$ne": user_id}}
        if only_open:
            condition["joining"] = str(Joining.OPEN)
        result = await self._collection.update_one(condition | _HAS_ROOM, {"$addToSet": {"members": user_id}})
        if result.matched_count:
            return JoinResult.JOINED
        group = await self.get(id, chat_id)
        if group is None:
            return JoinResult.GONE
        if user_id in group.members:
            return JoinResult.ALREADY
        if only_open and group.joining is not Joining.OPEN:
            return JoinResult.CLOSED
        return JoinResult.FULL

    async def leave(self, id: str, chat_id: int, user_id: int) -> LeaveResult:  # noqa: A002 - as above
        """Take the user out of the group."""
        result = await self._collection.update_one(
            {"_id": object_id(id), "chat_id": chat_id, "members": user_id}, {"$pull": {"members": user_id}}
        )
        if result.matched_count:
            return LeaveResult.LEFT
        return LeaveResult.GONE if await self.get(id, chat_id) is None else LeaveResult.NOT_MEMBER

    async def claim_call(
        self,
        id: str,  # noqa: A002 - as above
        chat_id: int,
        caller_id: int,
        now: datetime,
        cooldown: timedelta,
        *,
        message_id: int | None = None,
    ) -> CallClaim:
        """Decide whether this caller may call the group now; of many at once exactly one may.

        The decision is the update: it writes `last_call_at` only if the caller is a member (or the creator) and the
        cool-down has passed. What is read after it only words the answer. A claim is granted again to the command
        (`message_id`) that had it: the process may have died between claiming and calling.
        """
        # `$not` also matches a group that was never called. Membership and creatorship are tried in turn, since a
        # top-level `$or` makes the embedded server scan the collection (measured: 4 a second at 50,000 documents).
        rested = {"last_call_at": {"$not": {"$gt": now - cooldown}}}
        key = {"_id": object_id(id), "chat_id": chat_id}
        for right in ({"members": caller_id}, {"creator_id": caller_id}):
            change = {"$set": {"last_call_at": now, "last_call_message_id": message_id}}
            result = await self._collection.update_one(key | right | rested, change)
            if result.matched_count:
                return CallClaim(ClaimResult.CLAIMED, await self.get(id, chat_id))
        if message_id is not None:
            held = await self._collection.find_one(key | {"last_call_message_id": message_id})
            if held is not None:
                return CallClaim(ClaimResult.CLAIMED, _group(held))
        group = await self.get(id, chat_id)
        if group is None:
            return CallClaim(ClaimResult.GONE)
        if caller_id not in group.members and caller_id != group.creator_id:
            return CallClaim(ClaimResult.NOT_MEMBER, group)
        wait = (group.last_call_at or now) + cooldown - now
        seconds = min(math.ceil(wait.total_seconds()), math.ceil(cooldown.total_seconds()))
        return CallClaim(ClaimResult.TOO_SOON, group, max(1, seconds))

    async def release_call(self, claimed: NotifyGroup, message_id: int | None) -> bool:
        """Give the cool-down of a claim back, of whose call nothing could be sent; say whether it was still in force.

        `claimed` is the group as `claim_call` gave it to this command: its time and the command name the claim.
        """
        if claimed.last_call_at is None:
            return False
        result = await self._collection.update_one(
            {
                "_id": object_id(claimed.id),
                "last_call_at": claimed.last_call_at,
                "last_call_message_id": message_id,
            },
            {"$unset": {"last_call_at": "", "last_call_message_id": ""}},
        )
        return result.matched_count > 0

    async def drop_member(self, chat_id: int, user_id: int) -> int:
        """Take one who left the chat out of all its groups; say out of how many."""
        result = await self._collection.update_many(
            {"chat_id": chat_id, "members": user_id}, {"$pull": {"members": user_id}}, collation=NAMES
        )
        return result.modified_count


def _group(document: Document) -> NotifyGroup:
    last_call_at = document.get("last_call_at")
    joining = document.get("joining")
    invited = document.get("invited")
    return NotifyGroup(
        id=str(document["_id"]),
        chat_id=integer_of(document.get("chat_id")) or 0,
        creator_id=integer_of(document.get("creator_id")) or 0,
        name=text_of(document.get("name")) or "",
        description=text_of(document.get("description")),
        members=integers_of(document.get("members")),
        invited=tuple(_invitee(entry) for entry in invited) if isinstance(invited, list) else (),
        joining=Joining(joining) if joining in set(Joining) else Joining.INVITE,
        thread_id=integer_of(document.get("thread_id")),
        last_call_at=last_call_at if isinstance(last_call_at, datetime) else None,
    )


def _invitee(entry: object) -> int | str:
    number = integer_of(entry)
    return str(entry) if number is None else number
