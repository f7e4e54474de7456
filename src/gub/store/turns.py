"""Whose turn it is to take a bot's updates in: one process at a time, in collection `leases`.

A turn is renewed while its process lives, and expires when it does not. So a newcomer learns within a few seconds
whether the other lives; and when the other was a process of the same machine that is gone, at once.
"""

from datetime import timedelta
from typing import Any, Final

import pymongo
import structlog
from pymongo.errors import DuplicateKeyError, PyMongoError

from gub.clock import Clock
from gub.standing import Standing
from gub.store.documents import Database, Document
from gub.store.leases import SCHEMA
from gub.store.processes import RENEWAL_SECONDS, TERM_SECONDS, WORD_SECONDS, Holder, described
from gub.store.workers import Workers
from gub.waiting import heed_cancellation

log = structlog.get_logger("gub.store")

TERM: Final = timedelta(seconds=TERM_SECONDS)
_LOOK_SECONDS: Final = 0.5
_GOODBYE_SECONDS: Final = 2.0


class Turns:
    """The turns of bots, by the bot's id."""

    def __init__(self, database: Database, clock: Clock, holder: Holder | None = None) -> None:
        self._leases = database[SCHEMA.name]
        self._workers = Workers(database, clock)
        self._clock = clock
        self._holder = holder or Holder.this_process()

    async def take(self, bot_id: int) -> bool:
        """Take the turn; False when another process has it and is alive.

        Waits at most `TERM`, for a holder of which it cannot be told whether it lives.
        """
        seen: Document | None = None
        while not await self._try_take(bot_id):
            current = await self._leases.find_one({"_id": _key(bot_id)})
            if current is None:
                continue
            if self._holder.knows_dead(current):
                await self._leases.delete_one({"_id": current["_id"], "holder": current["holder"]})
                continue
            if seen is not None and _of(seen) != _of(current):
                return False
            seen = current
            await self._clock.sleep(_LOOK_SECONDS)
        return True

    async def await_turn(self, bot_id: int, standing: Standing) -> None:
        """Take the turn, however long another process keeps it or the database is away: stand by."""
        waited = False
        while standing.ended:
            try:
                if await self.take(bot_id):
                    await self._give_word(bot_id, standing)
                elif not waited:
                    log.info("standing by: another process takes this bot's updates")
                    waited = True
            except PyMongoError as error:
                log.warning("the turn to take updates could not be asked for", error=type(error).__name__)
                await self._clock.sleep(RENEWAL_SECONDS)
            heed_cancellation()
        if waited:
            log.info("taking over")

    async def keep(self, bot_id: int, standing: Standing) -> None:
        """Renew the turn for as long as it is ours; return when another process has it.

        Nobody takes it while the database is away, so that is waited out, and whatever else ails it (a full disk).
        """
        while not standing.ended:
            await self._clock.sleep(RENEWAL_SECONDS)
            await self._give_word(bot_id, standing)
            heed_cancellation()

    async def renew(self, bot_id: int) -> bool:
        """Renew the turn once; False when it is another's by now."""
        found = await self._leases.update_one(
            {"_id": _key(bot_id), "holder": self._holder.name}, {"$set": self._mine()}
        )
        return bool(found.matched_count) or await self._try_take(bot_id)

    async def is_taken(self, bot_id: int) -> bool:
        """Say whether another process has the turn and is not known to be dead."""
        lease = await self._leases.find_one({"_id": _key(bot_id), "expires_at": {"$gt": self._clock.now()}})
        ours = lease is not None and lease.get("holder") == self._holder.name
        return lease is not None and not ours and not self._holder.knows_dead(lease)

    async def others(self) -> list[str]:
        """Name the processes, other than this one, that work for any bot and are not known to be dead."""
        intakes = {"_id": {"$gte": "intake:", "$lt": "intake;"}, "expires_at": {"$gt": self._clock.now()}}
        polling = [
            described(lease)
            async for lease in self._leases.find(intakes)
            if lease.get("holder") != self._holder.name and not self._holder.knows_dead(lease)
        ]
        return polling + await self._workers.others(self._holder)

    async def give_back(self, bot_id: int) -> None:
        """Let the next process begin at once; when that fails, it waits for the term to end."""
        try:
            with pymongo.timeout(_GOODBYE_SECONDS):
                await self._leases.delete_one({"_id": _key(bot_id), "holder": self._holder.name})
        except PyMongoError as error:
            log.warning("the turn to take updates could not be given back", error=type(error).__name__)

    async def _give_word(self, bot_id: int, standing: Standing) -> None:
        asked_at = self._clock.monotonic()
        try:
            with pymongo.timeout(WORD_SECONDS):
                ours = await self.renew(bot_id)
        except PyMongoError as error:
            log.warning("the turn to take updates could not be renewed", error=type(error).__name__)
            standing.unheard(asked_at)
            return
        if ours:
            standing.confirmed(asked_at)
        else:
            standing.end()

    async def _try_take(self, bot_id: int) -> bool:
        free = {"_id": _key(bot_id), "expires_at": {"$lte": self._clock.now()}}
        if (await self._leases.update_one(free, {"$set": self._mine()})).matched_count:
            return True
        try:
            await self._leases.insert_one({"_id": _key(bot_id)} | self._mine())
        except DuplicateKeyError:
            return False
        return True

    def _mine(self) -> dict[str, Any]:
        holder = self._holder
        return {
            "holder": holder.name,
            "host": holder.host,
            "pid": holder.pid,
            "expires_at": self._clock.now() + TERM,
        }


def _key(bot_id: int) -> str:
    return f"intake:{bot_id}"


def _of(lease: Document) -> tuple[Any, Any]:
    return lease.get("holder"), lease.get("expires_at")
