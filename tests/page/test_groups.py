"""Notify groups from the first to the last tap, by two people in two windows: the real bot, live input, a real browser.

GUB_TEST_PICTURES names a folder to paint the scenes into, as a phone and as a desktop show them.
"""

import pytest
from playwright.async_api import expect

from gub.sandbox.launcher import Sandbox
from gub.sandbox.seed import HOSTILE_FIRST_NAME
from tests.page.running import bot_says, group, key, newest, person, picture, refused, told
from tests.page.window import Window

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_group_is_made_and_somebody_invited_accepts(anas: Window, beas: Window):
    await anas.say("/newgroup Warzone Evenings, any rank")
    made = bot_says(anas, "Warzone")
    await expect(key(made, "Join")).to_be_visible()
    await expect(made).to_contain_text("Evenings, any rank")
    await picture(anas, "made")

    await anas.say("/invite Warzone @bea_plays")
    invitation = bot_says(beas, "invites you")
    await expect(invitation.get_by_test_id("pinged")).to_have_text("pinged Bea Lopez")
    await expect(invitation).to_contain_text("Warzone")
    await picture(beas, "invited")
    await key(invitation, "Revoke").click()
    await refused(beas, "Ana")
    await key(bot_says(anas, "invites you"), "Accept").click()
    await refused(anas, "for you")

    await key(invitation, "Accept").click()
    await told(beas, "Warzone")
    for window in (anas, beas):
        await expect(bot_says(window, "invites you")).to_contain_text("Accepted: Bea Lopez")
        await expect(bot_says(window, "invites you").get_by_role("button", name="Accept")).to_have_count(0)
    await picture(anas, "accepted")


async def test_people_are_chosen_in_private_and_one_declines(running: Sandbox, anas: Window, beas: Window):
    cem, zed = person(running, "Cem"), person(running, HOSTILE_FIRST_NAME)
    await anas.say("/invite Warzone")
    asked = bot_says(anas, "Warzone")
    await key(asked, "Choose people").click()
    await expect(anas.by("chat-title")).to_have_text("GUB")
    await expect(anas.by("reply-keyboard")).to_be_visible()
    await picture(anas, "whom")
    await anas.by("reply-keyboard").get_by_role("button", name="Choose people").click()
    await anas.by(f"choose-{cem.id}").check()
    await anas.by(f"choose-{zed.id}").check()
    await anas.by("chosen").click()
    await expect(bot_says(anas, "Cem")).to_contain_text("Warzone")
    await expect(anas.by("reply-keyboard")).to_be_hidden()
    await picture(anas, "chosen")
    await anas.open_chat(group(running, "Friday Squad"))

    invitation = bot_says(beas, "invites you")
    await expect(invitation.get_by_test_id("pinged")).to_contain_text("Cem")
    await key(invitation, "Accept").click()
    await refused(beas, "for you")
    await beas.act_as(cem)
    await key(invitation, "Decline").click()
    await told(beas, "Warzone")
    await beas.act_as(zed)
    await key(invitation, "Accept").click()
    await told(beas, "Warzone")
    for window in (anas, beas):
        shown = bot_says(window, "invites you")
        await expect(shown).to_contain_text("Accepted: <b>Zed</b>")
        await expect(shown).to_contain_text("Declined: Cem")
    await picture(beas, "answered")


async def test_who_muted_the_group_is_named_and_not_pinged(running: Sandbox, anas: Window, beas: Window):
    bea, zed = person(running, "Bea"), person(running, HOSTILE_FIRST_NAME)
    await beas.act_as(bea)
    await beas.say("/groups")
    listed = bot_says(beas, "Warzone")
    await expect(key(listed, "Warzone")).to_be_visible()
    await picture(beas, "list")
    await key(listed, "Warzone").click()
    card = bot_says(beas, "3 members")
    await expect(card).to_contain_text("Evenings, any rank")
    await picture(beas, "card")
    await key(card, "Mute").click()
    await key(bot_says(beas, "for how long"), "1 hour").click()
    await told(beas, "Warzone")

    await anas.say("/notify Warzone tonight at nine?")
    call = bot_says(beas, "tonight at nine?")
    await expect(call.get_by_test_id("pinged")).to_contain_text("Zed")
    await expect(call.get_by_test_id("pinged")).not_to_contain_text("Bea")
    await expect(call).to_contain_text("Muted: Bea Lopez")
    await picture(beas, "call")
    await beas.act_as(zed)
    await key(call, "hour").click()
    await refused(beas, "All quiet until")
    await key(call, "This group").click()
    await told(beas, "Warzone")
    await beas.act_as(person(running, "Cem"))
    await key(call, "This group").click()
    await refused(beas, "not in Warzone")
    await beas.act_as(bea)
    await key(call, "Leave").click()
    await told(beas, "Warzone")

    await anas.say("/groups")
    await key(bot_says(anas, "Warzone"), "Warzone").click()
    await expect(bot_says(anas, "2 members")).not_to_contain_text("Bea")


async def test_a_group_is_made_in_private_with_a_name_that_needed_mending(anas: Window, beas: Window):
    await anas.say("/newgroup")
    await key(bot_says(anas, "private"), "Continue").click()
    await expect(anas.by("chat-title")).to_have_text("GUB")
    await expect(key(newest(anas), "Cancel")).to_be_visible()
    await picture(anas, "new-name")
    await anas.say("Sunday League")
    await key(newest(anas), "Sunday_League").click()
    await expect(key(newest(anas), "Skip")).to_be_visible()
    await picture(anas, "new-description")
    await key(newest(anas), "Skip").click()
    await expect(key(newest(anas), "Hidden")).to_be_visible()
    await picture(anas, "new-joining")
    await key(newest(anas), "invited").click()
    await expect(newest(anas)).to_contain_text("Sunday_League")
    await picture(anas, "new-made")
    announced = bot_says(beas, "Sunday_League")
    await expect(announced).to_contain_text("Ana")
    await expect(announced.get_by_role("button", name="Join")).to_have_count(0)
