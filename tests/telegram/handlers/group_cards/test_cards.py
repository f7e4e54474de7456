"""The card of a notify group: for oneself, its members, deleting it."""

from datetime import timedelta

import pytest

from gub.sandbox.telegram.models import Chat, User
from tests.telegram.handlers.conftest import Stage
from tests.telegram.handlers.group_cards.support import (
    HIDDEN,
    INVITE,
    Make,
    in_group,
    in_private,
    labels,
    now,
    there,
    told,
)

# -- for oneself


@pytest.mark.parametrize("private", [False, True])
async def test_joining_and_leaving(stage: Stage, squad: Chat, ann: User, bob: User, *, make: Make, private: bool):
    group = await make(ann)
    message = await (in_private(stage, bob, group) if private else in_group(stage, bob, squad))
    assert labels(message) == ["Join", "« Back to the list"]
    join = message.button("Join")
    answer = await stage.press(bob, message, "Join")
    assert answer is not None
    assert answer.text == "You are in Warzone, 2 members now."
    assert "2 members: Ann, Bob." in message.text
    again = await stage.press_data(bob, message, join, forged=True)
    assert again is not None
    assert "already" in again.text
    await stage.press(bob, message, "Leave")
    assert "1 member: Ann." in message.text
    assert (await there(stage, group)).members == (ann.id,)


async def test_a_closed_group_is_not_joined_by_an_old_button(
    stage: Stage, squad: Chat, ann: User, bob: User, make: Make
):
    group = await make(ann)
    message = await in_group(stage, bob, squad)
    await stage.store.notifygroups.set_joining(group.id, squad.id, INVITE, by=ann.id)
    assert "by invitation only" in told(await stage.press(bob, message, "Join"))
    assert (await there(stage, group)).members == (ann.id,)


async def test_who_leaves_a_hidden_group_is_shown_the_list(stage: Stage, ann: User, bob: User, make: Make):
    group = await make(ann, "Secret", bob, joining=HIDDEN)
    message = await in_private(stage, bob, group, "Leave")
    assert "Secret" not in message.text
    assert "No groups of Squad yet" in message.text
    assert "isn't here" in told(await stage.press_data(bob, message, f"gc:card:{group.id}:0:0", forged=True))


@pytest.mark.parametrize(
    ("number", "seconds", "shown"),
    [
        (0, 3600, "for an hour"),
        (1, 86400, "for a day"),
        (2, None, "until you unmute it"),
    ],
)
async def test_d21_muting_and_unmuting(
    stage: Stage, bob: User, *, make: Make, number: int, seconds: int | None, shown: str, ann: User
):
    group = await make(ann, "Warzone", bob)
    message = await in_private(stage, bob, group, "Mute")
    assert "You stay a member" in message.text
    answer = await stage.press_data(bob, message, message.buttons[number]["callback_data"])
    assert answer is not None
    assert f"Warzone won't ping you {shown}." in answer.text
    assert f"calls don't ping you {shown}." in message.text
    until = None if seconds is None else stage.clock.now() + timedelta(seconds=seconds)
    assert (await there(stage, group)).mutes == {bob.id: until}
    await stage.press(bob, message, "Unmute")
    assert "calls ping you." in message.text
    assert (await there(stage, group)).mutes == {}


async def test_only_members_mute(stage: Stage, squad: Chat, ann: User, bob: User, make: Make):
    group = await make(ann)
    message = await in_group(stage, bob, squad)
    for action in ("m1", "mt", "mg"):
        assert told(await stage.press_data(bob, message, f"gc:{action}:{group.id}:{bob.id}:0", forged=True))
    assert (await there(stage, group)).mutes == {}


# -- members on a card


async def test_who_left_is_marked_and_last_and_asked_about_once(
    stage: Stage, squad: Chat, ann: User, bob: User, *, make: Make, gone: User
):
    never = stage.world.add_user("Never")
    group = await make(ann, "Warzone", gone, never.id, bob, 999_999)
    message = await in_group(stage, bob, squad)
    assert "5 members: Ann, Bob, somebody, Gone (left the chat), somebody (left the chat)." in message.text
    asked = stage.calls("getChatMember")
    await in_private(stage, bob, group)
    assert stage.calls("getChatMember") == asked + 1, "who opens it"
    await stage.clock.advance(601)
    await in_private(stage, bob, group)
    assert stage.calls("getChatMember") == asked + 2 + 4, "and all the others again"


async def test_d16_of_five_hundred_members_thirty_are_asked_about_and_fifty_named(
    stage: Stage, squad: Chat, ann: User, make: Make
):
    group = await make(ann)
    others = [stage.world.add_user(f"P{number}").id for number in range(499)]
    document = {"$set": {"members": [ann.id, *others]}}
    await stage.store.notifygroups._collection.update_one({"chat_id": squad.id}, document)
    before = stage.calls("getChatMember")
    message = await in_private(stage, ann, group)
    assert "500 members: Ann, " in message.text
    assert "and 450 more." in message.text
    assert message.text.count("left the chat") == 30
    assert stage.calls("getChatMember") == before + 1 + 30
    again = await in_private(stage, ann, group)
    assert again.text.count("left the chat") == 49
    assert len(again.text) < 4096
    await stage.press(ann, again, "Edit")
    await stage.press(ann, again, "Members")
    assert "499 members beside you, page 1 of 63" in again.text
    assert len(again.buttons) == 8 + 1 + 1
    for button in again.buttons:
        assert len(button["callback_data"].encode()) <= 64


# -- deleting


async def test_deleting_in_the_group(stage: Stage, squad: Chat, ann: User, make: Make):
    group = await make(ann)
    message = await in_group(stage, ann, squad)
    await stage.press(ann, message, "Delete")
    assert message.text == "Delete Warzone with its 1 member? That can't be undone."
    await stage.press(ann, message, "Cancel")
    assert "🎮 Warzone" in message.text
    await stage.press(ann, message, "Delete")
    before = len(stage.by_bot(squad))
    await stage.press(ann, message, "Confirm")
    assert message.text == "🗑 Ann deleted the group Warzone."
    assert len(stage.by_bot(squad)) == before, "the card tells it"
    assert await now(stage, group) is None
    await stage.press(ann, message, "Back")
    assert "No groups yet" in message.text


async def test_d29_a_demoted_admin_deletes_nothing(stage: Stage, squad: Chat, ann: User, bob: User, make: Make):
    group = await make(ann)
    stage.world.promote(bob, squad)
    await stage.settle()
    message = await in_group(stage, bob, squad)
    await stage.press(bob, message, "Delete")
    stage.world.demote(bob, squad)
    assert told(await stage.press(bob, message, "Confirm")) == "Only Ann or an admin can delete Warzone."
    assert message.text.startswith("Delete Warzone")
    assert await now(stage, group) is not None


@pytest.mark.parametrize("by_admin", [False, True])
async def test_the_group_is_told_who_deleted_it_in_private(
    stage: Stage, ann: User, bob: User, *, make: Make, by_admin: bool
):
    chat = await stage.group(ann, bob, forum=True)
    topic = stage.world.open_topic(chat, "Shooters", by=ann)
    group = await make(bob, chat=chat, thread_id=topic.id)
    user = ann if by_admin else bob
    message = await in_private(stage, user, group, "Delete", "Confirm")
    assert message.text == "🗑 Warzone in Squad is deleted."
    said = stage.by_bot(chat)[-1]
    assert said.text == f"🗑 {user.first_name} deleted the group Warzone."
    assert said.thread_id == topic.id
    assert not stage.pinged(said)
    assert not said.buttons


async def test_two_admins_delete(stage: Stage, squad: Chat, ann: User, bob: User, make: Make):
    group = await make(ann)
    stage.world.promote(bob, squad)
    await stage.settle()
    first, second = await in_private(stage, ann, group, "Delete"), await in_private(stage, bob, group, "Delete")
    before = len(stage.by_bot(squad))
    await stage.press(ann, first, "Confirm")
    assert "isn't here any more" in told(await stage.press(bob, second, "Confirm"))
    assert len(stage.by_bot(squad)) == before + 1
    assert await now(stage, group) is None


async def test_of_a_hidden_group_that_is_deleted_the_chat_hears_nothing(
    stage: Stage, squad: Chat, ann: User, make: Make
):
    group = await make(ann, joining=HIDDEN)
    before = len(stage.by_bot(squad))
    await in_private(stage, ann, group, "Delete", "Confirm")
    assert await now(stage, group) is None
    assert len(stage.by_bot(squad)) == before


async def test_a_refusal_to_tell_the_group_is_no_failure(stage: Stage, squad: Chat, ann: User, make: Make):
    group = await make(ann)
    stage.world.fail("sendMessage", "400", 1, chat_id=squad.id, description="Bad Request: not enough rights")
    message = await in_private(stage, ann, group, "Delete", "Confirm")
    assert "is deleted" in message.text
