"""Looking after a notify group in private: who may join, taking members out, handing over, invitations."""

from datetime import timedelta

import pytest

from gub.domain.values import Joining, NotifyGroup
from gub.sandbox.telegram.models import Chat, SimMessage, User
from tests.telegram.handlers.conftest import Stage
from tests.telegram.handlers.group_cards.support import HIDDEN, INVITE, OPEN, Make, in_private, labels, there, told


async def menu(stage: Stage, user: User, group: NotifyGroup, *names: str) -> SimMessage:
    return await in_private(stage, user, group, "Edit", *names)


def news(stage: Stage, chat: Chat) -> list[str]:
    """What the bot said in the chat since it came."""
    return [message.text for message in stage.by_bot(chat)][1:]


@pytest.mark.parametrize(
    ("before", "label", "after", "said"),
    [
        (OPEN, "Only the invited", INVITE, "🔒 Ann closed Warzone: it is by invitation only now."),
        (INVITE, "Anybody in the chat", OPEN, "🚪 Ann opened Warzone: anybody here can join now."),
        (HIDDEN, "Anybody in the chat", OPEN, "🚪 Ann opened Warzone: anybody here can join now."),
        (OPEN, "Hidden", HIDDEN, None),
        (OPEN, "Anybody in the chat", OPEN, None),
    ],
)
async def test_who_may_join(
    stage: Stage,
    ann: User,
    squad: Chat,
    *,
    make: Make,
    before: Joining,
    label: str,
    after: Joining,
    said: str | None,
):
    group = await make(ann, joining=before)
    message = await menu(stage, ann, group, "Who may join")
    assert sum(one.startswith("✓ ") for one in labels(message)) == 1
    answer = await stage.press(ann, message, label)
    assert answer is not None
    assert answer.text.startswith("Warzone: ")
    assert (await there(stage, group)).joining is after
    assert news(stage, squad) == ([said] if said else [])
    assert "What shall change about Warzone in Squad?" in message.text


async def test_the_news_of_an_open_group_let_people_join(stage: Stage, ann: User, bob: User, squad: Chat, make: Make):
    group = await make(ann, joining=INVITE)
    await menu(stage, ann, group, "Who may join", "Anybody")
    await stage.press(bob, stage.by_bot(squad)[-1], "Join")
    assert (await there(stage, group)).members == (ann.id, bob.id)


async def test_the_menus_lead_back(stage: Stage, ann: User, make: Make):
    group = await make(ann)
    message = await menu(stage, ann, group)
    assert labels(message) == [
        "✏️ Rename",
        "📝 Description",
        "🚪 Who may join",
        "👥 Members",
        "🟢 Ping who's on",
        "👑 Hand over",
        "« Back",
    ]
    for name in ("Who may join", "Members", "Hand over"):
        await stage.press(ann, message, name)
        await stage.press(ann, message, "Back")
        assert "What shall change" in message.text
    await stage.press(ann, message, "Back")
    assert "🎮 Warzone" in message.text
    await stage.press(ann, message, "Back to the list")
    assert "1 group" in message.text


# -- taking members out


async def test_taking_a_member_out(stage: Stage, squad: Chat, ann: User, bob: User, *, make: Make, gone: User):
    group = await make(ann, "Warzone", bob, gone)
    message = await menu(stage, ann, group, "Members")
    assert "has 2 members beside you." in message.text
    assert labels(message) == ["Bob", "Gone (left)", "« Back"]
    await stage.press(ann, message, "Bob")
    assert message.text == "Take Bob out of Warzone in Squad?"
    await stage.press(ann, message, "Cancel")
    await stage.press(ann, message, "Bob")
    confirm = message.button("Confirm")
    answer = await stage.press(ann, message, "Confirm")
    assert answer is not None
    assert answer.text == "Bob is out of Warzone."
    assert labels(message) == ["Gone (left)", "« Back"]
    assert (await there(stage, group)).members == (ann.id, gone.id)
    assert news(stage, squad) == ["👥 Ann took Bob out of Warzone."]
    assert not stage.pinged(stage.by_bot(squad)[-1])
    assert "not in Warzone any more" in told(await stage.press_data(ann, message, confirm, forged=True))
    await stage.press(ann, message, "Gone")
    await stage.press(ann, message, "Confirm")
    assert "Nobody else is in Warzone in Squad." in message.text


async def test_of_a_hidden_group_the_chat_hears_nothing(stage: Stage, squad: Chat, ann: User, bob: User, make: Make):
    group = await make(ann, "Warzone", bob, joining=HIDDEN)
    await menu(stage, ann, group, "Members", "Bob", "Confirm")
    assert (await there(stage, group)).members == (ann.id,)
    assert not news(stage, squad)


async def test_who_leaves_while_they_are_taken_out(stage: Stage, squad: Chat, ann: User, bob: User, make: Make):
    group = await make(ann, "Warzone", bob)
    message = await menu(stage, ann, group, "Members", "Bob")
    await stage.said(bob, squad, "/leave Warzone")
    assert "not in Warzone any more" in told(await stage.press(ann, message, "Confirm"))


async def test_d28_a_member_is_taken_out_of_the_group_of_the_button(stage: Stage, ann: User, bob: User, make: Make):
    alpha, beta = await make(ann, "alpha", bob), await make(ann, "beta", bob)
    first = await menu(stage, ann, alpha, "Members", "Bob")
    await menu(stage, ann, beta, "Members", "Bob")
    await stage.press(ann, first, "Confirm")
    assert (await there(stage, alpha)).members == (ann.id,)
    assert (await there(stage, beta)).members == (ann.id, bob.id)


async def test_d10_who_joins_meanwhile_stays(
    stage: Stage, squad: Chat, ann: User, bob: User, carl: User, *, make: Make
):
    group = await make(ann, "Warzone", bob)
    message = await menu(stage, ann, group, "Members", "Bob")
    await stage.said(carl, squad, "/join Warzone")
    await stage.press(ann, message, "Confirm")
    assert (await there(stage, group)).members == (ann.id, carl.id)


async def test_pages_of_members(stage: Stage, ann: User, make: Make):
    group = await make(ann, "Warzone", *range(5000, 5020))
    message = await menu(stage, ann, group, "Members", "Next", "Next")
    assert "page 3 of 3" in message.text
    assert len(labels(message)) == 4 + 2
    await stage.press_data(ann, message, message.buttons[0]["callback_data"])
    await stage.press(ann, message, "Cancel")
    assert "page 3 of 3" in message.text
    await stage.press(ann, message, "Back")
    assert "What shall change" in message.text


# -- handing over


async def test_handing_over(stage: Stage, ann: User, bob: User, make: Make):
    chat = await stage.group(ann, bob, forum=True)
    topic = stage.world.open_topic(chat, "Shooters", by=ann)
    group = await make(bob, "Warzone", ann, chat=chat, thread_id=topic.id)
    message = await menu(stage, bob, group, "Hand over")
    assert "you can't any more" in message.text
    assert labels(message) == ["Ann", "« Back"]
    await stage.press(bob, message, "Ann")
    assert message.text == "Hand Warzone in Squad over to Ann?"
    await stage.press(bob, message, "Cancel")
    await stage.press(bob, message, "Ann")
    confirm = message.button("Confirm")
    answer = await stage.press(bob, message, "Confirm")
    assert answer is not None
    assert answer.text == "Ann looks after Warzone now."
    found = await there(stage, group)
    assert (found.creator_id, found.members) == (ann.id, (bob.id, ann.id))
    said = stage.by_bot(chat)[-1]
    assert said.text == "👑 Bob handed Warzone over to Ann.\nIt's yours to look after now: /groups"
    assert said.thread_id == topic.id
    assert stage.pinged(said) == {ann.id}
    assert labels(message) == ["Leave", "🔕 Mute", "« Back to the list"]
    assert told(await stage.press_data(bob, message, confirm, forged=True)).startswith("Only Ann can hand Warzone over")
    assert len(stage.by_bot(chat)) == 2


async def test_nothing_is_handed_over_to_who_is_no_member_or_not_there(
    stage: Stage,
    ann: User,
    bob: User,
    carl: User,
    *,
    make: Make,
    gone: User,
):
    group = await make(ann, "Warzone", bob, gone)
    message = await menu(stage, ann, group, "Hand over")
    assert labels(message) == ["Bob", "Gone (left)", "« Back"]
    assert "not in the chat any more" in told(await stage.press(ann, message, "Gone"))
    for user_id, words in ((carl.id, "not in Warzone"), (gone.id, "not in the chat"), (0, "not in Warzone")):
        data = f"gm:ownyes:{group.id}:{user_id}:0"
        assert words in told(await stage.press_data(ann, message, data, forged=True))
    for action in ("rm", "own"):
        data = f"gm:{action}:{group.id}:{carl.id}:0"
        assert "not in Warzone" in told(await stage.press_data(ann, message, data, forged=True))
    assert (await there(stage, group)).creator_id == ann.id


async def test_who_leaves_the_chat_before_the_confirmation(stage: Stage, squad: Chat, ann: User, bob: User, make: Make):
    group = await make(ann, "Warzone", bob)
    message = await menu(stage, ann, group, "Hand over", "Bob")
    stage.world.leave(bob, squad)
    await stage.settle()
    assert "any more" in told(await stage.press(ann, message, "Confirm"))
    assert (await there(stage, group)).creator_id == ann.id


async def test_a_hidden_group_is_handed_over_in_private(stage: Stage, squad: Chat, ann: User, bob: User, make: Make):
    group = await make(ann, "Secret", bob, joining=HIDDEN)
    await menu(stage, ann, group, "Hand over", "Bob", "Confirm")
    assert (await there(stage, group)).creator_id == bob.id
    assert not news(stage, squad)
    await stage.said(bob, bob, "/start")
    await menu(stage, bob, group, "Hand over", "Ann", "Confirm")
    assert not news(stage, squad)
    heard = stage.by_bot(ann)[-1]
    assert heard.text == "👑 Bob handed Secret in Squad over to you."
    await stage.press(ann, heard, "Open")
    assert "✏️ Edit" in labels(heard)


async def test_d32_an_admin_hands_over_the_group_of_a_creator_who_left(
    stage: Stage,
    squad: Chat,
    ann: User,
    bob: User,
    carl: User,
    *,
    make: Make,
    gone: User,
):
    group = await make(gone, "Warzone", bob, ann)
    message = await in_private(stage, ann, group)
    assert "Looked after by Gone, who left the chat." in message.text
    await stage.press(ann, message, "Hand over")
    assert labels(message) == ["Bob", "Ann", "« Back"]
    for name in ("Bob", "Confirm"):
        await stage.press(ann, message, name)
    assert (await there(stage, group)).creator_id == bob.id
    assert stage.pinged(stage.by_bot(squad)[-1]) == {bob.id}
    for user in (bob, carl):
        data = f"gm:ownyes:{group.id}:{ann.id}:0"
        other = await in_private(stage, user, group)
        answer = await stage.press_data(user, other, data, forged=True)
        if user is carl:
            assert "Only Ann can" in told(answer)


async def test_d32_an_admin_takes_a_group_over(
    stage: Stage, squad: Chat, ann: User, bob: User, *, make: Make, gone: User
):
    group = await make(bob, "Warzone", ann)
    await stage.store.notifygroups._collection.update_one({"chat_id": squad.id}, {"$set": {"creator_id": gone.id}})
    await in_private(stage, ann, group, "Hand over", "Ann", "Confirm")
    assert (await there(stage, group)).creator_id == ann.id
    assert news(stage, squad) == ["👑 Ann looks after Warzone now."]
    assert not stage.pinged(stage.by_bot(squad)[-1])


async def test_d32_a_creator_who_came_back_is_not_passed_over(
    stage: Stage, squad: Chat, ann: User, bob: User, *, make: Make, gone: User
):
    group = await make(gone, "Warzone", bob)
    message = await in_private(stage, ann, group, "Hand over", "Bob")
    stage.world.join(gone, squad)
    await stage.settle()
    assert "once Gone has left the chat" in told(await stage.press(ann, message, "Confirm"))
    assert (await there(stage, group)).creator_id == gone.id


async def test_d29_a_demoted_admin_hands_nothing_over(
    stage: Stage, squad: Chat, ann: User, bob: User, *, make: Make, gone: User
):
    group = await make(gone, "Warzone", ann)
    stage.world.promote(bob, squad)
    await stage.settle()
    message = await in_private(stage, bob, group, "Hand over", "Ann")
    stage.world.demote(bob, squad)
    await stage.settle()
    assert "Only Gone can hand Warzone over" in told(await stage.press(bob, message, "Confirm"))
    assert (await there(stage, group)).creator_id == gone.id


# -- invitations


async def test_d33_open_invitations_are_shown_and_taken_back_from_the_card(
    stage: Stage, ann: User, bob: User, make: Make
):
    await stage.said(bob, bob, "/start")
    group = await make(ann, joining=INVITE)
    message = await in_private(stage, ann, group)
    assert not any("Invitations" in label for label in labels(message))
    expires = stage.clock.now() + timedelta(days=7)
    for entries in (["@carl_c", bob.id], [bob.id]):
        await stage.store.invitations.create(group, ann.id, entries, None, expires, message_id=None)
    await stage.store.invited.refresh(group.id)
    message = await in_private(stage, ann, group, "Invitations")
    assert message.text == ("✉️ 2 open invitations into Warzone in Squad.\nStill asked:\n1. @carl_c, Bob\n2. Bob")
    await stage.press(ann, message, "Revoke 1")
    assert (await there(stage, group)).invited == (bob.id,)
    await stage.press(ann, message, "Back")
    await stage.press(ann, message, "Invitations")
    assert "1 open invitation into Warzone in Squad.\nStill asked:\n1. Bob" in message.text
    await stage.press(ann, message, "Revoke")
    assert (await there(stage, group)).invited == ()
