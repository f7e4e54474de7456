"""/help: a menu in private whose buttons work whenever they are tapped, and the way to it from a group."""

from dataclasses import replace

import pytest

from gub.domain.owners_wishes import OwnersWishes
from gub.sandbox.telegram.models import Chat, SimMessage, User
from gub.telegram.views.help import HelpTap, Page
from tests.telegram.handlers.conftest import Stage

_PAGES = {
    "👀 Who is on?": "/people",
    "🎮 Who wants to play?": "/notify NAME",
    "⚙️ Settings, privacy": "/privacy",
    "🎉 For fun": "/diss",
    "💬 About, support": "/feedback",
}


def _labels(message: SimMessage) -> list[str]:
    return [button["text"] for button in message.buttons]


async def test_help_in_a_group_is_one_line_that_leads_to_private(stage: Stage, squad: Chat, ann: User):
    for anonymous in (False, True):
        answer = await stage.answer(ann, squad, "/help", anonymous=anonymous)
        assert "\n" not in answer.text
        assert [button.get("url") for button in answer.buttons] == ["https://t.me/gub_test_bot?start=help"]
    assert _labels(await stage.answer(ann, ann, "/start help"))[:-1] == list(_PAGES)


async def test_each_page_is_shown_in_place_and_leads_back(stage: Stage, ann: User):
    menu = await stage.answer(ann, ann, "/help")
    for label, content in _PAGES.items():
        assert (await stage.press(ann, menu, label)) is not None
        assert content in menu.text
        assert label in menu.text
        await stage.press(ann, menu, "« All of the help")
        assert _labels(menu)[:-1] == list(_PAGES)
    assert len(stage.by_bot(ann)) == 1


async def test_d44_the_menu_works_after_restarts_and_on_any_number_of_messages(stage: Stage, ann: User):
    first, second = await stage.answer(ann, ann, "/help"), await stage.answer(ann, ann, "/help")
    stage.restart()
    await stage.press(ann, second, "🎉 For fun")
    await stage.press(ann, first, "👀 Who is on?")
    stage.restart()
    assert "/diss" in second.text
    assert "/people" in first.text
    await stage.press(ann, first, "« All of the help")
    await stage.press(ann, first, "🎉 For fun")
    assert first.text == second.text


async def test_d45_no_button_of_the_help_begins_a_dialog(stage: Stage, ann: User):
    menu = await stage.answer(ann, ann, "/help")
    for label in _PAGES:
        await stage.press(ann, menu, label)
        await stage.press(ann, menu, "« All of the help")
    assert len(stage.by_bot(ann)) == 1
    assert await stage.store.dialogs.of(f"{stage.world.default_bot.user.id}:{ann.id}:{ann.id}") == []


@pytest.mark.parametrize("page", list(Page))
async def test_a_link_opens_each_page(stage: Stage, ann: User, page: Page):
    shown = await stage.answer(ann, ann, f"/start help_{page}")
    by_button = await stage.answer(ann, ann, "/help")
    await stage.press_data(ann, by_button, HelpTap(page=page).pack(), forged=True)
    assert shown.text == by_button.text
    assert "How" not in shown.text or page is Page.HOME


async def test_a_link_to_no_page_opens_the_first(stage: Stage, ann: User):
    assert _labels(await stage.answer(ann, ann, "/start help_nothing"))[:-1] == list(_PAGES)


@pytest.mark.parametrize("owner_ids", [frozenset({1001})])
async def test_an_owner_has_a_page_that_nobody_else_can_open(stage: Stage, squad: Chat, ann: User, bob: User):
    assert ann.id == 1001
    menu = await stage.answer(ann, ann, "/help")
    await stage.press(ann, menu, "🔧 Running me")
    assert "/credentials" in menu.text
    assert "/announce" in menu.text
    theirs = await stage.answer(bob, bob, "/help")
    assert "🔧 Running me" not in _labels(theirs)
    await stage.press_data(bob, theirs, HelpTap(page=Page.OWNER).pack(), forged=True)
    assert "/credentials" not in theirs.text
    assert "/credentials" not in (await stage.answer(bob, bob, "/start help_run")).text
    assert "/credentials" not in (await stage.answer(ann, squad, "/help")).text


@pytest.mark.parametrize("amounts", [(), (50,)])
async def test_donations_are_spoken_of_where_they_are_taken_alone(stage: Stage, ann: User, amounts: tuple[int, ...]):
    stage.parts = replace(stage.parts, wishes=OwnersWishes(donation_amounts=amounts))
    stage.restart()
    assert ("/donate" in (await stage.answer(ann, ann, "/start help_about")).text) is bool(amounts)


async def test_a_page_that_cannot_be_edited_any_more_comes_anew(stage: Stage, ann: User):
    menu = await stage.answer(ann, ann, "/help")
    stage.world.fail("editMessageText", "400", description="Bad Request: message to edit not found")
    await stage.press(ann, menu, "🎉 For fun")
    assert "/diss" in stage.by_bot(ann)[-1].text


async def test_a_forged_tap_in_a_group_changes_nothing(stage: Stage, squad: Chat, ann: User):
    answer = await stage.answer(ann, squad, "/help")
    told = await stage.press_data(ann, answer, HelpTap(page=Page.FUN).pack(), forged=True)
    assert told is not None
    assert told.alert
    assert "/diss" not in answer.text


async def test_the_welcome_offers_the_help(stage: Stage, ann: User):
    welcome = await stage.answer(ann, ann, "/start")
    await stage.press(ann, welcome, "📖 Show the help")
    assert _labels(welcome)[:-1] == list(_PAGES)
