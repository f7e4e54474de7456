"""What the workers of a bot have sent lately."""

import asyncio
import math

import pytest

from gub.store.documents import Database
from gub.store.errors import StoreUnavailable
from gub.store.mongo import connect
from gub.store.paces import Paces, Tally
from gub.store.store import Store
from tests.support.clock import START

NOW = START.timestamp()


async def test_what_is_written_is_read(store: Store) -> None:
    assert await store.paces.read("42:all") == Tally()
    first = await store.paces.write("42:all", Tally(due=NOW + 1, taken=(NOW, NOW)), NOW)
    assert first is not None
    assert await store.paces.read("42:all") == first
    second = await store.paces.write("42:all", first, NOW + 1)
    assert second is not None
    assert second.revision == first.revision + 1
    assert second.held_until == -math.inf


async def test_who_was_not_fast_enough_is_told(store: Store) -> None:
    first = await store.paces.write("42:7", Tally(taken=(NOW,)), NOW)
    assert first is not None
    assert await store.paces.write("42:7", Tally(), NOW) is None
    assert await store.paces.write("42:7", first, NOW) is not None
    assert await store.paces.write("42:7", first, NOW) is None


async def test_of_many_at_once_one_is_first(store: Store) -> None:
    for seen in (Tally(), await store.paces.write("42:8", Tally(), NOW)):
        assert seen is not None
        name = "42:8" if seen.revision else "42:9"
        written = await asyncio.gather(*(store.paces.write(name, seen, NOW) for _ in range(10)))
        assert sum(one is not None for one in written) == 1


async def test_a_name_that_comes_again_has_no_revision_of_before(store: Store, database: Database) -> None:
    tally = await store.paces.write("42:7", Tally(), NOW)
    assert tally is not None
    await database["paces"].delete_many({})
    again = await store.paces.write("42:7", Tally(), NOW + 300)
    assert again is not None
    assert await store.paces.write("42:7", tally, NOW + 300) is None


async def test_it_is_forgotten_after_minutes_but_no_hold_before_its_end(store: Store, database: Database) -> None:
    await store.paces.write("42:7", Tally(), NOW)
    await store.paces.write("42:8", Tally(held_until=NOW + 3600), NOW)
    async for document in database["paces"].find({}):
        left = document["expires_at"].timestamp() - NOW
        assert left == (180 if document["_id"] == "42:7" else 3780)


async def test_a_database_that_is_away_is_told_of() -> None:
    client = connect("mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=50")
    try:
        paces = Paces(client["gub"])
        with pytest.raises(StoreUnavailable):
            await paces.read("42:all")
        with pytest.raises(StoreUnavailable):
            await paces.write("42:all", Tally(), NOW)
    finally:
        await client.close()
