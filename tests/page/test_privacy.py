"""/privacy on the page: what is kept, a file that can be saved, and the end of it.

GUB_TEST_PICTURES names a folder to paint the scenes into.
"""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, expect

from gub.sandbox.launcher import Sandbox
from tests.page.running import bot_says, opened, person, running_sandbox
from tests.page.test_groups import key, newest, picture
from tests.page.window import Window

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sandbox]:
    async with running_sandbox(tmp_path_factory.mktemp("privacy")) as running:
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


async def test_what_is_kept_can_be_saved_as_a_file(beas: Window, tmp_path: Path):
    await beas.say("/privacy")
    await expect(bot_says(beas, "What I keep about you")).to_be_visible()
    await picture(beas, "privacy")
    await key(newest(beas), "Export").click()
    file = newest(beas).get_by_test_id("file")
    await expect(file).to_contain_text(".json")
    await picture(beas, "privacy-export")
    async with beas.page.expect_download() as saving:
        await file.click()
    saved = await saving.value
    assert saved.suggested_filename.startswith("gub-")
    await saved.save_as(tmp_path / "saved.json")
    found = json.loads((tmp_path / "saved.json").read_text())
    assert found["you"][0]["first_name"] == "Bea"


async def test_it_ends_with_two_taps(beas: Window):
    await beas.say("/privacy")
    await key(newest(beas), "Delete").click()
    await expect(newest(beas)).to_contain_text("Delete everything about you?")
    await picture(beas, "privacy-delete")
    await key(newest(beas), "Confirm").click()
    await expect(newest(beas)).to_contain_text("I know nothing about you any more")
