"""An announcement on its way, as its owner sees it on the page.

GUB_TEST_PICTURES names a folder to paint the scenes into.
"""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, expect

from gub.sandbox.launcher import Sandbox
from tests.page.running import key, newest, opened, person, picture, running_sandbox
from tests.page.window import Window

pytestmark = pytest.mark.asyncio(loop_scope="session")

GROUPS = 8
TEXT = "Tonight at ten I get an update and am away for a minute 🎮"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sandbox]:
    async with running_sandbox(tmp_path_factory.mktemp("announcing")) as running:
        world, ana = running.world, person(running, "Ana")
        for number in range(GROUPS):
            world.add_bot(world.add_group(f"Squad {number}", [ana], supergroup=True), ana)
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def anas(context: BrowserContext, running: Sandbox) -> AsyncIterator[Window]:
    """Ana's window, in her chat with the bot, which is hers."""
    ana = person(running, "Ana")
    running.world.start(ana)
    async with opened(context, running.url) as window:
        await window.act_as(ana)
        await window.open_chat(running.world.private(ana))
        yield window


async def test_an_owner_sees_it_first_confirms_and_watches_it_go(anas: Window, running: Sandbox):
    await anas.say(f"/announce {TEXT}")
    question = newest(anas)
    await expect(question).to_contain_text("chats get the message above")
    await picture(anas, "announcing-question")
    # Whoever is answered comes first, so what is slow is what goes to the other chats.
    last = next(chat for chat in running.world.chats.values() if chat.title == "Squad 7")
    running.world.fail("sendMessage", "slow", -1, delay=600.0, chat_id=last.id)
    await key(question, "Confirm").click()
    await expect(question).to_contain_text("On its way")
    await picture(anas, "announcing-under-way")
    await key(question, "Pause").click()
    await expect(question).to_contain_text("Paused")
    await key(question, "Stop").click()
    await expect(question).to_contain_text("Stopped")
    await picture(anas, "announcing-stopped")
    running.world.clear_faults()
