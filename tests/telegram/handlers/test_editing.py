"""Changing somebody, in private."""

import pytest

from gub.domain.values import Account, Platform, StatusUser
from gub.platforms.errors import Unavailable
from gub.sandbox.telegram.models import Chat, SimMessage, User
from tests.telegram.handlers.conftest import Stage

XBOX, PSN, STEAM = Platform


async def of(stage: Stage, person: StatusUser) -> StatusUser:
    found = await stage.store.statususers.find(person.id)
    assert found is not None
    return found


@pytest.fixture
async def zed(stage: Stage, squad: Chat, ann: User) -> StatusUser:
    """Somebody Ann added, with a Steam account."""
    await stage.connect(XBOX, STEAM)
    account = stage.steam.know("old")
    return await stage.store.statususers.add(squad.id, ann.id, "Zed", {STEAM: account}, "Squad")


async def menu(stage: Stage, user: User, person: StatusUser) -> SimMessage:
    return await stage.answer(user, user, f"/start edit_{person.id}")


async def test_the_group_leads_to_it(stage: Stage, squad: Chat, ann: User, zed: StatusUser):
    message = await stage.answer(ann, squad, "/people")
    await stage.press(ann, message, "Zed")
    (url,) = (button["url"] for button in message.buttons if "Edit" in button["text"])
    assert url == f"https://t.me/gub_test_bot?start=edit_{zed.id}"
    opened = await menu(stage, ann, zed)
    assert "✏️ Zed in Squad\n\nSteam: old the Great" in opened.text
    assert [button["text"] for button in opened.buttons] == ["✏️ Rename", "Link Xbox", "Change Steam", "« Back"]


async def test_rename(stage: Stage, squad: Chat, ann: User, zed: StatusUser):
    await stage.store.statususers.add(squad.id, ann.id, "Taken", {}, "Squad")
    message = await menu(stage, ann, zed)
    await stage.press(ann, message, "Name")
    assert "What should Zed be called?" in message.text
    for name, told in (("taken", "taken here already"), ("x" * 40, "32 characters"), ("\u200b", "can't be seen")):
        again = await stage.answer(ann, ann, name)
        assert told in again.text
        assert "What should Zed be called?" in again.text
    done = await stage.answer(ann, ann, "  Zed  the 2nd ")
    assert not again.buttons, "a question that was answered has none"
    assert "✅ The name is Zed the 2nd now." in done.text
    assert (await of(stage, zed)).display_name == "Zed the 2nd"
    assert "I only understand commands" in (await stage.answer(ann, ann, "Zed")).text


async def test_d31_the_same_name_in_another_case_is_no_other_name(stage: Stage, ann: User, zed: StatusUser):
    await stage.press(ann, await menu(stage, ann, zed), "Name")
    assert "✅ The name is ZED now." in (await stage.answer(ann, ann, "ZED")).text


async def test_d64_id_and_name_of_an_account_change_together_and_after_confirm_alone(
    stage: Stage, ann: User, zed: StatusUser
):
    new = stage.steam.know("new")
    message = await menu(stage, ann, zed)
    await stage.press(ann, message, "Change Steam")
    assert "What's Zed's Steam account?" in message.text
    stage.steam.trouble = Unavailable("x")
    assert "Steam isn't answering" in (await stage.answer(ann, ann, "new")).text
    stage.steam.trouble = None
    assert "knows no such account" in (await stage.answer(ann, ann, "nobody")).text
    found = await stage.answer(ann, ann, "new")
    assert "Steam knows them as new the Great." in found.text
    assert await of(stage, zed) == zed
    await stage.press(ann, found, "Try another")
    assert "What's Zed's Steam account?" in found.text
    found = await stage.answer(ann, ann, "new")
    await stage.press(ann, found, "Confirm")
    assert (await of(stage, zed)).accounts == {STEAM: new}
    assert "Steam: new the Great" in found.text


async def test_cancel_changes_nothing(stage: Stage, ann: User, zed: StatusUser):
    message = await menu(stage, ann, zed)
    await stage.press(ann, message, "Change Steam")
    await stage.press(ann, message, "Cancel")
    assert "What would you like to change?" in message.text
    assert await of(stage, zed) == zed


async def test_d25_the_typed_word_cancels_and_is_no_name(stage: Stage, ann: User, zed: StatusUser):
    question = await menu(stage, ann, zed)
    await stage.press(ann, question, "Name")
    assert "What would you like to change?" in (await stage.answer(ann, ann, "Cancel")).text
    assert not question.buttons
    assert await of(stage, zed) == zed
    assert "I only understand commands" in (await stage.answer(ann, ann, "Zoe")).text


async def test_link_and_unlink_but_not_the_last(stage: Stage, ann: User, zed: StatusUser):
    stage.clients[XBOX].know("tag")
    message = await menu(stage, ann, zed)
    await stage.press(ann, message, "Link Xbox")
    found = await stage.answer(ann, ann, "tag")
    await stage.press(ann, found, "Confirm")
    assert set((await of(stage, zed)).accounts) == {XBOX, STEAM}
    unlink = found.button("Unlink Steam")
    await stage.press(ann, found, "Unlink Xbox")
    assert "Unlink" not in "".join(button["text"] for button in found.buttons)
    answer = await stage.press_data(ann, found, unlink, forged=True)
    assert answer is not None
    assert "their only account" in answer.text
    assert set((await of(stage, zed)).accounts) == {STEAM}


async def test_d65_somebody_with_a_psn_account_alone_can_be_edited(stage: Stage, squad: Chat, ann: User):
    await stage.connect(PSN)
    person = await stage.store.statususers.add(squad.id, ann.id, "Pia", {PSN: Account(PSN, "7", "pia_psn")}, "Squad")
    stage.clients[PSN].know("new")
    message = await menu(stage, ann, person)
    assert "PlayStation: pia_psn" in message.text
    await stage.press(ann, message, "Name")
    await stage.answer(ann, ann, "Pia 2")
    message = await menu(stage, ann, person)
    await stage.press(ann, message, "Change PlayStation")
    await stage.press(ann, await stage.answer(ann, ann, "new"), "Confirm")
    changed = await of(stage, person)
    assert (changed.display_name, changed.accounts[PSN].name) == ("Pia 2", "new the Great")


async def test_d10_what_others_change_meanwhile_stays(stage: Stage, squad: Chat, ann: User, bob: User, zed: StatusUser):
    await stage.press(ann, await menu(stage, ann, zed), "Name")
    theirs = await stage.answer(bob, squad, "/people")
    await stage.press(bob, theirs, "Zed")
    await stage.press(bob, theirs, "That's me")
    await stage.answer(ann, ann, "Zed 2")
    changed = await of(stage, zed)
    assert (changed.display_name, changed.person_id) == ("Zed 2", bob.id)


async def test_the_person_shown_edits_and_others_do_not(stage: Stage, squad: Chat, bob: User, zed: StatusUser):
    assert "Only whoever added them" in (await menu(stage, bob, zed)).text
    await stage.store.statususers.claim(zed.id, squad.id, bob.id)
    assert "What would you like to change?" in (await menu(stage, bob, zed)).text
    stranger = stage.world.add_user("Eve")
    real, none = await menu(stage, stranger, zed), await stage.answer(stranger, stranger, f"/start edit_{'0' * 24}")
    assert real.text == none.text


async def test_d27_d29_rights_that_ended_meanwhile_end_the_dialog(
    stage: Stage, squad: Chat, ann: User, bob: User, zed: StatusUser
):
    await stage.store.statususers.claim(zed.id, squad.id, bob.id)
    message = await menu(stage, bob, zed)
    await stage.press(bob, message, "Name")
    await stage.store.statususers.unclaim(zed.id, squad.id, bob.id)
    assert "Only whoever added them" in (await stage.answer(bob, bob, "Evil")).text
    assert not message.buttons
    assert "I only understand commands" in (await stage.answer(bob, bob, "Evil")).text
    opened = await menu(stage, ann, zed)
    await stage.press(ann, opened, "Change Steam")
    found = await stage.answer(ann, ann, "old")
    await stage.store.statususers.delete(zed.id, squad.id)
    answer = await stage.press(ann, found, "Confirm")
    assert answer is not None
    assert "not on the list any more" in answer.text


async def test_d43_an_edit_and_an_addition_are_open_at_once(stage: Stage, squad: Chat, ann: User, zed: StatusUser):
    adding = await stage.answer(ann, ann, f"/start add_{squad.id}")
    editing = await menu(stage, ann, zed)
    await stage.press(ann, editing, "Name")
    added = await stage.answer(ann, ann, "Yan", reply_to=adding.id)
    assert "What's Yan's Xbox gamertag?" in added.text
    renamed = await stage.answer(ann, ann, "Zoe", reply_to=editing.id)
    assert "The name is Zoe now" in renamed.text
    await stage.press(ann, added, "Skip")
    assert "What's Yan's Steam account?" in added.text


async def test_a_text_that_is_handled_again_changes_nothing_more(stage: Stage, ann: User, zed: StatusUser):
    message = await menu(stage, ann, zed)
    await stage.press(ann, message, "Change Steam")
    stage.world.say(ann, ann, "old")
    (update,) = await stage.api.take()
    for _ in range(2):
        await stage.feed(update)
        assert "Steam knows them as old the Great." in stage.by_bot(ann)[-1].text
