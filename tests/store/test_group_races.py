"""Changes of one group that meet: each outcome is one that some order of them would have had."""

import asyncio
from collections import Counter
from collections.abc import Awaitable
from datetime import timedelta

import pytest

from gub.domain.errors import NameTaken
from gub.domain.values import Joining, NotifyGroup
from gub.store.notifygroups import Change, JoinResult, LeaveResult
from gub.store.store import Store
from tests.support.clock import START

CHAT = -1001234567890123
ANN, BOB, CYD = 1, 2, 3
ROUNDS = 10


async def together(*doings: Awaitable[object]) -> list[object]:
    """Do all at once; give the outcomes in their order, an error as its class."""
    outcomes = await asyncio.gather(*doings, return_exceptions=True)
    return [type(each) if isinstance(each, Exception) else each for each in outcomes]


async def war(store: Store, *members: int, name: str = "War") -> NotifyGroup:
    group = await store.notifygroups.create(CHAT, ANN, name, None, Joining.OPEN, None)
    for user_id in members:
        await store.notifygroups.join(group.id, CHAT, user_id)
    return group


async def test_of_two_admins_and_the_creator_one_deletes(store: Store) -> None:
    for _ in range(ROUNDS):
        group = await war(store, BOB)
        delete = store.notifygroups.delete
        outcomes = await together(
            delete(group.id, CHAT, by=None), delete(group.id, CHAT, by=None), delete(group.id, CHAT, by=ANN)
        )
        assert Counter(outcomes) == {Change.DONE: 1, Change.GONE: 2}


async def test_a_group_is_given_to_one_of_two(store: Store) -> None:
    for _ in range(ROUNDS):
        group = await war(store, BOB, CYD)
        give = store.notifygroups.hand_over
        outcomes = await together(give(group.id, CHAT, BOB, from_=ANN), give(group.id, CHAT, CYD, from_=ANN))
        assert Counter(outcomes) == {Change.DONE: 1, Change.NOT_ALLOWED: 1}
        after = await store.notifygroups.find(group.id)
        assert after is not None
        assert after.creator_id == (BOB, CYD)[outcomes.index(Change.DONE)]
        await store.notifygroups.delete(group.id, CHAT, by=None)


async def test_who_leaves_while_they_are_given_the_group_has_it_or_has_not(store: Store) -> None:
    """Both orders are right: given first, they own a group that they left; left first, there was nobody to give to."""
    for _ in range(ROUNDS):
        group = await war(store, BOB)
        given, left = await together(
            store.notifygroups.hand_over(group.id, CHAT, BOB, from_=ANN), store.notifygroups.leave(group.id, CHAT, BOB)
        )
        after = await store.notifygroups.find(group.id)
        assert after is not None
        assert left is LeaveResult.LEFT
        assert after.members == (ANN,)
        assert (given, after.creator_id) in {(Change.DONE, BOB), (Change.NOT_ALLOWED, ANN)}
        await store.notifygroups.delete(group.id, CHAT, by=None)


async def test_who_hands_over_while_editing_edits_before_or_not_at_all(store: Store) -> None:
    for _ in range(ROUNDS):
        group = await war(store, BOB)
        given, renamed = await together(
            store.notifygroups.hand_over(group.id, CHAT, BOB, from_=ANN),
            store.notifygroups.rename(group.id, CHAT, "Peace", by=ANN),
        )
        after = await store.notifygroups.find(group.id)
        assert after is not None
        assert given is Change.DONE
        assert (renamed, after.name) in {(Change.DONE, "Peace"), (Change.NOT_ALLOWED, "War")}
        await store.notifygroups.delete(group.id, CHAT, by=None)


async def test_two_groups_never_get_one_name(store: Store) -> None:
    """D22, D26."""
    first, second = await war(store, name="a"), await war(store, name="b")
    for number in range(ROUNDS):
        outcomes = await together(
            store.notifygroups.rename(first.id, CHAT, f"Same{number}", by=ANN),
            store.notifygroups.rename(second.id, CHAT, f"SAME{number}", by=ANN),
            store.notifygroups.create(CHAT, BOB, f"same{number}", None, Joining.OPEN, None),
        )
        assert outcomes.count(NameTaken) == 2
        names = [group.name.lower() for group in await store.notifygroups.of_chat(CHAT)]
        assert names.count(f"same{number}") == 1
        for group in await store.notifygroups.of_chat(CHAT):
            if group.id not in {first.id, second.id}:
                await store.notifygroups.delete(group.id, CHAT, by=None)


async def test_who_leaves_while_muting_leaves_no_mute(store: Store) -> None:
    group = await war(store, BOB)
    for _ in range(ROUNDS):
        muted, left = await together(
            store.notifygroups.mute(group.id, CHAT, BOB, None), store.notifygroups.leave(group.id, CHAT, BOB)
        )
        assert muted in {Change.DONE, Change.NOT_ALLOWED}
        assert left is LeaveResult.LEFT
        after = await store.notifygroups.find(group.id)
        assert after is not None
        assert (after.members, after.mutes) == ((ANN,), {})
        assert await store.notifygroups.join(group.id, CHAT, BOB) is JoinResult.JOINED


async def test_fifty_who_mute_at_once_are_all_left_in_peace(store: Store) -> None:
    people = range(2, 52)
    group = await war(store, *people)
    outcomes = await together(
        *(store.notifygroups.mute(group.id, CHAT, user, START + timedelta(minutes=user)) for user in people)
    )
    assert Counter(outcomes) == {Change.DONE: 50}
    after = await store.notifygroups.find(group.id)
    assert after is not None
    assert after.mutes == {user: START + timedelta(minutes=user) for user in people}


@pytest.mark.parametrize("way", ["leave", "remove"])
async def test_a_member_goes_once(store: Store, way: str) -> None:
    group = await war(store, BOB)
    for _ in range(ROUNDS):
        leave = store.notifygroups.leave(group.id, CHAT, BOB)
        if way == "leave":
            outcomes = await together(leave, store.notifygroups.leave(group.id, CHAT, BOB))
            assert Counter(outcomes) == {LeaveResult.LEFT: 1, LeaveResult.NOT_MEMBER: 1}
        else:
            outcomes = await together(leave, store.notifygroups.remove_member(group.id, CHAT, BOB, by=ANN))
            assert outcomes in ([LeaveResult.LEFT, Change.SAME], [LeaveResult.NOT_MEMBER, Change.DONE])
        await store.notifygroups.join(group.id, CHAT, BOB)


async def test_whatever_meets_a_deletion_finds_the_group_or_says_that_it_is_gone(store: Store) -> None:
    for _ in range(ROUNDS):
        group = await war(store, BOB)
        groups = store.notifygroups
        deleted, *others = await together(
            groups.delete(group.id, CHAT, by=ANN),
            groups.rename(group.id, CHAT, "Peace", by=ANN),
            groups.hand_over(group.id, CHAT, BOB, from_=ANN),
            groups.mute(group.id, CHAT, BOB, None),
            groups.join(group.id, CHAT, CYD),
            groups.leave(group.id, CHAT, BOB),
        )
        if deleted is Change.DONE:
            assert await groups.find(group.id) is None
        else:
            assert deleted is Change.NOT_ALLOWED, "it was handed over before"
            assert others[1] is Change.DONE
            await groups.delete(group.id, CHAT, by=None)
        assert {outcome.value for outcome in others if isinstance(outcome, Change | JoinResult | LeaveResult)} <= {
            *("done", "gone", "not_allowed", "joined", "left"),
        }
        assert await groups.rename(group.id, CHAT, "Peace", by=ANN) is Change.GONE
