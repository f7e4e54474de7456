"""Somebody leaves a chat: what becomes of their groups, and who is told."""

from typing import Any

import pytest

from gub.domain.languages import Language
from gub.domain.values import Joining, NotifyGroup
from gub.sandbox.telegram.models import Chat, SimMessage, User
from gub.telegram.gateway.outcomes import Unreachable
from tests.telegram.handlers.conftest import Stage


@pytest.fixture
def cem(stage: Stage) -> User:
    return stage.world.add_user("Cem")


@pytest.fixture
async def trio(stage: Stage, ann: User, bob: User, cem: User) -> Chat:
    """A supergroup with Ann, Bob, Cem and the bot; all three are in Ann's Warzone."""
    chat = await stage.group(ann, bob, cem)
    await everybody_in(stage, chat, "Warzone", ann, bob, cem)
    return chat


async def everybody_in(stage: Stage, chat: Chat, name: str, creator: User, *others: User, **more: Any) -> None:
    await stage.said(creator, chat, f"/newgroup {name}", **more)
    for other in others:
        await stage.said(other, chat, f"/join {name}", **more)


async def the_group(stage: Stage, chat: Chat, name: str = "Warzone") -> NotifyGroup:
    group = await stage.store.notifygroups.by_name(chat.id, name)
    assert group is not None
    return group


async def seen_out(stage: Stage, user: User, chat: Chat) -> list[SimMessage]:
    """Let somebody leave, and give what the bot says to that."""
    before = len(stage.by_bot(chat))
    stage.world.leave(user, chat)
    await stage.settle()
    return stage.by_bot(chat)[before:]


async def test_d18_who_leaves_is_called_no_more(stage: Stage, trio: Chat, ann: User, bob: User, cem: User):
    assert await seen_out(stage, cem, trio) == []
    assert (await the_group(stage, trio)).members == (ann.id, bob.id)


@pytest.mark.parametrize("admin", [False, True])
async def test_d32_the_longest_standing_member_is_told_that_the_group_is_theirs(
    stage: Stage, trio: Chat, ann: User, bob: User, cem: User, *, admin: bool
):
    """To a bot that is an admin, Telegram tells of a leave twice."""
    if admin:
        stage.world.promote(stage.world.default_bot.user, trio)
        await stage.settle()
    (told,) = await seen_out(stage, ann, trio)
    assert "Ann left the chat, so Warzone is yours now, Bob." in told.text
    assert stage.pinged(told) == {bob.id}
    group = await the_group(stage, trio)
    assert (group.creator_id, group.members) == (bob.id, (bob.id, cem.id))
    (button,) = told.buttons
    assert button["url"].endswith(f"?start=group_{group.id}")


async def test_d32_one_who_was_removed_leaves_as_well(stage: Stage, ann: User, bob: User, cem: User):
    chat = await stage.group(ann, bob, cem)
    await everybody_in(stage, chat, "Chess", bob, cem)
    stage.world.kick(bob, chat, by=ann)
    await stage.settle()
    assert (await the_group(stage, chat, "Chess")).creator_id == cem.id
    assert stage.pinged(stage.by_bot(chat)[-1]) == {cem.id}


async def test_d32_who_left_before_is_passed_over(stage: Stage, trio: Chat, ann: User, bob: User, cem: User):
    stage.world.leave(bob, trio)
    await stage.api.take()  # lost
    (told,) = await seen_out(stage, ann, trio)
    assert stage.pinged(told) == {cem.id}
    assert (await the_group(stage, trio)).creator_id == cem.id


async def test_d32_with_nobody_left_the_group_stays(stage: Stage, squad: Chat, ann: User):
    await stage.said(ann, squad, "/newgroup Warzone")
    assert await seen_out(stage, ann, squad) == []
    assert (await the_group(stage, squad)).creator_id == ann.id


async def test_where_members_are_hidden_they_are_taken_to_be_there(stage: Stage, trio: Chat, ann: User, bob: User):
    stage.world.fail("getChatMember", "400", 1, description="Bad Request: CHAT_ADMIN_REQUIRED")
    (told,) = await seen_out(stage, ann, trio)
    assert stage.pinged(told) == {bob.id}


async def test_several_groups_are_told_of_at_once(stage: Stage, trio: Chat, ann: User, bob: User, cem: User):
    await everybody_in(stage, trio, "Chess", ann, bob)
    await everybody_in(stage, trio, "Go", ann, cem)
    to_bob, to_cem = await seen_out(stage, ann, trio)
    assert "Chess and Warzone are yours now, Bob." in to_bob.text
    assert "Go is yours now, Cem." in to_cem.text
    assert (stage.pinged(to_bob), stage.pinged(to_cem)) == ({bob.id}, {cem.id})
    assert to_bob.buttons[0]["url"].endswith(f"?start=groups_{trio.id}")


async def test_of_very_many_groups_some_are_named(stage: Stage, squad: Chat, ann: User, bob: User):
    for number in range(1, 13):
        group = await stage.store.notifygroups.create(squad.id, ann.id, f"Group{number:02}", None, Joining.OPEN, None)
        await stage.store.notifygroups.join(group.id, squad.id, bob.id)
    (told,) = await seen_out(stage, ann, squad)
    assert "Group10 and 2 more are yours now" in told.text
    assert stage.pinged(told) == {bob.id}


async def test_d39_it_is_told_in_the_topic_of_the_group(stage: Stage, ann: User, bob: User):
    chat = await stage.group(ann, bob, forum=True)
    topic = stage.world.open_topic(chat, "Shooters", by=bob)
    await everybody_in(stage, chat, "Warzone", ann, bob, thread_id=topic.id)
    (told,) = await seen_out(stage, ann, chat)
    assert told.thread_id == topic.id


async def test_a_hidden_group_is_told_of_in_private(stage: Stage, trio: Chat, ann: User, bob: User):
    stage.world.start(bob)
    await stage.settle()
    group = await the_group(stage, trio)
    await stage.store.notifygroups.set_joining(group.id, trio.id, Joining.HIDDEN, by=ann.id)
    assert await seen_out(stage, ann, trio) == []
    assert "Ann left Squad, so Warzone is yours now." in stage.by_bot(bob)[-1].text
    assert (await the_group(stage, trio)).creator_id == bob.id


async def test_a_hidden_group_of_whom_gub_may_not_write_to_is_handed_over_all_the_same(
    stage: Stage, trio: Chat, ann: User, bob: User
):
    group = await the_group(stage, trio)
    await stage.store.notifygroups.set_joining(group.id, trio.id, Joining.HIDDEN, by=ann.id)
    assert await seen_out(stage, ann, trio) == []
    assert (await the_group(stage, trio)).creator_id == bob.id


@pytest.mark.parametrize("name", ["<b>J.R.</b> @Ann_A _*[x](y)`", "\u202e\u200b", "x" * 64, "🎮" * 32])
async def test_hostile_names_are_told_as_they_are_and_ping_nobody(stage: Stage, ann: User, name: str):
    heir = stage.world.add_user(name)
    leaver = stage.world.add_user(name)
    chat = await stage.group(ann, leaver, heir)
    await everybody_in(stage, chat, "[x](y)@Ann_A", leaver, heir)
    (told,) = await seen_out(stage, leaver, chat)
    assert stage.pinged(told) == {heir.id}
    assert "[x](y)@Ann_A" in told.text


async def test_where_the_mention_is_refused_it_is_told_without(stage: Stage, trio: Chat, ann: User, bob: User):
    stage.world.fail("sendMessage", "400", 1, description="Bad Request: USER_ID_INVALID")
    (told,) = await seen_out(stage, ann, trio)
    assert "Warzone is yours now, Bob." in told.text
    assert stage.pinged(told) == set()
    assert (await the_group(stage, trio)).creator_id == bob.id


async def test_where_gub_may_not_write_the_group_is_handed_over_all_the_same(
    stage: Stage, trio: Chat, ann: User, bob: User
):
    stage.world.restrict_bot(trio)
    assert await seen_out(stage, ann, trio) == []
    assert (await the_group(stage, trio)).creator_id == bob.id
    assert {outcome for _, outcome in stage.outcomes} == {"ok"}


async def test_a_leave_handled_again_is_told_once(stage: Stage, trio: Chat, ann: User, bob: User):
    stage.world.leave(ann, trio)
    told = await stage.api.take()
    before = len(stage.by_bot(trio))
    for _ in range(2):
        for update in told:
            await stage.feed(update)
    assert len(stage.by_bot(trio)) == before + 1
    assert (await the_group(stage, trio)).creator_id == bob.id


async def test_who_came_back_and_is_a_member_again_is_not_the_creator(stage: Stage, trio: Chat, ann: User, bob: User):
    await seen_out(stage, ann, trio)
    stage.world.join(ann, trio)
    await stage.said(ann, trio, "/join Warzone")
    group = await the_group(stage, trio)
    assert group.creator_id == bob.id
    assert group.members[-1] == ann.id


async def test_another_bot_that_leaves_changes_nothing(stage: Stage, trio: Chat, ann: User):
    rose = stage.world.add_user("Rose", username="rose_bot")
    rose.is_bot = True
    stage.world.join(rose, trio)
    await stage.settle()
    before = await the_group(stage, trio)
    assert await seen_out(stage, rose, trio) == []
    assert await the_group(stage, trio) == before
    assert before.creator_id == ann.id


async def test_gub_that_leaves_takes_nobody_along(stage: Stage, trio: Chat, ann: User):
    before = await the_group(stage, trio)
    stage.world.remove_bot(trio, ann)
    await stage.settle()
    assert await the_group(stage, trio) == before


async def test_of_whom_telegram_does_not_say_it_they_are_taken_to_be_there(
    stage: Stage, trio: Chat, ann: User, bob: User, monkeypatch: pytest.MonkeyPatch
):
    async def unreachable(*_: object) -> None:
        raise Unreachable("getChatMember", trio.id, "no answer")

    monkeypatch.setattr(type(stage.bot), "get_chat_member", unreachable)
    await seen_out(stage, ann, trio)
    assert (await the_group(stage, trio)).creator_id == bob.id


async def test_each_is_told_in_their_language(stage: Stage, trio: Chat, ann: User, bob: User):
    """The chat in its own; who inherits a hidden group in theirs."""
    stage.world.start(bob)
    await stage.settle()
    await everybody_in(stage, trio, "Secret", ann)
    group = await the_group(stage, trio, "Secret")
    await stage.store.notifygroups.join(group.id, trio.id, bob.id)
    await stage.store.notifygroups.set_joining(group.id, trio.id, Joining.HIDDEN, by=ann.id)
    await stage.parts.languages.choose(trio.id, Language.GERMAN)
    (told,) = await seen_out(stage, ann, trio)
    assert "Ann ist nicht mehr im Chat, also gehört die Gruppe Warzone jetzt dir, Bob." in told.text
    assert "Ann left Squad, so Secret is yours now." in stage.by_bot(bob)[-1].text


async def test_who_inherits_a_hidden_group_is_told_in_their_language(stage: Stage, trio: Chat, ann: User, bob: User):
    stage.world.start(bob)
    await stage.settle()
    group = await the_group(stage, trio)
    await stage.store.notifygroups.set_joining(group.id, trio.id, Joining.HIDDEN, by=ann.id)
    await stage.parts.languages.choose(bob.id, Language.GERMAN)
    assert await seen_out(stage, ann, trio) == []
    assert "Ann ist nicht mehr in Squad, also gehört die Gruppe Warzone jetzt dir." in stage.by_bot(bob)[-1].text
