"""The document of an invitation, how it is read, and what a change of it always carries along."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from bson import ObjectId
from pymongo import IndexModel

from gub.domain.invitees import each_once, entry_of
from gub.domain.limits import INVITATION_LIFETIME
from gub.domain.values import Ended, Invitation
from gub.store.creation import COMMAND_FIELD
from gub.store.documents import (
    DATE_OR_NULL,
    INTEGER,
    INTEGER_OR_NULL,
    TEXT_OR_NULL,
    CollectionSchema,
    Document,
    integer_of,
    integers_of,
    text_of,
    time_of,
)

ASKED: Final = "actively_invited"
INITIALLY: Final = "initially_invited"

_INVITEES: Final = {"bsonType": "array", "items": {"bsonType": ["int", "long", "string"]}}
_USERS: Final = {"bsonType": "array", "items": INTEGER}

SCHEMA: Final = CollectionSchema(
    name="notifygroupinvitation",
    required=("notify_group_id",),
    properties={
        "notify_group_id": {"bsonType": "objectId"},
        INITIALLY: _INVITEES,
        ASKED: _INVITEES,
        "chat_id": INTEGER_OR_NULL,
        "inviter_id": INTEGER_OR_NULL,
        "message_id": INTEGER_OR_NULL,
        "thread_id": INTEGER_OR_NULL,
        "created_at": DATE_OR_NULL,
        "expires_at": DATE_OR_NULL,
        "group_name": TEXT_OR_NULL,
        "accepted": _USERS,
        "declined": _USERS,
        "unfinished": _USERS,
        "ended": TEXT_OR_NULL,
        "stale": {"enum": [True]},
        "revision": INTEGER,
        COMMAND_FIELD: INTEGER,
    },
    indexes=(
        IndexModel([("notify_group_id", 1)], name="notify_group_id"),
        IndexModel([("chat_id", 1)], name="chat_id"),
        IndexModel([(ASKED, 1)], name=ASKED),
        # For /privacy: what asked somebody, or did once, or was asked by them.
        *(
            IndexModel([(field, 1)], name=field, sparse=True)
            for field in (INITIALLY, "accepted", "declined", "inviter_id")
        ),
        IndexModel([("expires_at", 1)], name="expires_at"),
        IndexModel([("stale", 1)], name="stale", sparse=True),
        IndexModel([("unfinished", 1)], name="unfinished", sparse=True),
        IndexModel(
            [("chat_id", 1), (COMMAND_FIELD, 1)],
            name="command",
            unique=True,
            partialFilterExpression={COMMAND_FIELD: {"$exists": True}},
        ),
    ),
)

NOBODY_ASKED: Final = {f"{ASKED}.0": {"$exists": False}}
SOMEBODY_ASKED: Final = {f"{ASKED}.0": {"$exists": True}}
NOTHING_UNFINISHED: Final = {"unfinished.0": {"$exists": False}}
SOMETHING_UNFINISHED: Final = {"unfinished": {"$gt": 0}}
"""Ids of users are positive; said so, the index is of use: a sparse one has the empty lists as well."""


def to_show(
    *,
    pull: Mapping[str, Any] | None = None,
    add: Mapping[str, Any] | None = None,
    put: Mapping[str, Any] | None = None,
) -> Document:
    """Give an update that changes what people see: the message that shows it is stale with the same write."""
    change: Document = {"$inc": {"revision": 1}, "$set": {"stale": True, **(put or {})}}
    if pull:
        change["$pull"] = dict(pull)
    if add:
        change["$addToSet"] = dict(add)
    return change


def in_time(key: ObjectId, now: datetime) -> Document:
    """Give the condition on `expires_at` under which the invitation still asks now."""
    # Without a time it is the age of the id that counts: known here, so that the filter decides nevertheless.
    return {"$gt": now} if key.generation_time + INVITATION_LIFETIME <= now else {"$not": {"$lte": now}}


def is_over(document: Document, now: datetime) -> bool:
    """Say whether it has ended, or its time has run out."""
    end = time_of(document.get("expires_at")) or document["_id"].generation_time + INVITATION_LIFETIME
    return document.get("ended") is not None or end <= now


def born_up_to(moment: datetime) -> Document:
    """Give the condition on `_id` of documents made up to a moment; ids know whole seconds."""
    return {"$lt": ObjectId.from_datetime(moment.replace(microsecond=0) + timedelta(seconds=1))}


def entries_in(value: object) -> tuple[int | str, ...]:
    """Read the invited as entries, each once. Old documents spell usernames in any case, and ids as doubles."""
    if not isinstance(value, list):
        return ()
    entries = (_entry(item) for item in value)
    return each_once(entry for entry in entries if entry is not None)


def spellings(value: object, entries: Collection[int | str]) -> list[Any]:
    """Give the items of a stored list that mean one of the entries, as they are spelt there."""
    return [item for item in value if _entry(item) in entries] if isinstance(value, list) else []


def invitation_of(document: Document) -> Invitation:
    """Read an invitation, whoever wrote it."""
    return Invitation(
        id=str(document["_id"]),
        group_id=str(document.get("notify_group_id")),
        initially_invited=entries_in(document.get(INITIALLY)),
        actively_invited=entries_in(document.get(ASKED)),
        accepted=integers_of(document.get("accepted")),
        declined=integers_of(document.get("declined")),
        group_name=text_of(document.get("group_name")),
        chat_id=integer_of(document.get("chat_id")),
        inviter_id=integer_of(document.get("inviter_id")),
        message_id=integer_of(document.get("message_id")),
        command_id=integer_of(document.get(COMMAND_FIELD)),
        thread_id=integer_of(document.get("thread_id")),
        created_at=time_of(document.get("created_at")),
        expires_at=time_of(document.get("expires_at")),
        ended=_ended(document.get("ended")),
        revision=integer_of(document.get("revision")) or 0,
    )


def _entry(item: object) -> int | str | None:
    if isinstance(item, str):
        return entry_of(item.strip()) if item.strip().strip("@") else None
    return integer_of(item)


def _ended(value: object) -> Ended | None:
    # A reason that only a newer GUB knows ends it all the same.
    return None if value is None else next((known for known in Ended if known == value), Ended.EXPIRED)
