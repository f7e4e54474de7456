"""The document of a notify group, and how it is read."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from pymongo import IndexModel

from gub.domain.values import Joining, NotifyGroup
from gub.store.creation import COMMAND_FIELD
from gub.store.documents import (
    DATE_OR_NULL,
    INTEGER,
    INTEGER_OR_NULL,
    NAMES,
    OBJECT_OR_NULL,
    STRING,
    TEXT_OR_NULL,
    CollectionSchema,
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
        "invited_revision": INTEGER_OR_NULL,
        "mutes": OBJECT_OR_NULL,
        "joining": TEXT_OR_NULL,
        "only_on": {"bsonType": ["bool", "null"]},
        "thread_id": INTEGER_OR_NULL,
        "last_call_at": DATE_OR_NULL,
        "last_call_message_id": INTEGER_OR_NULL,
        "created_at": DATE_OR_NULL,
        COMMAND_FIELD: INTEGER_OR_NULL,
    },
    indexes=(
        IndexModel([("chat_id", 1), ("name", 1)], name="chat_name", unique=True, collation=NAMES),
        # For /privacy: the groups of somebody, in whatever chats.
        IndexModel([("creator_id", 1)], name="creator_id"),
        IndexModel([("members", 1)], name="members"),
        IndexModel([("invited", 1)], name="invited"),
    ),
)


def key_of(id: str, chat_id: int) -> Document:  # noqa: A002 - the value's own word
    """Give the filter of one group of one chat."""
    return {"_id": object_id(id), "chat_id": chat_id}


def group_of(document: Document) -> NotifyGroup:
    """Read a group, whoever wrote it."""
    last_call_at = document.get("last_call_at")
    joining = document.get("joining")
    invited = document.get("invited")
    members = integers_of(document.get("members"))
    return NotifyGroup(
        id=str(document["_id"]),
        chat_id=integer_of(document.get("chat_id")) or 0,
        creator_id=integer_of(document.get("creator_id")) or 0,
        name=text_of(document.get("name")) or "",
        description=text_of(document.get("description")),
        members=members,
        invited=tuple(_invitee(entry) for entry in invited) if isinstance(invited, list) else (),
        joining=next((known for known in Joining if known == joining), Joining.INVITE),
        thread_id=integer_of(document.get("thread_id")),
        last_call_at=last_call_at if isinstance(last_call_at, datetime) else None,
        mutes=_mutes(document.get("mutes"), members),
        only_on=document.get("only_on") is True,
    )


def _invitee(entry: object) -> int | str:
    number = integer_of(entry)
    return str(entry) if number is None else number


def _mutes(value: object, members: Collection[int]) -> Mapping[int, datetime | None]:
    """Read until when members have muted the group; None is for good. What is none of that mutes nobody."""
    if not isinstance(value, dict):
        return {}
    until = ((user_id, value.get(str(user_id), _NOTHING)) for user_id in members)
    return {user_id: time for user_id, time in until if time is None or isinstance(time, datetime)}


_NOTHING: Final = object()
