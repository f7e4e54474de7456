import asyncio

from gub.housekeeping import housekeeping
from gub.store.errors import StoreUnavailable
from tests.support.clock import FakeClock


async def test_a_chore_that_fails_ends_neither_the_others_nor_the_next_hour() -> None:
    clock, done = FakeClock(), []

    async def away() -> None:
        raise StoreUnavailable("not now")

    async def broken() -> None:
        raise KeyError("a mistake")

    async def works() -> None:
        done.append(clock.monotonic())

    running = asyncio.create_task(housekeeping(clock, away, broken, works))
    await clock.until_sleeping()
    await clock.advance(3600)
    assert done == [0, 3600]
    running.cancel()
    await asyncio.wait([running])
