"""A call that three people answer, and a watch on one of them: the real bot, live input, a real browser.

GUB_TEST_PICTURES names a folder to paint the scenes into.
"""

import pytest
from playwright.async_api import Locator, expect

from gub.sandbox.launcher import Sandbox
from tests.page.running import bot_says, group, key, newest, picture, refused, told
from tests.page.window import Window

pytestmark = pytest.mark.asyncio(loop_scope="session")

_SOON = 25_000  # milliseconds: a few looks of the bot, on a busy machine


def shows_call(window: Window) -> Locator:
    """The message that shows the call: the first that says so, as the answer to it repeats that."""
    return window.page.locator("article.message:not(.message-own)").filter(has_text="calls Raid").first


async def test_a_call_is_answered_until_it_is_full_and_closed(anas: Window, beas: Window):
    await anas.say("/newgroup Raid Evenings")
    await key(bot_says(beas, "New group: Raid"), "Join").click()
    await told(beas, "You are in Raid")
    await anas.say("/notify Raid 2: tonight at nine?")
    call = shows_call(beas)
    await expect(call).to_contain_text("1 of 2 in: Ana")
    await expect(call.get_by_test_id("pinged")).to_have_text("pinged Bea Lopez")
    await picture(beas, "called")
    await key(call, "In 15 min").click()
    await told(beas, "You're in, in a quarter of an hour.")
    await expect(call).to_contain_text("2 of 2 in: Ana")
    await expect(bot_says(anas, "Raid is full")).to_contain_text("Have fun, Ana")
    await expect(key(call, "Wait-list")).to_be_visible()
    await picture(anas, "full")
    await key(call, "Close").click()
    await refused(beas, "whoever called")
    await key(shows_call(anas), "Close").click()
    await expect(bot_says(anas, "The call is closed.")).to_contain_text("2 of 2 in")


async def test_a_watch_is_told_when_it_comes_true(running: Sandbox, anas: Window, beas: Window):
    await beas.say("/add Nina steam:player1")
    await key(bot_says(beas, "Nina"), "That's me").click()
    await beas.say("/people")
    card = newest(beas)
    await key(card, "Nina").click()
    await key(card, "Show or hide").click()
    await key(card, "Let others watch").click()
    await expect(card).to_contain_text("Others here may be told")
    await picture(beas, "allowed")
    await anas.say("/watch")
    await key(bot_says(anas, "when somebody here comes on"), "Watch somebody").click()
    await expect(anas.by("chat-title")).to_have_text("GUB")
    menu = bot_says(anas, "What you watch in Friday Squad")
    await key(menu, "Watch somebody").click()
    await key(newest(anas), "Nina").click()
    await picture(anas, "when")
    await key(newest(anas), "When they play …").click()
    await expect(newest(anas)).to_contain_text("Which game of Nina?")
    await anas.say("hades")
    await expect(newest(anas)).to_contain_text("Nina plays hades")
    await key(newest(anas), "Each time").click()
    await picture(anas, "watch")
    await anas.by("game-steam-player1").fill("Hades")
    await anas.by("game-steam-player1").press("Enter")
    await expect(bot_says(anas, "Nina in Friday Squad: Hades on Steam")).to_be_visible(timeout=_SOON)
    await picture(anas, "told")
    await anas.open_chat(group(running, "Friday Squad"))
