import asyncio

import pytest

from gub.housekeeping import housekeeping
from gub.waiting import heed_cancellation, seen_through
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


async def test_what_must_not_be_left_half_done_is_seen_through_when_cancelled():
    clock, going_on, done = FakeClock(), asyncio.Event(), list[str]()

    async def work() -> None:
        done.append("begun")
        await going_on.wait()
        done.append("ended")

    task = asyncio.ensure_future(seen_through(clock, 5.0, work()))
    await asyncio.sleep(0)
    task.cancel()
    await clock.until_sleeping()
    going_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert done == ["begun", "ended"]


async def test_it_is_given_up_when_it_takes_too_long():
    clock, given_up = FakeClock(), asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            given_up.set()

    task = asyncio.ensure_future(seen_through(clock, 5.0, work()))
    await asyncio.sleep(0)
    task.cancel()
    await clock.until_sleeping()
    await clock.advance(5.1)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert given_up.is_set()


async def test_its_result_and_its_failure_are_its_own():
    async def one() -> int:
        return 1

    async def fails() -> int:
        raise ValueError("no")

    assert await seen_through(FakeClock(), 5.0, one()) == 1
    with pytest.raises(ValueError, match="no"):
        await seen_through(FakeClock(), 5.0, fails())
