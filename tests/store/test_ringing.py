"""What still rings: kept before the first message, and remembered until its command cannot come again."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from gub.clock import SystemClock
from gub.domain.limits import CALL_LIFETIME
from gub.store.documents import Database
from gub.store.inbox import TOMBSTONE_SECONDS
from gub.store.mongo import connect
from gub.store.ringing import Job, Kind, Ringing
from gub.store.store import Store
from tests.support.clock import FakeClock

CHAT, NEW_CHAT = -4001, -1009999999999
# The server sweeps away what is old by its own clock.
STARTED = FakeClock(SystemClock().now()).now()
CALL = Job("-4001:7", Kind.CALL, CHAT, 3, "f" * 24, None, (2, 3, 4), STARTED)
ASKING = replace(CALL, key="-4001:8", kind=Kind.INVITATION, invitation_id="e" * 24, left=(2, "@cyd", "(first)"))


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands at `STARTED`."""
    return FakeClock(STARTED)


@pytest.fixture
def ringing(store: Store, database: Database, clock: FakeClock) -> Ringing:
    """What rings, by that clock."""
    assert store is not None
    return Ringing(database, clock)


async def test_what_was_begun_is_given_as_it_is_now(ringing: Ringing) -> None:
    for job in (CALL, ASKING):
        assert await ringing.start(job, "worker") == job
        assert await ringing.start(replace(job, left=(99,), created_at=STARTED + timedelta(1)), "worker") == job
    assert await ringing.all() == [CALL, ASKING]
    assert await ringing.rung(CALL.key, [2, 4])
    assert await ringing.start(CALL, "worker") == replace(CALL, left=(3,))
    assert await ringing.rung(ASKING.key, ["@cyd", "(first)", 5])
    assert await ringing.all() == [replace(CALL, left=(3,)), replace(ASKING, left=(2,))]
    assert not await ringing.rung(CALL.key, [3])
    assert await ringing.all() == [replace(ASKING, left=(2,))]


async def test_of_the_same_begun_at_once_there_is_one(ringing: Ringing) -> None:
    jobs = [replace(CALL, left=(number,)) for number in range(10)]
    assert len(set(await asyncio.gather(*(ringing.start(job, "worker") for job in jobs)))) == 1
    assert len(await ringing.all()) == 1


async def test_what_has_ended_does_not_begin_anew(ringing: Ringing) -> None:
    """Its command may be handled again: the process died before it was marked as done."""
    await ringing.start(CALL, "worker")
    await ringing.end(CALL.key)
    assert await ringing.all() == []
    assert await ringing.start(CALL, "worker") == replace(CALL, left=())
    assert not await ringing.rung(CALL.key, [2])


async def test_what_was_forgotten_may_begin_anew(ringing: Ringing) -> None:
    await ringing.start(CALL, "worker")
    await ringing.rung(CALL.key, [2])
    await ringing.forget(CALL.key)
    assert await ringing.start(CALL, "worker") == CALL


async def test_what_is_too_old_rings_no_more(ringing: Ringing, clock: FakeClock) -> None:
    await ringing.start(CALL, "worker")
    await clock.advance(CALL_LIFETIME.total_seconds() - 1)
    assert await ringing.all() == [CALL]
    await clock.advance(1)
    assert await ringing.all() == []
    assert (await ringing.start(CALL, "worker")).created_at == STARTED, "it is known how old it is"


async def test_nobody_else_ends_what_is_not_there(ringing: Ringing) -> None:
    await ringing.end("-1:1")
    await ringing.forget("-1:1")
    assert not await ringing.rung("-1:1", [1])
    assert await ringing.all() == []


async def test_it_is_kept_as_long_as_its_command_may_come_again(store: Store, database: Database) -> None:
    assert await store.ringing.all() == []
    indexes = await database["ringing"].index_information()
    assert indexes["stored_at_ttl"]["key"] == [("stored_at", 1)]
    assert indexes["stored_at_ttl"]["expireAfterSeconds"] == TOMBSTONE_SECONDS
    assert CALL_LIFETIME.total_seconds() < TOMBSTONE_SECONDS


async def test_it_moves_with_its_chat_and_goes_with_it(store: Store, ringing: Ringing) -> None:
    other = replace(CALL, key="-5:7", chat_id=-5)
    for job in (CALL, other):
        await ringing.start(job, "worker")
    await store.life.migrate(CHAT, NEW_CHAT)
    await store.life.migrate(CHAT, NEW_CHAT)
    assert await ringing.all() == [replace(CALL, chat_id=NEW_CHAT), other]
    assert await store.life.purge(NEW_CHAT) == 2  # and the note of the move
    assert await ringing.all() == [other]


async def test_another_process_finds_it(mongo_uri: str, database_name: str, ringing: Ringing) -> None:
    await ringing.start(replace(CALL, created_at=SystemClock().now()), "worker")
    client = connect(mongo_uri)
    (found,) = await Ringing(client[database_name], SystemClock()).all()
    await client.close()
    assert (found.key, found.left, found.thread_id) == (CALL.key, CALL.left, 3)


async def test_what_rings_for_a_dead_worker_is_taken_over_by_one(ringing: Ringing) -> None:
    async def alive() -> set[str]:
        return {"one", "two", "three"}

    await ringing.start(CALL, "dead")
    await ringing.start(ASKING, "one")
    heirs = [await ringing.inherit(alive, name) for name in ("two", "three")]
    assert heirs == [[CALL], []]
    assert await ringing.inherit(alive, "one") == []


async def test_whose_command_is_handled_again_has_it_unless_another_rings_it(ringing: Ringing) -> None:
    """The lane of its chat was taken over, from a worker that is dead or stood down."""
    living = {"two", "three"}

    async def alive() -> set[str]:
        return living

    await ringing.start(CALL, "one")
    assert await ringing.start(CALL, "two") == CALL
    assert await ringing.take_from_dead(CALL.key, alive, "two")
    assert await ringing.take_from_dead(CALL.key, alive, "two"), "it has it"
    assert not await ringing.take_from_dead(CALL.key, alive, "three")
    living.remove("two")
    assert await ringing.take_from_dead(CALL.key, alive, "three")
    await ringing.take(CALL.key, "two")
    assert await ringing.inherit(alive, "three") == [CALL]
    assert not await ringing.take_from_dead("-1:1", alive, "three")
