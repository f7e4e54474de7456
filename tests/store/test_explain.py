"""Nothing that a person waits for, or that comes again and again, looks at every document of a collection.

All operations of the store are called on a database that holds many other documents, and the server is asked how it
finds what they ask for.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping

import pytest
from pymongo import AsyncMongoClient

from benchmarks.scale_fill import fill
from gub.store.documents import Database
from gub.store.store import Store, open_store
from gub.store.vault import Vault
from tests.store.explaining import Query, Recorder, plan_of
from tests.store.operations import BOT_ID, Operation, Scenes, call, operations, unknown_arguments
from tests.support.clock import FakeClock

OTHERS = 80
"""Documents of every kind that have nothing to do with what is asked for."""

A_FEW = 20
"""So many documents may be looked at beside those that are found."""

FEW_DOCUMENTS: Mapping[str, str] = {
    "announcements": "those of a month",
    "claims": "the chats at work now",
    "credentials": "one a platform",
    "deletions": "wishes that are being fulfilled",
    "faults": "kinds of failures",
    "leases": "a handful",
    "workers": "a handful",
}
"""Collections that stay small however many chats there are: all of them may be looked at."""

LOOKS_AT_ALL: Mapping[str, str] = {
    "announcement_targets.audience": "it is about all chats, for an owner",
    "announcement_targets.gather": "it is about all chats, a batch at a time, beside everything else",
    "boards.chats": "it is about all boards, once a look of the poller and at each change of a chat's list",
    "chats.count": "it is about all chats, for an owner",
    "checking.findings": "when an operator asks for a check",
    "departures.all": "it is about all chats that were left in the last month, once a look of the poller",
    "figures.documents": "the counts that MongoDB keeps and the embedded server makes, one at a time",
    "starts.people": "once an hour, beside everything else",
    "history.people": "once an hour, beside everything else",
    "watches.all": "it is about all watches, once a look of the poller",
    "watches.chats_counted": "it is about all watches, once a look of the poller",
    "watches.people": "it is about all watches, once a look of the poller",
    "invited.put_right": "once, by an upgrade, and when an operator asks for a check",
    "personal.erase": "once for a person who is forgotten, beside: what names them in any list, whoever wrote it",
    "personal.records": "three times in ten minutes at the most, beside: what names somebody in any list",
}
"""Operations that look at all documents of a collection, and why they may."""

ENDLESS = frozenset({"turns.await_turn", "turns.keep"})
"""Operations that go on for as long as a process lives; what they do again and again is operations of their own."""

Watched = tuple[Store, Database, Recorder]


@pytest.fixture
async def watched(mongo_uri: str, database_name: str) -> AsyncIterator[Watched]:
    """A database that has seen much, and a store of which it is recorded what it asks."""
    clock = FakeClock()
    opened = await open_store(mongo_uri, database_name, clock=clock, vault=Vault.open_())
    await opened.close()
    recorder = Recorder()
    client = AsyncMongoClient(mongo_uri, tz_aware=True, event_listeners=[recorder])
    store = Store.on(client, database_name, clock, Vault.open_())
    try:
        await fill(store, client[database_name], clock, OTHERS, bot_id=BOT_ID)
        yield store, client[database_name], recorder
    finally:
        # One after another: all at once takes the embedded server longer than the driver waits, on a busy machine.
        for name in await client[database_name].list_collection_names():
            await client[database_name].drop_collection(name)
        await store.close()


def test_it_is_known_how_to_call_every_operation() -> None:
    unknown = {str(one): names for one in _called() if (names := unknown_arguments(one))}
    assert unknown == {}, "say in tests/store/operations.py what fits"


async def test_every_operation_finds_what_it_asks_for_by_an_index(watched: Watched) -> None:
    store, database, recorder = watched
    scenes = Scenes(store, FakeClock(), BOT_ID)
    slow: dict[str, list[str]] = {}
    for operation in _called():
        if unknown_arguments(operation):
            continue  # the test above tells
        scene = await scenes.new()
        recorder.recording = True
        async with asyncio.timeout(20):
            await call(operation, store, scene)
        for query in recorder.taken():
            if (why := await _slow(database, query)) is not None:
                slow.setdefault(str(operation), []).append(why)
    unexpected = [f"{name}: {why}" for name, whys in slow.items() if name not in LOOKS_AT_ALL for why in whys]
    assert not unexpected, "\n".join(unexpected)
    assert slow.keys() == LOOKS_AT_ALL.keys(), "what needs no exception any more is none"


async def test_a_search_through_everything_is_seen(watched: Watched) -> None:
    _, database, recorder = watched
    chats = database["chats"]
    recorder.recording = True
    await chats.find_one({"joined_at": None})
    await chats.update_one({"language": "tlh"}, {"$set": {"language": "de"}})
    await chats.count_documents({"type": "channel"})
    await chats.delete_one({"thread_id": 4})
    queries = recorder.taken()
    assert len(queries) == 4
    assert all([await _slow(database, query) is not None for query in queries])


async def _slow(database: Database, query: Query) -> str | None:
    """Say what is slow about a search; None if nothing is."""
    if query.collection in FEW_DOCUMENTS:
        return None
    plan = await plan_of(database, query)
    if plan.index is not None and plan.examined <= plan.found + A_FEW:
        return None
    return f"{query}: {plan.examined} documents looked at by {plan.index}, {plan.found} found"


def _called() -> list[Operation]:
    return [one for one in operations() if str(one) not in ENDLESS]
