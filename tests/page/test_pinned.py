"""What is pinned, at the top of a chat, as Telegram's clients show it."""

import pytest
from playwright.async_api import expect

from gub.sandbox.telegram import World
from gub.sandbox.telegram.models import Chat, User
from tests.page.window import Window
from tests.support.world import Api

pytestmark = pytest.mark.asyncio(loop_scope="session")

_HOSTILE = '<img src=x onerror="document.title=1"> \u202e&amp;'


@pytest.fixture
def squad(world: World, ana: User, bea: User) -> Chat:
    """A group where the bot may pin."""
    group = world.add_group("Friday Squad", [ana, bea], with_bot=True)
    world.promote(world.default_bot.user, group)
    return group


async def pinned(api: Api, chat: Chat, text: str) -> int:
    """Have the bot say something and pin it."""
    sent = int((await api("sendMessage", chat_id=chat.id, text=text))["message_id"])
    await api("pinChatMessage", chat_id=chat.id, message_id=sent)
    return sent


async def test_it_is_shown_by_its_first_line_and_a_tap_goes_to_it(squad: Chat, api: Api, window: Window):
    first = await pinned(api, squad, "Who's on\nPlayer1 - Hades on Steam")
    for number in range(40):
        await api("sendMessage", chat_id=squad.id, text=f"{number}")
    await window.open()
    await window.open_chat(squad)
    await expect(window.by("pinned")).to_have_text("📌Who's on")
    await expect(window.message(first)).not_to_be_in_viewport()
    await window.by("pinned").click()
    await expect(window.message(first)).to_be_in_viewport()
    await expect(window.message(first)).to_be_focused()


async def test_it_follows_what_is_pinned_edited_unpinned_and_deleted(squad: Chat, api: Api, window: Window):
    await window.open()
    await window.open_chat(squad)
    await expect(window.by("pinned")).to_be_hidden()
    one = await pinned(api, squad, "one")
    await expect(window.by("pinned")).to_contain_text("one")
    two = await pinned(api, squad, "two")
    await expect(window.by("pinned")).to_contain_text("two")
    await api("editMessageText", chat_id=squad.id, message_id=two, text="three\nfour")
    await expect(window.by("pinned")).to_have_text("📌three")
    await api("deleteMessage", chat_id=squad.id, message_id=two)
    await expect(window.by("pinned")).to_contain_text("one")
    await api("unpinChatMessage", chat_id=squad.id, message_id=one)
    await expect(window.by("pinned")).to_be_hidden()


async def test_another_chat_does_not_show_it(world: World, ana: User, squad: Chat, api: Api, window: Window):
    other = world.add_group("Monday Squad", [ana], with_bot=True)
    await pinned(api, squad, "one")
    await window.open()
    await window.open_chat(squad)
    await expect(window.by("pinned")).to_be_visible()
    await window.open_chat(other)
    await expect(window.by("pinned")).to_be_hidden()


async def test_hostile_text_stays_text_and_in_its_line(squad: Chat, api: Api, window: Window):
    await window.page.set_viewport_size({"width": 390, "height": 844})
    try:
        await pinned(api, squad, _HOSTILE + "x" * 3000)
        await window.open()
        await window.open_chat(squad)
        await expect(window.by("pinned")).to_contain_text("<img src=x onerror=")
        assert await window.by("pinned").locator("img").count() == 0
        box = await window.by("pinned").bounding_box()
        assert box is not None
        assert box["width"] <= 390
        assert box["height"] < 60
    finally:
        await window.page.set_viewport_size({"width": 1440, "height": 900})
