"""One renewal of a credential's tokens at a time, whichever process does it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Final

import structlog
from pymongo.errors import PyMongoError

from gub.clock import Clock
from gub.store.leases import Lease
from gub.waiting import heed_cancellation

log = structlog.get_logger(__name__)

TERM: Final = timedelta(seconds=10)
"""How long a process that died in the middle holds the others back."""

WAIT_SECONDS: Final = 45.0
"""How long one waits for another that lives: longer than a renewal should take (30 s, `platforms.transport`)."""

_WORD_SECONDS: Final = 3.0
_LOOK_SECONDS: Final = 0.2


@asynccontextmanager
async def one_at_a_time(lease: Lease, clock: Clock) -> AsyncIterator[None]:
    """Hold the lease for the block, however long that takes; wait for whoever holds it.

    When another holds it for too long, or the database does not take it, the block is run all the same.
    """
    if not await _had(lease, clock):
        yield
        return
    giving_word = asyncio.create_task(_give_word(lease, clock), name="renewal's lease")
    try:
        yield
    finally:
        giving_word.cancel()
        await asyncio.wait([giving_word])
        await _give_back(lease)


async def _had(lease: Lease, clock: Clock) -> bool:
    until = clock.monotonic() + WAIT_SECONDS
    try:
        while not await lease.try_take():
            if clock.monotonic() >= until:
                log.warning("renewing while another process may do so too", lease=lease.name)
                return False
            await clock.sleep(_LOOK_SECONDS)
    except PyMongoError:
        return False  # whoever reads the credential next hears of it
    return True


async def _give_word(lease: Lease, clock: Clock) -> None:
    """Keep it until cancelled. What fails is tried again: at worst another process renews too."""
    while True:
        await clock.sleep(_WORD_SECONDS)
        with suppress(PyMongoError):
            await lease.try_take()
        heed_cancellation()


async def _give_back(lease: Lease) -> None:
    with suppress(PyMongoError):  # it ends by itself
        await lease.give_back()
