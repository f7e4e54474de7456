import asyncio
from datetime import timedelta
from typing import Any

import pytest

from gub.domain.errors import GroupNotFound, NobodyToCall, NotAMember, TooSoon
from gub.domain.limits import CALL_COOLDOWN
from gub.domain.values import Joining, KnownUser, NotifyGroup
from gub.services.calls import Call, Calls
from gub.services.groups import Groups
from gub.services.invited import Invited
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
    return Calls(store, groups, clock)


async def a_group(groups: Groups, *others: int) -> NotifyGroup:
    group = await groups.create(CHAT, ANN, "Warzone", None, None)
    for user_id in others:
        await groups.join(group, user_id)
    return group


async def test_the_others_are_called_by_what_is_known_of_them(store: Store, groups: Groups, calls: Calls):
    await a_group(groups, BOB, 3)
    await store.users.learn([KnownUser(BOB, "Bob")])
    call = await calls.call(CHAT, ANN, "WARZONE", "now")
    assert call.group.name == "Warzone"
    assert call.text == "now"
    assert call.batches == ((KnownUser(BOB, "Bob"), KnownUser(3, "")),)


async def test_of_many_calls_at_once_one_is_made(groups: Groups, calls: Calls):
    await a_group(groups, BOB)
    made = await asyncio.gather(*(calls.call(CHAT, ANN, "Warzone", None) for _ in range(20)), return_exceptions=True)
    assert sum(isinstance(one, Call) for one in made) == 1
    assert sum(isinstance(one, TooSoon) for one in made) == 19


async def test_the_cool_down_passes(groups: Groups, calls: Calls, clock: FakeClock):
    await a_group(groups, BOB)
    await calls.call(CHAT, ANN, "Warzone", None)
    await clock.advance(59)
    with pytest.raises(TooSoon) as caught:
        await calls.call(CHAT, BOB, "Warzone", None)
    assert caught.value.wait_seconds == 1
    await clock.advance(1)
    assert await calls.call(CHAT, BOB, "Warzone", None)
    assert timedelta(seconds=60) == CALL_COOLDOWN


async def test_who_may_not_call(store: Store, groups: Groups, calls: Calls):
    group = await a_group(groups, BOB)
    with pytest.raises(GroupNotFound):
        await calls.call(CHAT, ANN, "Chess", None)
    with pytest.raises(NotAMember) as caught:
        await calls.call(CHAT, 99, "warzone", None)
    assert (caught.value.name, caught.value.joinable) == ("Warzone", True)
    await groups.leave(group, BOB)
    with pytest.raises(NobodyToCall):
        await calls.call(CHAT, ANN, "Warzone", None)
    await groups.join(group, BOB)
    await groups.leave(group, ANN)
    assert (await calls.call(CHAT, ANN, "Warzone", None)).batches, "the creator may call without being a member"
    closed = await store.notifygroups.create(CHAT, ANN, "Closed", None, Joining.INVITE, None)
    with pytest.raises(NotAMember) as caught:
        await calls.call(CHAT, BOB, closed.name, None)
    assert not caught.value.joinable


async def test_d16_a_call_to_many_asks_the_store_no_more_than_one_to_few(groups: Groups, calls: Calls):
    await a_group(groups, *range(2, 102))
    call = await calls.call(CHAT, ANN, "Warzone", None)
    assert [len(batch) for batch in call.batches] == [5] * 20


async def test_a_command_that_had_the_call_has_it_again(groups: Groups, calls: Calls, clock: FakeClock):
    await a_group(groups, BOB)
    await calls.call(CHAT, ANN, "Warzone", "now", message_id=7)
    await clock.advance(5)
    again = await calls.call(CHAT, ANN, "Warzone", "now", message_id=7)
    assert again.batches
    with pytest.raises(TooSoon) as caught:
        await calls.call(CHAT, ANN, "Warzone", "now", message_id=8)
    assert caught.value.wait_seconds == 55, "the cool-down does not begin anew"


async def test_who_is_named_in_the_text_takes_room_in_the_first_message(groups: Groups, calls: Calls):
    await a_group(groups, *range(2, 9))
    call = await calls.call(CHAT, ANN, "Warzone", "@a and @b", pings=2)
    assert [len(batch) for batch in call.batches] == [3, 4]


async def test_a_call_that_came_to_nothing_can_be_made_again(groups: Groups, calls: Calls):
    await a_group(groups, BOB)
    call = await calls.call(CHAT, ANN, "Warzone", "now", message_id=7)
    await calls.take_back(call)
    assert await calls.call(CHAT, BOB, "Warzone", "now", message_id=8)
    await calls.take_back(call)
    with pytest.raises(TooSoon):
        await calls.call(CHAT, ANN, "Warzone", "now", message_id=9)


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
        await calls.call(CHAT, BOB, "Warzone", None)
