"""The dialog that adds somebody, in private."""

import asyncio

import pytest

from gub.domain.limits import LOOK_UPS
from gub.domain.values import Account, Platform
from gub.platforms.errors import CredentialDead, NoCredential, PlatformError, Private, RateLimited, Unavailable
from gub.sandbox.telegram.models import Chat, SimMessage, User
from tests.telegram.handlers.conftest import Stage

XBOX, PSN, STEAM = Platform


async def begun(stage: Stage, user: User, chat: Chat) -> SimMessage:
    """Let somebody type /add in a group and follow the button."""
    (answer,) = (await stage.said(user, chat, "/add"))[-1:]
    payload = answer.buttons[0]["url"].partition("start=")[2]
    return await stage.answer(user, user, f"/start {payload}")


async def test_from_the_group_through_all_platforms_and_back(stage: Stage, squad: Chat, ann: User, bob: User):
    xbox, _, steam = await stage.connect(XBOX, PSN, STEAM)
    xbox.know("bobby#12")
    steam.know("bob_plays")
    question = await begun(stage, ann, squad)
    assert "Who should I add to the list of Squad?" in question.text
    question = await stage.answer(ann, ann, "Big  Bob")
    assert "What's Big Bob's Xbox gamertag?" in question.text
    question = await stage.answer(ann, ann, "bobby#12")
    assert "✅ Xbox knows them as bobby#12 the Great." in question.text
    assert "PlayStation online ID" in question.text
    await stage.press(ann, question, "Skip")
    assert "Steam account" in question.text, "it changes in place"
    card = await stage.answer(ann, ann, "bob_plays")
    assert "Xbox: bobby#12 the Great\nSteam: bob_plays the Great" in card.text
    assert not await stage.store.statususers.of_chat(squad.id), "nothing is stored before Confirm"
    before = len(stage.by_bot(squad))
    await stage.press(ann, card, "Confirm")
    assert card.text == "✅ Big Bob is on /status in Squad now, with Xbox and Steam."
    assert not card.buttons
    (announcement,) = stage.by_bot(squad)[before:]
    assert announcement.text == "✅ Big Bob is on /status now, with Xbox and Steam. Added by Ann."
    assert not stage.pinged(announcement)
    (person,) = await stage.store.statususers.of_chat(squad.id)
    assert (person.display_name, person.keeper_id, person.person_id) == ("Big Bob", ann.id, None)
    assert {platform: account.name for platform, account in person.accounts.items()} == {
        XBOX: "bobby#12 the Great",
        STEAM: "bob_plays the Great",
    }
    assert person.group_name == "Squad"
    await stage.press(bob, announcement, "That's me")
    (person,) = await stage.store.statususers.of_chat(squad.id)
    assert person.person_id == bob.id


async def test_only_what_is_connected_is_asked(stage: Stage, squad: Chat, ann: User):
    await stage.connect(XBOX, STEAM)
    await stage.store.credentials.died(XBOX, (await stage.store.credentials.xbox()).grant, stage.clock.now())  # type: ignore[union-attr]
    await begun(stage, ann, squad)
    assert "Steam account" in (await stage.answer(ann, ann, "Bob")).text


async def test_where_nothing_is_connected_it_does_not_begin(stage: Stage, squad: Chat, ann: User):
    assert "not connected to any platform" in (await begun(stage, ann, squad)).text
    assert "I only understand commands" in (await stage.answer(ann, ann, "Bob")).text


async def test_d53_in_private_it_is_about_this_chat(stage: Stage, ann: User):
    (steam,) = await stage.connect(STEAM)
    steam.know("p")
    question = await stage.answer(ann, ann, "/add")
    assert "Who should I add to the list?" in question.text
    await stage.answer(ann, ann, "Me")
    card = await stage.answer(ann, ann, "p")
    assert "None" not in question.text + card.text
    await stage.press(ann, card, "It's me")
    assert card.text == "✅ Me is on /status now, with Steam."
    (person,) = await stage.store.statususers.of_chat(ann.id)
    assert (person.keeper_id, person.person_id, person.group_name) == (ann.id, ann.id, None)


async def test_a_name_given_with_the_command_in_private_is_not_asked_for(stage: Stage, ann: User):
    await stage.connect(STEAM)
    assert "What's Bob's Steam account?" in (await stage.answer(ann, ann, "/add Bob")).text
    assert "32 characters at most" in (await stage.answer(ann, ann, f"/add {'x' * 40}")).text


async def test_d23_a_name_is_one_line(stage: Stage, ann: User):
    await stage.connect(STEAM)
    await stage.answer(ann, ann, "/add")
    assert "What's Big Bob's Steam account" in (await stage.answer(ann, ann, "Big\n\tBob")).text


async def test_what_is_wrong_is_said_and_asked_again_without_losing_anything(stage: Stage, squad: Chat, ann: User):
    (steam,) = await stage.connect(STEAM)
    steam.know("p")
    await stage.said(ann, squad, "/add Taken steam:p")
    await begun(stage, ann, squad)
    for name, told in (("TAKEN", "taken here already"), ("x" * 40, "32 characters"), ("\u202e", "can't be seen")):
        again = await stage.answer(ann, ann, name)
        assert told in again.text
        assert "Send me the name" in again.text
        assert again.button("Cancel")
    assert "What's Bob's Steam account" in (await stage.answer(ann, ann, "Bob")).text
    again = await stage.answer(ann, ann, "nobody")
    assert "Steam knows no such account" in again.text
    assert "What's Bob's Steam account" in again.text
    assert again.button("Skip")
    assert "can't be a Steam account" in (await stage.answer(ann, ann, "!!")).text
    card = await stage.answer(ann, ann, "p")
    await stage.press(ann, card, "Confirm")
    assert {one.display_name for one in await stage.store.statususers.of_chat(squad.id)} == {"Bob", "Taken"}


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        (Unavailable("x"), "Steam isn't answering"),
        (RateLimited("x"), "slow down"),
        (Private("x"), "keeps that account private"),
        (NoCredential("x"), "isn't set up yet"),
        (CredentialDead("x"), "doesn't accept my key"),
    ],
)
async def test_d64_a_failed_look_up_is_told_apart_and_stores_nothing(
    stage: Stage, squad: Chat, ann: User, trouble: PlatformError, told: str
):
    (steam,) = await stage.connect(STEAM)
    steam.know("p")
    await begun(stage, ann, squad)
    await stage.answer(ann, ann, "Bob")
    steam.trouble = trouble
    again = await stage.answer(ann, ann, "p")
    assert told in again.text
    assert "What's Bob's Steam account" in again.text
    assert not await stage.store.statususers.of_chat(squad.id)
    steam.trouble = None
    assert "Steam: p the Great" in (await stage.answer(ann, ann, "p")).text


async def test_too_many_look_ups_are_told(stage: Stage, squad: Chat, ann: User):
    await stage.connect(STEAM)
    await begun(stage, ann, squad)
    await stage.answer(ann, ann, "Bob")
    for _ in range(LOOK_UPS):
        await stage.answer(ann, ann, "nobody")
    assert "a lot of look-ups" in (await stage.answer(ann, ann, "nobody")).text


async def test_at_least_one_account_is_needed(stage: Stage, squad: Chat, ann: User):
    await stage.connect(XBOX, STEAM)
    await begun(stage, ann, squad)
    question = await stage.answer(ann, ann, "Bob")
    await stage.press(ann, question, "Skip")
    await stage.press(ann, question, "Skip")
    assert "I need at least one account" in question.text
    assert "Xbox gamertag" in question.text


async def test_not_that_one_asks_for_another(stage: Stage, squad: Chat, ann: User):
    (steam,) = await stage.connect(STEAM)
    steam.know("wrong")
    right = steam.know("right")
    await begun(stage, ann, squad)
    await stage.answer(ann, ann, "Bob")
    card = await stage.answer(ann, ann, "wrong")
    await stage.press(ann, card, "Change Steam")
    assert "What's Bob's Steam account?" in card.text
    card = await stage.answer(ann, ann, "right")
    await stage.press(ann, card, "Confirm")
    (person,) = await stage.store.statususers.of_chat(squad.id)
    assert person.accounts == {STEAM: right}


async def test_d25_cancel_ends_it_and_names_nobody(stage: Stage, squad: Chat, ann: User):
    (steam,) = await stage.connect(STEAM)
    steam.know("p")
    question = await begun(stage, ann, squad)
    await stage.press(ann, question, "Cancel")
    assert question.text == "Cancelled: nobody was added."
    assert "I only understand commands" in (await stage.answer(ann, ann, "Bob")).text
    assert not await stage.store.statususers.of_chat(squad.id)


@pytest.mark.parametrize("word", ["cancel", " CANCEL\n"])
async def test_d25_the_typed_word_cancels_at_every_step(stage: Stage, squad: Chat, ann: User, word: str):
    (steam,) = await stage.connect(STEAM)
    steam.know("p")
    for answers in ([], ["Bob"], ["Bob", "p"]):
        await begun(stage, ann, squad)
        for answer in answers:
            await stage.answer(ann, ann, answer)
        question = stage.by_bot(ann)[-1]
        assert (await stage.answer(ann, ann, word)).text == "Cancelled: nobody was added."
        assert not question.buttons
        assert "I only understand commands" in (await stage.answer(ann, ann, word)).text
    assert not await stage.store.statususers.of_chat(squad.id)


async def test_confirm_twice_adds_one(stage: Stage, squad: Chat, ann: User):
    (steam,) = await stage.connect(STEAM)
    steam.know("p")
    await begun(stage, ann, squad)
    await stage.answer(ann, ann, "Bob")
    card = await stage.answer(ann, ann, "p")
    data = card.button("Confirm")
    for _ in range(2):
        stage.world.press(ann, ann, card.id, data)
    await stage.settle()
    again = await stage.press_data(ann, card, data, forged=True)
    assert again is not None
    assert again.alert
    assert len(await stage.store.statususers.of_chat(squad.id)) == 1


async def test_confirm_after_a_crash_adds_one(stage: Stage, squad: Chat, ann: User, monkeypatch: pytest.MonkeyPatch):
    (steam,) = await stage.connect(STEAM)
    steam.know("p")
    await begun(stage, ann, squad)
    await stage.answer(ann, ann, "Bob")
    card = await stage.answer(ann, ann, "p")

    async def dies(*_: object) -> bool:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(type(stage.store.dialogs), "delete", dies)
        await stage.press(ann, card, "Confirm")
    assert len(await stage.store.statususers.of_chat(squad.id)) == 1
    await stage.press(ann, card, "Confirm")
    assert "is on /status in Squad now" in card.text
    assert len(await stage.store.statususers.of_chat(squad.id)) == 1


async def test_d52_a_name_that_was_taken_meanwhile_is_asked_for_again_and_the_rest_is_kept(
    stage: Stage, squad: Chat, ann: User, bob: User
):
    (steam,) = await stage.connect(STEAM)
    steam.know("p")
    await begun(stage, ann, squad)
    await stage.answer(ann, ann, "Bob")
    card = await stage.answer(ann, ann, "p")
    await stage.said(bob, squad, "/add bob steam:p")
    await stage.press(ann, card, "Confirm")
    assert "Bob is taken here already" in card.text
    assert "Send me the name" in card.text
    card = await stage.answer(ann, ann, "Bobby")
    assert "Steam: p the Great" in card.text
    await stage.press(ann, card, "Confirm")
    assert len(await stage.store.statususers.of_chat(squad.id)) == 2


async def test_a_full_list_is_told_and_the_card_stays(
    stage: Stage, squad: Chat, ann: User, monkeypatch: pytest.MonkeyPatch
):
    (steam,) = await stage.connect(STEAM)
    steam.know("p")
    await begun(stage, ann, squad)
    await stage.answer(ann, ann, "Bob")
    card = await stage.answer(ann, ann, "p")
    await stage.said(ann, squad, "/add Carl steam:p")
    monkeypatch.setattr("gub.store.statususers.STATUS_USERS_PER_CHAT", 1)
    answer = await stage.press(ann, card, "Confirm")
    assert answer is not None
    assert answer.alert
    assert "That's full" in answer.text
    assert card.button("Confirm")


async def test_d42_d43_two_dialogs_for_two_groups_do_not_disturb_each_other(stage: Stage, ann: User, bob: User):
    (steam,) = await stage.connect(STEAM)
    steam.know("p")
    first, second = await stage.group(ann, bob, title="First"), await stage.group(ann, bob, title="Second")
    asked_first = await begun(stage, ann, first)
    asked_second = await begun(stage, ann, second)
    assert "list of First" in asked_first.text
    assert "list of Second" in asked_second.text
    # A reply belongs to the dialog that asked; other texts to the one touched last.
    asked_first = await stage.answer(ann, ann, "One", reply_to=asked_first.id)
    assert "What's One's Steam account" in asked_first.text
    asked_second = await stage.answer(ann, ann, "Two", reply_to=asked_second.id)
    assert "What's Two's Steam account" in asked_second.text
    await stage.said(ann, ann, "/help")
    await stage.said(ann, second, "/status")
    card_second = await stage.answer(ann, ann, "p")
    assert "list of Second" in card_second.text
    await stage.press(ann, card_second, "Confirm")
    card_first = await stage.answer(ann, ann, "p")
    assert "list of First" in card_first.text
    await stage.press(ann, card_first, "Confirm")
    for chat, name in ((first, "One"), (second, "Two")):
        assert [one.display_name for one in await stage.store.statususers.of_chat(chat.id)] == [name]
        assert f"{name} is on /status now" in stage.by_bot(chat)[-1].text


async def test_d27_who_left_the_group_meanwhile_adds_nobody(stage: Stage, squad: Chat, bob: User):
    (steam,) = await stage.connect(STEAM)
    steam.know("p")
    await begun(stage, bob, squad)
    await stage.answer(bob, bob, "Bob")
    card = await stage.answer(bob, bob, "p")
    stage.world.leave(bob, squad)
    answer = await stage.press(bob, card, "Confirm")
    assert answer is not None
    assert answer.alert
    assert "not in this chat" in answer.text
    assert not await stage.store.statususers.of_chat(squad.id)


@pytest.mark.parametrize("way", ["add", "people"])
async def test_d40_a_stranger_learns_nothing_of_a_group_from_its_link(stage: Stage, squad: Chat, way: str):
    await stage.connect(STEAM)
    stranger = stage.world.add_user("Eve")
    real = await stage.answer(stranger, stranger, f"/start {way}_{squad.id}")
    none = await stage.answer(stranger, stranger, f"/start {way}_-1009999999999")
    assert real.text == none.text
    assert "Squad" not in real.text
    assert "I only understand commands" in (await stage.answer(stranger, stranger, "Bob")).text


async def test_a_group_that_hides_its_members_says_what_helps(stage: Stage, squad: Chat, ann: User, bob: User):
    await stage.connect(STEAM)
    squad.hidden_members = True
    answer = await stage.answer(bob, bob, f"/start add_{squad.id}")
    assert "hides its members from me" in answer.text
    assert "Who should I add to the list of Squad?" in (await stage.answer(ann, ann, f"/start add_{squad.id}")).text, (
        "admins are told all the same"
    )


async def test_d39_the_group_is_told_in_the_topic_where_it_began(stage: Stage, ann: User, bob: User):
    (steam,) = await stage.connect(STEAM)
    steam.know("p")
    forum = await stage.group(ann, bob, forum=True)
    topic = stage.world.open_topic(forum, "Games")
    (answer,) = await stage.said(ann, forum, "/add", thread_id=topic.id)
    await stage.answer(ann, ann, f"/start {answer.buttons[0]['url'].partition('start=')[2]}")
    await stage.answer(ann, ann, "Bob")
    card = await stage.answer(ann, ann, "p")
    await stage.press(ann, card, "Confirm")
    assert stage.by_bot(forum)[-1].thread_id == topic.id


async def test_an_announcement_that_is_refused_is_no_failure(stage: Stage, squad: Chat, ann: User):
    (steam,) = await stage.connect(STEAM)
    steam.know("p")
    await begun(stage, ann, squad)
    await stage.answer(ann, ann, "Bob")
    card = await stage.answer(ann, ann, "p")
    stage.world.restrict_bot(squad)
    await stage.press(ann, card, "Confirm")
    assert "Bob is on /status in Squad now" in card.text


async def test_d46_questions_that_are_gone_are_asked_anew(stage: Stage, squad: Chat, ann: User):
    await stage.connect(XBOX, STEAM)
    await begun(stage, ann, squad)
    question = await stage.answer(ann, ann, "Bob")
    data = question.button("Skip")
    stage.world.delete_message(ann, question.id)
    await stage.press_data(ann, question, data, forged=True)
    assert "Steam account" in stage.by_bot(ann)[-1].text
    assert stage.by_bot(ann)[-1].button("Skip")


async def test_only_the_newest_question_of_a_dialog_has_buttons(stage: Stage, squad: Chat, ann: User):
    (steam,) = await stage.connect(STEAM)
    steam.know("p")
    asked = [await begun(stage, ann, squad)]
    other = await begun(stage, ann, squad)
    for text in ("x" * 40, "Bob", "nobody", "p"):
        (question,) = await stage.said(ann, ann, text, reply_to=asked[-1].id)
        assert not any(one.buttons for one in asked)
        assert question.buttons
        asked.append(question)
    assert other.buttons, "another dialog's question is no older one"
    await stage.press(ann, asked[-1], "Cancel")
    assert not asked[-1].buttons


async def test_d46_buttons_that_cannot_be_taken_away_stop_nothing(stage: Stage, squad: Chat, ann: User):
    await stage.connect(STEAM)
    question = await begun(stage, ann, squad)
    stage.world.fail("editMessageReplyMarkup", "400", -1)
    assert "Bob" in (await stage.answer(ann, ann, "Bob")).text
    assert question.buttons
    stage.world.clear_faults()
    stage.world.delete_message(ann, stage.by_bot(ann)[-1].id)
    assert "no such account" in (await stage.answer(ann, ann, "nobody")).text


async def test_a_tap_on_an_older_question_changes_nothing(stage: Stage, squad: Chat, ann: User):
    await stage.connect(XBOX, PSN, STEAM)
    await begun(stage, ann, squad)
    question = await stage.answer(ann, ann, "Bob")
    data = question.button("Skip")
    await stage.press(ann, question, "Skip")
    answer = await stage.press_data(ann, question, data, forged=True)
    assert answer is not None
    assert "answered already" in answer.text
    assert "PlayStation online ID" in question.text


@pytest.mark.parametrize("answer", ["me", "yes", "skip", "redo", "cancel"])
async def test_forged_answers_do_nothing(stage: Stage, squad: Chat, ann: User, bob: User, answer: str):
    await stage.connect(STEAM)
    question = await begun(stage, ann, squad)
    dialog = question.button("Cancel").split(":")[1]
    theirs = await stage.answer(bob, bob, "/help")
    told = await stage.press_data(bob, theirs, f"d:{dialog}:name:{answer}", forged=True)
    assert told is not None
    assert told.alert
    if answer != "cancel":
        own = await stage.press_data(ann, question, f"d:{dialog}:confirm:{answer}", forged=True)
        assert own is not None
        assert own.alert
    assert "What's Bob's Steam account" in (await stage.answer(ann, ann, "Bob")).text


async def test_a_text_that_is_handled_again_answers_one_question(stage: Stage, squad: Chat, ann: User):
    await stage.connect(XBOX, STEAM)
    for platform in (XBOX, STEAM):
        stage.clients[platform].know("same")
    await begun(stage, ann, squad)
    await stage.answer(ann, ann, "Bob")
    stage.world.say(ann, ann, "same")
    (update,) = await stage.api.take()
    for _ in range(2):
        await stage.feed(update)
        assert "Steam account" in stage.by_bot(ann)[-1].text


async def test_a_group_that_became_a_supergroup_meanwhile_gets_the_person(stage: Stage, ann: User):
    (steam,) = await stage.connect(STEAM)
    steam.know("p")
    group = stage.world.add_group("Old", [ann])
    stage.world.add_bot(group, ann)
    await stage.settle()
    await begun(stage, ann, group)
    await stage.answer(ann, ann, "Bob")
    new = stage.world.migrate(group)
    await stage.settle()
    card = await stage.answer(ann, ann, "p")
    await stage.press(ann, card, "Confirm")
    assert [one.display_name for one in await stage.store.statususers.of_chat(new.id)] == ["Bob"]
    assert "Bob is on /status now" in stage.by_bot(new)[-1].text


async def test_d49_d50_hostile_names_come_through(stage: Stage, ann: User):
    (steam,) = await stage.connect(STEAM)
    account = steam.know("p")
    steam.accounts["p"] = Account(STEAM, account.account_id, "<b>*_`[x](y)")
    group = await stage.group(ann, title="Sunday-Squad.`*_[")
    name = "J.R. <b>*_`[!"
    await begun(stage, ann, group)
    question = await stage.answer(ann, ann, name)
    assert name in question.text
    card = await stage.answer(ann, ann, "p")
    assert "<b>*_`[x](y)" in card.text
    assert "Sunday-Squad.`*_[" in card.text
    await stage.press(ann, card, "Confirm")
    assert name in stage.by_bot(group)[-1].text


async def test_d63_a_slow_look_up_brings_a_sign_of_life(stage: Stage, squad: Chat, ann: User):
    (steam,) = await stage.connect(STEAM)
    steam.know("p")
    await begun(stage, ann, squad)
    await stage.answer(ann, ann, "Bob")
    slow, look_up = asyncio.Event(), steam.look_up

    async def slowly(text: str) -> object:
        await slow.wait()
        return await look_up(text)

    steam.look_up = slowly  # type: ignore[method-assign, assignment]
    stage.world.say(ann, ann, "p")
    settling = asyncio.ensure_future(stage.settle())
    await stage.clock.until_sleeping()
    await stage.clock.advance(0.8)
    await stage.world.wait_for(lambda: stage.calls("sendChatAction") == 1)
    slow.set()
    await settling
    assert "Steam: p the Great" in stage.by_bot(ann)[-1].text
