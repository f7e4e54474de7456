import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from gub.domain.commands import CallRequest
from gub.domain.errors import GroupNotFound, ManyToCall, NobodyToCall, NotAMember, TooSoon
from gub.domain.limits import CALL_COOLDOWN
from gub.domain.values import Joining, KnownUser, NotifyGroup
from gub.presence.desk import PresenceDesk
from gub.services.calls import Calls, Granted
from gub.services.groups import Groups
from gub.services.hours import HoursBook
from gub.services.invited import Invited
from gub.services.reach import Reaching
from gub.store.mongo import connect
from gub.store.notifygroups import CallClaim, NotifyGroups
from gub.store.store import Store
from tests.support.clock import FakeClock

CHAT, ANN, BOB = -1001, 1, 2


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def groups(store: Store, clock: FakeClock) -> Groups:
    return Groups(store, Invited(store, asyncio.Event()), clock)


@pytest.fixture
def calls(store: Store, groups: Groups, clock: FakeClock) -> Calls:
    return Calls(store, groups, Reaching(store, PresenceDesk({}, clock), HoursBook(store, clock)), clock)


async def a_group(groups: Groups, *others: int) -> NotifyGroup:
    group = await groups.create(CHAT, ANN, "Warzone", None, None)
    for user_id in others:
        await groups.join(group, user_id)
    return group


async def called(
    calls: Calls, caller: int = ANN, *, message_id: int = 1, name: str = "Warzone", pings: int = 0
) -> Granted:
    request = CallRequest(name, "at nine")
    return await calls.call(CHAT, caller, request, pings=pings, message_id=message_id)


@pytest.fixture
def choose(mongo_uri: str, database_name: str) -> Callable[..., Awaitable[None]]:
    """Let the chat choose settings."""

    async def choose(**settings: int) -> None:
        async with connect(mongo_uri) as client:
            chats = client[database_name]["chats"]
            await chats.update_one({"chat_id": CHAT}, {"$set": {"settings": settings}}, upsert=True)

    return choose


async def test_the_others_are_called_by_what_is_known_of_them(store: Store, groups: Groups, calls: Calls):
    await a_group(groups, BOB, 3)
    await store.users.learn([KnownUser(BOB, "Bob")])
    call = await called(calls, name="WARZONE")
    assert call.group.name == "Warzone"
    assert call.request.text == "at nine"
    assert call.first == (KnownUser(BOB, "Bob"), KnownUser(3, ""))
    assert call.everybody == (BOB, 3)


async def test_of_many_calls_at_once_one_is_made(groups: Groups, calls: Calls):
    await a_group(groups, BOB)
    commands = (called(calls, message_id=number) for number in range(20))
    made = await asyncio.gather(*commands, return_exceptions=True)
    assert sum(isinstance(one, Granted) for one in made) == 1
    assert sum(isinstance(one, TooSoon) for one in made) == 19


async def test_the_cool_down_passes(groups: Groups, calls: Calls, clock: FakeClock):
    await a_group(groups, BOB)
    await called(calls)
    await clock.advance(59)
    with pytest.raises(TooSoon) as caught:
        await called(calls, BOB, message_id=2)
    assert caught.value.wait_seconds == 1
    await clock.advance(1)
    assert await called(calls, BOB, message_id=2)
    assert timedelta(seconds=60) == CALL_COOLDOWN


async def test_d21_a_chat_chooses_its_cool_down(
    groups: Groups, calls: Calls, clock: FakeClock, choose: Callable[..., Awaitable[None]]
):
    await a_group(groups, BOB)
    await choose(call_cooldown_seconds=600)
    await called(calls)
    await clock.advance(599)
    with pytest.raises(TooSoon):
        await called(calls, message_id=2)
    await clock.advance(1)
    assert await called(calls, message_id=2)


async def test_who_may_not_call(store: Store, groups: Groups, calls: Calls):
    group = await a_group(groups, BOB)
    with pytest.raises(GroupNotFound):
        await called(calls, name="Chess")
    with pytest.raises(NotAMember) as caught:
        await called(calls, 99, name="warzone")
    assert (caught.value.name, caught.value.joinable) == ("Warzone", True)
    await groups.leave(group, BOB)
    with pytest.raises(NobodyToCall):
        await called(calls)
    await groups.join(group, BOB)
    await groups.leave(group, ANN)
    assert (await called(calls)).first, "the creator may call without being a member"
    closed = await store.notifygroups.create(CHAT, ANN, "Closed", None, Joining.INVITE, None)
    with pytest.raises(NotAMember) as caught:
        await called(calls, BOB, name=closed.name)
    assert not caught.value.joinable
    hidden = await store.notifygroups.create(CHAT, ANN, "Hidden", None, Joining.HIDDEN, None)
    with pytest.raises(GroupNotFound) as unknown:
        await called(calls, BOB, name="hidden")
    assert unknown.value.name == "hidden"
    with pytest.raises(GroupNotFound):
        await calls.confirmed(CHAT, BOB, hidden.id, CallRequest(""), pings=0, message_id=1)


async def test_d16_a_call_to_many_asks_the_store_no_more_than_one_to_few(groups: Groups, calls: Calls):
    await a_group(groups, *range(2, 27))
    call = await called(calls)
    assert [user.user_id for user in call.first] == [2, 3, 4, 5, 6]
    assert call.further == tuple(range(7, 27))


async def test_who_has_muted_the_group_is_known_and_not_called(
    store: Store, groups: Groups, calls: Calls, clock: FakeClock
):
    group = await a_group(groups, BOB, 3, 4)
    await store.users.learn([KnownUser(BOB, "Bob"), KnownUser(3, "Cyd")])
    await store.notifygroups.mute(group.id, CHAT, BOB, None)
    await store.notifygroups.mute(group.id, CHAT, 3, clock.now() + timedelta(minutes=1))
    await store.notifygroups.mute(group.id, CHAT, ANN, None)
    call = await called(calls)
    assert call.everybody == (4,)
    assert call.reach.muted == (BOB, 3), "not who calls"
    await store.notifygroups.mute(group.id, CHAT, 4, None)
    with pytest.raises(NobodyToCall) as caught:
        await called(calls, message_id=2)
    assert caught.value.muted
    await clock.advance(60)
    assert (await called(calls, message_id=2)).everybody == (3,)


async def test_more_than_a_chat_wants_are_called_when_it_is_confirmed(
    store: Store, groups: Groups, calls: Calls, clock: FakeClock, choose: Callable[..., Awaitable[None]]
):
    group = await a_group(groups, BOB, 3, 4, 5)
    await choose(confirm_above=3)
    with pytest.raises(ManyToCall) as caught:
        await called(calls, message_id=7)
    assert (caught.value.group_id, caught.value.name, caught.value.people) == (group.id, "Warzone", 4)
    assert (await groups.by_id(CHAT, group.id)).last_call_at is None
    call = await calls.confirmed(CHAT, ANN, group.id, CallRequest(""), pings=0, message_id=7)
    assert len(call.everybody) == 4
    with pytest.raises(TooSoon):
        await called(calls, message_id=8)
    assert await called(calls, message_id=7), "the command has the call that it was granted"
    await clock.advance(60)
    await store.notifygroups.mute(group.id, CHAT, 5, None)
    assert len((await called(calls, message_id=9)).everybody) == 3


async def test_a_command_that_had_the_call_has_it_again(groups: Groups, calls: Calls, clock: FakeClock):
    await a_group(groups, BOB)
    await called(calls, message_id=7)
    await clock.advance(5)
    again = await called(calls, message_id=7)
    assert again.first
    with pytest.raises(TooSoon) as caught:
        await called(calls, message_id=8)
    assert caught.value.wait_seconds == 55, "the cool-down does not begin anew"


async def test_who_is_named_in_the_text_takes_room_in_the_first_message(groups: Groups, calls: Calls):
    await a_group(groups, *range(2, 9))
    call = await called(calls, pings=2)
    assert (len(call.first), len(call.further)) == (3, 4)


async def test_a_call_that_came_to_nothing_can_be_made_again(groups: Groups, calls: Calls):
    await a_group(groups, BOB)
    call = await called(calls, message_id=7)
    await calls.take_back(call)
    assert await called(calls, BOB, message_id=8)
    await calls.take_back(call)
    with pytest.raises(TooSoon):
        await called(calls, message_id=9)


@pytest.mark.parametrize("gone", [True, False])
async def test_what_changed_while_the_call_was_claimed_is_told(
    store: Store, groups: Groups, calls: Calls, monkeypatch: pytest.MonkeyPatch, gone: bool
):
    group = await a_group(groups, BOB, 3)
    claim = type(store.notifygroups).claim_call

    async def after_a_change(self: NotifyGroups, *args: Any, **kwargs: Any) -> CallClaim:
        if gone:
            await store.life.purge(CHAT)
        else:
            await groups.leave(group, BOB)
        return await claim(self, *args, **kwargs)

    monkeypatch.setattr(type(store.notifygroups), "claim_call", after_a_change)
    with pytest.raises(GroupNotFound if gone else NotAMember):
        await called(calls, BOB)
