"""Collection `statususers`: the people shown by /status in one chat."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from bson import ObjectId
from pymongo import IndexModel
from pymongo.errors import DuplicateKeyError

from gub.clock import Clock
from gub.domain.errors import AlreadyClaimed, LastAccount, NameTaken, NotAllowed
from gub.domain.limits import STATUS_USERS_PER_CHAT
from gub.domain.values import Account, Allowance, Platform, StatusUser, Visibility
from gub.store.creation import COMMAND_FIELD, create_named, made_by
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

_IS_THERE: Final = {"$nin": [None, ""]}
_LESS_THAN_EVERYONE: Final = [str(one) for one in Visibility if one is not Visibility.EVERYONE]
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
        "allows": {"bsonType": ["array", "null"], "items": STRING},
        "created_at": DATE_OR_NULL,
        COMMAND_FIELD: INTEGER_OR_NULL,
    },
    indexes=(
        IndexModel([("chat_id", 1), ("display_name", 1)], name="chat_display_name", unique=True, collation=NAMES),
        # For /privacy: what is kept of somebody, and whether anybody else has an account of theirs.
        IndexModel([("user_id", 1)], name="user_id"),
        IndexModel([("person_id", 1)], name="person_id", sparse=True),
        IndexModel([("allows", 1)], name="allows", sparse=True),
        *(IndexModel([(account_id, 1)], name=account_id, sparse=True) for account_id, _ in ACCOUNT_FIELDS.values()),
    ),
)


class StatusUsers:
    """The status users of all chats."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._collection = database[SCHEMA.name]
        self._clock = clock

    @staticmethod
    def new_id() -> str:
        """Give an id that nobody has, for `add`."""
        return str(ObjectId())

    async def add(
        self,
        chat_id: int,
        keeper_id: int,
        display_name: str,
        accounts: Mapping[Platform, Account],
        group_name: str | None,
        *,
        message_id: int | None = None,
        person_id: int | None = None,
        visibility: Visibility = Visibility.EVERYONE,
        id: str | None = None,  # noqa: A002 - the value's own word
    ) -> StatusUser:
        """Add a person to a chat. `group_name` is the chat's title, None in private.

        The same command (`message_id`), or the same `id` (of `new_id`), gets the same person again, as they are now.

        Raises:
            NameTaken: the chat has a person of that name, compared without regard to case.
            LimitReached: the chat has `STATUS_USERS_PER_CHAT` already.
            ValueError: the id is none.
        """
        key = object_id(id or self.new_id())
        if key is None:
            raise ValueError("that is not an id of new_id")
        document: dict[str, Any] = {
            "_id": key,
            "user_id": keeper_id,
            "chat_id": chat_id,
            "group_name": group_name,
            "display_name": display_name,
            "created_at": self._clock.now(),
        }
        for account in accounts.values():
            document |= _account_fields(account)
        if person_id is not None:
            document["person_id"] = person_id
        if visibility is not Visibility.EVERYONE:
            document["visibility"] = str(visibility)
        created = await create_named(
            self._collection, document, named="display_name", most=STATUS_USERS_PER_CHAT, message_id=message_id
        )
        return _status_user(created)

    async def made_by(self, chat_id: int, message_id: int) -> StatusUser | None:
        """Give the person whom this command added; None when it added nobody, or they are gone."""
        document = await made_by(self._collection, chat_id, message_id)
        return None if document is None else _status_user(document)

    async def of_chat(self, chat_id: int) -> list[StatusUser]:
        """Give the chat's people by name."""
        cursor = self._collection.find({"chat_id": chat_id}, collation=NAMES).sort("display_name", 1)
        return [_status_user(document) async for document in cursor]

    async def of_chats(self, chat_ids: Sequence[int]) -> dict[int, list[StatusUser]]:
        """Give the people of these chats, those of each by name; a chat with nobody is left out. A few at a time."""
        found = defaultdict[int, list[StatusUser]](list)
        cursor = self._collection.find({"chat_id": {"$in": list(chat_ids)}}, collation=NAMES)
        async for document in cursor.sort("display_name", 1):
            person = _status_user(document)
            found[person.chat_id].append(person)
        return dict(found)

    async def by_ids(self, ids: Sequence[str]) -> dict[str, StatusUser]:
        """Give those of these who are there, of whatever chat. A few at a time."""
        keys = [key for one in ids if (key := object_id(one)) is not None]
        cursor = self._collection.find({"_id": {"$in": keys}})
        return {str(document["_id"]): _status_user(document) async for document in cursor}

    async def get(self, id: str, chat_id: int) -> StatusUser | None:  # noqa: A002 - the value's own word
        """Give one person of the chat; None when deleted or of another chat."""
        document = await self._collection.find_one(_key(id, chat_id))
        return None if document is None else _status_user(document)

    async def find(self, id: str) -> StatusUser | None:  # noqa: A002 - as above
        """Give one person of whatever chat, for who does not know the chat yet; None when deleted."""
        document = await self._collection.find_one({"_id": object_id(id)})
        return None if document is None else _status_user(document)

    async def rename(self, id: str, chat_id: int, name: str) -> StatusUser | None:  # noqa: A002 - as above
        """Give a person another display name; give them as they are then, None when deleted.

        Raises:
            NameTaken: the chat has another person of that name, compared without regard to case.
        """
        try:
            return await self._change(id, chat_id, {"$set": {"display_name": name}})
        except DuplicateKeyError as error:
            raise NameTaken(name) from error

    async def set_account(self, id: str, chat_id: int, account: Account) -> StatusUser | None:  # noqa: A002 - as above
        """Give a person an account, in the place of that platform's; give them as they are then, None when deleted."""
        return await self._change(id, chat_id, {"$set": _account_fields(account)})

    async def unlink(self, id: str, chat_id: int, platform: Platform) -> StatusUser | None:  # noqa: A002 - as above
        """Take a platform's account away; give the person as they are then, None when deleted.

        Raises:
            LastAccount: it is their only one.
        """
        own = ACCOUNT_FIELDS[platform]
        change = {"$unset": dict.fromkeys(own, "")}
        # One try for each account that may remain: a top-level `$or` makes the embedded server scan.
        for other, (remaining, _) in ACCOUNT_FIELDS.items():
            if other is not platform:
                both = {own[0]: _IS_THERE, remaining: _IS_THERE}
                if (await self._collection.update_one(_key(id, chat_id) | both, change)).matched_count:
                    break
        person = await self.get(id, chat_id)
        if person is not None and platform in person.accounts:
            raise LastAccount
        return person

    async def set_visibility(
        self,
        id: str,  # noqa: A002 - as above
        chat_id: int,
        visibility: Visibility,
        *,
        by: int | None = None,
    ) -> StatusUser | None:
        """Say when /status shows a person; give them as they are then, None when deleted.

        With `by` the change is made only if that user is the person shown, or the keeper while that is not known, at
        the very moment of the change: a keeper never undoes what the person shown has just chosen.

        Raises:
            NotAllowed: they are neither.
        """
        everyone = visibility is Visibility.EVERYONE
        change = {"$unset": {"visibility": ""}} if everyone else {"$set": {"visibility": str(visibility)}}
        if by is None:
            return await self._change(id, chat_id, change)
        for right in ({"person_id": by}, {"person_id": None, "user_id": by}):
            if (await self._collection.update_one(_key(id, chat_id) | right, change)).matched_count:
                return await self.get(id, chat_id)
        if await self.get(id, chat_id) is None:
            return None
        raise NotAllowed("show")

    async def claim(self, id: str, chat_id: int, user_id: int) -> StatusUser | None:  # noqa: A002 - as above
        """Note which user the person is; give them as they are then, None when deleted.

        Raises:
            AlreadyClaimed: they are another user.
        """
        free = {"person_id": {"$in": [None, user_id]}}
        change = {"$set": {"person_id": user_id}}
        claimed = (await self._collection.update_one(_key(id, chat_id) | free, change)).matched_count
        person = await self.get(id, chat_id)
        if person is not None and not claimed:
            raise AlreadyClaimed
        return person

    async def unclaim(
        self,
        id: str,  # noqa: A002 - as above
        chat_id: int,
        user_id: int,
        *,
        only_if_shown: bool = False,
    ) -> StatusUser | None:
        """Note that this user is not the person, after all; give them as they are then, None when deleted.

        `only_if_shown`: only while /status shows them to everyone, at the very moment of the change.

        Raises:
            NotAllowed: they are another user by now, or are not shown to everyone.
        """
        right: Document = {"person_id": user_id}
        if only_if_shown:
            right["visibility"] = {"$nin": _LESS_THAN_EVERYONE}
        change = {"$unset": {"person_id": "", "allows": ""}}
        undone = (await self._collection.update_one(_key(id, chat_id) | right, change)).matched_count
        person = await self.get(id, chat_id)
        if person is not None and person.person_id is not None and not undone:
            raise NotAllowed("unclaim")
        return person

    async def allow(
        self,
        id: str,  # noqa: A002 - as above
        chat_id: int,
        user_id: int,
        allowance: Allowance,
        *,
        allowed: bool,
    ) -> StatusUser | None:
        """Note what the person shown allows, or no longer; give them as they are then, None when deleted.

        Raises:
            NotAllowed: this user is not the person shown, at the very moment of the change.
        """
        how = "$addToSet" if allowed else "$pull"
        theirs = _key(id, chat_id) | {"person_id": user_id}
        changed = (await self._collection.update_one(theirs, {how: {"allows": str(allowance)}})).matched_count
        person = await self.get(id, chat_id)
        if person is not None and not changed:
            raise NotAllowed("allow")
        return person

    async def allowing(self, allowance: Allowance) -> list[StatusUser]:
        """Give everybody, in whatever chat, who allows this."""
        return [_status_user(document) async for document in self._collection.find({"allows": str(allowance)})]

    async def of_people(self, chat_id: int, user_ids: Iterable[int]) -> list[StatusUser]:
        """Give the status users of a chat who these users have said they are."""
        theirs = {"person_id": {"$in": list(user_ids)}, "chat_id": chat_id}
        return [_status_user(document) async for document in self._collection.find(theirs)]

    async def delete(self, id: str, chat_id: int) -> bool:  # noqa: A002 - as above
        """Delete one person of the chat; say whether it was there."""
        return (await self._collection.delete_one(_key(id, chat_id))).deleted_count > 0

    async def _change(self, id: str, chat_id: int, change: Document) -> StatusUser | None:  # noqa: A002 - as above
        """Change one person of the chat. Not find-and-modify, for which the embedded server scans the collection."""
        if not (await self._collection.update_one(_key(id, chat_id), change)).matched_count:
            return None
        return await self.get(id, chat_id)


def _key(id: str, chat_id: int) -> Document:  # noqa: A002 - as above
    return {"_id": object_id(id), "chat_id": chat_id}


def _account_fields(account: Account) -> Document:
    id_field, name_field = ACCOUNT_FIELDS[account.platform]
    return {id_field: account.account_id, name_field: account.name}


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
        allows=_allows(document),
    )


def _allows(document: Document) -> frozenset[Allowance]:
    """Read what the person shown has allowed. While nobody says who that is, nothing is."""
    stored = document.get("allows")
    if not isinstance(stored, list) or integer_of(document.get("person_id")) is None:
        return frozenset()
    return frozenset(one for one in Allowance if str(one) in stored)


def _visibility(value: object) -> Visibility:
    return next((known for known in Visibility if known == value), Visibility.EVERYONE)
