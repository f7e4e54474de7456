"""/settings on the page: for one person's eyes in a group, and in private.

GUB_TEST_PICTURES names a folder to paint the scenes into.
"""

import pytest
import pytest_asyncio
from playwright.async_api import expect

from gub.sandbox.launcher import Sandbox
from tests.page.running import bot_says, key, newest, picture, told
from tests.page.window import Window

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def running(running: Sandbox) -> Sandbox:
    """The sandbox, once its commands are offered."""
    offered = running.world.default_bot.commands
    await running.world.wait_for(lambda: ("all_chat_administrators", "ru") in offered)
    return running


async def test_an_admin_changes_the_settings_of_a_group_and_nobody_else_sees_it(anas: Window, beas: Window):
    await anas.say("/settings")
    menu = anas.page.locator("article.message:not(.message-own)").filter(has=anas.by("only"))
    await expect(menu.get_by_test_id("only")).to_have_text("Only you see this")
    await expect(menu).to_contain_text("Who calls groups: everybody")
    await picture(anas, "settings")
    await key(menu, "Calling").click()
    await expect(menu).to_contain_text("Who may call groups")
    await picture(anas, "settings-page")
    await key(menu, "only admins").click()
    await told(anas, "Saved")
    await expect(menu).to_contain_text("Who calls groups: only admins")

    await expect(beas.page.get_by_text("Settings of this chat")).to_have_count(0)
    await expect(beas.page.get_by_text("/settings")).to_have_count(0)
    await beas.say("/notify Warzone now")
    await expect(bot_says(beas, "Only admins of the chat can call groups")).to_be_visible()
    await expect(beas.by("only")).to_have_count(0)

    await key(menu, "Close").click()
    await expect(anas.by("only").filter(has_text="Only you see this")).to_have_count(0)


async def test_who_is_no_admin_is_led_to_their_own_settings(beas: Window):
    await beas.say("/settings")
    await expect(newest(beas)).to_contain_text("Only admins")
    await key(newest(beas), "My own settings").click()
    await expect(beas.by("chat-title")).to_have_text("GUB")
    await expect(newest(beas)).to_contain_text("Your settings")
    await key(newest(beas), "Time zone").click()
    await key(newest(beas), "Europe").click()
    await expect(key(newest(beas), "Berlin")).to_be_visible()
    await picture(beas, "settings-time-zone")
    await key(newest(beas), "Berlin").click()
    await expect(newest(beas)).to_contain_text("Time zone: Berlin")
    await picture(beas, "settings-own")
