"""A board that follows the panel: the real bot asks the simulated platform again and again.

GUB_TEST_PICTURES names a folder to paint the scenes into.
"""

import re

import pytest
from playwright.async_api import expect

from gub.sandbox.launcher import Sandbox
from tests.page.running import bot_says, group, key, picture
from tests.page.window import Window

pytestmark = pytest.mark.asyncio(loop_scope="session")

_SOON = 25_000  # milliseconds: a few looks of the bot, on a busy machine


async def test_a_board_follows_the_panel(anas: Window, running: Sandbox):
    running.world.promote(running.world.default_bot.user, group(running, "Friday Squad"))
    await anas.say("/add Player1 steam:player1")
    await expect(bot_says(anas, "Player1")).to_be_visible()
    await anas.say("/add Nova xbox:Nova Storm")
    await expect(bot_says(anas, "Nova")).to_be_visible()
    await anas.say("/board")
    board = bot_says(anas, "Who's on")
    await expect(board).to_contain_text("Player1 - Counter-Strike 2 on Steam")
    await expect(anas.by("pinned")).to_have_text("📌Who's on", timeout=_SOON)
    await expect(board).to_contain_text("Nova - Halo Infinite on Xbox")
    await expect(board.locator("time.local-time").last).to_have_text(re.compile(r"^\d{1,2}\D\d.*, \d{1,2}:\d\d"))
    await anas.by("game-steam-player1").fill("Hades")
    await anas.by("game-steam-player1").press("Enter")
    await expect(board).to_contain_text("Player1 - Hades on Steam, since", timeout=_SOON)
    await picture(anas, "board")
    await key(board, "End").click()
    await expect(board).to_contain_text("This board ended")
    await expect(board.get_by_role("button", name="End")).to_have_count(0)
    await expect(anas.by("pinned")).to_be_hidden(timeout=_SOON)
