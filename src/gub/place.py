"""The place of this process among those that run for one bot: the only one, a stand-by, or one of a crew.

Polling is for one: it has the bot's turn, and others stand by. By a webhook many work together, as a crew. The two
do not mix: polling takes the webhook away, so whoever comes later waits until the others have stopped.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import structlog

from gub.clock import Clock
from gub.standing import Standing
from gub.store.crew import Crew
from gub.store.mongo import is_unavailable
from gub.store.store import Store

log = structlog.get_logger(__name__)

_LOOK_SECONDS: Final = 2.0


class Displaced(Exception):
    """The place is lost: this process gave no word for so long that others took it for dead."""


@dataclass(slots=True)
class Company:
    """Whoever else works for the bot now, whichever place this process has; nobody before it has one."""

    crew: Crew | None = None

    def others(self) -> int:
        """Say how many there are, as of some seconds ago at most."""
        return 0 if self.crew is None else self.crew.others


@asynccontextmanager
async def taken_place(
    store: Store, bot_id: int, standing: Standing, clock: Clock, *, together: bool
) -> AsyncIterator[Crew]:
    """Have a place for the block, once it is to be had; `together` in a crew, else alone."""
    crew = (Crew if together else Crew.alone)(store.workers, store.claims, bot_id, standing, clock)
    if together:
        await crew.join()
        try:
            await _until_nobody_polls(store, bot_id, clock)
            yield crew
        finally:
            await crew.leave()
    else:
        try:
            await _only_turn(store, bot_id, standing, clock, crew)
            yield crew
        finally:
            standing.end()
            await store.turns.give_back(bot_id)


async def kept_place(store: Store, bot_id: int, standing: Standing, crew: Crew) -> None:
    """Keep it until it is lost. Raises Displaced."""
    if crew.is_alone:
        await store.turns.keep(bot_id, standing)
    else:
        await crew.keep()
    raise Displaced


async def _until_nobody_polls(store: Store, bot_id: int, clock: Clock) -> None:
    told = False
    while await _asked(lambda: store.turns.is_taken(bot_id), clock):
        if not told:
            log.info("standing by: another process polls for this bot's updates")
            told = True
        await clock.sleep(_LOOK_SECONDS)


async def _only_turn(store: Store, bot_id: int, standing: Standing, clock: Clock, crew: Crew) -> None:
    """Take the turn when no crew works; between looks it is free, so that of two who wait one goes on."""
    told = False
    while True:
        await store.turns.await_turn(bot_id, standing)
        if not await _asked(crew.has_company, clock):
            return
        standing.end()
        await store.turns.give_back(bot_id)
        if not told:
            log.info("standing by: other processes take this bot's updates by webhook")
            told = True
        await clock.sleep(_LOOK_SECONDS)


async def _asked(ask: Callable[[], Awaitable[bool]], clock: Clock) -> bool:
    """Ask the database, however long it is away."""
    while True:
        try:
            return await ask()
        except Exception as error:
            if not is_unavailable(error):
                raise
            log.warning("standing by: the database does not answer", error=type(error).__name__)
        await clock.sleep(_LOOK_SECONDS)
