"""Many at once: exactly what one after the other would have done."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from gub.domain.errors import LimitReached, NameTaken
from gub.domain.limits import CALL_COOLDOWN, GROUP_MEMBERS, GROUPS_PER_CHAT
from gub.domain.values import ChatFacts, Joining, KnownUser, NotifyGroup
from gub.store.notifygroups import CallClaim, ClaimResult, JoinResult, LeaveResult
from gub.store.store import Store

CHAT = -1001234567890123
NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)


async def together(doings: Sequence[Awaitable[object]]) -> Counter[object]:
    """Do all at once; count the outcomes, an error by its class."""
    outcomes = await asyncio.gather(*doings, return_exceptions=True)
    return Counter(type(each) if isinstance(each, Exception | NotifyGroup) else each for each in outcomes)


async def new_group(store: Store, name: str = "War", creator: int = 1) -> NotifyGroup:
    return await store.notifygroups.create(CHAT, creator, name, None, Joining.OPEN, None)


async def test_fifty_people_join_at_once(store: Store) -> None:
    group = await new_group(store)
    outcomes = await together([store.notifygroups.join(group.id, CHAT, user) for user in range(2, 52)])
    assert outcomes == {JoinResult.JOINED: 50}
    after = await store.notifygroups.get(group.id, CHAT)
    assert after is not None
    assert sorted(after.members) == list(range(1, 52))


async def test_one_person_joins_fifty_times_at_once(store: Store) -> None:
    group = await new_group(store)
    outcomes = await together([store.notifygroups.join(group.id, CHAT, 2) for _ in range(50)])
    assert outcomes == {JoinResult.JOINED: 1, JoinResult.ALREADY: 49}


async def test_the_last_places_go_to_as_many_as_there_are(store: Store) -> None:
    group = await new_group(store)
    for user in range(2, GROUP_MEMBERS - 4):
        await store.notifygroups.join(group.id, CHAT, user)
    outcomes = await together([store.notifygroups.join(group.id, CHAT, user) for user in range(9000, 9050)])
    assert outcomes == {JoinResult.JOINED: 5, JoinResult.FULL: 45}
    after = await store.notifygroups.get(group.id, CHAT)
    assert after is not None
    assert len(after.members) == GROUP_MEMBERS


async def test_joining_and_leaving_at_once_loses_nobody(store: Store) -> None:
    group = await new_group(store)
    for user in range(2, 27):
        await store.notifygroups.join(group.id, CHAT, user)
    outcomes = await together(
        [
            *(store.notifygroups.leave(group.id, CHAT, user) for user in range(2, 27)),
            *(store.notifygroups.join(group.id, CHAT, user) for user in range(100, 125)),
        ]
    )
    assert outcomes == {LeaveResult.LEFT: 25, JoinResult.JOINED: 25}
    after = await store.notifygroups.get(group.id, CHAT)
    assert after is not None
    assert sorted(after.members) == [1, *range(100, 125)]


async def test_a_name_in_any_case_is_created_once(store: Store) -> None:
    """D22, D26: uniqueness is the index's, and without regard to case."""
    spellings = ["War", "war", "WAR", "wAr", "waR"] * 10
    outcomes = await together([new_group(store, name) for name in spellings])
    assert outcomes == {NotifyGroup: 1, NameTaken: 49}
    assert len(await store.notifygroups.of_chat(CHAT)) == 1


async def test_a_display_name_in_any_case_is_added_once(store: Store) -> None:
    """D26 for status users."""
    outcomes = await asyncio.gather(
        *(store.statususers.add(CHAT, 1, name, {}, None) for name in ["Ann", "ANN"] * 25), return_exceptions=True
    )
    assert sum(isinstance(each, NameTaken) for each in outcomes) == 49
    assert len(await store.statususers.of_chat(CHAT)) == 1


async def test_of_fifty_calls_at_once_one_is_made(store: Store) -> None:
    group = await new_group(store)
    claims = await asyncio.gather(
        *(store.notifygroups.claim_call(group.id, CHAT, 1, NOW, CALL_COOLDOWN) for _ in range(50))
    )
    assert Counter(claim.result for claim in claims) == {ClaimResult.CLAIMED: 1, ClaimResult.TOO_SOON: 49}
    assert {claim.wait_seconds for claim in claims if claim.result is ClaimResult.TOO_SOON} == {60}


async def test_a_call_may_follow_when_the_cooldown_has_passed(store: Store) -> None:
    group = await new_group(store)

    async def claim(seconds: float) -> tuple[ClaimResult, int]:
        at = NOW + timedelta(seconds=seconds)
        made = await store.notifygroups.claim_call(group.id, CHAT, 1, at, CALL_COOLDOWN)
        return made.result, made.wait_seconds

    assert await claim(0) == (ClaimResult.CLAIMED, 0)
    assert await claim(59.5) == (ClaimResult.TOO_SOON, 1)
    assert await claim(60) == (ClaimResult.CLAIMED, 0)


async def claim_by(store: Store, group: NotifyGroup, message_id: int, seconds: float = 0) -> CallClaim:
    at = NOW + timedelta(seconds=seconds)
    return await store.notifygroups.claim_call(group.id, CHAT, 1, at, CALL_COOLDOWN, message_id=message_id)


async def test_a_claim_that_came_to_nothing_is_given_back(store: Store) -> None:
    group = await new_group(store)
    first = await claim_by(store, group, 7)
    assert first.group is not None
    assert await store.notifygroups.release_call(first.group, 7)
    assert not await store.notifygroups.release_call(first.group, 7), "once is enough"
    assert (await claim_by(store, group, 8)).result is ClaimResult.CLAIMED
    assert not await store.notifygroups.release_call(first.group, 7), "that of the same moment is another's"


async def test_a_later_claim_is_not_given_back_for_an_earlier_one(store: Store) -> None:
    group = await new_group(store)
    first = await claim_by(store, group, 7)
    second = await claim_by(store, group, 8, CALL_COOLDOWN.total_seconds())
    assert second.result is ClaimResult.CLAIMED
    assert first.group is not None
    assert not await store.notifygroups.release_call(first.group, 7)
    assert (await claim_by(store, group, 9, 90)).result is ClaimResult.TOO_SOON


async def test_a_group_that_was_never_called_has_nothing_to_give_back(store: Store) -> None:
    assert not await store.notifygroups.release_call(await new_group(store), None)


async def test_of_a_claim_given_back_many_times_at_once_one_call_comes(store: Store) -> None:
    group = await new_group(store)
    claim = await claim_by(store, group, 7)
    assert claim.group is not None
    await asyncio.gather(*(store.notifygroups.release_call(claim.group, 7) for _ in range(20)))
    claims = await asyncio.gather(*(claim_by(store, group, number, 1) for number in range(20)))
    assert Counter(each.result for each in claims) == {ClaimResult.CLAIMED: 1, ClaimResult.TOO_SOON: 19}


async def test_who_may_call(store: Store) -> None:
    group = await new_group(store)
    assert await store.notifygroups.leave(group.id, CHAT, 1) is LeaveResult.LEFT
    stranger = await store.notifygroups.claim_call(group.id, CHAT, 7, NOW, CALL_COOLDOWN)
    creator = await store.notifygroups.claim_call(group.id, CHAT, 1, NOW, CALL_COOLDOWN)
    elsewhere = await store.notifygroups.claim_call(group.id, CHAT + 1, 1, NOW, CALL_COOLDOWN)
    assert (stranger.result, creator.result) == (ClaimResult.NOT_MEMBER, ClaimResult.CLAIMED)
    assert elsewhere.result is ClaimResult.GONE


async def test_a_chat_is_remembered_once(store: Store) -> None:
    await asyncio.gather(*(store.chats.remember(ChatFacts(CHAT, "supergroup", f"t{n}")) for n in range(50)))
    assert await store.chats.count() == 1


async def test_a_username_ends_with_one_owner(store: Store) -> None:
    learning = [store.users.learn([KnownUser(number, "A", username="Dragon")]) for number in range(1, 21)]
    await asyncio.gather(*learning)
    known = await store.users.get_many(range(1, 21))
    owners = [user for user in known.values() if user.username]
    assert len(known) == 20
    assert len(owners) == 1
    assert await store.users.by_username("@dRAGON") == owners[0]


async def test_a_chat_takes_only_so_many_groups(store: Store) -> None:
    for number in range(GROUPS_PER_CHAT):
        await new_group(store, f"g{number}")
    with pytest.raises(LimitReached):
        await new_group(store, "one more")
