"""Which group a button is about, and who may do what, whatever a menu showed before."""

import pytest

from gub.sandbox.telegram.models import Chat, User
from tests.telegram.handlers.conftest import Stage
from tests.telegram.handlers.group_cards.support import (
    OPEN,
    Make,
    in_group,
    in_private,
    labels,
    now,
    there,
    told,
)


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
    assert "1 group" in private.text
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
