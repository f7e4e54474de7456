"""Collection `paces`: what the workers of a bot have sent lately together, to keep Telegram's limits in sum.

One document for all chats, `<bot>:all`, and one for each chat that was written to in the last minutes. They are read,
decided on and written back only while their revision is what was read: who was not fast enough decides again. Times
are seconds since 1970 by the clocks of the workers, which must agree within a second or so.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pymongo
from pymongo import IndexModel
from pymongo.errors import DuplicateKeyError, PyMongoError

from gub.store.documents import INTEGER, STRING, CollectionSchema, Database, Document
from gub.store.errors import StoreUnavailable

_NUMBER: Final = {"bsonType": ["double", "int", "long"]}

SCHEMA: Final = CollectionSchema(
    name="paces",
    required=("revision", "expires_at"),
    properties={
        "_id": STRING,
        "revision": INTEGER,
        "due": _NUMBER,
        "taken": {"bsonType": "array", "items": _NUMBER},
        "held_until": _NUMBER,
        "expires_at": {"bsonType": "date"},
    },
    indexes=(IndexModel([("expires_at", 1)], name="expires_at_ttl", expireAfterSeconds=0),),
)

_KEPT: Final = timedelta(minutes=3)
_LONGEST_HOLD: Final = timedelta(days=2)
_ANSWER_SECONDS: Final = 1.5
"""Somebody waits for what is to be sent: rather send it without asking."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What was sent: when, when a steady trickle of it would be through, and until when Telegram wants nothing.

    `revision` is 0 where nothing is stored.
    """

    revision: int = 0
    due: float = -math.inf
    taken: tuple[float, ...] = ()
    held_until: float = -math.inf


class Paces:
    """The tallies by name. They are for sending now: whatever ails the database is a `StoreUnavailable`, and soon."""

    def __init__(self, database: Database) -> None:
        self._collection = database[SCHEMA.name]

    async def read(self, name: str) -> Tally:
        """Give what is stored now.

        Raises:
            StoreUnavailable: the database did not answer at once.
        """
        try:
            with pymongo.timeout(_ANSWER_SECONDS):
                return _tally(await self._collection.find_one({"_id": name}) or {})
        except PyMongoError as error:
            raise StoreUnavailable(type(error).__name__) from error

    async def write(self, name: str, tally: Tally, now: float) -> Tally | None:
        """Store this in the place of what has its revision; give it with its new one, None when that is gone.

        Raises:
            StoreUnavailable: the database did not answer at once; it may be stored.
        """
        # A name that was forgotten and comes again must not have a revision that somebody still remembers.
        revision = tally.revision + 1 if tally.revision else int(now * 1000)
        new = Tally(revision, tally.due, tally.taken, tally.held_until)
        try:
            with pymongo.timeout(_ANSWER_SECONDS):
                if tally.revision:
                    which = {"_id": name, "revision": tally.revision}
                    done = bool((await self._collection.update_one(which, {"$set": _document(new, now)})).matched_count)
                else:
                    await self._collection.insert_one({"_id": name, **_document(new, now)})
                    done = True
        except DuplicateKeyError:
            return None
        except PyMongoError as error:
            raise StoreUnavailable(type(error).__name__) from error
        return new if done else None


def _document(tally: Tally, now: float) -> Document:
    at = datetime.fromtimestamp(now, UTC)
    held = timedelta(seconds=min(max(tally.held_until - now, 0.0), _LONGEST_HOLD.total_seconds()))
    times = {"due": tally.due, "held_until": tally.held_until}
    return {
        "revision": tally.revision,
        "taken": list(tally.taken),
        "expires_at": at + _KEPT + held,
        **{name: time for name, time in times.items() if math.isfinite(time)},
    }


def _tally(found: Mapping[str, Any]) -> Tally:
    return Tally(
        int(found.get("revision", 0)),
        float(found.get("due", -math.inf)),
        tuple(float(one) for one in found.get("taken", ())),
        float(found.get("held_until", -math.inf)),
    )
