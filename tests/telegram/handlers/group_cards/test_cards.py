"""/groups: the list, the cards, and who may do what with them."""

from datetime import timedelta

import pytest

from gub.sandbox.telegram.models import Chat, User
from tests.telegram.handlers.conftest import Stage
from tests.telegram.handlers.group_cards.support import (
    HIDDEN,
    INVITE,
    OPEN,
    Make,
    in_group,
    in_private,
    labels,
    now,
    there,
    told,
)

# -- the list


@pytest.mark.parametrize("command", ["/groups", "/modify_notify_group", "/Groups@gub_test_bot"])
async def test_the_list_and_back(stage: Stage, squad: Chat, ann: User, bob: User, *, make: Make, command: str):
    await make(ann, "Warzone", bob, description="evenings")
    await make(bob, "Chess", joining=INVITE)
    message = await stage.answer(ann, squad, command)
    assert message.text.startswith("🎮 Groups: 2 groups.")
    assert labels(message) == ["Chess 🔒", "✓ Warzone", "New group", "Open in private"]
    await stage.press(ann, message, "Warzone")
    assert message.text == (
        "🎮 Warzone\nevenings\n\n🚪 Anybody in the chat can join.\nLooked after by Ann.\n2 members: Ann, Bob."
    )
    assert labels(message) == ["Leave", "🔕 Mute", "✏️ Edit", "🙋 Invite", "🗑 Delete", "« Back to the list"]
    await stage.press(ann, message, "Back")
    assert message.text.startswith("🎮 Groups: 2 groups.")


async def test_an_empty_list_invites(stage: Stage, squad: Chat, ann: User):
    answer = await stage.answer(ann, squad, "/groups")
    assert "No groups yet." in answer.text
    assert answer.buttons[0]["url"].endswith(f"start=newgroup_{squad.id}")


async def test_in_private_the_command_says_where_it_works(stage: Stage, ann: User):
    for command in ("/groups", "/list_notify_groups"):
        assert "works in a group" in (await stage.answer(ann, ann, command)).text


async def test_d38_an_anonymous_admin_is_told_kindly_and_may_read(stage: Stage, squad: Chat, ann: User, make: Make):
    await make(ann)
    assert "I can't tell who you are" in (await stage.answer(ann, squad, "/groups", anonymous=True)).text
    assert "Warzone" in (await stage.answer(ann, squad, "/list_notify_groups", anonymous=True)).text


async def test_a_hundred_groups_have_pages(stage: Stage, squad: Chat, ann: User, make: Make):
    for number in range(100):
        await make(ann, f"G{number:02}")
    message = await stage.answer(ann, squad, "/groups")
    assert "100 groups, page 1 of 13" in message.text
    assert labels(message)[:9] == [f"✓ G{number:02}" for number in range(8)] + ["Next »"]
    for _ in range(12):
        await stage.press(ann, message, "Next")
    assert "page 13 of 13" in message.text
    assert labels(message)[:5] == ["✓ G96", "✓ G97", "✓ G98", "✓ G99", "« Previous"]
    await stage.press(ann, message, "G97")
    await stage.press(ann, message, "Back")
    assert "page 13 of 13" in message.text
    await stage.press_data(ann, message, f"gl:{squad.id}:{ann.id}:99999999999999999999", forged=True)
    assert "page 13 of 13" in message.text


async def test_in_a_group_only_who_opened_it_turns_it(stage: Stage, squad: Chat, ann: User, bob: User, make: Make):
    await make(ann)
    message = await stage.answer(ann, squad, "/groups")
    for press in ("Warzone", "Delete", "Mute", "Leave", "Back"):
        before = message.text
        if press != "Warzone":
            assert "Type /groups to open your own" in told(await stage.press(bob, message, press))
            assert message.text == before
        else:
            assert "Somebody else opened this list" in told(await stage.press(bob, message, press))
            await stage.press(ann, message, press)


async def test_hidden_groups_are_on_no_list_that_a_group_reads(
    stage: Stage, squad: Chat, ann: User, bob: User, carl: User, *, make: Make
):
    hidden = await make(bob, "Secret", joining=HIDDEN)
    for user in (ann, bob):
        alone = await stage.answer(user, squad, "/groups")
        assert "I list hidden groups in private only" in alone.text
        assert labels(alone) == ["New group", "Open in private"]
    assert "No groups yet" in (await stage.answer(carl, squad, "/groups")).text
    await make(ann)
    for user in (ann, bob, carl):
        message = await stage.answer(user, squad, "/groups")
        assert "1 group." in message.text
        assert ("in private only" in message.text) is (user is not carl)
        assert "Secret" not in str(labels(message))
        private = await stage.answer(user, user, f"/start groups_{squad.id}")
        assert ("Secret 🙈" in str(labels(private))) is (user is not carl)
    assert "isn't here" in told(await stage.press_data(carl, private, f"gc:card:{hidden.id}:0:0", forged=True))
    assert "isn't here" in (await stage.answer(carl, carl, f"/start group_{hidden.id}")).text
    assert "Secret" not in (await stage.answer(bob, squad, "/list_notify_groups")).text
    assert "no group Secret here" in (await stage.answer(bob, squad, "/list_notify_groups Secret")).text


async def test_a_group_that_is_hidden_under_an_open_card(stage: Stage, squad: Chat, ann: User, bob: User, make: Make):
    group = await make(ann, "Warzone", bob)
    for user in (ann, bob):
        await stage.store.notifygroups.set_joining(group.id, squad.id, OPEN, by=ann.id)
        message = await in_group(stage, user, squad)
        await stage.store.notifygroups.set_joining(group.id, squad.id, HIDDEN, by=ann.id)
        assert "hidden now" in told(await stage.press(user, message, "Mute"))
        assert "Warzone" not in message.text
        assert "in private only" in message.text


async def test_the_private_list_is_for_who_is_in_the_group(stage: Stage, squad: Chat, ann: User, make: Make):
    group = await make(ann)
    stranger = stage.world.add_user("Stranger")
    for payload in (f"groups_{squad.id}", f"group_{group.id}"):
        assert "can't see you in that group" in (await stage.answer(stranger, stranger, f"/start {payload}")).text
    assert "isn't here any more" in (await stage.answer(ann, ann, f"/start group_{'0' * 24}")).text
    message = await stage.answer(ann, ann, f"/start groups_{squad.id}")
    assert "Groups of Squad: 1 group." in message.text
    await stage.press(ann, message, "Warzone")
    assert "Warzone in Squad" in message.text


async def test_a_group_that_hides_its_members(stage: Stage, squad: Chat, bob: User, make: Make):
    group = await make(bob, "Warzone", *range(1000, 1040))
    message = await in_private(stage, bob, group)
    squad.hidden_members = True
    assert "hides its members" in told(await stage.press(bob, message, "Mute"))
    answer = await stage.answer(bob, bob, f"/start groups_{squad.id}")
    assert "type this in the group: /groups" in answer.text
    await stage.clock.advance(3600)
    asked = stage.calls("getChatMember")
    opened = await in_group(stage, bob, squad)
    assert "left" not in opened.text
    assert stage.calls("getChatMember") == asked + 2 + 3, "who opened it, who tapped, and three members: that is enough"
    await stage.press(bob, opened, "Mute")
    await stage.press(bob, opened, "For good")
    assert (await there(stage, group)).mutes == {bob.id: None}


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
    ("label", "seconds", "shown"),
    [
        ("1 hour", 3600, "for an hour"),
        ("Until tomorrow", 86400, "for a day"),
        ("For good", None, "until you unmute it"),
    ],
)
async def test_d21_muting_and_unmuting(
    stage: Stage, bob: User, *, make: Make, label: str, seconds: int | None, shown: str, ann: User
):
    group = await make(ann, "Warzone", bob)
    message = await in_private(stage, bob, group, "Mute")
    assert "You stay a member" in message.text
    answer = await stage.press(bob, message, label)
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


# -- who is meant, and who may


async def test_d28_a_button_acts_on_its_own_group(stage: Stage, squad: Chat, ann: User, make: Make):
    alpha, beta = await make(ann, "alpha"), await make(ann, "beta")
    first, second = await in_group(stage, ann, squad, "alpha"), await in_group(stage, ann, squad, "beta")
    await stage.press(ann, first, "Delete")
    await stage.press(ann, second, "Delete")
    await stage.press(ann, first, "Confirm")
    assert await now(stage, alpha) is None
    assert await now(stage, beta) is not None
    assert second.text.startswith("Delete beta")


async def test_d30_a_group_that_was_deleted_meanwhile_is_an_alert(stage: Stage, squad: Chat, ann: User, make: Make):
    group = await make(ann)
    listed, opened = await stage.answer(ann, squad, "/groups"), await in_group(stage, ann, squad)
    private = await in_private(stage, ann, group)
    question = await in_private(stage, ann, group, "Delete")
    await stage.store.notifygroups.delete(group.id, squad.id, by=ann.id)
    assert "isn't here any more" in told(await stage.press(ann, listed, "Warzone"))
    for message, names in (
        (opened, ("Leave", "Mute", "Delete")),
        (private, ("Edit", "Delete")),
        (question, ("Confirm",)),
    ):
        before = message.text
        for name in names:
            assert "isn't here any more" in told(await stage.press(ann, message, name))
        assert message.text == before
    assert "isn't here any more" in (await stage.answer(ann, ann, f"/start group_{group.id}")).text


async def test_a_group_that_is_renamed_under_an_open_card(stage: Stage, squad: Chat, ann: User, bob: User, make: Make):
    group = await make(ann, "Warzone", bob)
    message = await in_group(stage, bob, squad)
    await stage.store.notifygroups.rename(group.id, squad.id, "Chess", by=ann.id)
    await stage.press(bob, message, "Mute")
    assert "calls of Chess" in message.text
    await stage.press(bob, message, "1 hour")
    assert "🎮 Chess" in message.text


async def test_d27_who_left_does_nothing_with_old_buttons_in_private(stage: Stage, squad: Chat, bob: User, make: Make):
    group = await make(bob)
    listed = await stage.answer(bob, bob, f"/start groups_{squad.id}")
    card, menu = await in_private(stage, bob, group), await in_private(stage, bob, group, "Edit")
    question = await in_private(stage, bob, group, "Delete")
    stage.world.kick(bob, squad)
    await stage.settle()
    pressed = [(listed, "Warzone"), *((card, name) for name in ("Leave", "Mute", "Edit", "Delete", "Back"))]
    pressed += [(menu, name) for name in ("Who may join", "Members", "Hand over", "Back")]
    for message, name in [*pressed, (question, "Confirm")]:
        before = message.text
        assert "not in this chat" in told(await stage.press(bob, message, name))
        assert message.text == before
    assert await now(stage, group) is not None


async def test_admins_edit_nobodys_group(stage: Stage, ann: User, bob: User, make: Make):
    group = await make(bob, "Warzone", ann)
    message = await in_private(stage, ann, group)
    assert labels(message) == ["Leave", "🔕 Mute", "🗑 Delete", "« Back to the list"]
    for action in ("edit", "how", "open", "invite", "hidden", "people", "inv"):
        answer = await stage.press_data(ann, message, f"gc:{action}:{group.id}:0:0", forged=True)
        assert told(answer) == "Only Bob can change Warzone."
    assert "an admin can, once Bob has left" in told(
        await stage.press_data(ann, message, f"gc:hand:{group.id}:0:0", forged=True)
    )
    for action, user in (("rm", bob), ("rmyes", bob), ("own", ann), ("ownyes", ann)):
        data = f"gm:{action}:{group.id}:{user.id}:0"
        assert told(await stage.press_data(ann, message, data, forged=True)).startswith("Only Bob can")
    found = await there(stage, group)
    assert (found.creator_id, found.members, found.joining) == (bob.id, (bob.id, ann.id), OPEN)


async def test_members_and_strangers_change_nothing(stage: Stage, ann: User, bob: User, carl: User, *, make: Make):
    group = await make(ann, "Warzone", bob)
    for user in (bob, carl):
        message = await in_private(stage, user, group)
        assert not {"✏️ Edit", "🗑 Delete"} & set(labels(message))
        for action in ("edit", "how", "open", "invite", "hidden", "people", "hand", "inv", "del", "delyes"):
            data = f"gc:{action}:{group.id}:0:0"
            assert told(await stage.press_data(user, message, data, forged=True)).startswith("Only Ann ")
        for action in ("rm", "rmyes", "own", "ownyes"):
            data = f"gm:{action}:{group.id}:{bob.id}:0"
            assert told(await stage.press_data(user, message, data, forged=True)).startswith("Only Ann ")
    assert await now(stage, group) is not None
    assert (await there(stage, group)).creator_id == ann.id


async def test_a_forged_button_reaches_no_group_of_another_chat(
    stage: Stage, squad: Chat, ann: User, bob: User, make: Make
):
    await make(bob)
    other = await stage.group(ann, title="Other")
    theirs = await make(ann, "Theirs", chat=other)
    message = await stage.answer(bob, squad, "/groups")
    actions = (
        "card",
        "join",
        "leave",
        "mute",
        "mg",
        "unmute",
        "edit",
        "how",
        "open",
        "people",
        "hand",
        "inv",
        "del",
        "delyes",
    )
    for action in actions:
        data = f"gc:{action}:{theirs.id}:{bob.id}:0"
        assert told(await stage.press_data(bob, message, data, forged=True))
    private = await stage.answer(bob, bob, f"/start groups_{squad.id}")
    for action in actions:
        data = f"gc:{action}:{theirs.id}:0:0"
        assert "not in this chat" in told(await stage.press_data(bob, private, data, forged=True))
    for data in (
        f"gl:{other.id}:0:0",
        f"gm:rmyes:{theirs.id}:{ann.id}:0",
        f"gm:ownyes:{theirs.id}:{bob.id}:0",
        "gc:card:$ne:0:0",
        "gc:card::0:0",
        "gc:fly:x:0:0",
        "gl:x:0:0",
        "gl:-9999999999999999999999:0:0",
        "gm:rm:x:1:0",
        "gm:own:x:y:z",
    ):
        assert told(await stage.press_data(bob, private, data, forged=True))
    assert await there(stage, theirs) == theirs


async def test_what_is_for_private_does_nothing_in_the_group(
    stage: Stage, squad: Chat, ann: User, bob: User, make: Make
):
    group = await make(ann, "Warzone", bob)
    message = await in_group(stage, ann, squad)
    for data in (f"gm:rmyes:{group.id}:{bob.id}:0", f"gm:ownyes:{group.id}:{bob.id}:0"):
        assert told(await stage.press_data(ann, message, data, forged=True))
    for action in ("edit", "how", "hidden", "people", "hand", "inv"):
        await stage.press_data(ann, message, f"gc:{action}:{group.id}:{ann.id}:0", forged=True)
        assert "🎮 Warzone" in message.text
    found = await there(stage, group)
    assert (found.creator_id, found.members, found.joining) == (ann.id, (ann.id, bob.id), OPEN)


async def test_an_inaccessible_message_is_an_alert(stage: Stage, squad: Chat, ann: User, make: Make):
    group = await make(ann)
    message = await in_group(stage, ann, squad)
    data = [message.button(label) for label in ("Leave", "Mute", "Delete", "Back")]
    stage.world.delete_message(squad, message.id)
    for one in data:
        assert "too old" in told(await stage.press_data(ann, message, one, forged=True))
    assert (await there(stage, group)).members == (ann.id,)


async def test_buttons_of_before_a_migration_still_work(stage: Stage, ann: User, make: Make):
    chat = stage.world.add_group("Old", [ann])
    stage.world.add_bot(chat, ann)
    await stage.settle()
    group = await make(ann, chat=chat)
    private, card = await in_private(stage, ann, group), await in_group(stage, ann, chat)
    stage.world.migrate(chat)
    await stage.settle()
    await stage.press(ann, private, "Edit")
    assert "Warzone in Old" in private.text
    await stage.press(ann, private, "Back")
    await stage.press(ann, private, "Back to the list")
    assert "1 group." in private.text
    await stage.press(ann, card, "Leave")
    assert (await stage.store.notifygroups.find(group.id)).members == ()  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["<b>*_`[x](y)", "@Ann_A", "C++", "(duo)", "$ne", "🎮", "مرحبا"])
async def test_d49_hostile_names_change_nothing(stage: Stage, *, make: Make, name: str):
    keeper = stage.world.add_user("J.R. <b>*_`[ @Ann_A")
    chat = await stage.group(keeper, title="Sunday-Squad.`*_[")
    group = await make(keeper, name, chat=chat, description="<b>*_`[ @Ann_A")
    message = await in_group(stage, keeper, chat, name)
    assert f"🎮 {name}\n<b>*_`[ @Ann_A\n" in message.text
    assert "Looked after by J.R. <b>*_`[ @Ann_A." in message.text
    await in_private(stage, keeper, group, "Delete", "Confirm")
    said = stage.by_bot(chat)[-1]
    assert said.text == f"🗑 J.R. <b>*_`[ @Ann_A deleted the group {name}."
    assert not any(stage.pinged(message) for message in stage.by_bot(chat))
    assert await now(stage, group) is None
