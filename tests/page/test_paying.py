"""Donating on the page: the bot's invoice, its Pay button, and thanks.

GUB_TEST_PICTURES names a folder to paint the scenes into.
"""

import pytest
from playwright.async_api import expect

from gub.sandbox.launcher import Sandbox
from tests.page.running import bot_says, key, newest, picture, refused
from tests.page.window import Window

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_stars_are_paid_with_a_button_and_thanked_for(private: Window):
    await private.say("/donate")
    await key(newest(private), "50").click()
    invoice = newest(private)
    await expect(invoice.get_by_test_id("invoice")).to_contain_text("Keep GUB running")
    await expect(invoice.get_by_test_id("invoice")).to_contain_text("⭐ 50")
    await picture(private, "donating-invoice")
    await key(invoice, "Pay").click()
    await expect(bot_says(private, "Thank you for 50 Stars")).to_be_visible()
    await expect(private.by("timeline")).to_contain_text("paid ⭐ 50")
    await expect(invoice.get_by_role("button", name="Pay")).to_have_count(0)
    await picture(private, "donating-thanks")


async def test_why_a_payment_may_not_be_is_shown(private: Window, running: Sandbox):
    await private.say("/donate")
    await key(newest(private), "100").click()
    await expect(newest(private).get_by_test_id("invoice")).to_contain_text("⭐ 100")
    for invoice in running.world.invoices.values():
        invoice.payload = "donation:1:100"
    await key(newest(private), "Pay").click()
    await refused(private, "somebody else")
