"""The help from a group to its last page, and fun by two people, on the page.

GUB_TEST_PICTURES names a folder to paint the scenes into.
"""

import pytest
from playwright.async_api import expect

from tests.page.running import bot_says, key, newest, picture, refused, told
from tests.page.window import Window

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_respects_are_counted_and_whoever_is_teased_ends_it(anas: Window, beas: Window):
    await beas.say("/f my last life")
    respects = bot_says(anas, "my last life")
    await respects.get_by_role("button", name="F", exact=True).click()
    await told(anas, "Respects paid")
    await expect(respects).to_contain_text("2: Bea Lopez and Ana")
    await picture(anas, "respects")

    await anas.say("/diss @bea_plays")
    tease = newest(beas)
    await expect(key(tease, "Not me, please")).to_be_visible()
    await expect(tease.get_by_test_id("pinged")).to_have_count(0)
    await picture(anas, "diss")
    await key(newest(anas), "Not me, please").click()
    await refused(anas, "for whoever is teased")
    await key(tease, "Not me, please").click()
    await refused(beas, "won't tease you again")
    await expect(tease).to_contain_text("would rather not be teased")


async def test_the_help_leads_from_a_group_to_its_pages(anas: Window):
    await anas.say("/help")
    await picture(anas, "help-group")
    await key(newest(anas), "Open the help").click()
    await expect(anas.by("chat-title")).to_have_text("GUB")
    menu = newest(anas)
    await expect(menu).to_contain_text("What would you like to know?")
    await picture(anas, "help")
    await key(menu, "For fun").click()
    await expect(menu).to_contain_text("/diss")
    await picture(anas, "help-fun")
    await key(menu, "All of the help").click()
    await key(menu, "Who wants to play?").click()
    await expect(menu).to_contain_text("/notify")
    await picture(anas, "help-groups")
