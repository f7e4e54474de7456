"""One chat in order, chats in parallel, bounded, and nothing left behind."""

import asyncio
import contextvars

import pytest
from structlog.testing import capture_logs

from gub.telegram.intake.errors import IntakeClosed
from gub.telegram.intake.lanes import Lanes
from gub.telegram.intake.updates import RawUpdate
from tests.telegram.intake.support import Handler, message, settle


async def test_one_chat_is_handled_in_order_though_later_ones_are_quicker() -> None:
    handler = Handler()
    lanes = Lanes(handler)
    handler.hold(1, 2)
    for update_id in (1, 2, 3):
        await lanes.put(5, message(update_id, 5))
    await settle()
    assert handler.began == [1]
    handler.release(2)
    await settle()
    assert handler.began == [1]
    handler.release(1)
    await lanes.idle()
    assert handler.ended == [1, 2, 3]


async def test_chats_do_not_wait_for_each_other() -> None:
    handler = Handler()
    lanes = Lanes(handler)
    handler.hold(1)
    await lanes.put(5, message(1, 5))
    await lanes.put(6, message(2, 6))
    await handler.until(lambda seen: seen.ended == [2])
    handler.release()
    await lanes.idle()


async def test_at_most_so_many_chats_are_at_work_and_they_take_turns() -> None:
    handler = Handler()
    lanes = Lanes(handler, limit=2)
    handler.hold(*range(1, 7))
    for update_id, chat in enumerate((10, 10, 20, 20, 30, 30), start=1):
        await lanes.put(chat, message(update_id, chat))
    await settle()
    assert handler.began == [1, 3]
    handler.release(1)
    await settle()
    assert handler.began == [1, 3, 5], "chat 30 waited longer than the second of chat 10"
    handler.release()
    await lanes.idle()
    assert sorted(handler.ended) == [1, 2, 3, 4, 5, 6]


async def test_who_offers_more_than_the_capacity_waits() -> None:
    handler = Handler()
    lanes = Lanes(handler, capacity=2)
    handler.hold(1)
    await lanes.put(1, message(1))
    await lanes.put(1, message(2))
    third = asyncio.create_task(lanes.put(1, message(3)))
    await settle()
    assert not third.done()
    assert lanes.count == 2
    handler.release()
    await third
    await lanes.idle()
    assert handler.ended == [1, 2, 3]


async def test_lanes_vanish_when_idle() -> None:
    handler = Handler()
    lanes = Lanes(handler)
    for chat in range(50):
        await lanes.put(chat, message(chat, chat))
    assert lanes.chats == 50
    await lanes.idle()
    assert (lanes.chats, lanes.count) == (0, 0)


async def test_closing_cancels_what_is_at_work_and_forgets_what_waits() -> None:
    handler = Handler()
    lanes = Lanes(handler, limit=1, capacity=3)
    handler.hold(1)
    for update_id in (1, 2):
        await lanes.put(1, message(update_id))
    await lanes.put(2, message(3, 2))
    late = asyncio.create_task(lanes.put(2, message(4, 2)))
    await settle()
    await lanes.aclose()
    await lanes.idle()
    assert (lanes.chats, lanes.count, handler.began, handler.ended) == (0, 0, [1], [])
    with pytest.raises(IntakeClosed):
        await late
    with pytest.raises(IntakeClosed):
        await lanes.put(1, message(5))


async def test_a_raising_handler_does_not_stop_its_lane() -> None:
    handler = Handler()
    lanes = Lanes(handler)
    handler.fails[1] = ValueError("a person's words")
    handler.fails[2] = asyncio.CancelledError()
    with capture_logs() as logged:
        for update_id in (1, 2, 3):
            await lanes.put(1, message(update_id))
        await lanes.idle()
    assert handler.ended == [3]
    assert "a person's words" not in str(logged)


async def test_context_variables_do_not_leak_from_one_update_into_the_next() -> None:
    language = contextvars.ContextVar("language", default="none")
    seen = []

    async def handle(raw: RawUpdate) -> None:
        await asyncio.sleep(0)
        seen.append(language.get())
        language.set(raw["message"]["text"])

    lanes = Lanes(handle)
    await lanes.put(1, message(1, text="de"))
    await lanes.put(1, message(2))
    await lanes.idle()
    assert seen == ["none", "none"]
