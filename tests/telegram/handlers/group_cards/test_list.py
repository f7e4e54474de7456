"""/groups: the list, and who sees what on it."""

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
    there,
    told,
)


@pytest.mark.parametrize("command", ["/groups", "/modify_notify_group", "/Groups@gub_test_bot"])
async def test_the_list_and_back(stage: Stage, squad: Chat, ann: User, bob: User, *, make: Make, command: str):
    await make(ann, "Warzone", bob, description="evenings")
    await make(bob, "Chess", joining=INVITE)
    message = await stage.answer(ann, squad, command)
    assert "2 groups" in message.text
    assert labels(message) == ["Chess 🔒", "✓ Warzone", "Make a group", "Open in private"]
    await stage.press(ann, message, "Warzone")
    assert message.text == (
        "🎮 Warzone\nevenings\n\n🚪 Anybody in the chat can join.\nLooked after by Ann.\n2 members: Ann, Bob."
    )
    assert labels(message) == ["Leave", "🔕 Mute", "✏️ Edit", "🙋 Invite", "🗑 Delete", "« Back to the list"]
    await stage.press(ann, message, "Back")
    assert "2 groups" in message.text


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
    assert "page 1 of 13" in message.text
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
        assert labels(alone) == ["Make a group", "Open in private"]
    assert "No groups yet" in (await stage.answer(carl, squad, "/groups")).text
    await make(ann)
    for user in (ann, bob, carl):
        message = await stage.answer(user, squad, "/groups")
        assert "1 group" in message.text
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
    assert "1 group in Squad." in message.text
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
    await stage.press(bob, opened, "Always")
    assert (await there(stage, group)).mutes == {bob.id: None}
