"""Collection `chats`: a group while GUB is in it, a private chat while GUB may write to it."""

from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from pymongo import IndexModel

from gub.clock import Clock
from gub.domain.limits import GROUP_MEMBERS
from gub.domain.time_zones import is_time_zone
from gub.domain.values import ChatFacts, ChatSettings, Who
from gub.store.documents import (
    DATE_OR_NULL,
    INTEGER,
    INTEGER_OR_NULL,
    OBJECT_OR_NULL,
    TEXT_OR_NULL,
    CollectionSchema,
    Database,
    Document,
    integer_of,
    upsert,
)

SCHEMA: Final = CollectionSchema(
    name="chats",
    required=("chat_id",),
    properties={
        "chat_id": INTEGER,
        "type": TEXT_OR_NULL,
        "title": TEXT_OR_NULL,
        "language": TEXT_OR_NULL,
        "settings": OBJECT_OR_NULL,
        "starts": OBJECT_OR_NULL,
        "thread_id": INTEGER_OR_NULL,
        "joined_at": DATE_OR_NULL,
    },
    indexes=(
        IndexModel([("chat_id", 1)], name="chat_id", unique=True),
        IndexModel([("title", 1)], name="title"),
        IndexModel([("settings.starts", 1)], name="settings_starts", sparse=True),
    ),
)


class SettingsField(StrEnum):
    """What of its settings a chat may have chosen, as it is stored."""

    COOLDOWN = "call_cooldown_seconds"
    CONFIRM_ABOVE = "confirm_above"
    CALL_MINUTES = "call_minutes"
    INVITATION_DAYS = "invitation_days"
    WHO_CREATES = "who_creates"
    WHO_CALLS = "who_calls"
    MEMBERS_ADD = "members_add"
    ANNOUNCEMENTS = "announcements"
    TIME_ZONE = "time_zone"
    STARTS = "starts"


class Chats:
    """The chats that GUB lives in."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._collection = database[SCHEMA.name]
        self._clock = clock

    async def remember(self, facts: ChatFacts, thread_id: int | None = None) -> None:
        """Keep the chat, or freshen its type and title. Without a thread the stored one stays."""
        fields: dict[str, Any] = {"type": facts.type}
        if facts.title is not None:
            fields["title"] = facts.title
        if thread_id is not None:
            fields["thread_id"] = thread_id
        change = {"$set": fields, "$setOnInsert": {"joined_at": self._clock.now()}}
        await upsert(self._collection, {"chat_id": facts.chat_id}, change)

    async def forget(self, chat_id: int) -> bool:
        """Delete the chat; say whether it was there."""
        return (await self._collection.delete_one({"chat_id": chat_id})).deleted_count > 0

    async def get(self, chat_id: int) -> ChatFacts | None:
        """Give what is known of the chat. An old document may not know its type: Telegram's ids tell groups."""
        document = await self._collection.find_one({"chat_id": chat_id})
        return None if document is None else _facts(document)

    async def settings(self, chat_id: int) -> ChatSettings:
        """Give what the chat chose; the default of whatever it did not choose, or of what is no such choice."""
        document = await self._collection.find_one({"chat_id": chat_id}, {"settings": 1})
        chosen = (document or {}).get("settings")
        return _settings(chosen) if isinstance(chosen, dict) else ChatSettings()

    async def choose(self, chat_id: int, field: SettingsField, value: str | int | bool) -> bool:
        """Keep what a chat chose of one setting, whatever others choose of the others; say whether the chat is kept."""
        # Where there is null, nothing can be set in it; whoever comes first makes it an object.
        empty: Document = {"chat_id": chat_id, "settings": None}
        first = await self._collection.update_one(empty, {"$set": {"settings": {str(field): value}}})
        if first.matched_count:
            return True
        changed = await self._collection.update_one({"chat_id": chat_id}, {"$set": {f"settings.{field}": value}})
        return changed.matched_count > 0

    async def language(self, chat_id: int) -> str | None:
        """Give the language that was chosen for the chat, as it was stored."""
        document = await self._collection.find_one({"chat_id": chat_id}, {"language": 1})
        language = (document or {}).get("language")
        return language if isinstance(language, str) else None

    async def set_language(self, chat_id: int, language: str, *, only_first: bool = False) -> None:
        """Choose the language of a chat that is kept; with `only_first`, only where none was chosen."""
        which: Document = {"chat_id": chat_id} | ({"language": None} if only_first else {})
        await self._collection.update_one(which, {"$set": {"language": language}})

    async def exists(self, chat_id: int) -> bool:
        """Say whether the chat is kept."""
        return await self._collection.find_one({"chat_id": chat_id}, {"_id": 1}) is not None

    async def groups_titled(self, title: str, limit: int = 5) -> list[int]:
        """Give the ids of groups, no supergroups, of exactly this title; at most so many."""
        cursor = self._collection.find({"title": str(title), "type": "group"}, {"chat_id": 1}).limit(limit)
        return [integer_of(document["chat_id"]) or 0 async for document in cursor]

    async def count(self) -> int:
        """Count the chats."""
        return await self._collection.count_documents({})


_SUPERGROUPS_BELOW: Final = -1_000_000_000_000


def _facts(document: Document) -> ChatFacts:
    chat_id = integer_of(document["chat_id"]) or 0
    kind = document.get("type")
    if not isinstance(kind, str):
        kind = "private" if chat_id > 0 else "supergroup" if chat_id < _SUPERGROUPS_BELOW else "group"
    title = document.get("title")
    return ChatFacts(chat_id=chat_id, type=kind, title=title if isinstance(title, str) else None)


_MOST_SECONDS: Final = 86_400
_MOST_PINGED: Final = GROUP_MEMBERS
_MOST_DAYS: Final = 30
_MOST_MINUTES: Final = 1440


def _settings(chosen: Document) -> ChatSettings:
    seconds = _within(chosen.get(SettingsField.COOLDOWN), 0, _MOST_SECONDS)
    above = _within(chosen.get(SettingsField.CONFIRM_ABOVE), 0, _MOST_PINGED)
    minutes = _within(chosen.get(SettingsField.CALL_MINUTES), 1, _MOST_MINUTES)
    days = _within(chosen.get(SettingsField.INVITATION_DAYS), 1, _MOST_DAYS)
    zone = chosen.get(SettingsField.TIME_ZONE)
    default = ChatSettings()
    return ChatSettings(
        call_cooldown=default.call_cooldown if seconds is None else timedelta(seconds=seconds),
        confirm_above=default.confirm_above if above is None else above,
        call_open=default.call_open if minutes is None else timedelta(minutes=minutes),
        invitation_lifetime=default.invitation_lifetime if days is None else timedelta(days=days),
        who_creates=_who(chosen.get(SettingsField.WHO_CREATES)),
        who_calls=_who(chosen.get(SettingsField.WHO_CALLS)),
        members_add=chosen.get(SettingsField.MEMBERS_ADD) is not False,
        announcements=chosen.get(SettingsField.ANNOUNCEMENTS) is not False,
        time_zone=zone if isinstance(zone, str) and is_time_zone(zone) else None,
        starts=chosen.get(SettingsField.STARTS) is True,
    )


def _who(value: object) -> Who:
    return Who.ADMINS if value == Who.ADMINS else Who.EVERYBODY


def _within(value: object, least: int, most: int) -> int | None:
    number = integer_of(value)
    return number if number is not None and least <= number <= most else None
