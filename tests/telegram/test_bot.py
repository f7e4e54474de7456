"""Signing in at a Telegram that is not always in the mood."""

import asyncio

import pytest

from gub.sandbox.server import SimServer
from gub.sandbox.telegram.state import TEST_TOKEN
from gub.sandbox.telegram.world import World
from gub.telegram.bot import answers, new_bot, sign_in
from gub.telegram.gateway import GatewaySession, Pace, Retries
from gub.telegram.gateway.outcomes import Unauthorized
from gub.waiting import Interrupted
from tests.support.clock import FakeClock
from tests.support.world import sim, world  # noqa: F401 - fixtures


@pytest.fixture
def world_clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def session(sim: SimServer, world_clock: FakeClock) -> GatewaySession:  # noqa: F811
    return GatewaySession(sim.url, world_clock, pace=Pace.unlimited(), retries=Retries(tries=1))


async def test_signing_in_waits_for_telegram(world: World, world_clock: FakeClock, session: GatewaySession):  # noqa: F811
    world.fail("getMe", "502_html", 2)
    async with new_bot(TEST_TOKEN, session) as bot:
        signing = asyncio.ensure_future(sign_in(bot, world_clock, asyncio.Event()))
        for seconds in (1, 2):
            await world_clock.until_sleeping()
            await world_clock.advance(seconds)
        assert (await signing).me.id == world.default_bot.user.id


async def test_a_token_that_telegram_refuses_is_not_tried_again(
    world: World,  # noqa: F811
    world_clock: FakeClock,
    session: GatewaySession,
):
    world.fail("getMe", "401", -1)
    async with new_bot(TEST_TOKEN, session) as bot:
        with pytest.raises(Unauthorized):
            await sign_in(bot, world_clock, asyncio.Event())
        assert not await answers(bot)
        world.clear_faults()
        assert await answers(bot)


async def test_a_stop_interrupts_the_waiting(world: World, world_clock: FakeClock, session: GatewaySession):  # noqa: F811
    world.fail("getMe", "502_html", -1)
    stop = asyncio.Event()
    async with new_bot(TEST_TOKEN, session) as bot:
        signing = asyncio.ensure_future(sign_in(bot, world_clock, stop))
        await world_clock.until_sleeping()
        stop.set()
        with pytest.raises(Interrupted):
            await signing
