"""The keyboard that the bot puts under the composer, and choosing people for it."""

from typing import Any

import pytest
from playwright.async_api import expect

from gub.sandbox.telegram import World
from gub.sandbox.telegram.models import Chat, User
from tests.page.window import Window
from tests.support.world import Api

pytestmark = pytest.mark.asyncio(loop_scope="session")

PEOPLE = {"request_id": 7, "user_is_bot": False, "max_quantity": 2, "request_name": True}
PICKER: dict[str, Any] = {
    "keyboard": [[{"text": "Choose people", "request_users": PEOPLE, "style": "primary"}], [{"text": "Cancel"}]],
    "resize_keyboard": True,
    "input_field_placeholder": "Or type @names here",
}


async def test_people_are_chosen_for_the_bot(world: World, ana: User, bea: User, api: Api, window: Window):
    cem, dev = world.add_user("Cem"), world.add_user("Dev")
    world.start(ana)
    await api("sendMessage", chat_id=ana.id, text="Whom do you invite?", reply_markup=PICKER)
    await window.open()
    await window.open_chat(ana.id)
    await expect(window.composer).to_have_attribute("placeholder", "Or type @names here")
    tray = window.by("reply-keyboard")
    await tray.get_by_role("button", name="Choose people").click()
    await expect(window.by("chosen")).to_be_disabled()
    await expect(window.by(f"choose-{ana.id}")).to_have_count(0)
    await window.by(f"choose-{bea.id}").check()
    await window.by(f"choose-{dev.id}").check()
    await expect(window.by(f"choose-{cem.id}")).to_be_disabled()
    await window.by("chosen").click()
    await expect(window.by("user-picker")).to_have_count(0)
    await expect(window.page.locator(".service").last).to_have_text("Ana chose Bea and Dev")
    (told,) = [update["message"]["users_shared"] for update in await api.take() if "users_shared" in update["message"]]
    assert (told["request_id"], [person["user_id"] for person in told["users"]]) == (7, [bea.id, dev.id])
    await expect(tray).to_be_visible()
    await api("sendMessage", chat_id=ana.id, text="Done.", reply_markup={"remove_keyboard": True})
    await expect(tray).to_be_hidden()
    await expect(window.by("keyboard-toggle")).to_be_hidden()


async def test_going_back_chooses_nobody(world: World, ana: User, bea: User, api: Api, window: Window):
    world.start(ana)
    await api("sendMessage", chat_id=ana.id, text="Whom?", reply_markup=PICKER)
    await window.open()
    await window.open_chat(ana.id)
    for leave in ("Back", None):
        await window.by("reply-keyboard").get_by_role("button", name="Choose people").click()
        await window.by(f"choose-{bea.id}").check()
        if leave is None:
            await window.page.keyboard.press("Escape")
        else:
            await window.by("user-picker").get_by_role("button", name=leave).click()
        await expect(window.by("user-picker")).to_have_count(0)
    await window.by("reply-keyboard").get_by_role("button", name="Cancel").click()
    await expect(window.page.locator("article.message-own").last).to_contain_text("Cancel")
    assert [message.text for message in world.messages(ana)] == ["/start", "Whom?", "Cancel"]


async def test_a_one_time_keyboard_hides_and_can_be_shown_again(world: World, ana: User, api: Api, window: Window):
    world.start(ana)
    markup = {"keyboard": [["Yes", "Yes, all"]], "one_time_keyboard": True}
    await api("sendMessage", chat_id=ana.id, text="Really?", reply_markup=markup)
    await window.open()
    await window.open_chat(ana.id)
    tray, toggle = window.by("reply-keyboard"), window.by("keyboard-toggle")
    await tray.get_by_role("button", name="Yes", exact=True).click()
    await expect(window.page.locator("article.message-own").last).to_contain_text("Yes")
    await expect(tray).to_be_hidden()
    await toggle.click()
    await expect(toggle).to_have_attribute("aria-expanded", "true")
    await tray.get_by_role("button", name="Yes, all").click()
    await expect(window.page.locator("article.message-own").last).to_contain_text("Yes, all")
    await toggle.click()
    await expect(tray).to_be_hidden()


async def test_each_person_has_their_own_keyboard(world: World, bea: User, squad: Chat, api: Api, window: Window):
    markup = {"keyboard": [["In", "Out"]], "selective": True, "resize_keyboard": True}
    await api("sendMessage", chat_id=squad.id, text="@bea_plays, are you in?", reply_markup=markup)
    await window.open()
    await window.open_chat(squad)
    await expect(window.by("reply-keyboard")).to_be_hidden()
    await window.act_as(bea)
    await window.by("reply-keyboard").get_by_role("button", name="In").click()
    await expect(window.page.locator("article.message-own").last).to_contain_text("are you in?")
    assert (world.messages(squad)[-1].text, world.messages(squad)[-1].from_user) == ("In", bea)
    await window.act_as(world.find_user(1001))
    await expect(window.by("reply-keyboard")).to_be_hidden()


async def test_a_forced_reply_sets_the_answer_up(world: World, ana: User, api: Api, window: Window):
    world.start(ana)
    markup = {"force_reply": True, "input_field_placeholder": "A name"}
    sent = await api("sendMessage", chat_id=ana.id, text="What is it called?", reply_markup=markup)
    await window.open()
    await window.open_chat(ana.id)
    await expect(window.by("context")).to_contain_text("What is it called?")
    await expect(window.composer).to_have_attribute("placeholder", "A name")
    await window.say("Warzone")
    await expect(window.by("context")).to_be_hidden()
    await expect(window.page.locator("article.message-own").last).to_contain_text("Warzone")
    assert world.messages(ana)[-1].reply_to == sent["message_id"]


async def test_the_last_message_is_seen_above_the_keyboard(world: World, ana: User, api: Api, window: Window):
    await window.page.set_viewport_size({"width": 390, "height": 700})
    world.start(ana)
    for number in range(30):
        sent = await api("sendMessage", chat_id=ana.id, text=f"message {number}")
    await window.open()
    await window.by(f"chat-{ana.id}").click()
    await expect(window.message(sent["message_id"])).to_be_in_viewport()
    sent = await api("sendMessage", chat_id=ana.id, text="Whom do you invite?", reply_markup=PICKER)
    await expect(window.by("reply-keyboard")).to_be_in_viewport(ratio=1)
    await expect(window.message(sent["message_id"])).to_be_in_viewport(ratio=1)
    await window.page.set_viewport_size({"width": 390, "height": 400})
    await expect(window.message(sent["message_id"])).to_be_in_viewport(ratio=1)


async def test_the_field_has_its_height_after_the_start_button_stood_in_its_place(ana: User, window: Window):
    await window.open()
    await window.open_chat(ana.id)
    await window.by("composer-action").click()
    await expect(window.composer).to_be_visible()
    assert await window.composer.evaluate("field => field.clientHeight >= field.scrollHeight")
