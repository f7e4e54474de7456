"""The rest of a call, sent beside: nobody is left out or pinged for nothing, whatever happens meanwhile."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from pymongo.errors import AutoReconnect

from gub.domain.languages import Language
from gub.domain.limits import CALL_LIFETIME
from gub.domain.values import KnownUser
from gub.sandbox.telegram.models import User
from gub.store.documents import Database
from gub.store.mongo import connect
from gub.store.notifygroups import NotifyGroups
from gub.store.ringing import Job, Kind, Ringing
from tests.support.clock import START, FakeClock
from tests.telegram.handlers.conftest import Stage
from tests.telegram.handlers.ringing import (
    Held,
    Killed,
    Mortal,
    Running,
    calls_in,
    crowd,
    pinged,
    reborn,
    warzone,
)


@pytest.fixture
def world_clock() -> FakeClock:
    """Far ahead: else the database would forget what rings by its own clock."""
    return FakeClock(START + timedelta(days=3650))


@pytest.fixture
async def database(mongo_uri: str, database_name: str) -> AsyncIterator[Database]:
    async with connect(mongo_uri) as client:
        yield client[database_name]


def ids(people: list[User]) -> set[int]:
    return {user.id for user in people}


@pytest.mark.parametrize("command_first", [True, False], ids=["the command first", "the rest first"])
@pytest.mark.parametrize("step", range(20))
async def test_a_death_at_any_step_leaves_nobody_out_and_nobody_who_was_noted_is_pinged_again(
    stage: Stage, database: Database, monkeypatch: pytest.MonkeyPatch, step: int, *, command_first: bool
):
    chat, people = await crowd(stage, 7)
    mortal = Mortal(monkeypatch, step)
    stage.world.say(people[0], chat, "/notify Warzone go")
    (update,) = await stage.api.take()
    async with Running(reborn(stage)) as running:
        with suppress(Killed):
            await stage.feed(update)
        if mortal.alive:
            await running.until_done()
    before = Counter(pinged(stage, chat))
    job = await database["ringing"].find_one({"_id": f"{chat.id}:{update['message']['message_id']}"})
    noted = set() if job is None else ids(people[1:]) - set(job["left"])
    mortal.revive()
    async with Running(reborn(stage)) as running:
        if command_first:
            await stage.feed(update)
        await running.until_done()
        await stage.feed(update)
        await running.until_done()
    after = Counter(pinged(stage, chat))
    assert set(after) == ids(people[1:])
    assert max(after.values()) <= 2
    assert {user: after[user] for user in noted} == {user: before[user] for user in noted}
    assert any(message.text.startswith("📣 Squad 0 calls Warzone\n\ngo") for message in calls_in(stage, chat))
    (call,) = await database["calls"].find().to_list()
    assert call["message_id"] in {message.id for message in calls_in(stage, chat)}
    assert mortal.steps > step, "there are so many steps"


async def test_what_an_earlier_process_left_goes_on_without_its_command(stage: Stage):
    chat, people = await crowd(stage, 4)
    group = await warzone(stage, chat)
    left = tuple(user.id for user in people[2:])
    now = stage.clock.now()
    job = Job(f"{chat.id}:7", Kind.CALL, chat.id, None, group.id, None, left, now)
    old = replace(job, key=f"{chat.id}:6", left=(people[1].id,), created_at=now - CALL_LIFETIME)
    for one in (old, job):
        await stage.store.ringing.start(one, "worker")
    async with Running(reborn(stage)) as running:
        await stage.world.wait_for(lambda: bool(pinged(stage, chat)))
        await running.until_done()
    assert sorted(pinged(stage, chat)) == sorted(left)
    (message,) = calls_in(stage, chat)
    assert message.text.startswith("📣 Warzone: ")
    assert message.buttons


async def test_a_stop_finishes_the_message_in_hand_and_notes_it(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    chat, people = await crowd(stage, 21)
    held = Held(monkeypatch)
    stage.world.say(people[0], chat, "/notify Warzone go")
    (update,) = await stage.api.take()
    async with Running(reborn(stage)):
        feeding = asyncio.ensure_future(stage.feed(update))
        await held.let_one()
        await feeding
        held.let_all()
    rung = pinged(stage, chat)
    assert len(rung) == 10
    (job,) = await stage.store.ringing.all()
    assert set(job.left) == ids(people[1:]) - set(rung)


async def test_a_stop_waits_no_longer_than_a_message_may_take(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    chat, people = await crowd(stage, 21)
    held = Held(monkeypatch)
    stage.world.say(people[0], chat, "/notify Warzone go")
    (update,) = await stage.api.take()
    running = Running(reborn(stage))
    await running.__aenter__()
    feeding = asyncio.ensure_future(stage.feed(update))
    await held.let_one()
    await feeding
    stopping = asyncio.ensure_future(running.__aexit__())
    await stage.clock.until_sleeping()
    await stage.clock.advance(5)
    await asyncio.wait_for(stopping, 10)
    assert len(pinged(stage, chat)) == 5


async def test_who_left_muted_or_joined_while_it_rings(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    chat, people = await crowd(stage, 21)
    group = await warzone(stage, chat)
    held = Held(monkeypatch)
    stage.world.say(people[0], chat, "/notify Warzone go")
    settling = asyncio.ensure_future(stage.settle())
    await held.let_one()
    await stage.store.notifygroups.leave(group.id, chat.id, people[20].id)
    await stage.store.notifygroups.mute(group.id, chat.id, people[19].id, None)
    await stage.store.notifygroups.mute(group.id, chat.id, people[18].id, stage.clock.now() - timedelta(seconds=1))
    await stage.store.notifygroups.rename(group.id, chat.id, "Peacezone", by=people[0].id)
    held.let_all()
    await settling
    assert set(pinged(stage, chat)) == ids(people[1:19])
    assert [message.text.split(":")[0] for message in calls_in(stage, chat)][1:] == [
        "📣 Warzone",
        "📣 Peacezone",
        "📣 Peacezone",
    ]
    assert calls_in(stage, chat)[-1].buttons


async def test_a_group_that_is_deleted_calls_no_further(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    chat, people = await crowd(stage, 21)
    group = await warzone(stage, chat)
    held = Held(monkeypatch)
    stage.world.say(people[0], chat, "/notify Warzone go")
    settling = asyncio.ensure_future(stage.settle())
    await held.let_one()
    await stage.store.notifygroups.delete(group.id, chat.id, by=people[0].id)
    held.let_all()
    await settling
    assert len(pinged(stage, chat)) == 10, "that which waited, and none after it"
    assert await stage.store.ringing.all() == []


async def test_a_group_that_becomes_a_supergroup_is_called_there(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    people = [stage.world.add_user(f"P{number}") for number in range(16)]
    chat = stage.world.add_group("Squad", people)
    stage.world.add_bot(chat, people[0])
    await stage.settle()
    await stage.said(people[0], chat, "/newgroup Warzone")
    group = await warzone(stage, chat)
    for user in people[1:]:
        await stage.store.notifygroups.join(group.id, chat.id, user.id)
    held = Held(monkeypatch)
    stage.world.say(people[0], chat, "/notify Warzone go")
    settling = asyncio.ensure_future(stage.settle())
    await held.let_one()
    new = stage.world.migrate(chat, tell=False)
    held.let_all()
    await settling
    assert len(pinged(stage, chat)) == 5
    assert set(pinged(stage, chat)) | set(pinged(stage, new)) == ids(people[1:])
    assert len(pinged(stage, new)) == 10


async def test_a_flood_and_an_outage_are_waited_out(stage: Stage):
    chat, people = await crowd(stage, 16)
    stage.world.say(people[0], chat, "/notify Warzone go")
    (update,) = await stage.api.take()
    await stage.feed(update)
    await stage.parts.ringer.quiet()
    assert set(pinged(stage, chat)) == ids(people[1:])
    await stage.clock.advance(60)
    stage.world.say(people[0], chat, "/notify Warzone again")
    (update,) = await stage.api.take()
    before = len(pinged(stage, chat))
    await stage.feed(update)
    stage.world.fail("sendMessage", "429", 1, retry_after=300)
    await stage.clock.until_sleeping()
    begun = len(pinged(stage, chat)) - before
    assert begun < 15
    await stage.clock.advance(299)
    assert len(pinged(stage, chat)) - before == begun
    await stage.clock.advance(1)
    await asyncio.wait_for(stage.parts.ringer.quiet(), 10)
    assert len(pinged(stage, chat)) - before == 15


async def test_what_comes_too_late_pings_nobody(stage: Stage):
    chat, people = await crowd(stage, 16)
    stage.world.say(people[0], chat, "/notify Warzone go")
    (update,) = await stage.api.take()
    await stage.feed(update)
    stage.world.fail("sendMessage", "429", 1, retry_after=700)
    await stage.clock.until_sleeping()
    begun = len(pinged(stage, chat))
    await stage.clock.advance(700)
    await asyncio.wait_for(stage.parts.ringer.quiet(), 10)
    assert len(pinged(stage, chat)) == begun < 15


async def test_one_call_that_fails_stops_no_other(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    first, people = await crowd(stage, 16, title="First")
    second, others = await crowd(stage, 16, title="Second")
    broken = await warzone(stage, first)
    find = NotifyGroups.find

    async def fails(self: NotifyGroups, id: str) -> object:  # noqa: A002 - the name there
        if id == broken.id:
            raise RuntimeError
        return await find(self, id)

    monkeypatch.setattr(NotifyGroups, "find", fails)
    await stage.said(people[0], first, "/notify Warzone go")
    await stage.said(others[0], second, "/notify Warzone go")
    assert len(pinged(stage, first)) == 5
    assert set(pinged(stage, second)) == ids(others[1:])
    monkeypatch.setattr(NotifyGroups, "find", find)
    async with Running(reborn(stage)):
        await stage.world.wait_for(lambda: len(pinged(stage, first)) == 15)


async def test_chats_are_called_side_by_side_and_one_chat_in_order(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    first, people = await crowd(stage, 16, title="First")
    second, others = await crowd(stage, 7, title="Second")
    await stage.said(people[0], first, "/newgroup Other")
    other = await stage.store.notifygroups.by_name(first.id, "Other")
    assert other is not None
    for user in people[1:8]:
        await stage.store.notifygroups.join(other.id, first.id, user.id)
    blocked = asyncio.Event()
    find = NotifyGroups.find
    stuck = await warzone(stage, first)

    async def waits(self: NotifyGroups, id: str) -> object:  # noqa: A002 - the name there
        if id == stuck.id:
            await blocked.wait()
        return await find(self, id)

    monkeypatch.setattr(NotifyGroups, "find", waits)
    for user, chat, command in (
        (people[0], first, "/notify Warzone go"),
        (people[0], first, "/notify Other go"),
        (others[0], second, "/notify Warzone go"),
    ):
        stage.world.say(user, chat, command)
        (update,) = await stage.api.take()
        await stage.feed(update)
    await stage.world.wait_for(lambda: set(pinged(stage, second)) == ids(others[1:]))
    assert len(pinged(stage, first)) == 10
    blocked.set()
    await asyncio.wait_for(stage.parts.ringer.quiet(), 10)
    heads = [message.text.split()[1] for message in calls_in(stage, first)][2:]
    assert heads == ["Warzone:", "Warzone:", "Other:"]


async def test_the_database_away_while_it_is_noted_pings_nobody_twice(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    chat, people = await crowd(stage, 16)
    rung = Ringing.rung
    failures = iter([True, True, True])

    async def away(self: Ringing, key: str, entries: list[int | str]) -> bool:
        if next(failures, False):
            raise AutoReconnect
        return await rung(self, key, entries)

    monkeypatch.setattr(Ringing, "rung", away)
    stage.world.say(people[0], chat, "/notify Warzone go")
    (update,) = await stage.api.take()
    await stage.feed(update)
    await asyncio.wait_for(stage.parts.ringer.quiet(), 10)
    assert Counter(pinged(stage, chat)) == dict.fromkeys(ids(people[1:]), 1)
    assert await stage.store.ringing.all() == []


async def test_d18_who_left_unnoticed_is_found_by_the_mention_that_telegram_drops(stage: Stage):
    chat, people = await crowd(stage, 9)
    gone = [people[3], people[7]]
    for user in gone:
        stage.world.leave(user, chat)
    await stage.api.take()
    asked = stage.calls("getChatMember")
    await stage.said(people[0], chat, "/notify Warzone go")
    assert set(pinged(stage, chat)) == ids(people[1:]) - ids(gone)
    assert stage.calls("getChatMember") == asked + 2
    assert set((await warzone(stage, chat)).members) == ids(people) - ids(gone)


async def test_d18_who_cannot_be_asked_after_stays(stage: Stage):
    chat, people = await crowd(stage, 3)
    stage.world.leave(people[2], chat)
    await stage.api.take()
    stage.world.fail("getChatMember", "400", 1, description="Bad Request: PARTICIPANT_ID_INVALID")
    await stage.said(people[0], chat, "/notify Warzone go")
    assert people[2].id in (await warzone(stage, chat)).members


async def test_invitations_ring_for_those_who_have_not_answered(stage: Stage):
    chat, people = await crowd(stage, 3)
    guests = [stage.world.add_user(f"G{number}", username=f"guest_{number}") for number in range(8)]
    for user in guests:
        stage.world.join(user, chat)
    await stage.settle()
    group = await warzone(stage, chat)
    await stage.store.users.learn([KnownUser(user.id, user.first_name) for user in guests[:4]])
    entries = (*(user.id for user in guests[:4]), "@guest_4", "@guest_5", "@guest_6", "@guest_7")
    now = stage.clock.now()
    invitation = await stage.store.invitations.create(
        group, people[0].id, entries, None, now + timedelta(days=1), message_id=7
    )
    await stage.store.invitations.decline(invitation.id, (guests[0].id,), guests[0].id, now)
    key = f"{chat.id}:7"
    job = Job(key, Kind.INVITATION, chat.id, None, group.id, invitation.id, entries, now)
    await stage.parts.ringer.ring(job)
    await asyncio.wait_for(stage.parts.ringer.quiet(), 10)
    assert sorted(pinged(stage, chat)) == sorted(ids(guests[1:]))
    assert len(calls_in(stage, chat)) == 2
    await stage.parts.ringer.ring(job)
    await asyncio.wait_for(stage.parts.ringer.quiet(), 10)
    assert len(calls_in(stage, chat)) == 2


async def test_each_chat_is_called_in_its_language(stage: Stage):
    """The last message of a call, which has the buttons, is sent beside the updates."""
    english, people = await crowd(stage, 8, title="Squad")
    german, leute = await crowd(stage, 8, title="Trupp")
    await stage.parts.languages.choose(german.id, Language.GERMAN)
    await stage.said(leute[0], german, "/notify Warzone")
    await stage.said(people[0], english, "/notify Warzone")
    for chat, label in ((german, "Beitreten"), (english, "Join")):
        *_, last = calls_in(stage, chat)
        assert label in [button["text"] for button in last.buttons]
