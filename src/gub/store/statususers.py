"""Collection `statususers`: the people shown by /status in one chat."""

from collections.abc import Mapping
from typing import Any, Final

from bson import ObjectId
from pymongo import IndexModel

from gub.clock import Clock
from gub.domain.limits import STATUS_USERS_PER_CHAT
from gub.domain.values import Account, Platform, StatusUser, Visibility
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
    object_id,
    text_of,
)

ACCOUNT_FIELDS: Final[Mapping[Platform, tuple[str, str]]] = {
    Platform.XBOX: ("xbox_account_id", "xbox_gamertag"),
    Platform.PSN: ("psn_account_id", "psn_online_id"),
    Platform.STEAM: ("steam_account_id", "steam_name"),
}
"""The fields that hold each platform's account: its id and its name. Both are absent without an account."""

_ACCOUNT_ID: Final = {"bsonType": ["string", "int", "long", "double", "null"]}  # numbers: the predecessor's

SCHEMA: Final = CollectionSchema(
    name="statususers",
    required=("user_id", "chat_id", "display_name"),
    properties={
        "user_id": INTEGER,
        "chat_id": INTEGER,
        "group_name": TEXT_OR_NULL,
        "display_name": STRING,
        **{account_id: _ACCOUNT_ID for account_id, _ in ACCOUNT_FIELDS.values()},
        **{name: TEXT_OR_NULL for _, name in ACCOUNT_FIELDS.values()},
        "visibility": TEXT_OR_NULL,
        "person_id": INTEGER_OR_NULL,
        "created_at": DATE_OR_NULL,
        COMMAND_FIELD: INTEGER_OR_NULL,
    },
    indexes=(
        IndexModel([("chat_id", 1), ("display_name", 1)], name="chat_display_name", unique=True, collation=NAMES),
    ),
)


class StatusUsers:
    """The status users of all chats."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._collection = database[SCHEMA.name]
        self._clock = clock

    async def add(
        self,
        chat_id: int,
        keeper_id: int,
        display_name: str,
        accounts: Mapping[Platform, Account],
        group_name: str | None,
        *,
        message_id: int | None = None,
    ) -> StatusUser:
        """Add a person to a chat. `group_name` is the chat's title, None in private.

        The same command (`message_id`) gets the same person again.

        Raises:
            NameTaken: the chat has a person of that name, compared without regard to case.
            LimitReached: the chat has `STATUS_USERS_PER_CHAT` already.
        """
        document: dict[str, Any] = {
            "_id": ObjectId(),
            "user_id": keeper_id,
            "chat_id": chat_id,
            "group_name": group_name,
            "display_name": display_name,
            "created_at": self._clock.now(),
        }
        for platform, account in accounts.items():
            id_field, name_field = ACCOUNT_FIELDS[platform]
            document |= {id_field: account.account_id, name_field: account.name}
        created = await create_named(
            self._collection, document, named="display_name", most=STATUS_USERS_PER_CHAT, message_id=message_id
        )
        return _status_user(created)

    async def of_chat(self, chat_id: int) -> list[StatusUser]:
        """Give the chat's people by name."""
        cursor = self._collection.find({"chat_id": chat_id}, collation=NAMES).sort("display_name", 1)
        return [_status_user(document) async for document in cursor]

    async def get(self, id: str, chat_id: int) -> StatusUser | None:  # noqa: A002 - the value's own word
        """Give one person of the chat; None when deleted or of another chat."""
        document = await self._collection.find_one({"_id": object_id(id), "chat_id": chat_id})
        return None if document is None else _status_user(document)

    async def delete(self, id: str, chat_id: int) -> bool:  # noqa: A002 - as above
        """Delete one person of the chat; say whether it was there."""
        result = await self._collection.delete_one({"_id": object_id(id), "chat_id": chat_id})
        return result.deleted_count > 0


def _status_user(document: Document) -> StatusUser:
    accounts = {}
    for platform, (id_field, name_field) in ACCOUNT_FIELDS.items():
        if (account_id := text_of(document.get(id_field))) is not None:
            name = text_of(document.get(name_field)) or account_id
            accounts[platform] = Account(platform=platform, account_id=account_id, name=name)
    return StatusUser(
        id=str(document["_id"]),
        chat_id=integer_of(document.get("chat_id")) or 0,
        keeper_id=integer_of(document.get("user_id")) or 0,
        display_name=text_of(document.get("display_name")) or "",
        accounts=accounts,
        group_name=text_of(document.get("group_name")),
        visibility=_visibility(document.get("visibility")),
        person_id=integer_of(document.get("person_id")),
    )


def _visibility(value: object) -> Visibility:
    return next((known for known in Visibility if known == value), Visibility.EVERYONE)
