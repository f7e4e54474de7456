"""/privacy on the page: what is kept, a file that can be saved, and the end of it.

GUB_TEST_PICTURES names a folder to paint the scenes into.
"""

import json
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.page.running import bot_says, key, newest, picture
from tests.page.window import Window

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_what_is_kept_can_be_saved_as_a_file(private: Window, tmp_path: Path):
    await private.say("/privacy")
    await expect(bot_says(private, "What I keep about you")).to_be_visible()
    await picture(private, "privacy")
    await key(newest(private), "Export").click()
    file = newest(private).get_by_test_id("file")
    await expect(file).to_contain_text(".json")
    await picture(private, "privacy-export")
    async with private.page.expect_download() as saving:
        await file.click()
    saved = await saving.value
    assert saved.suggested_filename.startswith("gub-")
    await saved.save_as(tmp_path / "saved.json")
    found = json.loads((tmp_path / "saved.json").read_text())
    assert found["you"][0]["first_name"] == "Bea"


async def test_it_ends_with_two_taps(private: Window):
    await private.say("/privacy")
    await key(newest(private), "Delete").click()
    await expect(newest(private)).to_contain_text("Delete everything about you?")
    await picture(private, "privacy-delete")
    await key(newest(private), "Confirm").click()
    await expect(newest(private)).to_contain_text("I know nothing about you any more")
