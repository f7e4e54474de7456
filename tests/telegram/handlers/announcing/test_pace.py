"""How an announcement goes out while Telegram counts: at its limit, behind answers. All by one clock, moved by hand."""

import asyncio
from contextlib import suppress

import pytest

from gub.domain.values import ChatFacts
from gub.sandbox.telegram.flood import OVERALL
from gub.store.announcements import Phase, Source
from gub.telegram.announcer import Announcer
from gub.telegram.gateway import Pace
from tests.telegram.handlers.conftest import Stage

CHATS = 240
OWNER = 7
TEXT = "An update tonight"
_STEP = 0.005


@pytest.fixture
def pace() -> Pace:
    return Pace.telegram()


async def test_240_chats_take_little_longer_than_the_limit_and_about_is_answered_within_a_second(stage: Stage) -> None:
    world, clock, parts = stage.world, stage.clock, stage.parts
    world.flood = True
    ana = world.add_user("Ana")
    chats = [world.add_group(f"Group {number}", [ana], supergroup=True) for number in range(CHATS)]
    for chat in chats:
        world.add_bot(chat, ana)
        await stage.store.chats.remember(ChatFacts(chat.id, "supergroup"))
    world.default_bot.queue.clear()
    made = await stage.store.announcements.draft(OWNER, 1, Source(TEXT))
    await stage.store.announcements.step(made.id, Phase.GATHERING)
    changed = asyncio.Event()
    announcer = Announcer(
        stage.store, parts.chats, parts.messenger, stage.bot, parts.languages, changed=changed, clock=clock
    )
    working = asyncio.ensure_future(announcer.run())
    began = clock.monotonic()

    def told() -> int:
        return sum(one.method == "sendMessage" and one.status == 200 for one in world.requests)

    while told() < CHATS // 2:
        await clock.until_sleeping(1)
        await clock.advance(_STEP)
    asked_at = clock.monotonic()
    world.say(ana, chats[0], "/about")
    (update,) = await stage.api.take()
    answering = asyncio.ensure_future(stage.feed(update))
    while not answering.done():
        await clock.until_sleeping(1)
        await clock.advance(_STEP)
    await answering
    answered_in = clock.monotonic() - asked_at
    while told() < CHATS + 1:  # the answer is one more
        await clock.until_sleeping(1)
        await clock.advance(_STEP)
    took = clock.monotonic() - began
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working

    count, seconds = OVERALL
    assert "Gamers Utility Bot" in stage.by_bot(chats[0])[-1].text
    assert answered_in <= 1.0
    assert took <= 1.4 * CHATS / count * seconds
    refused = [request for request in world.requests if request.method == "sendMessage" and request.status == 429]
    assert len(refused) <= 5
