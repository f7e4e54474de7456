"""What the settings of a chat keep to its admins, at every step of doing it."""

import pytest

from gub.domain.choices import NO, Setting
from gub.domain.values import Platform
from gub.sandbox.telegram.models import Chat, User
from tests.telegram.handlers.conftest import Stage


@pytest.fixture
def boss(stage: Stage) -> User:
    return stage.world.add_user("Boss")


@pytest.fixture
async def chat(stage: Stage, ann: User, bob: User, boss: User) -> Chat:
    """A supergroup with Ann, Bob and the bot, of which Ann and the boss are admins."""
    return await stage.group(ann, bob, boss, admins=[boss])


async def keep_to_admins(stage: Stage, chat: Chat, setting: Setting) -> None:
    assert await stage.parts.choices.choose(chat.id, setting, NO if setting is Setting.MEMBERS_ADD else "admins")


async def test_only_admins_make_groups_where_it_is_so(stage: Stage, ann: User, bob: User, chat: Chat) -> None:
    link = await stage.answer(bob, bob, f"/start newgroup_{chat.id}")
    assert link.text.startswith("What should the new group in Squad be called?")
    await keep_to_admins(stage, chat, Setting.WHO_CREATES)
    refusal = "Only admins of the chat can make groups. Ask one of them."
    for text in ("/newgroup Raid", "/newgroup"):
        assert (await stage.answer(bob, chat, text)).text == refusal
    assert (await stage.answer(bob, bob, f"/start newgroup_{chat.id}")).text == refusal
    assert await stage.store.notifygroups.of_chat(chat.id) == []
    assert "Raid" in (await stage.answer(ann, chat, "/newgroup Raid")).text
    assert "Raid" not in (await stage.answer(ann, ann, f"/start newgroup_{chat.id}")).text


async def test_only_admins_make_groups_at_the_end_of_the_dialog_too(stage: Stage, bob: User, chat: Chat) -> None:
    await stage.answer(bob, bob, f"/start newgroup_{chat.id}")
    await stage.answer(bob, bob, "Raid")
    how = await stage.answer(bob, bob, "Evenings")
    await keep_to_admins(stage, chat, Setting.WHO_CREATES)
    answer = await stage.press_data(bob, how, how.buttons[0]["callback_data"])
    assert answer is not None
    assert (answer.text, answer.alert) == ("Only admins of the chat can make groups. Ask one of them.", True)
    assert await stage.store.notifygroups.of_chat(chat.id) == []
    stage.world.promote(bob, chat)
    await stage.press_data(bob, how, how.buttons[0]["callback_data"])
    assert len(await stage.store.notifygroups.of_chat(chat.id)) == 1


async def test_only_admins_call_where_it_is_so(stage: Stage, ann: User, bob: User, chat: Chat) -> None:
    await stage.said(ann, chat, "/newgroup Raid")
    await stage.said(bob, chat, "/join Raid")
    await keep_to_admins(stage, chat, Setting.WHO_CALLS)
    refused = await stage.answer(bob, chat, "/notify Raid come")
    assert refused.text == "Only admins of the chat can call groups. Ask one of them."
    called = await stage.answer(ann, chat, "/notify Raid come")
    assert stage.pinged(called) == {bob.id}


async def test_a_large_call_is_confirmed_by_an_admin_of_now(
    stage: Stage, ann: User, bob: User, boss: User, chat: Chat
) -> None:
    await stage.said(ann, chat, "/newgroup Raid")
    await stage.said(bob, chat, "/join Raid")
    await stage.said(boss, chat, "/join Raid")
    await stage.parts.choices.choose(chat.id, Setting.CONFIRM_ABOVE, "0")
    question = await stage.answer(bob, chat, "/notify Raid come")
    await keep_to_admins(stage, chat, Setting.WHO_CALLS)
    answer = await stage.press(bob, question, "Confirm")
    assert answer is not None
    assert (answer.text, answer.alert) == ("Only admins of the chat can call groups. Ask one of them.", True)
    assert not [push for push in stage.world.pushes if push.reason == "mention" and push.chat_id == chat.id]


async def test_only_admins_put_people_on_the_list_where_it_is_so(
    stage: Stage, ann: User, bob: User, chat: Chat
) -> None:
    await stage.connect()
    await keep_to_admins(stage, chat, Setting.MEMBERS_ADD)
    refusal = "Only admins of the chat can put people on its list. Ask one of them."
    for text in ("/add", "/add Bea steam:76561198000000001"):
        assert (await stage.answer(bob, chat, text)).text == refusal
    assert (await stage.answer(bob, bob, f"/start add_{chat.id}")).text == refusal
    assert (await stage.answer(ann, chat, "/add")).text != refusal
    assert (await stage.answer(bob, bob, "/add")).text != refusal, "his own list is his"


@pytest.mark.parametrize("label", ["Confirm", "It's me"])
async def test_only_admins_put_people_on_the_list_at_the_end_of_the_dialog_too(
    stage: Stage, bob: User, chat: Chat, label: str
) -> None:
    (steam,) = await stage.connect(Platform.STEAM)
    steam.know("p")
    await stage.answer(bob, bob, f"/start add_{chat.id}")
    await stage.answer(bob, bob, "Bea")
    card = await stage.answer(bob, bob, "p")
    await keep_to_admins(stage, chat, Setting.MEMBERS_ADD)
    answer = await stage.press(bob, card, label)
    assert answer is not None
    assert (answer.text, answer.alert) == ("Only admins of the chat can put people on its list. Ask one of them.", True)
    assert await stage.store.statususers.of_chat(chat.id) == []
    stage.world.promote(bob, chat)
    await stage.press(bob, card, label)
    assert len(await stage.store.statususers.of_chat(chat.id)) == 1


async def test_nothing_is_asked_of_telegram_where_nothing_is_forbidden(stage: Stage, bob: User, chat: Chat) -> None:
    before = stage.calls("getChatMember")
    await stage.said(bob, chat, "/newgroup Raid")
    assert stage.calls("getChatMember") == before
