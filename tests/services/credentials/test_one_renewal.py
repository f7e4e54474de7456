"""Several processes whose tokens have ended: one asks the platform, the others have what it got."""

import asyncio
from collections.abc import AsyncIterator, Collection
from datetime import timedelta
from typing import Any

import pytest
from pymongo.errors import OperationFailure

from gub.domain.credentials import Tokens, XboxCredential
from gub.domain.values import Platform
from gub.platforms.errors import CredentialDead
from gub.platforms.keeper import TokenKeeper
from gub.services.credentials.shelves import XboxShelf
from gub.store.documents import Database
from gub.store.leases import Lease
from gub.store.mongo import connect
from gub.store.renewals import TERM, WAIT_SECONDS
from gub.store.store import Store
from tests.platforms.keeper.renewals import Keeper, Renewals
from tests.support.clock import START, FakeClock

ENDED = Tokens("access-ended", "refresh-ended", START - timedelta(hours=2), 3600, 86_400)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def renewals(clock: FakeClock) -> Renewals:
    return Renewals(clock)


@pytest.fixture
async def keepers(store: Store, clock: FakeClock, renewals: Renewals) -> AsyncIterator[list[Keeper]]:
    await store.credentials.set_xbox("client", "secret-test", ENDED, START)
    keepers = [_keeper(store, clock, renewals) for _ in range(3)]
    yield keepers
    renewals.gate.set()
    for keeper in keepers:
        await keeper.aclose()


@pytest.fixture
async def database(mongo_uri: str, database_name: str) -> AsyncIterator[Database]:
    client = connect(mongo_uri)
    yield client[database_name]
    await client.close()


def _keeper(store: Store, clock: FakeClock, renewals: Renewals) -> Keeper:
    shelf = XboxShelf(store.credentials, clock)
    return TokenKeeper[XboxCredential](Platform.XBOX, shelf, renewals, clock)


def _lease(database: Database, clock: FakeClock) -> Lease:
    return Lease(database, clock, "renewal:xbox", "another process", TERM)


async def _let_wait(clock: FakeClock, tasks: Collection["asyncio.Task[Any]"]) -> None:
    """Let time pass in small steps until all are done, whenever one of them sleeps."""
    while pending := [task for task in tasks if not task.done()]:
        asleep = asyncio.create_task(clock.until_sleeping())
        await asyncio.wait({asleep, *pending}, return_when=asyncio.FIRST_COMPLETED)
        asleep.cancel()
        await asyncio.wait({asleep})
        await clock.advance(0.2)


async def test_of_sixty_who_wait_in_three_processes_one_asks(
    keepers: list[Keeper], renewals: Renewals, clock: FakeClock
) -> None:
    renewals.gate.clear()
    tasks = [asyncio.create_task(keeper.signed_in()) for keeper in keepers for _ in range(20)]
    await renewals.begun.wait()
    for _ in range(10):
        await clock.until_sleeping(3)  # the holder that gives word, and two that look
        await clock.advance(0.2)
    assert not any(task.done() for task in tasks)
    renewals.gate.set()
    await _let_wait(clock, tasks)
    assert {task.result()[1].access_token for task in tasks} == {"access-1"}
    assert len(renewals.asked) == 1


async def test_a_long_renewal_keeps_the_others_waiting(
    keepers: list[Keeper], renewals: Renewals, clock: FakeClock
) -> None:
    renewals.gate.clear()
    tasks = [asyncio.create_task(keeper.signed_in()) for keeper in keepers[:2]]
    await renewals.begun.wait()
    for _ in range(100):
        await clock.until_sleeping(2)
        await clock.advance(0.2)
    assert clock.monotonic() > 1.5 * TERM.total_seconds()
    renewals.gate.set()
    await _let_wait(clock, tasks)
    assert len(renewals.asked) == 1


async def test_one_that_died_in_the_middle_holds_nobody_back_for_long(
    store: Store, clock: FakeClock, database: Database
) -> None:
    assert await _lease(database, clock).try_take()
    begun = []

    async def renew() -> None:
        async with store.credentials.renewing(Platform.XBOX, clock):
            begun.append(clock.monotonic())

    await _let_wait(clock, [asyncio.create_task(renew())])
    assert begun == [pytest.approx(TERM.total_seconds(), abs=0.5)]


async def test_who_has_waited_long_enough_goes_on_alone(
    keepers: list[Keeper], clock: FakeClock, database: Database
) -> None:
    other = _lease(database, clock)
    assert await other.try_take()
    task = asyncio.create_task(keepers[0].signed_in())
    while clock.monotonic() < WAIT_SECONDS:
        assert not task.done()
        await clock.until_sleeping()
        assert await other.try_take()
        await clock.advance(0.2)
    await _let_wait(clock, [task])
    assert task.result()[1].access_token == "access-1"


async def test_a_database_that_takes_no_lease_stops_no_renewal(
    keepers: list[Keeper], renewals: Renewals, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then two may renew at once. The platform takes a refresh token once: who is refused has what the other got."""

    async def full(_lease: Lease) -> bool:
        raise OperationFailure("disk full", 14031)

    monkeypatch.setattr(Lease, "try_take", full)
    renewals.gate.clear()
    second = asyncio.create_task(keepers[1].signed_in())
    await renewals.begun.wait()
    renewals.errors = [CredentialDead("invalid_grant")]
    of, tokens = await keepers[0]._shelf.read(), Tokens("access-theirs", "refresh-theirs", START, 3600)
    assert of is not None
    await keepers[0]._shelf.keep(of, tokens)
    renewals.gate.set()
    assert (await second)[1].access_token == "access-theirs"
    assert len(renewals.asked) == 1
