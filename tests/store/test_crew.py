"""Several workers of one bot: who is alive, and what one of them alone does."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable

import pytest

from gub.standing import Standing
from gub.store.claims import Claims
from gub.store.crew import Crew
from gub.store.mongo import connect
from gub.store.processes import RENEWAL_SECONDS, TERM_SECONDS, Holder
from gub.store.workers import Workers
from tests.support.clock import FakeClock

BOT = 42
GONE = 2**22 - 1  # no process has a number as high as the kernel's limit

NewPlace = Callable[[], Crew]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def place(mongo_uri: str, database_name: str, clock: FakeClock) -> AsyncIterator[NewPlace]:
    """Make places in the crew, each as if on a machine of its own."""
    client = connect(mongo_uri)
    workers, claims = Workers(client[database_name], clock), Claims(client[database_name])
    numbers = iter(range(1000))

    def new() -> Crew:
        crew = Crew(workers, claims, BOT, Standing(clock, TERM_SECONDS), clock)
        crew._holder = Holder(crew.name, f"host {next(numbers)}", 1)
        return crew

    yield new
    await client.close()


async def test_workers_see_each_other_from_the_moment_they_join(place: NewPlace) -> None:
    one, two = place(), place()
    await one.join()
    assert one.others == 0
    await two.join()
    assert two.others == 1
    assert await one.names_alive() == {one.name, two.name}
    await two.leave()
    assert await one.names_alive() == {one.name}


async def test_a_silent_worker_is_buried_and_learns_of_it(place: NewPlace, clock: FakeClock) -> None:
    frozen, other = place(), place()
    await frozen.join()
    await other.join()
    await _talking(clock, other)
    assert other.others == 0
    keeping = asyncio.create_task(frozen.keep())
    await asyncio.wait_for(keeping, 10)
    assert frozen._standing.ended


async def test_behind_an_outage_that_all_had_nobody_is_buried_at_once(place: NewPlace, clock: FakeClock) -> None:
    """Of the database, or of the machine that all were on."""
    one, two = place(), place()
    await one.join()
    await two.join()
    await _talking(clock, one, two)
    await clock.advance(TERM_SECONDS * 4)
    assert await one._renewed()
    assert one.others == 1
    assert await two._renewed(), "it was only a moment later"
    await _talking(clock, one)
    assert one.others == 0, "now its silence is its own"


async def _talking(clock: FakeClock, *crews: Crew) -> None:
    """Let a term and a renewal pass in which these give word."""
    for _ in range(int(TERM_SECONDS / RENEWAL_SECONDS) + 2):
        await clock.advance(RENEWAL_SECONDS)
        for crew in crews:
            assert await crew._renewed()


async def test_a_silent_worker_that_nobody_missed_goes_on(place: NewPlace, clock: FakeClock) -> None:
    frozen = place()
    await frozen.join()
    await clock.advance(TERM_SECONDS * 10)
    assert not frozen._standing.holds()
    proof = asyncio.create_task(frozen._standing.proven())
    keeping = asyncio.create_task(frozen.keep())
    assert await asyncio.wait_for(proof, 10)
    assert frozen._standing.holds()
    keeping.cancel()
    await asyncio.wait({keeping})


async def test_a_process_of_this_machine_that_is_gone_is_buried_at_once(place: NewPlace) -> None:
    dead, ours = place(), place()
    dead._holder = Holder(dead.name, "here", GONE)
    ours._holder = Holder(ours.name, "here", os.getpid())
    await dead.join()
    await ours.join()
    assert ours.others == 0


async def test_of_twenty_who_claim_at_once_one_has_it(place: NewPlace) -> None:
    crews = [place() for _ in range(20)]
    for crew in crews:
        await crew.join()
    found = await asyncio.gather(*(crew.claim("lane:1") for crew in crews))
    assert [one for one in found if one is not None] == [0]
    winner = crews[next(index for index, one in enumerate(found) if one is not None)]
    assert await winner.wanted("lane:1") == 19


async def test_what_was_wanted_meanwhile_is_not_let_go(place: NewPlace) -> None:
    one, two = place(), place()
    await one.join()
    await two.join()
    assert await one.claim("lane:1") == 0
    assert await two.claim("lane:1") is None
    assert not await one.let_go("lane:1", 0)
    assert await one.wanted("lane:1") == 1
    assert await one.let_go("lane:1", 1)
    assert await two.claim("lane:1") == 0


async def test_claiming_and_letting_go_twice_is_harmless(place: NewPlace) -> None:
    """An answer of the database that was lost makes one ask again."""
    one, two = place(), place()
    await one.join()
    await two.join()
    assert await one.claim("duty") == 0
    assert await one.claim("duty") == 0
    assert await one.let_go("duty", 0)
    assert await one.let_go("duty", 0)
    assert await two.claim("duty") == 0
    assert await one.let_go("duty", 0)
    assert await two.wanted("duty") == 0


async def test_what_a_dead_worker_had_is_inherited_by_one(place: NewPlace, clock: FakeClock) -> None:
    dead, *heirs = [place() for _ in range(4)]
    await dead.join()
    assert await dead.claim("lane:1") == 0
    assert await dead.claim("lane:-100") == 0
    assert await dead.claim("duty") == 0
    for heir in heirs:
        await heir.join()
    await _talking(clock, *heirs)
    inherited = await asyncio.gather(*(heir.inherited("lane:") for heir in heirs))
    assert sorted(name for names in inherited for name in names) == ["lane:-100", "lane:1"]
    assert await dead.wanted("lane:1") is None
    assert await heirs[0].claim("duty") is None, "another kind was not asked for"


async def test_nothing_of_the_living_is_inherited(place: NewPlace) -> None:
    one, two = place(), place()
    await one.join()
    await two.join()
    await one.claim("lane:1")
    assert await two.inherited("lane:") == []


async def test_alone_nothing_is_asked_of_the_database(clock: FakeClock) -> None:
    client = connect("mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=1")
    base = client["gub"]
    alone = Crew.alone(Workers(base, clock), Claims(base), BOT, Standing(clock, TERM_SECONDS), clock)
    assert await alone.names_alive() == {alone.name}
    assert alone.others == 0
    assert await alone.claim("duty") == 0
    assert await alone.let_go("duty", 0)
    assert await alone.inherited("lane:") == []
    await client.close()
