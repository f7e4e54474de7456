import asyncio

import pytest

from gub.housekeeping import housekeeping
from gub.waiting import heed_cancellation
from tests.support.clock import FakeClock


async def test_who_is_not_cancelled_goes_on():
    heed_cancellation()


async def test_a_cancellation_that_was_swallowed_is_heeded_all_the_same():
    async def deaf() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            heed_cancellation()
        raise AssertionError("it went on")

    task = asyncio.create_task(deaf())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_housekeeping_ends_when_a_chore_swallows_the_cancellation():
    async def deaf() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return

    task = asyncio.create_task(housekeeping(FakeClock(), deaf))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task], timeout=10)
    assert task.cancelled()
