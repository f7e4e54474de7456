"""The intake on the store's own inbox, with updates that no database likes."""

import asyncio
from typing import Any

from pymongo.errors import AutoReconnect

from gub.clock import SystemClock
from gub.store.mongo import is_unavailable
from gub.store.store import Store
from gub.telegram.intake.inbox import Intake
from tests.support.clock import FakeClock
from tests.telegram.intake.support import BOT_ID, Delayed, Handler, message, settle

CLOCK = SystemClock()


def nested(depth: int) -> list[Any]:
    inner: list[Any] = []
    for _ in range(depth):
        inner = [inner]
    return inner


ODD = [
    {"update_id": 1, "message": {"chat": {"id": 1}, "text": "\ud800 half a character"}},
    {"update_id": 2, "key\x00with nul": {"$set": 1, "a.b": 2}},
    {"update_id": 3, "huge": 10**40, "tiny": 1e-320},
    {"update_id": 4, "deep": nested(300)},
    {"update_id": 2**63 - 1, "": {"": ""}},
]


async def test_odd_updates_are_kept_whole_and_handled_by_the_next_process(store: Store) -> None:
    first = Handler()
    first.hold(*[raw["update_id"] for raw in ODD])
    intake = Intake(BOT_ID, store.inbox, first, CLOCK, is_unavailable=is_unavailable, on_delay=Delayed())
    await intake.recover()
    await intake.accept(ODD)
    await intake.aclose()
    assert first.ended == []

    second = Handler()
    intake = Intake(BOT_ID, store.inbox, second, CLOCK, is_unavailable=is_unavailable, on_delay=Delayed())
    assert await intake.recover() == len(ODD)
    await intake.accept(ODD)
    assert await intake.drain(20) == 0
    assert sorted(second.raws, key=lambda raw: raw["update_id"]) == ODD
    assert await store.inbox.pending(BOT_ID) == []


async def test_an_update_that_cannot_be_written_at_all_does_not_keep_others_out(store: Store) -> None:
    handler = Handler()
    intake = Intake(BOT_ID, store.inbox, handler, CLOCK, is_unavailable=is_unavailable, on_delay=Delayed())
    await intake.recover()
    await intake.accept([message(1), {"update_id": 2, "deep": nested(100_000)}, message(3)])
    assert await intake.drain(20) == 0
    assert sorted(handler.ended) == [1, 2, 3]
    await intake_again_sees_nothing(store)


async def intake_again_sees_nothing(store: Store) -> None:
    handler = Handler()
    intake = Intake(BOT_ID, store.inbox, handler, CLOCK, is_unavailable=is_unavailable, on_delay=Delayed())
    assert await intake.recover() == 0
    await intake.accept([message(1), message(2), message(3)])
    assert await intake.drain(20) == 0
    assert handler.began == []


class BreaksOnce:
    """The store's inbox over a connection that breaks once, after the write or before it."""

    def __init__(self, store: Store, *, after: bool) -> None:
        self._inbox = store.inbox
        self._after = after
        self._broken = False
        self.done = store.inbox.done
        self.pending = store.inbox.pending

    async def add(self, bot_id: int, updates: Any) -> Any:
        if self._broken:
            return await self._inbox.add(bot_id, updates)
        self._broken = True
        if self._after:
            await break_after(self._inbox, bot_id, updates)
        raise AutoReconnect


async def break_after(inbox: Any, bot_id: int, updates: Any) -> None:
    """Have the inbox write, and see its connection break before the answer came."""
    collection = inbox._collection

    class Breaking:
        async def insert_many(self, *arguments: Any, **options: Any) -> None:
            await collection.insert_many(*arguments, **options)
            raise AutoReconnect

    inbox._collection = Breaking()
    try:
        await inbox.add(bot_id, updates)
    finally:
        inbox._collection = collection


async def test_a_write_whose_answer_was_lost_is_handled_once(store: Store) -> None:
    for after, ids in ((True, (1, 2)), (False, (3, 4))):
        handler, clock = Handler(), FakeClock()
        inbox = BreaksOnce(store, after=after)
        intake = Intake(BOT_ID, inbox, handler, clock, is_unavailable=is_unavailable, on_delay=Delayed())
        await intake.recover()
        accepting = asyncio.create_task(intake.accept([message(n) for n in ids]))
        await clock.until_sleeping(2)
        await clock.advance(0.1)
        await accepting
        await handler.until(lambda seen, ids=ids: seen.ended == list(ids))
        await settle()
        assert await intake.drain(20) == 0
        assert handler.began == list(ids)
