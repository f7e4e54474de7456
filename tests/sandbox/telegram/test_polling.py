"""getUpdates: order, confirmation, waiting, conflicts."""

import asyncio

import pytest

from gub.sandbox.telegram import World
from gub.sandbox.telegram.models import User
from tests.support.clock import FakeClock
from tests.support.world import Api

CONFLICT = "409 Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


@pytest.fixture
def world_clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def ann(world: World) -> User:
    return world.add_user("Ann")


async def test_updates_are_numbered_in_a_row_and_kept_until_confirmed(api: Api, world: World, ann: User) -> None:
    for text in ("one", "two", "three"):
        world.say(ann, ann, text)
    first = await api.updates(limit=2)
    assert [u["message"]["text"] for u in first] == ["one", "two"]
    assert first[1]["update_id"] == first[0]["update_id"] + 1
    assert await api.updates(limit=2) == first
    rest = await api.updates(offset=first[1]["update_id"] + 1)
    assert [u["message"]["text"] for u in rest] == ["three"]
    assert await api.updates(offset=rest[0]["update_id"] + 1) == []
    assert await api.updates() == []


async def test_a_negative_offset_keeps_the_last(api: Api, world: World, ann: User) -> None:
    for text in ("one", "two", "three"):
        world.say(ann, ann, text)
    assert [u["message"]["text"] for u in await api.updates(offset=-1)] == ["three"]
    assert [u["message"]["text"] for u in await api.updates()] == ["three"]


async def test_a_poll_waits_for_something_to_come(api: Api, world: World, world_clock: FakeClock, ann: User) -> None:
    async with asyncio.TaskGroup() as tasks:
        poll = tasks.create_task(api.updates(timeout=30))
        await world_clock.until_sleeping()
        world.say(ann, ann, "hi")
    assert [u["message"]["text"] for u in poll.result()] == ["hi"]


async def test_a_poll_waits_fifty_seconds_at_most(api: Api, world_clock: FakeClock) -> None:
    async with asyncio.TaskGroup() as tasks:
        poll = tasks.create_task(api.updates(timeout=600))
        await world_clock.until_sleeping()
        await world_clock.advance(49)
        assert not poll.done()
        await world_clock.advance(1)
    assert poll.result() == []


async def test_the_older_of_two_polls_ends_with_a_conflict(api: Api, world: World, world_clock: FakeClock) -> None:
    async with asyncio.TaskGroup() as tasks:
        older = tasks.create_task(api.refusal("getUpdates", timeout=30))
        await world_clock.until_sleeping()
        newer = tasks.create_task(api.updates(timeout=30))
        assert await older == CONFLICT
        world.say(world.add_user("Ann"), 1001, "hi")
    assert len(newer.result()) == 1


async def test_a_second_conflict_within_three_seconds_is_told_late(api: Api, world_clock: FakeClock) -> None:
    async with asyncio.TaskGroup() as tasks:
        first = tasks.create_task(api.refusal("getUpdates", timeout=30))
        await world_clock.until_sleeping()
        second = tasks.create_task(api.refusal("getUpdates", timeout=30))
        assert await first == CONFLICT
        third = tasks.create_task(api.updates(timeout=30))
        await world_clock.until_sleeping(3)
        assert not second.done()
        await world_clock.advance(3)
        assert await second == CONFLICT
        await world_clock.advance(50)
    assert third.result() == []


async def test_allowed_updates_stick(api: Api, world: World, ann: User) -> None:
    await api.updates(allowed_updates=["callback_query", "no_such_type"])
    world.say(ann, ann, "unwanted")
    assert await api.updates() == []
    assert (await api("getWebhookInfo"))["allowed_updates"] == ["callback_query"]
    await api.updates(allowed_updates=[])
    world.say(ann, ann, "wanted")
    assert len(await api.updates()) == 1


async def test_old_updates_are_dropped(api: Api, world: World, world_clock: FakeClock, ann: User) -> None:
    world.start(ann)
    sent = await api(
        "sendMessage",
        chat_id=ann.id,
        text="x",
        reply_markup={"inline_keyboard": [[{"text": "x", "callback_data": "x"}]]},
    )
    world.press(ann, ann, sent["message_id"], "x")
    await world_clock.advance(151)
    assert [sorted(u) for u in await api.updates()] == [["message", "update_id"]]
    await world_clock.advance(86400)
    assert await api.updates() == []


async def test_a_confirmed_update_is_delivered_once_more(api: Api, world: World, ann: User) -> None:
    world.say(ann, ann, "hi")
    [update] = await api.take()
    world.redeliver(update["update_id"])
    assert await api.updates(offset=update["update_id"] + 1) == [update]
    assert await api.updates(offset=update["update_id"] + 1) == []


async def test_poison_is_delivered_as_it_is(api: Api, world: World, ann: User) -> None:
    number = world.deliver_raw({"message": {"chat": 5, "what": None}})
    world.say(ann, ann, "good")
    bad, good = await api.take()
    assert bad == {"update_id": number, "message": {"chat": 5, "what": None}}
    assert good["update_id"] == number + 1


async def test_a_revoked_token_ends_the_poll(api: Api, world: World, world_clock: FakeClock) -> None:
    async with asyncio.TaskGroup() as tasks:
        poll = tasks.create_task(api.refusal("getUpdates", timeout=30))
        await world_clock.until_sleeping()
        world.revoke_token()
    assert poll.result() == "401 Unauthorized"
    assert await api.refusal("getMe") == "401 Unauthorized"
