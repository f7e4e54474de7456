"""Updates are stored once, told apart from redeliveries, and handled after a crash."""

from typing import Any

import pytest
from pymongo.errors import AutoReconnect, BulkWriteError

from gub.clock import SystemClock
from gub.store import inbox as module
from gub.store.documents import Database
from gub.store.inbox import TOMBSTONE_SECONDS, Inbox
from gub.store.mongo import is_unavailable
from gub.store.store import Store
from gub.store.vault import Vault

BOT = 123456


def update(number: int, **more: Any) -> dict[str, Any]:
    return {"update_id": number, "message": {"text": "hi"}, **more}


async def test_what_is_new_comes_back_in_order_and_once(store: Store) -> None:
    first = [update(3), update(1), update(2)]
    assert await store.inbox.add(BOT, first) == first
    assert await store.inbox.add(BOT, [update(2), update(5), update(3), update(4)]) == [update(5), update(4)]
    assert await store.inbox.add(BOT, [update(2)]) == []
    assert await store.inbox.add(BOT, []) == []
    assert await store.inbox.add(BOT + 1, [update(2)]) == [update(2)]


async def test_pending_is_what_was_not_handled_in_telegrams_order(store: Store) -> None:
    await store.inbox.add(BOT, [update(3), update(1), update(2), update(4)])
    await store.inbox.add(BOT + 1, [update(9)])
    await store.inbox.done(BOT, [1, 2, 4, 77])
    assert await store.inbox.pending(BOT) == [update(3)]
    await store.inbox.done(BOT, [])


async def test_a_tombstone_keeps_no_body_and_recognises_a_redelivery(store: Store, database: Database) -> None:
    await store.inbox.add(BOT, [update(1)])
    await store.inbox.done(BOT, [1])
    assert await store.inbox.add(BOT, [update(1)]) == []
    (tombstone,) = await database["inbox"].find().to_list()
    assert "body" not in tombstone
    assert tombstone["state"] == "done"
    information = await database["inbox"].index_information()
    assert information["done_at_ttl"]["expireAfterSeconds"] == TOMBSTONE_SECONDS == 172_800


async def test_any_json_is_kept_as_it_came(store: Store) -> None:
    poison = update(
        1,
        **{"$where": 1, "a.b": {"\x00": "\ud800"}, "big": 10**30, "": None, "_id": {"$gt": ""}, "float": 1e308},
    )
    assert await store.inbox.add(BOT, [poison]) == [poison]
    assert await store.inbox.pending(BOT) == [poison]


async def test_what_json_cannot_carry_stores_nothing_of_the_group(store: Store) -> None:
    nested: dict[str, Any] = {}
    for _ in range(200_000):
        nested = {"a": nested}
    with pytest.raises(RecursionError):
        await store.inbox.add(BOT, [update(1), {"update_id": 2, "deep": nested}])
    assert await store.inbox.pending(BOT) == []


async def test_a_write_that_succeeded_unheard_is_new_when_it_is_repeated(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection breaks after the insertion and before its answer: nobody has handled these yet."""
    await store.inbox.add(BOT, [update(1)])
    await store.inbox.done(BOT, [1])
    await store.inbox.add(BOT, [update(2)])
    real = store.inbox._collection.insert_many

    async def unheard(*arguments: Any, **options: Any) -> None:
        with pytest.raises(BulkWriteError):
            await real(*arguments, **options)
        raise AutoReconnect("connection closed")

    batch = [update(1), update(3), update(4)]
    monkeypatch.setattr(store.inbox._collection, "insert_many", unheard)
    with pytest.raises(AutoReconnect):
        await store.inbox.add(BOT, batch)
    monkeypatch.undo()
    assert await store.inbox.add(BOT, [*batch, update(2)]) == [update(3), update(4)]
    assert await store.inbox.add(BOT, batch) == []


async def test_a_write_that_was_not_replicated_in_time_is_repeated(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server may note a duplicate and, of the rest, that too few others have it: it may be lost by a failover."""
    real = store.inbox._collection.insert_many

    async def alone(*arguments: Any, **options: Any) -> None:
        with pytest.raises(BulkWriteError) as known:
            await real(*arguments, **options)
        late = {"code": 64, "errmsg": "waiting for replication timed out"}
        raise BulkWriteError({**(known.value.details or {}), "writeConcernErrors": [late]})

    await store.inbox.add(BOT, [update(1)])
    batch = [update(1), update(2)]
    monkeypatch.setattr(store.inbox._collection, "insert_many", alone)
    with pytest.raises(BulkWriteError) as failed:
        await store.inbox.add(BOT, batch)
    assert is_unavailable(failed.value)
    monkeypatch.undo()
    assert await store.inbox.add(BOT, batch) == [update(2)]


async def test_another_process_does_not_take_them_for_new(store: Store, database: Database) -> None:
    await store.inbox.add(BOT, [update(1)])
    other = Inbox(database, SystemClock(), Vault.open_())
    assert await other.add(BOT, [update(1)]) == []
    assert module.SCHEMA.name == "inbox"
