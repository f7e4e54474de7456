"""The page as a chat client: live messages, entities, keyboards, who was pinged."""

import re
from typing import Any

import pytest
from playwright.async_api import expect

from gub.sandbox.telegram import World
from gub.sandbox.telegram.models import Chat, User
from tests.page.window import Window
from tests.support.world import Api

pytestmark = pytest.mark.asyncio(loop_scope="session")


def keyboard(*rows: list[str]) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": text, "callback_data": text.lower()} for text in row] for row in rows]}


async def pressed(world: World, api: Api) -> dict[str, Any]:
    """Fetch the next press of a button."""
    await world.wait_for(lambda: any(query.answer is None for query in world.queries.values()))
    (query,) = [update["callback_query"] for update in await api.take() if "callback_query" in update]
    return dict(query)


async def test_what_is_typed_arrives_and_shift_enter_makes_a_line(world: World, ana: User, squad: Chat, window: Window):
    await window.open()
    await window.open_chat(squad)
    await window.composer.press_sequentially("tonight")
    await window.composer.press("Shift+Enter")
    await window.composer.press_sequentially("at nine?")
    await window.composer.press("Enter")
    await expect(window.page.locator("article.message-own .text")).to_contain_text("tonight\nat nine?")
    last = world.messages(squad)[-1]
    assert (last.from_user, last.text) == (ana, "tonight\nat nine?")
    await expect(window.composer).to_have_value("")


async def test_messages_come_change_and_go_by_themselves(squad: Chat, api: Api, window: Window):
    await window.page.emulate_media(reduced_motion="no-preference")
    await window.open()
    await window.open_chat(squad)
    sent = await api("sendMessage", chat_id=squad.id, text="first")
    bubble = window.message(sent["message_id"])
    await expect(bubble).to_contain_text("first")
    await expect(bubble.locator(".sender")).to_contain_text("GUB")
    await expect(bubble.locator(".edited")).to_have_count(0)
    await api("editMessageText", chat_id=squad.id, message_id=sent["message_id"], text="second")
    await expect(bubble).to_contain_text("second")
    await expect(bubble.locator(".edited")).to_have_count(1)
    await api("deleteMessage", chat_id=squad.id, message_id=sent["message_id"])
    await expect(bubble).to_have_count(0)


async def test_entities(world: World, bea: User, squad: Chat, api: Api, window: Window):
    text = "🎮 bold italic code quote Bea @ana /status site"
    words = {word: len(text[: text.index(word)].encode("utf-16-le")) // 2 for word in text.split()}

    def entity(kind: str, word: str, **more: Any) -> dict[str, Any]:
        return {"type": kind, "offset": words[word], "length": len(word), **more}

    world.start(bea)
    entities = [
        entity("bold", "bold"),
        {"type": "underline", "offset": words["bold"], "length": len("bold italic")},
        entity("italic", "italic"),
        entity("code", "code"),
        entity("blockquote", "quote"),
        entity("text_mention", "Bea", user={"id": bea.id, "is_bot": False, "first_name": "Bea"}),
        entity("text_link", "site", url="https://example.com/plan"),
    ]
    sent = await api("sendMessage", chat_id=squad.id, text=text, entities=entities)
    await window.open()
    await window.open_chat(squad)
    body = window.message(sent["message_id"]).locator(".text")
    for tag, word in (("strong", "bold"), ("em", "italic"), ("code", "code"), ("blockquote", "quote"), ("a", "site")):
        await expect(body.locator(tag)).to_have_text(word)
    await expect(body.locator("u")).to_have_text("bold italic")
    await expect(body.locator("a")).to_have_attribute("rel", re.compile("noopener"))
    await expect(body.locator(".mention")).to_have_text(["Bea", "@ana"])
    await expect(body.locator(".mention-me")).to_have_text("@ana")
    await body.get_by_role("button", name="Bea").click()
    await expect(window.by(f"person-{bea.id}")).to_have_attribute("aria-checked", "true")
    await expect(body.locator(".mention-me")).to_have_text("Bea")
    await body.get_by_role("button", name="/status").click()
    await expect(window.page.locator("article.message-own")).to_contain_text("/status@gub_test_bot")


async def test_a_tap_spins_until_the_bot_answers_and_shows_its_words(
    world: World, ana: User, squad: Chat, api: Api, window: Window
):
    sent = await api("sendMessage", chat_id=squad.id, text="?", reply_markup=keyboard(["Join", "Leave"], ["More"]))
    await window.open()
    await window.open_chat(squad)
    keys = window.by(f"keyboard-{sent['message_id']}")
    await expect(keys.get_by_role("button")).to_have_text(["Join", "Leave", "More"])
    join = keys.get_by_role("button", name="Join")
    await join.click()
    await expect(join).to_have_attribute("aria-busy", "true")
    query = await pressed(world, api)
    assert (query["from"]["id"], query["data"]) == (ana.id, "join")
    await api("answerCallbackQuery", callback_query_id=query["id"], text="You are in")
    await expect(window.by("toast")).to_contain_text("You are in")
    await expect(join).not_to_have_attribute("aria-busy", "true")

    await keys.get_by_role("button", name="Leave").click()
    query = await pressed(world, api)
    await api("answerCallbackQuery", callback_query_id=query["id"], text="Not for you", show_alert=True)
    alert = window.by("alert")
    await expect(alert).to_contain_text("Not for you")
    await window.page.keyboard.press("Escape")
    await expect(alert).to_have_count(0)


async def test_who_was_pinged_is_said_and_badged(world: World, squad: Chat, api: Api, window: Window):
    ana, bea = world.users[1001], world.users[1002]
    await window.open()
    await window.open_chat(squad)
    world.say(bea, squad, "hello")
    sent = await api("sendMessage", chat_id=squad.id, text="@bea_plays come!")
    bubble = window.message(sent["message_id"])
    await expect(bubble.get_by_test_id("pinged")).to_have_text("pinged Bea")
    await expect(window.by(f"pushes-{bea.id}")).to_have_text("1")
    await expect(window.by(f"pushes-{ana.id}")).to_have_count(0)
    await window.act_as(bea)
    await expect(window.by(f"pushes-{bea.id}")).to_have_count(0)
    await expect(window.by("unread-line")).to_be_visible()
    await expect(bubble.get_by_test_id("pinged")).to_have_class(re.compile("pinged-me"))


async def test_reply_edit_and_delete(world: World, bea: User, squad: Chat, window: Window):
    first = world.say(bea, squad, "at nine?")
    await window.open()
    await window.open_chat(squad)
    await window.message(first.id).hover()
    await window.message(first.id).get_by_role("button", name="Reply").click()
    await expect(window.by("context")).to_contain_text("Reply to Bea")
    await window.say("ten")
    own = window.page.locator("article.message-own")
    await expect(own.locator(".quote")).to_contain_text("at nine?")
    assert world.messages(squad)[-1].reply_to == first.id
    await expect(window.by("context")).to_be_hidden()
    await window.composer.press("ArrowUp")
    await expect(window.composer).to_have_value("ten")
    await window.say("eleven")
    await expect(own).to_contain_text("eleven")
    await expect(own.locator(".edited")).to_have_count(1)
    assert world.messages(squad)[-1].text == "eleven"
    await own.hover()
    await own.get_by_role("button", name="Delete").click()
    await expect(own).to_have_count(0)
    assert world.messages(squad)[-1].id == first.id
    await window.message(first.id).get_by_role("button", name="Reply").click()
    await window.composer.press("Escape")
    await expect(window.by("context")).to_be_hidden()


async def test_the_command_menu(world: World, squad: Chat, api: Api, window: Window):
    commands = [{"command": name, "description": f"does {name}"} for name in ("status", "start", "join")]
    await api("setMyCommands", commands=commands)
    await window.open()
    await window.open_chat(squad)
    await window.composer.press_sequentially("/")
    menu = window.by("command-menu")
    await expect(menu.get_by_role("option")).to_have_count(3)
    await window.composer.press_sequentially("st")
    await expect(menu.get_by_role("option")).to_have_text(["/statusdoes status", "/startdoes start"])
    await window.composer.press("ArrowDown")
    await expect(menu.get_by_role("option", selected=True)).to_contain_text("/start")
    await window.composer.press("Tab")
    await expect(window.composer).to_have_value("/start ")
    await expect(menu).to_be_hidden()
    await window.composer.fill("/join")
    await expect(menu).to_be_visible()
    await window.composer.press("Enter")
    assert (await world.wait_for(lambda: world.messages(squad)[-1])).text == "/join"
    await window.by("open-commands").click()
    await expect(menu).to_be_visible()
    await window.composer.press("Escape")
    await expect(menu).to_be_hidden()


async def test_a_private_chat_begins_with_start_and_can_be_blocked(world: World, ana: User, api: Api, window: Window):
    await window.open()
    await window.open_chat(ana.id)
    await expect(window.by("composer-action")).to_have_text("Start")
    await window.by("composer-action").click()
    await expect(window.page.locator("article.message-own")).to_contain_text("/start")
    await api("sendMessage", chat_id=ana.id, text="Hello")
    await expect(window.page.locator("article.message:not(.message-own)")).to_contain_text("Hello")
    await window.tab("group")
    await window.by("block").click()
    await expect(window.by("composer-action")).to_have_text("Unblock the bot")
    assert world.private(ana).blocked
    await window.by("composer-action").click()
    await expect(window.composer).to_be_visible()


async def test_a_deep_link_starts_the_private_chat(world: World, ana: User, squad: Chat, api: Api, window: Window):
    markup = {"inline_keyboard": [[{"text": "Continue", "url": "https://t.me/gub_test_bot?start=edit_1"}]]}
    sent = await api("sendMessage", chat_id=squad.id, text="in private, please", reply_markup=markup)
    await window.open()
    await window.open_chat(squad)
    await window.by(f"keyboard-{sent['message_id']}").get_by_role("button").click()
    await expect(window.by("chat-title")).to_have_text("GUB")
    await expect(window.page.locator("article.message-own")).to_contain_text("/start edit_1")
    assert world.messages(ana)[-1].text == "/start edit_1"


async def test_topics_of_a_forum(world: World, ana: User, window: Window):
    forum = world.add_group("Clan", [ana], forum=True, with_bot=True)
    raids = world.open_topic(forum, "Raids", by=ana)
    world.say(ana, forum, "in general")
    world.say(ana, forum, "in raids", thread_id=raids.id)
    await window.open()
    await window.open_chat(forum)
    own = window.page.locator("article.message-own")
    await expect(own).to_have_count(2)
    await window.page.get_by_role("tab", name="Raids").click()
    await expect(own).to_have_count(1)
    await window.say("more")
    await expect(own).to_have_count(2)
    assert world.messages(forum)[-1].thread_id == raids.id
    await window.page.get_by_role("tab", name="General").click()
    await expect(own).to_have_count(1)
    await window.say("also general")
    await expect(own).to_have_count(2)
    assert not world.messages(forum)[-1].is_topic_message


async def test_an_anonymous_admin_writes_as_the_group(world: World, ana: User, window: Window):
    clan = world.add_group("Clan", [ana], supergroup=True, with_bot=True)
    await window.open()
    await window.open_chat(clan)
    await window.by("anonymous").check()
    await window.say("who am I?")
    bubble = window.page.locator("article.message").last
    await expect(bubble.locator(".sender")).to_have_text("Clananonymous admin")
    sender = world.messages(clan)[-1].sender_chat
    assert sender is not None
    assert sender["id"] == clan.id


async def test_what_telegram_refuses_is_said_and_the_text_is_kept(squad: Chat, window: Window):
    await window.open()
    await window.open_chat(squad)
    await window.composer.fill("x" * 4097)
    await window.composer.press("Enter")
    await expect(window.by("toast")).to_be_visible()
    await expect(window.composer).to_have_value("x" * 4097)
    window.problems.clear()  # the browser writes refused requests into its console


async def test_hundreds_of_messages_keep_their_place(world: World, ana: User, bea: User, squad: Chat, window: Window):
    for number in range(400):
        world.say(bea if number % 3 else ana, squad, f"message {number}")
    await window.open()
    await window.open_chat(squad)
    timeline = window.by("timeline")
    newest = window.page.locator("article.message").last
    await expect(newest).to_contain_text("message 399")
    await expect(newest).to_be_in_viewport()
    await timeline.evaluate(
        "node => { node.scrollTop = 3000; window.kept = node.querySelector('article:nth-of-type(50)') }"
    )
    before = await timeline.evaluate("node => node.scrollTop")
    world.say(bea, squad, "the newest")
    await expect(newest).to_contain_text("the newest")
    assert await timeline.evaluate("node => node.scrollTop") == before
    assert await timeline.evaluate("node => node.contains(window.kept)")
    await window.page.get_by_role("button", name="Go to the newest message").click()
    await expect(newest).to_be_in_viewport()
