"""The upkeep: few edits, the last state shown, whatever Telegram answers."""

from datetime import timedelta

import pytest

from gub.domain.values import Ended, Invitation, KnownUser
from gub.sandbox.telegram.models import Chat, SimMessage, User
from tests.telegram.handlers.conftest import Stage
from tests.telegram.handlers.invitations.conftest import Upkeep, asking

Crowd = dict[str, User]


@pytest.fixture
async def message(stage: Stage, squad: Chat, ann: User, crowd: Crowd) -> SimMessage:
    """An invitation of everybody in the crowd."""
    names = " ".join(f"@{person.username}" for person in crowd.values())
    return asking(await stage.said(ann, squad, f"/invite Warzone {names}"))


@pytest.fixture
async def invitation(stage: Stage, squad: Chat, message: SimMessage) -> Invitation:
    group = await stage.store.notifygroups.by_name(squad.id, "Warzone")
    assert group is not None
    (found,) = await stage.store.invitations.of_group(group.id)
    assert found.message_id == message.id
    return found


async def accept(stage: Stage, invitation: Invitation, *people: User) -> None:
    """Let them accept, past the taps."""
    await stage.store.users.learn([KnownUser(one.id, one.first_name, username=one.username) for one in people])
    for person in people:
        entries = (person.id, f"@{(person.username or '').lower()}")
        await stage.store.invitations.accept(invitation.id, entries, person.id, stage.clock.now())
        await stage.store.invitations.finished(invitation.id, person.id)


async def test_answers_within_moments_are_one_edit(
    upkeep: Upkeep, invitation: Invitation, message: SimMessage, stage: Stage, crowd: Crowd
):
    first, *others = crowd.values()
    await stage.clock.until_sleeping()
    await accept(stage, invitation, first)
    upkeep.changed.set()
    for person in others:
        await accept(stage, invitation, person)
    assert upkeep.edits() == 0
    await upkeep.show()
    assert upkeep.edits() == 1
    assert "Everybody has answered." in message.text


async def test_edits_of_one_message_are_apart_and_the_last_state_is_shown(
    upkeep: Upkeep, invitation: Invitation, message: SimMessage, stage: Stage, crowd: Crowd
):
    people = list(crowd.values())
    await accept(stage, invitation, people[0])
    await upkeep.wake()
    await upkeep.until_edited(1)
    await upkeep.settled()
    await accept(stage, invitation, people[1])
    await upkeep.wake()
    await accept(stage, invitation, people[2])
    await upkeep.wake()
    await stage.clock.advance(1.5)
    assert upkeep.edits() == 1
    assert people[1].first_name not in message.text
    await stage.clock.advance(3)
    await upkeep.until_edited(2)
    assert f"✅ Accepted: {', '.join(one.first_name for one in people[:3])}\n" in message.text


async def test_nothing_is_edited_without_need(upkeep: Upkeep, invitation: Invitation, stage: Stage, crowd: Crowd):
    await accept(stage, invitation, crowd["Cem"])
    await upkeep.show()
    for _ in range(5):
        await upkeep.wake()
        await stage.clock.advance(60)
    assert upkeep.edits() == 1


async def test_it_looks_each_minute_without_being_woken(
    upkeep: Upkeep, invitation: Invitation, message: SimMessage, stage: Stage, crowd: Crowd
):
    await upkeep.show()
    await accept(stage, invitation, crowd["Cem"])
    await upkeep.until(lambda: upkeep.edits() == 1)
    assert "Accepted: " in message.text


@pytest.mark.parametrize(
    ("kind", "description"),
    [
        ("400", "Bad Request: message to edit not found"),
        ("400", "Bad Request: not enough rights to send text messages to the chat"),
        ("400", "Bad Request: something new"),
        ("403", "Forbidden: bot was kicked from the supergroup chat"),
        ("400", "Bad Request: chat not found"),
    ],
)
async def test_what_telegram_refuses_for_good_is_let_go(
    upkeep: Upkeep, invitation: Invitation, stage: Stage, crowd: Crowd, *, kind: str, description: str
):
    stage.world.fail("editMessageText", kind, -1, description=description)
    await accept(stage, invitation, crowd["Cem"])
    await upkeep.show()
    for _ in range(3):
        await upkeep.wake()
        await stage.clock.advance(60)
    assert upkeep.edits() == 1
    assert await stage.store.invitations.get(invitation.id) is not None, "it can still be answered"


async def test_what_ended_is_forgotten_even_if_it_cannot_be_shown(upkeep: Upkeep, invitation: Invitation, stage: Stage):
    stage.world.fail("editMessageText", "400", -1, description="Bad Request: message to edit not found")
    await stage.store.invitations.end(invitation.id, Ended.REVOKED)
    await upkeep.show()
    assert await stage.store.invitations.get(invitation.id) is None


async def test_a_long_wait_that_telegram_orders_is_kept_and_then_it_is_shown(
    upkeep: Upkeep, invitation: Invitation, message: SimMessage, stage: Stage, crowd: Crowd
):
    stage.world.fail("editMessageText", "429", 1, retry_after=600)
    await accept(stage, invitation, crowd["Cem"])
    await upkeep.wake()
    await upkeep.until_edited(1)
    await upkeep.settled()
    for _ in range(5):
        await upkeep.wake()
        await stage.clock.advance(60)
    assert upkeep.edits() == 1
    assert await stage.store.invitations.stale(), "it waits"
    await upkeep.show()
    assert "Accepted: Cem" in message.text


async def test_one_chat_that_does_not_answer_stops_no_other(
    upkeep: Upkeep, invitation: Invitation, message: SimMessage, stage: Stage, ann: User, *, crowd: Crowd
):
    other = await stage.group(ann, *crowd.values(), title="Other")
    await stage.said(ann, other, "/newgroup Chess")
    second = asking(await stage.said(ann, other, "/invite Chess @cem_plays"))
    stage.world.fail("editMessageText", "500", -1, chat_id=message.chat_id)
    await accept(stage, invitation, crowd["Cem"])
    await stage.press(crowd["Cem"], second, "Decline")
    await upkeep.wake()
    await upkeep.until(lambda: second.buttons == [])
    assert "Accepted" not in message.text
    stage.world.clear_faults()
    await upkeep.show()
    assert "Accepted: Cem" in message.text


async def test_an_answer_that_was_cut_off_is_finished_within_a_minute(
    upkeep: Upkeep, invitation: Invitation, squad: Chat, stage: Stage, crowd: Crowd
):
    cem = crowd["Cem"]
    await stage.store.invitations.accept(invitation.id, (cem.id, "@cem_plays"), cem.id, stage.clock.now())
    for _ in range(130):
        await upkeep.wake()
        group = await stage.store.notifygroups.by_name(squad.id, "Warzone")
        if group is not None and "@cem_plays" not in group.invited:  # the last that follows
            break
        await stage.clock.advance(1)
    assert group is not None
    assert cem.id in group.members
    assert "@cem_plays" not in group.invited


async def test_one_that_is_being_posted_is_left_to_who_posts_it(
    upkeep: Upkeep, invitation: Invitation, squad: Chat, stage: Stage
):
    again = await stage.store.invitations.create(
        (await stage.store.notifygroups.of_chat(squad.id))[0],
        1,
        ("@somebody",),
        None,
        stage.clock.now() + timedelta(days=1),
        message_id=999,
    )
    await stage.store.invitations.touch_group(invitation.group_id)
    sent = len(stage.by_bot(squad))
    await upkeep.until(lambda: upkeep.edits() == 1)
    await upkeep.settled()
    assert len(stage.by_bot(squad)) == sent
    assert again.id in {one.id for one in await stage.store.invitations.stale()}
