"""Collection `users`: what Telegram told us of people; the only way from a username to an id.

`_id` is the user's id. `username_key` is the username in lower case (usernames are ASCII), unique.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from pymongo import IndexModel, UpdateMany, UpdateOne
from pymongo.errors import BulkWriteError

from gub.clock import Clock
from gub.domain.hours import DAY_MINUTES, EVERY_DAY, Hours
from gub.domain.invitees import entry_of
from gub.domain.time_zones import is_time_zone
from gub.domain.values import KnownUser
from gub.store.documents import (
    DATE_OR_NULL,
    INTEGER,
    OBJECT_OR_NULL,
    STRING,
    TEXT_OR_NULL,
    CollectionSchema,
    Database,
    Document,
    integer_of,
    integers_of,
    time_of,
)
from gub.store.mongo import DUPLICATE_KEY

SCHEMA: Final = CollectionSchema(
    name="users",
    required=("first_name",),
    properties={
        "_id": INTEGER,
        "first_name": STRING,
        "last_name": TEXT_OR_NULL,
        "username": TEXT_OR_NULL,
        "username_key": STRING,
        "language": TEXT_OR_NULL,
        "is_bot": {"bsonType": "bool"},
        "seen_at": DATE_OR_NULL,
        "time_zone": TEXT_OR_NULL,
        "quiet_hours": OBJECT_OR_NULL,
        "snooze": OBJECT_OR_NULL,
        "banter": {"bsonType": ["bool", "null"]},
    },
    indexes=(IndexModel([("username_key", 1)], name="username_key", unique=True, sparse=True),),
)

_ATTEMPTS: Final = 50  # each round one of those who want the same name gets it


class Users:
    """The people GUB has seen."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._collection = database[SCHEMA.name]
        self._clock = clock

    async def learn(self, users: Sequence[KnownUser]) -> None:
        """Keep what is known of each. A username belongs to its latest owner only: Telegram lets it change hands.

        No language keeps the stored one: Telegram tells it of who acts, not of whom an update mentions.
        """
        if not users:
            return
        operations = [operation for user in users for operation in self._operations(user)]
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                await self._collection.bulk_write(operations)
            except BulkWriteError as error:
                # Two processes learning the same name at once: taking it from its owner and giving it to the new one
                # are two steps. Doing both again settles it for the later one.
                if attempt == _ATTEMPTS or not _only_duplicates(error):
                    raise
            else:
                return

    def _operations(self, user: KnownUser) -> Iterable[UpdateMany | UpdateOne]:
        known: dict[str, Any] = {
            "last_name": user.last_name,
            "username": user.username,
            "username_key": user.username.lower() if user.username else None,
        }
        fields = {name: value for name, value in known.items() if value is not None}
        fields |= {"first_name": user.first_name, "is_bot": user.is_bot, "seen_at": self._clock.now()}
        change: dict[str, Any] = {"$set": fields}
        if user.language is not None:
            fields["language"] = user.language
        if absent := {name: "" for name, value in known.items() if value is None}:
            change["$unset"] = absent
        if user.username:
            yield UpdateMany(
                {"username_key": user.username.lower(), "_id": {"$ne": user.user_id}},
                {"$unset": {"username": "", "username_key": ""}},
            )
        yield UpdateOne({"_id": user.user_id}, change, upsert=True)

    async def get_many(self, ids: Iterable[int]) -> dict[int, KnownUser]:
        """Give those that are known, by id."""
        cursor = self._collection.find({"_id": {"$in": list(ids)}})
        return {user.user_id: user async for user in (_user(document) async for document in cursor)}

    async def takes_banter(self, user_id: int) -> bool:
        """Say whether GUB may tease them: unless they chose otherwise."""
        return await self._collection.find_one({"_id": user_id, "banter": False}, {"_id": 1}) is None

    async def choose_banter(self, user_id: int, *, takes: bool) -> None:
        """Keep whether GUB may tease them; of somebody unknown nothing is kept."""
        change = {"$unset": {"banter": ""}} if takes else {"$set": {"banter": False}}
        await self._collection.update_one({"_id": user_id}, change)

    async def time_zone(self, user_id: int) -> str | None:
        """Give the time zone that they chose."""
        document = await self._collection.find_one({"_id": user_id}, {"time_zone": 1})
        return _zone(document or {})

    async def choose_time_zone(self, user_id: int, zone: str) -> None:
        """Keep the time zone that they chose; of somebody unknown nothing is kept."""
        await self._collection.update_one({"_id": user_id}, {"$set": {"time_zone": zone}})

    async def hours(self, user_ids: Iterable[int]) -> dict[int, Hours]:
        """Give when these want to be called; who is not known, or chose nothing, is left out."""
        chosen = {"_id": {"$in": list(user_ids)}}
        cursor = self._collection.find(chosen, {"time_zone": 1, "quiet_hours": 1, "snooze": 1})
        found = {int(document["_id"]): _hours(document) async for document in cursor}
        return {user_id: hours for user_id, hours in found.items() if hours != Hours()}

    async def choose_quiet(self, user_id: int, quiet: tuple[int, int] | None) -> None:
        """Keep from when until when somebody is quiet, in minutes of their day; None: never."""
        gone = {"quiet_hours.from": "", "quiet_hours.to": ""}
        there = None if quiet is None else {"quiet_hours.from": quiet[0], "quiet_hours.to": quiet[1]}
        await self._choose_hours(user_id, {"$unset": gone} if there is None else {"$set": there})

    async def choose_days(self, user_id: int, days: Collection[int]) -> None:
        """Keep the days on which somebody may be called (0 is Monday); all of them: whenever."""
        all_days = frozenset(days) == EVERY_DAY
        kept = {"$unset": {"quiet_hours.days": ""}} if all_days else {"$set": {"quiet_hours.days": sorted(days)}}
        await self._choose_hours(user_id, kept)

    async def forget_hours(self, user_id: int) -> None:
        """Forget when somebody wants to be called; the time zone stays, and so does a snooze."""
        await self._collection.update_one({"_id": user_id}, {"$unset": {"quiet_hours": ""}})

    async def snooze(self, user_id: int, until: datetime | None) -> None:
        """Leave somebody in peace until then; None: no longer."""
        change = {"$unset": {"snooze": ""}} if until is None else {"$set": {"snooze": {"until": until}}}
        await self._collection.update_one({"_id": user_id}, change)

    async def _choose_hours(self, user_id: int, change: Document) -> None:
        # Where there is null, nothing can be set in it.
        await self._collection.update_one({"_id": user_id, "quiet_hours": None}, {"$set": {"quiet_hours": {}}})
        await self._collection.update_one({"_id": user_id}, change)

    async def by_username(self, name: str) -> KnownUser | None:
        """Find whose username this is, with or without its `@`, without regard to case."""
        document = await self._collection.find_one({"username_key": name.removeprefix("@").lower()})
        return None if document is None else _user(document)

    async def by_usernames(self, names: Iterable[str]) -> dict[str, KnownUser]:
        """Find whose usernames these are, each as `by_username` does; give those that are known by `entry_of`."""
        keys = {entry_of(name): entry_of(name).removeprefix("@") for name in names}
        cursor = self._collection.find({"username_key": {"$in": list(keys.values())}})
        found = {document["username_key"]: _user(document) async for document in cursor}
        return {entry: found[key] for entry, key in keys.items() if key in found}


def _only_duplicates(error: BulkWriteError) -> bool:
    problems = (error.details or {}).get("writeErrors", [])
    return bool(problems) and all(problem.get("code") == DUPLICATE_KEY for problem in problems)


def _user(document: Document) -> KnownUser:
    return KnownUser(
        user_id=int(document["_id"]),
        first_name=document.get("first_name") or "",
        last_name=document.get("last_name"),
        username=document.get("username"),
        language=document.get("language"),
        is_bot=document.get("is_bot") is True,
    )


def _zone(document: Document) -> str | None:
    zone = document.get("time_zone")
    return zone if isinstance(zone, str) and is_time_zone(zone) else None


def _hours(document: Document) -> Hours:
    """Read when somebody wants to be called; what makes no sense counts as not chosen."""
    chosen, snooze = document.get("quiet_hours"), document.get("snooze")
    chosen = chosen if isinstance(chosen, dict) else {}
    first, last = integer_of(chosen.get("from")), integer_of(chosen.get("to"))
    quiet = (first, last) if _is_minute(first) and _is_minute(last) and first != last else None
    days = frozenset(integers_of(chosen.get("days"))) & EVERY_DAY
    return Hours(
        time_zone=_zone(document),
        quiet=None if quiet is None else (quiet[0] or 0, quiet[1] or 0),
        days=days or EVERY_DAY,
        snoozed_until=time_of(snooze.get("until")) if isinstance(snooze, dict) else None,
    )


def _is_minute(value: int | None) -> bool:
    return value is not None and 0 <= value < DAY_MINUTES
