"""The bot's main job, typed and clicked: the real bot in its own process, live input, a real browser.

GUB_TEST_PICTURE names a file to paint the last scene into.
"""

import os
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, expect

from gub.sandbox.launcher import Sandbox
from gub.sandbox.seed import HOSTILE_FIRST_NAME
from tests.page.running import bot_says, group, opened, person, running_sandbox
from tests.page.window import Window

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sandbox]:
    async with running_sandbox(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def window(context: BrowserContext, running: Sandbox) -> AsyncIterator[Window]:
    async with opened(context, running.url) as window:
        yield window


async def test_from_a_player_to_a_call_answered(running: Sandbox, window: Window):
    ana, bea, cem = (person(running, name) for name in ("Ana", "Bea", "Cem"))
    await window.open_chat(group(running, "Friday Squad"))

    await window.say("/add Player1 steam:player1")
    await expect(bot_says(window, "Player1")).to_be_visible()
    await window.by("game-steam-player1").fill("ELDEN RING")
    await window.by("game-steam-player1").press("Enter")
    await expect(window.by("console-steam-player1")).to_contain_text("playing ELDEN RING")
    await window.say("/status")
    shown = bot_says(window, "ELDEN RING")
    await expect(shown).to_contain_text("Player1")
    await expect(shown).not_to_contain_text("Player One")

    await window.say("/newgroup Warzone")
    made = bot_says(window, "Warzone")
    await expect(made.get_by_role("button", name="Join")).to_be_visible()
    await window.act_as(bea)
    await made.get_by_role("button", name="Join").click()
    await expect(window.by("toast")).to_contain_text("Warzone")
    await window.act_as(cem)
    await window.say("/join Warzone")
    await expect(bot_says(window, "You are in")).to_be_visible()

    await window.act_as(ana)
    await window.say("/notify Warzone tonight at nine?")
    call = bot_says(window, "tonight at nine?")
    await expect(call.get_by_test_id("pinged")).to_have_text("pinged Bea Lopez and Cem")
    await expect(window.by(f"pushes-{bea.id}")).to_be_visible()
    await expect(window.by(f"pushes-{cem.id}")).to_be_visible()
    await expect(window.by(f"pushes-{person(running, HOSTILE_FIRST_NAME).id}")).to_have_count(0)
    if picture := os.environ.get("GUB_TEST_PICTURE"):
        await expect(window.by("toast")).to_have_count(0, timeout=10_000)
        await window.page.mouse.move(1, 1)
        await window.page.set_viewport_size({"width": 1440, "height": 1080})
        await window.page.screenshot(path=picture)


async def test_a_bot_killed_in_the_middle_loses_nothing(running: Sandbox, window: Window):
    await window.open_chat(group(running, "Friday Squad"))
    await window.say("/newgroup Ladder")
    await expect(bot_says(window, "Ladder")).to_be_visible()
    await window.tab("bot")
    await window.by("bot-kill").click()
    await expect(window.by("bot-phase")).to_have_text("killed")
    await window.say("/join Ladder")
    await window.act_as(person(running, "Cem"))
    await window.say("/join Ladder")
    await window.by("bot-start").click()
    await expect(window.by("bot-phase")).to_have_text("running", timeout=60_000)
    await expect(bot_says(window, "Ladder, 2 members")).to_be_visible(timeout=30_000)
    assert running.world.default_bot.token not in await window.by("bot-log").inner_text()


async def test_the_bot_joins_another_group_and_follows_it_when_it_grows(running: Sandbox, window: Window):
    quiet = group(running, "Quiet Corner")
    await window.open_chat(quiet)
    await window.tab("group")
    await window.by("bot-add").click()
    await expect(window.page.locator(".service").last).to_have_text("Ana added GUB")
    await window.say("/newgroup Chess")
    await expect(bot_says(window, "Chess")).to_be_visible()
    await window.by("migrate").click()
    await window.by("confirm").get_by_role("button", name="Make it one").click()
    await expect(window.by(f"chat-{quiet.id}")).to_have_count(0)
    await window.act_as(person(running, "Bea"))
    await window.say("/join Chess")
    await expect(bot_says(window, "Chess, 2 members")).to_be_visible()
