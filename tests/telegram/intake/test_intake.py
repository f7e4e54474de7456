"""Stored before it is acknowledged, handled once, finished before the end."""

import asyncio

import pytest
from structlog.testing import capture_logs

from gub.telegram.intake.errors import IntakeClosed
from tests.support.clock import FakeClock
from tests.telegram.intake.support import (
    BOT_ID,
    Away,
    Delayed,
    Handler,
    MemoryInbox,
    make_intake,
    message,
    running_intake,
    settle,
)


@pytest.fixture
def inbox() -> MemoryInbox:
    return MemoryInbox()


@pytest.fixture
def handler() -> Handler:
    return Handler()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


async def test_accept_returns_when_stored_and_does_not_wait_for_the_handler(
    inbox: MemoryInbox, handler: Handler, clock: FakeClock
) -> None:
    handler.hold(1)
    inbox.gate.clear()
    async with running_intake(inbox, handler, clock) as intake:
        accepting = asyncio.create_task(intake.accept([message(1)]))
        await inbox.until(lambda box: box.adds == [[1]])
        await settle()
        assert not accepting.done()
        assert handler.began == []
        inbox.gate.set()
        await accepting
        await handler.until(lambda seen: seen.began == [1])
        assert (BOT_ID, 1) in inbox.bodies
        assert intake.unfinished == 1
        handler.release()
        await inbox.until(lambda box: (BOT_ID, 1) in box.handled)


async def test_those_who_come_during_a_write_share_the_next_and_a_lone_one_waits_for_nobody(
    inbox: MemoryInbox, handler: Handler, clock: FakeClock
) -> None:
    async with running_intake(inbox, handler, clock) as intake:
        inbox.gate.clear()
        first = asyncio.create_task(intake.accept([message(1, 1)]))
        await inbox.until(lambda box: box.adds == [[1]])
        others = [asyncio.create_task(intake.accept([message(n, n)])) for n in (2, 3, 4)]
        await settle()
        assert inbox.adds == [[1]]
        inbox.gate.set()
        await asyncio.gather(first, *others)
        assert inbox.adds == [[1], [2, 3, 4]]
        assert clock.monotonic() == 0


async def test_completions_during_a_write_share_the_next(
    inbox: MemoryInbox, handler: Handler, clock: FakeClock
) -> None:
    handler.hold(1, 2, 3, 4)
    async with running_intake(inbox, handler, clock) as intake:
        await intake.accept([message(n, n) for n in (1, 2, 3, 4)])
        inbox.gate.clear()
        handler.release(1)
        await inbox.until(lambda box: box.dones == [[1]])
        handler.release()
        await handler.until(lambda seen: len(seen.ended) == 4)
        inbox.gate.set()
        await inbox.until(lambda box: len(box.handled) == 4)
        assert inbox.dones == [[1], [2, 3, 4]]


async def test_a_redelivered_update_is_not_handled_twice(
    inbox: MemoryInbox, handler: Handler, clock: FakeClock
) -> None:
    async with running_intake(inbox, handler, clock) as intake:
        await intake.accept([message(1), message(2)])
        await intake.accept([message(2), message(3)])
        await handler.until(lambda seen: len(seen.ended) == 3)
        await intake.accept([message(1), message(2), message(3)])
        await settle()
        assert handler.began == [1, 2, 3]


async def test_the_same_update_twice_in_a_batch_is_handled_once(
    inbox: MemoryInbox, handler: Handler, clock: FakeClock
) -> None:
    async with running_intake(inbox, handler, clock) as intake:
        await intake.accept([message(1), message(1), message(2)])
        await handler.until(lambda seen: len(seen.ended) == 2)
        await settle()
        assert handler.began == [1, 2]


async def test_what_an_earlier_run_left_goes_before_anything_new_of_the_chat(
    inbox: MemoryInbox, handler: Handler, clock: FakeClock
) -> None:
    await inbox.add(BOT_ID, [message(7, 1), message(5, 1), message(6, 2)])
    await inbox.add(BOT_ID + 1, [message(1, 1)])
    intake = make_intake(inbox, handler, clock)
    early = asyncio.create_task(intake.accept([message(8, 1)]))
    await settle()
    assert not early.done()
    assert await intake.recover() == 3
    await early
    await handler.until(lambda seen: len(seen.ended) == 4)
    assert [update_id for update_id in handler.ended if update_id != 6] == [5, 7, 8]
    await intake.aclose()


async def test_a_failing_handler_is_logged_without_texts_and_its_update_is_done(
    inbox: MemoryInbox, handler: Handler, clock: FakeClock
) -> None:
    handler.fails = {1: ValueError("what a person wrote"), 2: asyncio.CancelledError()}
    async with running_intake(inbox, handler, clock) as intake:
        with capture_logs() as logged:
            await intake.accept([message(n, text="what a person wrote") for n in (1, 2, 3)])
            await inbox.until(lambda box: len(box.handled) == 3)
    assert handler.ended == [3]
    failures = [line for line in logged if line["event"] == "a handler failed"]
    assert [(line["update_id"], line["error"], line["kind"]) for line in failures] == [
        (1, "ValueError", "message"),
        (2, "CancelledError", "message"),
    ]
    assert "what a person wrote" not in str(logged)


async def test_draining_finishes_what_is_taken(inbox: MemoryInbox, handler: Handler, clock: FakeClock) -> None:
    handler.hold(1, 2)
    intake = make_intake(inbox, handler, clock)
    await intake.recover()
    await intake.accept([message(1, 1), message(2, 1), message(3, 2)])
    draining = asyncio.create_task(intake.drain(20))
    await settle()
    with pytest.raises(IntakeClosed):
        await intake.accept([message(4)])
    assert not draining.done()
    handler.release()
    assert await draining == 0
    assert sorted(handler.ended) == [1, 2, 3]
    assert len(inbox.handled) == 3


async def test_draining_is_bounded_and_what_is_unfinished_is_done_by_the_next_run(
    inbox: MemoryInbox, handler: Handler, clock: FakeClock
) -> None:
    handler.hold(1)
    intake = make_intake(inbox, handler, clock)
    await intake.recover()
    await intake.accept([message(1, 1), message(2, 1), message(3, 2)])
    draining = asyncio.create_task(intake.drain(20))
    await handler.until(lambda seen: seen.ended == [3])
    await settle()
    await clock.advance(20)
    assert await draining == 2
    assert handler.ended == [3]

    second = Handler()
    async with running_intake(inbox, second, clock):
        await second.until(lambda seen: seen.ended == [1, 2])


async def test_a_handler_that_will_not_be_cancelled_does_not_hold_up_the_end(
    inbox: MemoryInbox, clock: FakeClock
) -> None:
    release = asyncio.Event()

    async def stubborn(_raw: object) -> None:
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue

    intake = make_intake(inbox, stubborn, clock)
    await intake.recover()
    await intake.accept([message(1)])
    draining = asyncio.create_task(intake.drain(5))
    await settle()
    await clock.advance(5)
    await clock.advance(2)
    assert await draining == 1
    release.set()
    await settle()


async def test_database_away_nothing_is_acknowledged_and_each_is_told_once_after_a_second(
    inbox: MemoryInbox, handler: Handler, clock: FakeClock
) -> None:
    delayed = Delayed()
    async with running_intake(inbox, handler, clock, delayed=delayed) as intake:
        inbox.away = True
        first = asyncio.create_task(intake.accept([message(1), message(2)]))
        await clock.until_sleeping(2)
        await clock.advance(0.9)
        again = asyncio.create_task(intake.accept([message(2), message(3)]))
        await settle()
        assert delayed.ids == []
        await clock.advance(0.1)
        assert delayed.ids == [1, 2]
        await clock.advance(1)
        assert delayed.ids == [1, 2, 3]
        await clock.advance(5)
        assert delayed.ids == [1, 2, 3]
        assert not first.done()
        assert not again.done()
        inbox.away = False
        await clock.advance(2)
        await asyncio.gather(first, again)
        await handler.until(lambda seen: seen.ended == [1, 2, 3])
        await clock.advance(5)
        assert delayed.ids == [1, 2, 3]


async def test_a_write_that_hangs_is_a_delay_too(inbox: MemoryInbox, handler: Handler, clock: FakeClock) -> None:
    delayed = Delayed()
    async with running_intake(inbox, handler, clock, delayed=delayed) as intake:
        inbox.gate.clear()
        accepting = asyncio.create_task(intake.accept([message(1)]))
        await clock.until_sleeping(1)
        await clock.advance(1)
        assert delayed.ids == [1]
        inbox.gate.set()
        await accepting


async def test_quick_writes_tell_nobody(inbox: MemoryInbox, handler: Handler, clock: FakeClock) -> None:
    delayed = Delayed()
    async with running_intake(inbox, handler, clock, delayed=delayed) as intake:
        for n in range(1, 8):
            await intake.accept([message(n)])
            await clock.advance(0.4)
        assert delayed.ids == []
        await clock.advance(2)
        assert clock.sleepers == 0


async def test_the_store_back_after_a_lost_answer_handles_once_and_loses_nothing(
    inbox: MemoryInbox, handler: Handler, clock: FakeClock
) -> None:
    async with running_intake(inbox, handler, clock) as intake:
        handler.hold(1)
        await intake.accept([message(1)])
        inbox.lose_answer = True
        accepting = asyncio.create_task(intake.accept([message(1), message(2)]))
        await clock.until_sleeping(2)
        await clock.advance(0.1)
        await accepting
        handler.release()
        await handler.until(lambda seen: seen.ended == [1, 2])
        await settle()
        assert handler.began == [1, 2]


async def test_one_update_that_the_database_refuses_does_not_keep_the_others_out(
    inbox: MemoryInbox, handler: Handler, clock: FakeClock
) -> None:
    inbox.refuses = lambda raw: "poison" in raw
    async with running_intake(inbox, handler, clock) as intake:
        await intake.accept([message(1), {**message(2), "poison": 1}, message(3)])
        await handler.until(lambda seen: seen.ended == [1, 2, 3])
        assert inbox.bodies[BOT_ID, 2] == {"update_id": 2}
        assert handler.raws[1]["poison"] == 1


async def test_stopping_while_the_database_is_away_acknowledges_nothing_and_does_not_wait(
    inbox: MemoryInbox, handler: Handler, clock: FakeClock
) -> None:
    intake = make_intake(inbox, handler, clock)
    await intake.recover()
    inbox.away = True
    accepting = asyncio.create_task(intake.accept([message(1)]))
    await clock.until_sleeping(2)
    draining = asyncio.create_task(intake.drain(60))
    await settle()
    await clock.advance(2)
    assert await draining == 0
    with pytest.raises(IntakeClosed):
        await accepting
    assert inbox.bodies == {}


async def test_completions_are_written_when_the_database_is_back(
    inbox: MemoryInbox, handler: Handler, clock: FakeClock
) -> None:
    handler.hold(1)
    async with running_intake(inbox, handler, clock) as intake:
        await intake.accept([message(1)])
        inbox.away = True
        handler.release()
        await inbox.until(lambda box: len(box.dones) == 1)
        await clock.until_sleeping(1)
        inbox.away = False
        await clock.advance(1)
        await inbox.until(lambda box: (BOT_ID, 1) in box.handled)


async def test_at_most_so_many_wait_for_the_store(inbox: MemoryInbox, handler: Handler, clock: FakeClock) -> None:
    async with running_intake(inbox, handler, clock, capacity=3) as intake:
        inbox.gate.clear()
        tasks = [asyncio.create_task(intake.accept([message(n, n)])) for n in range(1, 7)]
        await settle()
        assert intake.held == 3
        inbox.gate.set()
        await asyncio.gather(*tasks)
        await handler.until(lambda seen: len(seen.ended) == 6)
        assert intake.held == 0


async def test_a_busy_chat_makes_others_wait_but_not_forever(
    inbox: MemoryInbox, handler: Handler, clock: FakeClock
) -> None:
    handler.hold(1)
    async with running_intake(inbox, handler, clock, capacity=4) as intake:
        await intake.accept([message(n, 1) for n in range(1, 5)])
        await intake.accept([message(5, 2)])
        waiting = asyncio.create_task(intake.accept([message(n, 2) for n in range(6, 30)]))
        await settle()
        assert handler.began == [1]
        handler.release()
        await waiting
        await handler.until(lambda seen: len(seen.ended) == 29)


async def test_who_gives_up_waiting_does_not_take_the_update_along(
    inbox: MemoryInbox, handler: Handler, clock: FakeClock
) -> None:
    async with running_intake(inbox, handler, clock) as intake:
        inbox.gate.clear()
        accepting = asyncio.create_task(intake.accept([message(1)]))
        await inbox.until(lambda box: box.adds == [[1]])
        accepting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await accepting
        inbox.gate.set()
        await intake.accept([message(1)])
        await handler.until(lambda seen: seen.ended == [1])
        await settle()
        assert handler.began == [1]


async def test_a_failure_to_tell_of_a_delay_touches_nothing(
    inbox: MemoryInbox, handler: Handler, clock: FakeClock
) -> None:
    async def failing(_raw: object) -> None:
        raise Away

    async with running_intake(inbox, handler, clock, delayed=failing) as intake:  # type: ignore[arg-type]
        inbox.gate.clear()
        accepting = asyncio.create_task(intake.accept([message(1)]))
        await clock.until_sleeping(1)
        await clock.advance(3)
        inbox.gate.set()
        await accepting
        await handler.until(lambda seen: seen.ended == [1])


async def test_stopping_before_recovery_takes_nothing(inbox: MemoryInbox, handler: Handler, clock: FakeClock) -> None:
    await inbox.add(BOT_ID, [message(1)])
    intake = make_intake(inbox, handler, clock)
    accepting = asyncio.create_task(intake.accept([message(2)]))
    await settle()
    assert await intake.drain(60) == 0
    with pytest.raises(IntakeClosed):
        await accepting
    assert [raw["update_id"] for raw in await inbox.pending(BOT_ID)] == [1]
    assert handler.began == []
