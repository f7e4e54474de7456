"""The help from a group to its last page, and fun by two people, on the page.

GUB_TEST_PICTURES names a folder to paint the scenes into.
"""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, expect

from gub.sandbox.launcher import Sandbox
from tests.page.running import bot_says, group, opened, person, refused, running_sandbox, told
from tests.page.test_groups import key, newest, picture
from tests.page.window import Window

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sandbox]:
    async with running_sandbox(tmp_path_factory.mktemp("fun")) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def anas(context: BrowserContext, running: Sandbox) -> AsyncIterator[Window]:
    """Ana's window, in the group."""
    async with opened(context, running.url) as window:
        await window.open_chat(group(running, "Friday Squad"))
        yield window


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def beas(context: BrowserContext, running: Sandbox) -> AsyncIterator[Window]:
    """Bea's, beside it."""
    async with opened(context, running.url) as window:
        await window.act_as(person(running, "Bea"))
        await window.open_chat(group(running, "Friday Squad"))
        yield window


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
