"""Collection `notifygroupinvitation`: one message asking several users to join a notify group."""

from typing import Final

from pymongo import IndexModel

from gub.store.documents import (
    DATE_OR_NULL,
    INTEGER_OR_NULL,
    CollectionSchema,
)

_INVITEES: Final = {"bsonType": "array", "items": {"bsonType": ["int", "long", "string"]}}

SCHEMA: Final = CollectionSchema(
    name="notifygroupinvitation",
    required=("notify_group_id",),
    properties={
        "notify_group_id": {"bsonType": "objectId"},
        "initially_invited": _INVITEES,
        "actively_invited": _INVITEES,
        "chat_id": INTEGER_OR_NULL,
        "inviter_id": INTEGER_OR_NULL,
        "message_id": INTEGER_OR_NULL,
        "thread_id": INTEGER_OR_NULL,
        "created_at": DATE_OR_NULL,
        "expires_at": DATE_OR_NULL,
    },
    indexes=(
        IndexModel([("notify_group_id", 1)], name="notify_group_id"),
        IndexModel([("chat_id", 1)], name="chat_id"),
    ),
)
