"""Collection `inbox`: updates that Telegram delivered, from before they are acknowledged until two days after.

`_id` is "<bot_id>:<update_id>", so that the index decides what is new. The body is kept as JSON text in ASCII: a
hostile update may hold keys, numbers or lone surrogates that BSON refuses. With GUB_SECRET_KEY it is encrypted: an
owner may send a credential in private. It is dropped when the update is done; what remains (a tombstone) recognises a
redelivery and expires by itself.

`lane` is the chat that an update belongs to, as a number: several workers hand its updates over in order by it. It goes
with the body.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final

import structlog
from pymongo import IndexModel
from pymongo.errors import BulkWriteError, PyMongoError

from gub.clock import Clock
from gub.store.documents import INTEGER, STRING, CollectionSchema, Database
from gub.store.errors import WrongSecretKey
from gub.store.mongo import DUPLICATE_KEY
from gub.store.vault import Vault

log = structlog.get_logger("gub.store")

RawUpdate = dict[str, Any]
"""An update as Telegram's JSON has it. `update_id` is there and is an int; nothing else is sure."""

TOMBSTONE_SECONDS: Final = 48 * 3600
"""Telegram forgets what was not taken after 24 hours, so no redelivery comes later than this."""

_NEW: Final = "new"
_DONE: Final = "done"

SCHEMA: Final = CollectionSchema(
    name="inbox",
    required=("bot_id", "update_id", "state"),
    properties={
        "_id": STRING,
        "bot_id": INTEGER,
        "update_id": INTEGER,
        "state": {"enum": [_NEW, _DONE]},
        "received_at": {"bsonType": "date"},
        "done_at": {"bsonType": "date"},
        "body": STRING,
        "lane": INTEGER,
    },
    indexes=(
        IndexModel([("bot_id", 1), ("state", 1), ("lane", 1), ("update_id", 1)], name="bot_state_lane_update"),
        IndexModel([("done_at", 1)], name="done_at_ttl", expireAfterSeconds=TOMBSTONE_SECONDS),
    ),
)


class Inbox:
    """What was delivered, and how far it got."""

    def __init__(self, database: Database, clock: Clock, vault: Vault) -> None:
        self._collection = database[SCHEMA.name]
        self._clock = clock
        self._vault = vault
        # Ids of insertions that ended in an error: they may be stored although nobody was told (see `add`).
        self._uncertain: set[str] = set()

    async def add(
        self, bot_id: int, updates: Sequence[RawUpdate], lanes: Mapping[int, int] = MappingProxyType({})
    ) -> list[RawUpdate]:
        """Store the updates durably in one write; give back, in order, those not seen before.

        `lanes` has, by the updates' ids, the lane of each, where several workers share them.

        After an error nothing may be acknowledged, and the same updates are to be added again. Those that the failed
        write stored nevertheless then count as new: else they would wait for the next start.
        """
        if not updates:
            return []
        by_id = {_key(bot_id, update["update_id"]): update for update in updates}
        now = self._clock.now()
        documents = [
            {
                "_id": key,
                "bot_id": bot_id,
                "update_id": update["update_id"],
                "state": _NEW,
                "received_at": now,
                "body": self._vault.encrypt(json.dumps(update, ensure_ascii=True, separators=(",", ":"))),
            }
            | ({"lane": lanes[update["update_id"]]} if update["update_id"] in lanes else {})
            for key, update in by_id.items()
        ]
        seen: set[str] = set()
        try:
            await self._collection.insert_many(documents, ordered=False)
        except BulkWriteError as error:
            details = error.details or {}
            problems = details.get("writeErrors", [])
            known = [problem for problem in problems if problem.get("code") == DUPLICATE_KEY]
            seen = {documents[problem["index"]]["_id"] for problem in known}
            # The last of these: stored, and perhaps not for good.
            if not known or len(known) < len(problems) or details.get("writeConcernErrors"):
                self._uncertain |= by_id.keys() - seen
                raise
        except PyMongoError:
            self._uncertain |= by_id.keys()
            raise
        if doubtful := seen & self._uncertain:
            seen -= await self._unhandled(doubtful)
        self._uncertain -= by_id.keys()
        return [update for key, update in by_id.items() if key not in seen]

    async def done(self, bot_id: int, update_ids: Iterable[int]) -> None:
        """Note that these are handled, in one write."""
        keys = [_key(bot_id, update_id) for update_id in update_ids]
        if keys:
            change = {"$set": {"state": _DONE, "done_at": self._clock.now()}, "$unset": {"body": "", "lane": ""}}
            await self._collection.update_many({"_id": {"$in": keys}}, change)

    async def pending(self, bot_id: int, *, older: timedelta = timedelta(0)) -> list[RawUpdate]:
        """Give what was stored that long ago and not handled, in Telegram's order: what a crash left, for one.

        What this vault cannot open stays, and is given by a start with the right key.
        """
        return await self._waiting({"bot_id": bot_id, "state": _NEW}, older)

    async def pending_of(self, bot_id: int, lane: int) -> list[RawUpdate]:
        """Give what of one lane was stored and not handled, in Telegram's order. See `pending`."""
        return await self._waiting({"bot_id": bot_id, "state": _NEW, "lane": lane})

    async def pending_lanes(self, bot_id: int, *, older: timedelta) -> set[int]:
        """Name the lanes in which something has waited for that long."""
        # How old they are is looked at here: with that in the filter, the embedded server would not use the index as
        # far as the state, and look at the tombstones of two days.
        cursor = self._collection.find({"bot_id": bot_id, "state": _NEW}, {"lane": 1, "received_at": 1})
        is_old = self._is_older(older)
        return {document["lane"] async for document in cursor if "lane" in document and is_old(document)}

    async def without_lane(self, bot_id: int) -> list[RawUpdate]:
        """Give what an older GUB stored and did not handle: it knew no lanes. See `pending`."""
        return await self._waiting({"bot_id": bot_id, "state": _NEW, "lane": None})

    async def give_lanes(self, bot_id: int, lanes: Mapping[int, int]) -> None:
        """Note the lanes of updates, by the updates' ids."""
        for update_id, lane in lanes.items():
            waiting = {"_id": _key(bot_id, update_id), "state": _NEW}
            await self._collection.update_one(waiting, {"$set": {"lane": lane}})

    def _is_older(self, age: timedelta) -> Callable[[Mapping[str, Any]], bool]:
        # Without a limit also what a clock that goes ahead dated.
        received_until = self._clock.now() - age if age else None
        return lambda document: received_until is None or document.get("received_at", received_until) <= received_until

    async def _waiting(self, which: Mapping[str, Any], older: timedelta = timedelta(0)) -> list[RawUpdate]:
        pending = []
        is_old = self._is_older(older)
        async for document in self._collection.find(which).sort("update_id", 1):
            if not is_old(document):
                continue
            try:
                pending.append(json.loads(self._vault.decrypt(document["body"])))
            except WrongSecretKey:
                log.warning("update cannot be opened: it was stored under another GUB_SECRET_KEY", id=document["_id"])
        return pending

    async def _unhandled(self, keys: Iterable[str]) -> set[str]:
        cursor = self._collection.find({"_id": {"$in": list(keys)}, "state": _NEW}, {"_id": 1})
        return {document["_id"] async for document in cursor}


def _key(bot_id: int, update_id: int) -> str:
    return f"{bot_id}:{update_id}"
