import pytest

from gub.domain.limits import CALLBACK_BYTES
from gub.sandbox.telegram.models import Chat, User
from tests.telegram.handlers.conftest import Stage


async def test_a_group_is_announced_with_a_button_to_join(stage: Stage, squad: Chat, ann: User, bob: User):
    announcement = await stage.answer(ann, squad, "/newgroup Warzone evenings, any rank")
    assert "Warzone" in announcement.text
    assert "evenings, any rank" in announcement.text
    assert [button["text"] for button in announcement.buttons] == ["Join", "Leave"]
    assert all(len(button["callback_data"].encode()) <= CALLBACK_BYTES for button in announcement.buttons)
    group = await stage.store.notifygroups.by_name(squad.id, "warzone")
    assert group is not None
    assert group.members == (ann.id,)

    answer = await stage.press(bob, announcement, "Join")
    assert answer is not None
    assert answer.text == "You are in Warzone, 2 members now."
    assert not answer.alert
    again = await stage.press(bob, announcement, "Join")
    assert again is not None
    assert again.text == "You are in Warzone already."
    left = await stage.press(bob, announcement, "Leave")
    assert left is not None
    assert left.text == "You left Warzone."
    group = await stage.store.notifygroups.by_name(squad.id, "Warzone")
    assert group is not None
    assert group.members == (ann.id,)


async def test_a_command_that_is_handled_again_announces_again(stage: Stage, squad: Chat, ann: User):
    stage.world.say(ann, squad, "/newgroup Warzone evenings")
    (update,) = await stage.api.take()
    for _ in range(2):
        await stage.feed(update)
        assert "New group: Warzone" in stage.by_bot(squad)[-1].text
    assert "already" in (await stage.answer(ann, squad, "/newgroup Warzone evenings")).text


async def test_who_gub_cannot_ask_about_may_join(stage: Stage, squad: Chat, ann: User, bob: User):
    """Members are hidden and GUB is no admin: teloxide/teloxide#1349."""
    announcement = await stage.answer(ann, squad, "/newgroup Warzone")
    stage.world.fail("getChatMember", "400", 1, description="Bad Request: PARTICIPANT_ID_INVALID")
    answer = await stage.press(bob, announcement, "Join")
    assert answer is not None
    assert "You are in Warzone" in answer.text


@pytest.mark.usefixtures("ann")
async def test_an_announcement_pings_nobody(stage: Stage, squad: Chat, bob: User):
    announcement = await stage.answer(bob, squad, "/newgroup Warzone ask @Ann_A\nor come")
    assert "ask @Ann_A\nor come" in announcement.text
    assert not stage.pinged(announcement)


async def test_d21_anybody_joins_and_leaves_by_name(stage: Stage, squad: Chat, ann: User, bob: User):
    await stage.said(ann, squad, "/add_notify_group Warzone")
    assert "You are in Warzone, 2 members now" in (await stage.answer(bob, squad, "/join wARZONE")).text
    assert "already" in (await stage.answer(bob, squad, "/join Warzone")).text
    assert "You left Warzone" in (await stage.answer(bob, squad, "/leave Warzone")).text
    assert "not in Warzone" in (await stage.answer(bob, squad, "/leave Warzone")).text


@pytest.mark.parametrize("name", ["C++", "(duo)", "$ne", ".*", "team?", "a|b", "[x](y)", "<b>&", "`tick`", "夜", "🎮"])
async def test_d13_names_are_never_patterns(stage: Stage, squad: Chat, ann: User, bob: User, name: str):
    await stage.said(ann, squad, "/newgroup Other")
    await stage.said(ann, squad, f"/newgroup {name}")
    assert f"You are in {name}," in (await stage.answer(bob, squad, f"/join {name}")).text
    other = await stage.store.notifygroups.by_name(squad.id, "Other")
    assert other is not None
    assert bob.id not in other.members


async def test_d13_a_pattern_finds_nothing(stage: Stage, squad: Chat, ann: User, bob: User):
    await stage.said(ann, squad, "/newgroup Warzone")
    for pattern in (".*", "(", "War.one", "^W", "$regex"):
        assert "There is no group" in (await stage.answer(bob, squad, f"/join {pattern}")).text


async def test_d22_a_name_is_taken_in_any_case(stage: Stage, squad: Chat, ann: User, bob: User):
    await stage.said(ann, squad, "/newgroup War")
    assert "already" in (await stage.answer(bob, squad, "/newgroup wAR")).text
    assert len(await stage.store.notifygroups.of_chat(squad.id)) == 1


async def test_d23_what_cannot_be_seen_is_no_name(stage: Stage, squad: Chat, ann: User):
    answer = await stage.answer(ann, squad, "/newgroup a\u202eb")
    assert "can't be seen" in answer.text
    assert "ab" in answer.text
    assert not await stage.store.notifygroups.of_chat(squad.id)


async def test_d27_who_left_the_chat_cannot_use_its_buttons(stage: Stage, squad: Chat, ann: User, bob: User):
    announcement = await stage.answer(ann, squad, "/newgroup Warzone")
    query = stage.world.press(bob, squad, announcement.id, announcement.button("Join"))
    stage.world.leave(bob, squad)
    await stage.settle()
    answer = stage.world.callback_answer(query)
    assert answer is not None
    assert answer.alert
    assert "not in this chat" in answer.text
    group = await stage.store.notifygroups.by_name(squad.id, "Warzone")
    assert group is not None
    assert group.members == (ann.id,)


async def test_d28_a_button_acts_on_the_group_whose_id_it_carries(stage: Stage, squad: Chat, ann: User, bob: User):
    alpha = await stage.answer(ann, squad, "/newgroup alpha")
    await stage.answer(ann, squad, "/newgroup beta")
    await stage.press(bob, alpha, "Join")
    groups = {group.name: group.members for group in await stage.store.notifygroups.of_chat(squad.id)}
    assert groups == {"alpha": (ann.id, bob.id), "beta": (ann.id,)}


async def test_a_button_means_nothing_in_another_chat(stage: Stage, squad: Chat, ann: User, bob: User):
    ours = await stage.answer(ann, squad, "/newgroup Warzone")
    other = await stage.group(bob, title="Other")
    theirs = await stage.answer(bob, other, "/newgroup Chess")
    answer = await stage.press_data(bob, theirs, ours.button("Join"), forged=True)
    assert answer is not None
    assert answer.alert
    assert "isn't here" in answer.text
    group = await stage.store.notifygroups.by_name(squad.id, "Warzone")
    assert group is not None
    assert group.members == (ann.id,)


@pytest.mark.parametrize("data", ["g:join:nonsense", "g:join:", "g:steal:0123456789abcdef01234567", "g", "zzz", "s:x"])
async def test_d30_a_button_that_means_nothing_is_answered(stage: Stage, squad: Chat, ann: User, data: str):
    announcement = await stage.answer(ann, squad, "/newgroup Warzone")
    answer = await stage.press_data(ann, announcement, data, forged=True)
    assert answer is not None
    assert answer.alert
    assert answer.text


async def test_d30_a_group_deleted_meanwhile_is_told(stage: Stage, squad: Chat, ann: User, bob: User):
    announcement = await stage.answer(ann, squad, "/newgroup Warzone")
    await stage.store.life.purge(squad.id)
    for label in ("Join", "Leave"):
        answer = await stage.press(bob, announcement, label)
        assert answer is not None
        assert answer.alert
        assert "isn't here" in answer.text


@pytest.mark.parametrize("command", ["newgroup", "join", "leave", "notify"])
async def test_wrong_use_gets_a_usage_line_with_an_example(stage: Stage, squad: Chat, ann: User, command: str):
    answer = await stage.answer(ann, squad, f"/{command}")
    assert f"/{command} NAME" in answer.text
    assert "For example" in answer.text


@pytest.mark.parametrize("command", ["newgroup", "join", "leave", "notify", "add_notify_group"])
async def test_d53_in_private_group_commands_say_where_they_work(stage: Stage, ann: User, command: str):
    assert f"/{command} works in a group" in (await stage.answer(ann, ann, f"/{command} Warzone")).text


@pytest.mark.parametrize("command", ["newgroup W", "join W", "leave W", "notify W", "add Ann steam:x"])
async def test_d38_an_anonymous_admin_is_told_kindly(stage: Stage, ann: User, command: str):
    chat = await stage.group(ann)
    answer = await stage.answer(ann, chat, f"/{command}", anonymous=True)
    assert "can't tell who you are" in answer.text


async def test_d39_answers_stay_in_their_topic(stage: Stage, ann: User, bob: User):
    chat = await stage.group(ann, bob, forum=True)
    topic = stage.world.open_topic(chat, "Shooters", by=ann)
    announcement = await stage.answer(ann, chat, "/newgroup Warzone", thread_id=topic.id)
    assert announcement.thread_id == topic.id
    group = await stage.store.notifygroups.by_name(chat.id, "Warzone")
    assert group is not None
    assert group.thread_id == topic.id
    await stage.said(bob, chat, "/join Warzone", thread_id=topic.id)
    (call,) = await stage.said(ann, chat, "/notify Warzone now", thread_id=topic.id)
    assert call.thread_id == topic.id


async def test_a_button_from_before_the_migration_works_after_it(stage: Stage, ann: User, bob: User):
    old = stage.world.add_group("Squad", [ann, bob], with_bot=True)
    await stage.settle()
    announcement = await stage.answer(ann, old, "/newgroup Warzone")
    new = stage.world.migrate(old)
    await stage.settle()
    await stage.press(bob, announcement, "Join")
    group = await stage.store.notifygroups.by_name(new.id, "Warzone")
    assert group is not None
    assert group.members == (ann.id, bob.id)


@pytest.mark.parametrize("data", ["g:join:0123456789abcdef01234567", "g:leave:0123456789abcdef01234567", "s:1:0"])
async def test_d30_a_button_of_no_message_we_can_see_is_answered(stage: Stage, squad: Chat, ann: User, data: str):
    announcement = await stage.answer(ann, squad, "/newgroup Warzone")
    query = stage.world.press(ann, squad, announcement.id, data, forged=True)
    for update in await stage.api.take():
        del update["callback_query"]["message"]
        await stage.feed(update | {"callback_query": update["callback_query"] | {"inline_message_id": "x"}})
    answer = stage.world.callback_answer(query)
    assert answer is not None
    assert answer.alert
    assert "too old" in answer.text
