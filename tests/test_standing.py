"""What a process knows by itself of its right to act."""

import asyncio

from gub.standing import Standing
from tests.support.clock import FakeClock

TERM = 15.0


async def test_it_is_sure_for_a_term_from_the_question_on() -> None:
    clock = FakeClock()
    standing = Standing(clock, TERM)
    assert not standing.holds()
    asked_at = clock.monotonic()
    await clock.advance(10)
    standing.confirmed(asked_at)
    assert standing.holds()
    await clock.advance(5)
    assert not standing.holds()
    assert not standing.ended


async def test_while_the_database_is_away_it_goes_on() -> None:
    clock = FakeClock()
    standing = Standing(clock, TERM)
    standing.unheard(clock.monotonic())
    assert not standing.holds(), "nothing was ever confirmed"
    standing.confirmed(clock.monotonic())
    for _ in range(10):
        await clock.advance(10)
        standing.unheard(clock.monotonic())
        assert standing.holds()


async def test_who_was_frozen_waits_for_the_next_word() -> None:
    clock = FakeClock()
    standing = Standing(clock, TERM)
    for lost in (False, True):
        standing.confirmed(clock.monotonic())
        assert await standing.proven()
        await clock.advance(60)
        proof = asyncio.create_task(standing.proven())
        await asyncio.sleep(0)
        assert not proof.done()
        if lost:
            standing.end()
        else:
            standing.confirmed(clock.monotonic())
        assert await asyncio.wait_for(proof, 10) is not lost
