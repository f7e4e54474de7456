"""The page's panel: consoles, group, faults, the bot's process."""

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from gub.sandbox.steam import Persona, Steam
from gub.sandbox.telegram import World
from gub.sandbox.telegram.models import Chat, User
from tests.page.window import Window
from tests.support.world import Api, Refused

if TYPE_CHECKING:
    from tests.page.conftest import Controller

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.usefixtures("ana")
async def test_a_console_is_set_with_the_panel(steam: Steam, window: Window):
    account = steam.add_account("Player One", vanity="player1")
    await window.open()
    card = window.by("console-steam-player1")
    await expect(card).to_contain_text("steam:player1")
    await window.by("state-steam-player1").select_option("away")
    await expect(card.locator(".console-line")).to_have_text("Away")
    assert account.state is Persona.AWAY
    await window.by("game-steam-player1").fill("dota 2")
    await window.by("game-steam-player1").press("Enter")
    await expect(card.locator(".console-line")).to_have_text("playing Dota 2 (away)")
    await expect(window.by("game-steam-player1")).to_have_value("Dota 2")
    assert account.game_id == "570"
    await window.by("stop-steam-player1").click()
    await expect(card.locator(".console-line")).to_have_text("Away")
    await window.by("private-steam-player1").check()
    await expect(card.locator(".console-line")).to_have_text("private profile")
    assert account.private


@pytest.mark.usefixtures("ana")
async def test_a_change_elsewhere_does_not_disturb_who_types(world: World, steam: Steam, window: Window):
    account = steam.add_account("Player One", vanity="player1")
    await window.open()
    game = window.by("game-steam-player1")
    await game.press_sequentially("Dota")
    steam.set_presence(account.id, state="busy")
    await expect(window.by("state-steam-player1")).to_have_value("busy")
    await game.press_sequentially(" 2")
    await expect(game).to_have_value("Dota 2")
    await game.press("Enter")
    await world.wait_for(lambda: account.game == "Dota 2")


@pytest.mark.usefixtures("ana")
async def test_an_account_is_added(steam: Steam, window: Window):
    await window.open()
    await window.by("account-platform").select_option("steam")
    await window.by("account-name").fill("nova")
    await window.by("account-vanity").fill("nova_x")
    await window.by("account-add").click()
    await expect(window.by("console-steam-nova_x")).to_be_visible()
    assert steam.by_vanity("nova_x") is not None


async def test_the_bot_comes_is_promoted_and_goes(world: World, squad: Chat, window: Window):
    bot = world.default_bot.user
    await window.open()
    await window.open_chat(squad)
    await window.tab("group")
    await window.by("bot-remove").click()
    await window.by("bot-add").click()
    await expect(window.page.locator(".service").last).to_have_text("Ana added GUB")
    assert squad.present(bot.id)
    await window.by("bot-promote").click()
    await expect(window.by("bot-promote")).to_have_text("Demote")
    assert squad.member(bot).admin
    await window.by("bot-promote").click()
    await expect(window.by("bot-promote")).to_have_text("Promote")
    await window.by("bot-remove").click()
    await expect(window.by("bot-add")).to_be_visible()
    assert not squad.present(bot.id)


async def test_people_are_promoted_kicked_leave_and_join(bea: User, squad: Chat, window: Window):
    await window.open()
    await window.open_chat(squad)
    await window.tab("group")
    await window.by(f"promote-{bea.id}").click()
    await expect(window.by(f"member-{bea.id}")).to_contain_text("admin")
    assert squad.member(bea).admin
    await window.by(f"kick-{bea.id}").click()
    await expect(window.by(f"member-{bea.id}")).to_have_count(0)
    await window.by("group-add").select_option(str(bea.id))
    await window.by("group-add-do").click()
    await expect(window.by(f"member-{bea.id}")).to_be_visible()
    await window.act_as(bea)
    await window.by(f"leave-{bea.id}").click()
    await expect(window.by("composer-action")).to_have_text("Join Friday Squad")
    assert not squad.present(bea.id)
    await window.by("composer-action").click()
    await expect(window.composer).to_be_visible()
    assert squad.present(bea.id)
    await window.by("group-title").fill("Saturday Squad")
    await window.by("group-rename-do").click()
    await expect(window.by("chat-title")).to_have_text("Saturday Squad")


async def test_a_group_becomes_a_supergroup_and_the_page_follows(world: World, squad: Chat, window: Window):
    await window.open()
    await window.open_chat(squad)
    await window.tab("group")
    await window.by("migrate").click()
    await window.by("confirm").get_by_role("button", name="Make it one").click()
    await expect(window.by("migrate")).to_have_count(0)
    assert squad.migrated_to is not None
    await expect(window.by(f"chat-{squad.migrated_to}")).to_have_attribute("aria-selected", "true")
    await expect(window.by(f"chat-{squad.id}")).to_have_count(0)
    await window.say("still here")
    assert world.messages(squad.migrated_to)[-1].text == "still here"


async def test_a_topic_is_opened_with_a_field_of_the_page(world: World, ana: User, squad: Chat, window: Window):
    clan = world.add_group("Clan", [ana], forum=True, with_bot=True)
    await window.open()
    await window.tab("group")
    await window.open_chat(squad)
    await expect(window.by("topic-name")).to_be_hidden()
    await window.open_chat(clan)
    await window.by("topic-name").fill("Raids")
    await window.by("topic-name").press("Enter")
    await expect(window.page.get_by_role("tab", name="Raids")).to_be_visible()
    await expect(window.by("topic-name")).to_have_value("")
    assert [topic.name for topic in clan.topics.values()] == ["Raids"]


async def test_new_people_and_groups(world: World, ana: User, window: Window):
    await window.open()
    await window.tab("group")
    await window.page.get_by_text("New person").click()
    await window.by("person-first").fill("Dee")
    await window.by("person-username").fill("dee_plays")
    await window.by("person-add").click()
    await expect(window.by("rail").or_(window.page.locator("#rail"))).to_contain_text("Dee")
    dee = world.by_username("dee_plays")
    assert dee is not None
    await window.page.get_by_text("New group").click()
    await window.by("new-group-title").fill("Raids")
    await window.by("new-group-kind").select_option("forum")
    await window.by("new-group-add").click()
    await expect(window.page.get_by_role("option", name="Raids")).to_be_visible()
    (raids,) = world.chats.values()
    assert raids.forum
    assert all(raids.present(user.id) for user in (ana, dee, world.default_bot.user))


async def test_faults_are_made_listed_and_cleared(world: World, ana: User, steam: Steam, api: Api, window: Window):
    await window.open()
    await window.tab("faults")
    await window.by("fault-kind").select_option("429")
    await window.by("fault-method").select_option("sendMessage")
    await window.by("fault-seconds").fill("7")
    await window.by("fault-times").fill("2")
    await window.by("fault-add").click()
    faults = window.page.get_by_role("list", name="Faults to come").get_by_role("listitem")
    await expect(faults).to_have_text(["Telegram, sendMessage: 429: too many requests, 2×"])
    with pytest.raises(Refused, match="retry after 7"):
        await api("sendMessage", chat_id=ana.id, text="x")
    await expect(faults).to_contain_text(["1×"])
    await window.by("fault-target").select_option("steam")
    await window.by("fault-kind").select_option("down")
    await window.by("fault-add").click()
    await expect(faults).to_have_count(2)
    assert steam.state()["up"] is False
    await expect(window.page.locator(".request").first).to_contain_text("sendMessage")
    await expect(window.page.locator(".request .status").first).to_have_text("429")
    await window.by("fault-clear").click()
    await expect(faults).to_have_count(0)
    assert steam.state()["up"] is True
    assert world.faults.state() == []


@pytest.mark.usefixtures("ana")
async def test_the_bots_process(world: World, controller: "Controller", window: Window):
    await window.open()
    await window.tab("bot")
    await expect(window.by("bot-facts")).to_contain_text("pid 4711")
    await expect(window.by("bot-log").locator(".log-line")).to_have_text(controller.facts["lines"])
    await window.by("bot-kill").click()
    await window.by("bot-restart").click()
    await window.by("bot-stop").click()
    await world.wait_for(lambda: controller.told == ["kill", "restart", "stop"])
    controller.facts |= {"running": False, "phase": "killed", "pid": None, "exit_code": -9}
    world.touch()
    await expect(window.by("bot-phase")).to_have_text("killed")
    await expect(window.by("bot-kill")).to_be_hidden()
    await window.by("bot-start").click()
    await world.wait_for(lambda: controller.told[-1] == "start")
