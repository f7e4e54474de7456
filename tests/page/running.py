"""The whole sandbox, bot and all, for tests that click through a story; who and what is in it; what the bot says."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import BrowserContext, Locator, expect

from gub.sandbox.launcher import Sandbox, sandbox
from gub.sandbox.telegram.models import Chat, User
from tests.page.window import Window

SIZES = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1440, "height": 900}}


PATIENCE = 60
"""Real seconds for the bot to come up: it starts a database of its own."""


@asynccontextmanager
async def running_sandbox(folder: Path) -> AsyncIterator[Sandbox]:
    """Run a sandbox whose bot asks Telegram for updates already."""
    async with sandbox(folder) as running:
        await running.bot.start()
        await running.world.wait_for(lambda: running.world.default_bot.queue.polling, timeout=PATIENCE)
        yield running


@asynccontextmanager
async def opened(context: BrowserContext, url: str) -> AsyncIterator[Window]:
    """Open a window on a sandbox. No error may be in its console in the end."""
    window = Window(await context.new_page(), url)
    await window.open()
    yield window
    await window.page.close()
    assert window.problems == []
    assert window.strange_requests == []


def person(running: Sandbox, name: str) -> User:
    return next(user for user in running.world.users.values() if user.first_name == name)


def group(running: Sandbox, title: str) -> Chat:
    return next(chat for chat in running.world.chats.values() if chat.title == title)


def bot_says(window: Window, text: str) -> Locator:
    """The bot's newest message with that text."""
    return window.page.locator("article.message:not(.message-own)").filter(has_text=text).last


async def told(window: Window, text: str) -> None:
    """See the toast with that text, and wait for nothing else."""
    await expect(window.by("toast").filter(has_text=text).last).to_be_visible()


async def refused(window: Window, text: str) -> None:
    """See an alert with that text, and put it away."""
    await expect(window.by("alert")).to_contain_text(text)
    await window.by("alert").get_by_role("button", name="OK").click()
    await expect(window.by("alert")).to_have_count(0)


def newest(window: Window) -> Locator:
    """The bot's newest message."""
    return window.page.locator("article.message:not(.message-own)").last


def key(message: Locator, label: str) -> Locator:
    """The message's one button whose label contains this."""
    return message.get_by_role("button", name=label).first


async def picture(window: Window, name: str) -> None:
    """Paint what is shown, if somebody wants to look at it."""
    folder = os.environ.get("GUB_TEST_PICTURES")
    if folder is None:
        return
    before = window.page.viewport_size
    for size, dimensions in SIZES.items():
        await window.page.set_viewport_size(dimensions)
        await window.page.mouse.move(1, 1)
        await window.page.screenshot(path=Path(folder) / f"{name}-{size}.png")
    await window.page.set_viewport_size(before or SIZES["desktop"])
