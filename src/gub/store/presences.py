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

_BATCH: Final = 500
"""Documents a write: the embedded server takes about a second for so many, and an operation has ten."""


class Presences:
    """The past of all accounts that were asked about."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._collection = database[SCHEMA.name]
        self._clock = clock

    async def recall(self, keys: Sequence[tuple[Platform, str]]) -> dict[tuple[Platform, str], Past]:
        """Give what is known of these accounts; the others are left out."""
        cursor = self._collection.find({"_id": {"$in": [_key(platform, account) for platform, account in keys]}})
        pasts = [past async for past in (_past(document) async for document in cursor) if past is not None]
        return {(past.platform, past.account_id): past for past in pasts}

    async def note(self, pasts: Sequence[Past]) -> None:
        """Keep what accounts do, in the place of what was kept. The last of several of one account holds."""
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
