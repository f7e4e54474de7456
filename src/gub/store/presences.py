"""Collection `presences`: what accounts were last seen doing, so that "since" and "last seen" survive a restart.

`_id` is "<platform>:<account id>". What was not noted for 30 days is forgotten.
"""

from collections.abc import Sequence
from typing import Any, Final

from pymongo import IndexModel, ReplaceOne

from gub.clock import Clock
from gub.domain.presence import Past, Status
from gub.domain.values import Platform
from gub.store.documents import (
    DATE_OR_NULL,
    STRING,
    TEXT_OR_NULL,
    CollectionSchema,
    Database,
    Document,
    text_of,
    time_of,
)

LIFETIME_SECONDS: Final = 30 * 24 * 3600

SCHEMA: Final = CollectionSchema(
    name="presences",
    required=("platform", "account_id", "status", "fetched_at", "noted_at"),
    properties={
        "_id": STRING,
        "platform": STRING,
        "account_id": STRING,
        "status": STRING,
        "title": TEXT_OR_NULL,
        "title_id": TEXT_OR_NULL,
        "since": DATE_OR_NULL,
        "last_seen": DATE_OR_NULL,
        "fetched_at": {"bsonType": "date"},
        "noted_at": {"bsonType": "date"},
    },
    indexes=(IndexModel([("noted_at", 1)], name="noted_at_ttl", expireAfterSeconds=LIFETIME_SECONDS),),
)

_BATCH: Final = 200
"""Accounts an operation. The embedded server's time for `$in` grows with the square of their number (0.04 s for 200,
1.1 s for 1200), and it writes some 400 a second when the machine is busy."""


class Presences:
    """The past of all accounts that were asked about."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._collection = database[SCHEMA.name]
        self._clock = clock

    async def recall(self, keys: Sequence[tuple[Platform, str]]) -> dict[tuple[Platform, str], Past]:
        """Give what is known of these accounts; the others are left out."""
        wanted = [_key(platform, account) for platform, account in dict.fromkeys(keys)]
        found = {}
        for start in range(0, len(wanted), _BATCH):
            async for document in self._collection.find({"_id": {"$in": wanted[start : start + _BATCH]}}):
                if (past := _past(document)) is not None:
                    found[past.platform, past.account_id] = past
        return found

    async def note(self, pasts: Sequence[Past]) -> None:
        """Keep what accounts do, in the place of what was kept. The last of several of one account holds.

        One write an account: note what changed, and the rest once in a while, so that it is not forgotten.
        """
        now = self._clock.now()
        latest = {_key(past.platform, past.account_id): past for past in pasts}
        changes = [
            ReplaceOne({"_id": key}, {"_id": key, **_fields(past), "noted_at": now}, upsert=True)
            for key, past in latest.items()
        ]
        for start in range(0, len(changes), _BATCH):
            await self._collection.bulk_write(changes[start : start + _BATCH], ordered=False)


def _key(platform: Platform, account_id: str) -> str:
    return f"{platform}:{account_id}"


def _fields(past: Past) -> Document:
    fields: dict[str, Any] = {
        "platform": str(past.platform),
        "account_id": past.account_id,
        "status": str(past.status),
        "title": past.title,
        "title_id": past.title_id,
        "since": past.since,
        "last_seen": past.last_seen,
        "fetched_at": past.fetched_at,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _past(document: Document) -> Past | None:
    """Read a document; None when it holds a status or platform of another GUB."""
    platform, status = document.get("platform"), document.get("status")
    account_id, fetched_at = text_of(document.get("account_id")), time_of(document.get("fetched_at"))
    if platform not in set(Platform) or status not in set(Status) or account_id is None or fetched_at is None:
        return None
    return Past(
        platform=Platform(platform),
        account_id=account_id,
        status=Status(status),
        title=text_of(document.get("title")),
        title_id=text_of(document.get("title_id")),
        since=time_of(document.get("since")),
        last_seen=time_of(document.get("last_seen")),
        fetched_at=fetched_at,
    )
