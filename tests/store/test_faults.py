"""Of which kinds of failures the owners were told."""

import asyncio
from datetime import timedelta

import pytest

from gub.store.documents import Database
from gub.store.faults import Due, FaultKinds
from gub.store.store import Store
from tests.support.clock import FakeClock

KIND = "KeyError services/status.py:12"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def kinds(store: Store, database: Database, clock: FakeClock) -> FaultKinds:
    assert store
    return FaultKinds(database, clock)


async def test_a_kind_is_due_once_an_hour_with_all_that_came_meanwhile(kinds: FaultKinds, clock: FakeClock) -> None:
    assert await kinds.count(KIND, "a") == Due(KIND, 1, "a")
    assert await kinds.count("ValueError x", "b") == Due("ValueError x", 1, "b")
    for reference in ("c", "d"):
        assert await kinds.count(KIND, reference) is None
    assert await kinds.due() == []
    await clock.advance(3601)
    assert await kinds.count(KIND, "e") == Due(KIND, 3, "e")
    assert await kinds.due() == []


async def test_what_came_in_the_quiet_hour_is_due_at_its_end(kinds: FaultKinds, clock: FakeClock) -> None:
    await kinds.count(KIND, "a")
    await kinds.count(KIND, "b")
    await clock.advance(3600)
    assert await kinds.due() == [Due(KIND, 1, "b")]
    assert await kinds.due() == []
    assert await kinds.count(KIND, "c") is None


async def test_what_nobody_could_be_told_counts_for_the_next_time(kinds: FaultKinds, clock: FakeClock) -> None:
    due = await kinds.count(KIND, "a")
    assert due is not None
    await kinds.untold(due)
    assert await kinds.due() == []
    await clock.advance(3600)
    assert await kinds.due() == [Due(KIND, 1, "a")]


async def test_of_many_at_once_one_is_due(database: Database, store: Store) -> None:
    assert store
    clocks = [FakeClock() for _ in range(8)]
    for hours in (0, 2):
        processes = [FaultKinds(database, clock) for clock in clocks]
        due = await asyncio.gather(*(one.count(KIND, "a") for one in processes))
        assert len([one for one in due if one is not None]) == 1, f"after {timedelta(hours=hours)}"
        for clock in clocks:
            await clock.advance(7200)
