"""Whoever is told something unasked is told in their own language, whatever who caused it reads."""

import pytest

from gub.domain.languages import Language
from gub.domain.values import Joining, Platform, StatusUser
from gub.sandbox.telegram.models import Chat, SimMessage, User
from tests.telegram.handlers.conftest import Stage


@pytest.fixture
async def german_squad(stage: Stage, squad: Chat) -> Chat:
    await stage.parts.languages.choose(squad.id, Language.GERMAN)
    return squad


@pytest.fixture
async def zed(stage: Stage, squad: Chat, ann: User) -> StatusUser:
    accounts = {Platform.STEAM: stage.steam.know("p")}
    return await stage.store.statususers.add(squad.id, ann.id, "Zed", accounts, "Squad")


async def card_in_private(stage: Stage, user: User, chat: Chat) -> SimMessage:
    message = await stage.answer(user, user, f"/start people_{chat.id}")
    await stage.press(user, message, "Zed")
    return message


@pytest.mark.usefixtures("zed")
async def test_a_group_hears_in_its_language_what_was_done_in_private_in_another(
    stage: Stage, german_squad: Chat, ann: User, bob: User
):
    card = await card_in_private(stage, bob, german_squad)
    await stage.press(bob, card, "That's me")
    assert stage.by_bot(german_squad)[-1].text == "🙋 Bob ist Zed auf /status."
    assert "That's Bob." in card.text
    card = await card_in_private(stage, ann, german_squad)
    await stage.press(ann, card, "Delete")
    await stage.press(ann, card, "Confirm")
    assert stage.by_bot(german_squad)[-1].text == "🗑 Zed steht nicht mehr auf der Liste, so wollte es Ann."
    assert card.text == "🗑 Zed was taken off the list of Squad."


async def test_an_english_group_hears_english_of_who_reads_german(stage: Stage, squad: Chat, ann: User):
    await stage.parts.languages.choose(ann.id, Language.GERMAN)
    await stage.said(ann, ann, f"/start newgroup_{squad.id}")
    await stage.said(ann, ann, "Warzone")
    dialog = stage.by_bot(ann)[-1]
    await stage.press_data(ann, dialog, dialog.buttons[0]["callback_data"])
    await stage.press_data(ann, dialog, dialog.buttons[0]["callback_data"])
    assert stage.by_bot(squad)[-1].text.startswith("🎮 New group: Warzone\n")


async def test_a_group_that_is_made_in_private_is_announced_in_the_language_of_the_chat(
    stage: Stage, german_squad: Chat, ann: User
):
    await stage.said(ann, ann, f"/start newgroup_{german_squad.id}")
    question = await stage.answer(ann, ann, "Warzone")
    await stage.press(ann, question, "Skip")
    await stage.press(ann, question, "Anybody in the chat")
    assert stage.by_bot(german_squad)[-1].text.startswith("🎮 Neue Gruppe: Warzone\n")
    assert question.text.startswith("✅ Warzone is ready in Squad")


async def test_a_group_that_is_renamed_in_private_is_told_of_in_the_language_of_the_chat(
    stage: Stage, german_squad: Chat, ann: User
):
    group = await stage.store.notifygroups.create(german_squad.id, ann.id, "Warzone", None, Joining.OPEN, None)
    card = await stage.answer(ann, ann, f"/start group_{group.id}")
    await stage.press(ann, card, "Edit")
    await stage.press(ann, card, "Rename")
    await stage.said(ann, ann, "Chess")
    told = stage.by_bot(german_squad)[-1].text
    assert told.startswith("✏️ Ann hat die Gruppe Warzone umbenannt: Sie heißt jetzt Chess.")


async def test_somebody_added_in_private_is_announced_in_the_language_of_the_chat(
    stage: Stage, german_squad: Chat, ann: User
):
    (steam,) = await stage.connect(Platform.STEAM)
    steam.know("p")
    await stage.said(ann, ann, f"/start add_{german_squad.id}")
    await stage.said(ann, ann, "Zed")
    question = (await stage.said(ann, ann, "p"))[-1]
    await stage.press(ann, question, "Confirm")
    told = stage.by_bot(german_squad)[-1]
    assert told.text == "✅ Zed steht jetzt auf /status, mit Steam. Eingetragen von Ann."
    assert told.button("Das bin ich")


async def test_who_is_put_on_a_list_is_asked_in_their_language(stage: Stage, squad: Chat, ann: User, bob: User):
    stage.steam.know("p")
    ann.language_code = "de"
    await stage.said(ann, ann, "/start")
    answer = await stage.answer(bob, squad, "/add @ann_a steam:p")
    assert answer.text == "✅ ann_a is on /status now, with Steam. I told Ann in private."
    asked = stage.by_bot(ann)[-1]
    assert asked.text.startswith("👋 Bob hat dich als ann_a auf die Liste von Squad gesetzt.")
    assert asked.button("Mich verbergen")


async def test_who_left_the_list_in_their_language_leaves_the_group_told_in_its_own(
    stage: Stage, german_squad: Chat, ann: User, bob: User
):
    stage.steam.know("p")
    await stage.said(ann, ann, "/start")
    await stage.said(bob, german_squad, "/add @ann_a steam:p")
    asked = stage.by_bot(ann)[-1]
    await stage.press(ann, asked, "Delete me")
    assert stage.by_bot(german_squad)[-1].text == "🗑 ann_a steht nicht mehr auf der Liste, so wollte es Ann."
    assert asked.text == "🗑 ann_a is off the list. I haven't kept anything."


async def test_who_gets_a_hidden_group_is_told_in_their_language(stage: Stage, squad: Chat, ann: User, bob: User):
    group = await stage.store.notifygroups.create(squad.id, ann.id, "Secret", None, Joining.HIDDEN, None)
    await stage.store.notifygroups.join(group.id, squad.id, bob.id, only_open=False)
    await stage.said(bob, bob, "/start")
    await stage.parts.languages.choose(bob.id, Language.GERMAN)
    card = await stage.answer(ann, ann, f"/start group_{group.id}")
    for label in ("Edit", "Hand over", "Bob", "Confirm"):
        await stage.press(ann, card, label)
    assert stage.by_bot(bob)[-1].text.startswith("👑 Ann hat dir Secret")


async def test_a_delay_is_told_in_the_language_that_is_known_without_the_database(
    stage: Stage, german_squad: Chat, ann: User
):
    ann.language_code = "de"
    stage.world.say(ann, german_squad, "/status")
    stage.world.say(ann, ann, "/status")
    for update in await stage.api.take():
        await stage.delay_notice(update)
    late = "Ich komme gerade nicht an mein Gedächtnis. Ich antworte, sobald ich kann."
    assert [stage.by_bot(chat)[-1].text for chat in (german_squad, ann)] == [late, late]
    await stage.parts.languages.choose(german_squad.id, Language.ENGLISH)
    stage.world.say(ann, german_squad, "/status")
    for update in await stage.api.take():
        await stage.delay_notice(update)
    assert "I can't reach my memory" in stage.by_bot(german_squad)[-1].text, "a group is not spoken to as one of it is"
