"""How an announcement goes out while Telegram counts: at its limit, behind answers. All by one clock, moved by hand."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from aiogram import Bot

from gub.domain.values import ChatFacts
from gub.sandbox.server import SimServer
from gub.sandbox.telegram.flood import OVERALL
from gub.sandbox.telegram.state import TEST_TOKEN
from gub.sandbox.telegram.world import World
from gub.services.chats import ChatBook
from gub.services.languages import Languages
from gub.store.announcements import Phase, Source
from gub.store.store import Store
from gub.telegram.announcer import Announcer
from gub.telegram.gateway.pace import Pace
from gub.telegram.gateway.session import GatewaySession
from gub.telegram.messenger import Messenger
from tests.support.clock import FakeClock
from tests.support.mongo import database_name, mongo_uri, store  # noqa: F401 - fixtures
from tests.support.world import sim, world  # noqa: F401 - fixtures

CHATS = 240
OWNER = 7
_STEP = 0.005


@pytest.fixture
def world_clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def bot(sim: SimServer, world_clock: FakeClock) -> AsyncIterator[Bot]:  # noqa: F811
    session = GatewaySession(sim.url, world_clock, pace=Pace.telegram())
    async with Bot(TEST_TOKEN, session=session) as made:
        yield made


async def test_240_chats_take_little_longer_than_the_limit_and_an_answer_goes_first(
    world: World,  # noqa: F811
    world_clock: FakeClock,
    bot: Bot,
    store: Store,  # noqa: F811
) -> None:
    world.flood = True
    ana = world.add_user("Ana")
    chats = [world.add_group(f"Group {number}", [ana], supergroup=True) for number in range(CHATS)]
    for chat in chats:
        world.add_bot(chat, ana)
        await store.chats.remember(ChatFacts(chat.id, "supergroup"))
    elsewhere = world.add_group("Elsewhere", [ana], supergroup=True)
    world.add_bot(elsewhere, ana)
    made = await store.announcements.draft(OWNER, 1, Source("An update tonight"))
    await store.announcements.step(made.id, Phase.GATHERING)
    announcer = Announcer(
        store,
        ChatBook(store, world_clock),
        Messenger(bot),
        bot,
        Languages(store, world_clock),
        changed=asyncio.Event(),
        clock=world_clock,
    )
    working = asyncio.ensure_future(announcer.run())
    began = world_clock.monotonic()

    async def pass_until(done: int) -> None:
        """Let time pass, and only while nothing but time is waited for."""
        while True:
            if sum(one.method == "sendMessage" and one.status == 200 for one in world.requests) >= done:
                return
            await world_clock.until_sleeping(1)
            await world_clock.advance(_STEP)

    await pass_until(CHATS // 2)
    asked_at = world_clock.monotonic()
    answering = asyncio.ensure_future(bot.send_message(elsewhere.id, "I am GUB"))
    while not answering.done():
        await world_clock.advance(_STEP)
        await asyncio.sleep(0)
    answered_in = world_clock.monotonic() - asked_at
    await pass_until(CHATS + 1)
    took = world_clock.monotonic() - began
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working

    count, seconds = OVERALL
    assert took <= 1.4 * CHATS / count * seconds
    assert answered_in <= 1.0
    refused = [request for request in world.requests if request.method == "sendMessage" and request.status == 429]
    assert len(refused) <= 5
    assert all(len(world.messages(chat)) >= 1 for chat in chats)
