"""One process at a time takes a bot's updates in."""

import asyncio
import math
import os

import pymongo
from pymongo.errors import AutoReconnect, OperationFailure

from gub.clock import SystemClock
from gub.standing import Standing
from gub.store.mongo import connect
from gub.store.processes import RENEWAL_SECONDS, WORD_SECONDS, Holder
from gub.store.turns import TERM, Turns
from tests.support.clock import FakeClock

BOT = 42
GONE = 2**22 - 1  # no process has a number as high as the kernel's limit, nor this one


async def _turns(mongo_uri: str, database_name: str, clock, *holders: Holder):
    client = connect(mongo_uri)
    return client, [Turns(client[database_name], clock, holder) for holder in holders]


def _standing(clock: FakeClock) -> Standing:
    standing = Standing(clock, TERM.total_seconds())
    standing.confirmed(clock.monotonic())
    return standing


async def test_a_stand_by_takes_over_when_the_holder_gives_no_word(mongo_uri, database_name) -> None:
    clock = FakeClock()
    client, (elder, newcomer) = await _turns(
        mongo_uri, database_name, clock, Holder("a", "one", 1), Holder("b", "two", 1)
    )
    standing = Standing(clock, TERM.total_seconds())
    try:
        assert await elder.take(BOT)
        waiting = asyncio.create_task(newcomer.await_turn(BOT, standing))
        for _ in range(8):
            assert await elder.renew(BOT)
            await clock.until_sleeping()
            await clock.advance(5)
        assert not waiting.done()
        assert not standing.holds()
        while not waiting.done():
            sleeping = asyncio.create_task(clock.until_sleeping())
            await asyncio.wait({waiting, sleeping}, return_when=asyncio.FIRST_COMPLETED)
            sleeping.cancel()
            await asyncio.wait({sleeping})
            await clock.advance(0.5)
        assert standing.holds()
        assert not await elder.renew(BOT)
    finally:
        await client.close()


async def test_a_newcomer_gives_up_when_it_sees_the_holder_renew(mongo_uri, database_name) -> None:
    clock = FakeClock()
    client, (elder, newcomer) = await _turns(
        mongo_uri, database_name, clock, Holder("a", "one", 1), Holder("b", "two", 1)
    )
    try:
        assert await elder.take(BOT)
        asking = asyncio.create_task(newcomer.take(BOT))
        await clock.until_sleeping()
        await clock.advance(0.5)
        assert await elder.renew(BOT)
        while not asking.done():
            sleeping = asyncio.create_task(clock.until_sleeping())
            await asyncio.wait({asking, sleeping}, return_when=asyncio.FIRST_COMPLETED)
            sleeping.cancel()
            await asyncio.wait({sleeping})
            await clock.advance(0.5)
        assert await asking is False
        assert await elder.renew(BOT)
    finally:
        await client.close()


async def test_a_turn_that_is_not_renewed_is_free_after_its_term(mongo_uri, database_name) -> None:
    clock = FakeClock()
    client, (elder, newcomer) = await _turns(
        mongo_uri, database_name, clock, Holder("a", "one", 1), Holder("b", "two", 1)
    )
    try:
        assert await elder.take(BOT)
        await clock.advance(TERM.total_seconds() + 1)
        assert await newcomer.take(BOT)
        assert not await elder.renew(BOT)
    finally:
        await client.close()


async def test_a_holder_that_died_on_this_machine_is_followed_at_once(mongo_uri, database_name) -> None:
    clock = FakeClock()
    dead, ours = Holder("a", "here", GONE), Holder("b", "here", os.getpid())
    client, (elder, newcomer) = await _turns(mongo_uri, database_name, clock, dead, ours)
    try:
        assert await elder.take(BOT)
        assert await newcomer.take(BOT)
    finally:
        await client.close()


async def test_in_a_container_the_dead_holder_may_have_had_our_number(mongo_uri, database_name) -> None:
    clock = FakeClock()
    client, (elder, newcomer) = await _turns(
        mongo_uri, database_name, clock, Holder("a", "box", 1), Holder("b", "box", 1)
    )
    try:
        assert await elder.take(BOT)
        assert await newcomer.take(BOT)
    finally:
        await client.close()


async def test_a_turn_given_back_is_free_and_bots_do_not_disturb_each_other(mongo_uri, database_name) -> None:
    client, (elder, newcomer) = await _turns(
        mongo_uri, database_name, SystemClock(), Holder("a", "one", 1), Holder("b", "two", 1)
    )
    try:
        assert await elder.take(BOT)
        assert await newcomer.take(BOT + 1)
        await newcomer.give_back(BOT)
        assert await elder.renew(BOT)
        await elder.give_back(BOT)
        assert await newcomer.take(BOT)
    finally:
        await client.close()


async def test_of_twenty_at_once_one_has_the_turn(mongo_uri, database_name) -> None:
    clock = FakeClock()
    holders = [Holder(str(number), f"host {number}", 1) for number in range(20)]
    client, turns = await _turns(mongo_uri, database_name, clock, *holders)
    try:
        asking = [asyncio.create_task(one.take(BOT)) for one in turns]
        await clock.until_sleeping(19)
        assert [task.result() for task in asking if task.done()] == [True]
    finally:
        for task in asking:
            task.cancel()
        await asyncio.wait(asking)
        await client.close()


async def test_who_was_frozen_too_long_learns_that_the_turn_is_gone(mongo_uri, database_name) -> None:
    clock = FakeClock()
    client, (frozen, other) = await _turns(
        mongo_uri, database_name, clock, Holder("a", "one", 1), Holder("b", "two", 1)
    )
    try:
        assert await frozen.take(BOT)
        await clock.advance(TERM.total_seconds() + 1)
        assert await other.take(BOT)
        standing = _standing(clock)
        keeping = asyncio.create_task(frozen.keep(BOT, standing))
        await clock.until_sleeping()
        await clock.advance(6)
        await asyncio.wait_for(keeping, 10)
        assert standing.ended
    finally:
        await client.close()


def test_while_the_database_hangs_the_right_does_not_run_out_between_two_tries() -> None:
    """From one try's beginning to the next one's end."""
    assert TERM.total_seconds() > WORD_SECONDS + RENEWAL_SECONDS + WORD_SECONDS


async def test_who_gives_word_waits_for_a_hung_database_no_longer_than_that(
    mongo_uri, database_name, monkeypatch
) -> None:
    clock = FakeClock()
    client, (turns,) = await _turns(mongo_uri, database_name, clock, Holder("a", "one", 1))
    left: list[float] = []

    async def renew(_bot_id: int) -> bool:
        left.append(pymongo._csot.remaining() or math.inf)
        return False

    try:
        assert await turns.take(BOT)
        monkeypatch.setattr(turns, "renew", renew)
        keeping = asyncio.create_task(turns.keep(BOT, _standing(clock)))
        await clock.until_sleeping()
        await clock.advance(RENEWAL_SECONDS)
        await asyncio.wait_for(keeping, 10)
        assert left[0] <= WORD_SECONDS
    finally:
        await client.close()


async def test_a_renewal_that_fails_for_any_reason_is_tried_again(mongo_uri, database_name, monkeypatch) -> None:
    """A full disk makes the embedded server fail with code 1, which nothing else calls "away"."""
    clock = FakeClock()
    client, (turns,) = await _turns(mongo_uri, database_name, clock, Holder("a", "one", 1))
    failures = [OperationFailure("internal server error", 1), AutoReconnect("gone")]

    async def renew(_bot_id: int) -> bool:
        if failures:
            raise failures.pop()
        return False

    try:
        assert await turns.take(BOT)
        monkeypatch.setattr(turns, "renew", renew)
        standing = _standing(clock)
        keeping = asyncio.create_task(turns.keep(BOT, standing))
        for _ in range(3):
            assert standing.holds()
            await clock.until_sleeping()
            await clock.advance(5)
        await keeping
        assert standing.ended
    finally:
        await client.close()
