"""Donating on the page: the bot's invoice, its Pay button, and thanks.

GUB_TEST_PICTURES names a folder to paint the scenes into.
"""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, expect

from gub.sandbox.launcher import Sandbox
from tests.page.running import bot_says, opened, person, refused, running_sandbox
from tests.page.test_groups import key, newest, picture
from tests.page.window import Window

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sandbox]:
    async with running_sandbox(tmp_path_factory.mktemp("paying")) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def beas(context: BrowserContext, running: Sandbox) -> AsyncIterator[Window]:
    """Bea's window, in her chat with the bot."""
    bea = person(running, "Bea")
    running.world.start(bea)
    async with opened(context, running.url) as window:
        await window.act_as(bea)
        await window.open_chat(running.world.private(bea))
        yield window


async def test_stars_are_paid_with_a_button_and_thanked_for(beas: Window):
    await beas.say("/donate")
    await key(newest(beas), "50").click()
    invoice = newest(beas)
    await expect(invoice.get_by_test_id("invoice")).to_contain_text("Keep GUB running")
    await expect(invoice.get_by_test_id("invoice")).to_contain_text("⭐ 50")
    await picture(beas, "donating-invoice")
    await key(invoice, "Pay").click()
    await expect(bot_says(beas, "Thank you for 50 Stars")).to_be_visible()
    await expect(beas.by("timeline")).to_contain_text("paid ⭐ 50")
    await expect(invoice.get_by_role("button", name="Pay")).to_have_count(0)
    await picture(beas, "donating-thanks")


async def test_why_a_payment_may_not_be_is_shown(beas: Window, running: Sandbox):
    await beas.say("/donate")
    await key(newest(beas), "100").click()
    await expect(newest(beas).get_by_test_id("invoice")).to_contain_text("⭐ 100")
    for invoice in running.world.invoices.values():
        invoice.payload = "donation:1:100"
    await key(newest(beas), "Pay").click()
    await refused(beas, "somebody else")
