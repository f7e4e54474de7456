from datetime import timedelta

import pytest

from gub.domain.limits import ALERT_UNITS, CALLBACK_BYTES
from gub.domain.mutes import is_muted
from gub.domain.splitting import utf16_length
from gub.domain.values import Joining, NotifyGroup
from gub.sandbox.telegram.models import Chat, SimMessage, User
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


async def the_group(stage: Stage, chat: Chat, name: str = "Warzone") -> NotifyGroup:
    group = await stage.store.notifygroups.by_name(chat.id, name)
    assert group is not None
    return group


async def alert(stage: Stage, user: User, message: SimMessage, data: str) -> str:
    answer = await stage.press_data(user, message, data, forged=True)
    assert answer is not None
    assert answer.alert
    return answer.text


async def toast(stage: Stage, user: User, message: SimMessage, data: str) -> str:
    answer = await stage.press_data(user, message, data, forged=True)
    assert answer is not None
    assert not answer.alert
    return answer.text


async def test_newgroup_alone_leads_to_the_dialog_in_private(stage: Stage, ann: User, bob: User):
    chat = await stage.group(ann, bob, forum=True)
    topic = stage.world.open_topic(chat, "Shooters", by=ann)
    answer = await stage.answer(ann, chat, "/newgroup", thread_id=topic.id)
    (button,) = answer.buttons
    assert button["text"] == "Continue in private"
    assert button["url"].endswith(f"?start=newgroup_{chat.id}_{topic.id}")
    assert not await stage.store.notifygroups.of_chat(chat.id)


async def test_a_description_that_is_too_long_is_refused(stage: Stage, squad: Chat, ann: User):
    answer = await stage.answer(ann, squad, "/newgroup Warzone " + "evenings " * 100)
    assert "New group" not in answer.text
    assert not await stage.store.notifygroups.of_chat(squad.id)


@pytest.mark.parametrize(
    ("action", "hours", "words"),
    [("m1", 1, "for an hour"), ("mt", 24, "until this time tomorrow"), ("mg", None, "any more")],
)
async def test_d21_a_member_mutes_a_group_where_it_calls(
    stage: Stage, squad: Chat, ann: User, bob: User, *, action: str, hours: int | None, words: str
):
    announcement = await stage.answer(ann, squad, "/newgroup Warzone")
    await stage.press(bob, announcement, "Join")
    said = await toast(stage, bob, announcement, f"g:{action}:{(await the_group(stage, squad)).id}")
    assert f"Warzone won't ping you {words}" in said
    assert "/groups" in said
    now = stage.clock.now()
    group = await the_group(stage, squad)
    assert is_muted(group, bob.id, now)
    assert not is_muted(group, ann.id, now)
    if hours is not None:
        assert is_muted(group, bob.id, now + timedelta(hours=hours, seconds=-1))
        assert not is_muted(group, bob.id, now + timedelta(hours=hours))


async def test_who_is_no_member_has_nothing_to_mute(stage: Stage, squad: Chat, ann: User, bob: User):
    announcement = await stage.answer(ann, squad, "/newgroup Warzone")
    group = await the_group(stage, squad)
    assert "You are not in Warzone" in await alert(stage, bob, announcement, f"g:mg:{group.id}")
    assert await the_group(stage, squad) == group


@pytest.mark.parametrize("action", ["join", "leave", "m1", "mt", "mg"])
async def test_d27_no_tap_of_who_is_not_in_the_chat_counts(
    stage: Stage, squad: Chat, ann: User, bob: User, action: str
):
    announcement = await stage.answer(ann, squad, "/newgroup Warzone")
    await stage.press(bob, announcement, "Join")
    before = await the_group(stage, squad)
    query = stage.world.press(bob, squad, announcement.id, f"g:{action}:{before.id}", forged=True)
    stage.world.leave(bob, squad)
    told = await stage.api.take()
    await stage.feed(next(update for update in told if "callback_query" in update))
    answer = stage.world.callback_answer(query)
    assert answer is not None
    assert answer.alert
    assert "not in this chat" in answer.text
    assert await the_group(stage, squad) == before


async def test_nobody_comes_in_by_an_old_button_once_a_group_is_closed(stage: Stage, squad: Chat, ann: User, bob: User):
    announcement = await stage.answer(ann, squad, "/newgroup Warzone")
    group = await the_group(stage, squad)
    await stage.store.notifygroups.set_joining(group.id, squad.id, Joining.INVITE, by=ann.id)
    assert "invitation only" in await alert(stage, bob, announcement, f"g:join:{group.id}")
    assert "invitation only" in (await stage.answer(bob, squad, "/join Warzone")).text
    await stage.store.notifygroups.set_joining(group.id, squad.id, Joining.HIDDEN, by=ann.id)
    await stage.store.notifygroups.rename(group.id, squad.id, "Secret", by=ann.id)
    for action in ("join", "leave", "mg"):
        told = await alert(stage, bob, announcement, f"g:{action}:{group.id}")
        assert "isn't here" in told
        assert "Secret" not in told
    for command in ("join", "leave"):
        assert "There is no group" in (await stage.answer(bob, squad, f"/{command} secret")).text
    assert (await the_group(stage, squad, "Secret")).members == (ann.id,)


async def test_members_of_a_hidden_group_mute_and_leave_it(stage: Stage, squad: Chat, ann: User, bob: User):
    announcement = await stage.answer(ann, squad, "/newgroup Warzone")
    await stage.press(bob, announcement, "Join")
    group = await the_group(stage, squad)
    await stage.store.notifygroups.set_joining(group.id, squad.id, Joining.HIDDEN, by=ann.id)
    assert "won't ping you" in await toast(stage, bob, announcement, f"g:mg:{group.id}")
    assert "You left Warzone" in await toast(stage, bob, announcement, f"g:leave:{group.id}")
    assert (await the_group(stage, squad)).members == (ann.id,)


async def test_the_longest_names_fit_what_a_tap_is_answered(stage: Stage, squad: Chat, ann: User):
    name = "\N{FAMILY}\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}" * 32
    announcement = await stage.answer(ann, squad, f"/newgroup {name}")
    (group,) = await stage.store.notifygroups.of_chat(squad.id)
    for action in ("mt", "mg", "leave", "join"):
        said = await toast(stage, ann, announcement, f"g:{action}:{group.id}")
        assert utf16_length(said) <= ALERT_UNITS
        assert "/groups" in said or action in {"leave", "join"}


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
