import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field

import pytest

from gub.domain.limits import INVITATION_LIFETIME
from gub.domain.values import Joining, KnownUser, NotifyGroup
from gub.services.departures import Departures, HandedOver
from gub.services.invited import Invited
from gub.store.store import Store
from tests.support.clock import FakeClock

CHAT, ELSEWHERE = -1001, -1002
ANN, BOB, CEM, DEE = (KnownUser(number, name, username=name) for number, name in enumerate("ABCD", start=1))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def departures(store: Store) -> Departures:
    return Departures(store, Invited(store, asyncio.Event()))


@dataclass
class Here:
    """Who is in the chat, and about whom was asked."""

    people: Collection[KnownUser]
    asked: list[int] = field(default_factory=list)

    async def __call__(self, user_id: int) -> bool:
        self.asked.append(user_id)
        return user_id in {user.user_id for user in self.people}


async def a_group(store: Store, creator: KnownUser, name: str, *members: KnownUser, chat: int = CHAT) -> NotifyGroup:
    made = await store.notifygroups.create(chat, creator.user_id, name, None, Joining.OPEN, 7)
    for member in members:
        await store.notifygroups.join(made.id, chat, member.user_id)
    return made


async def now(store: Store, group: NotifyGroup) -> NotifyGroup:
    found = await store.notifygroups.find(group.id)
    assert found is not None
    return found


async def test_d18_a_leaver_is_dropped_from_all_groups_of_that_chat_alone(store: Store, departures: Departures):
    here = [await a_group(store, ANN, name, BOB, CEM) for name in ("A", "B")]
    there = await a_group(store, ANN, "A", BOB, chat=ELSEWHERE)
    assert await departures.left(CHAT, BOB, Here([ANN, CEM])) == []
    assert [(await now(store, group)).members for group in here] == [(1, 3), (1, 3)]
    assert (await now(store, there)).members == (1, 2)


async def test_a_leaver_is_asked_no_more_in_that_chat(store: Store, departures: Departures, clock: FakeClock):
    until = clock.now() + INVITATION_LIFETIME
    groups = [await a_group(store, ANN, "A"), await a_group(store, ANN, "A", chat=ELSEWHERE)]
    for group in groups:
        await store.invitations.create(group, ANN.user_id, (BOB.user_id, "@c"), None, until, message_id=5)
        await store.invited.refresh(group.id)
    await departures.left(CHAT, BOB, Here([ANN]))
    assert [(await now(store, group)).invited for group in groups] == [("@c",), (2, "@c")]
    await departures.left(CHAT, CEM, Here([ANN]))  # known by the username alone
    assert (await now(store, groups[0])).invited == ()


async def test_d32_the_longest_standing_member_who_is_there_looks_after_the_group(store: Store, departures: Departures):
    group = await a_group(store, ANN, "A", BOB, CEM, DEE)
    other = await a_group(store, ANN, "B", DEE, CEM)
    bobs = await a_group(store, BOB, "C", ANN)
    handed_over = await departures.left(CHAT, ANN, Here([CEM, DEE]))
    assert handed_over == [
        HandedOver(await now(store, group), CEM.user_id),
        HandedOver(await now(store, other), DEE.user_id),
    ]
    assert (await now(store, group)).creator_id == CEM.user_id
    assert (await now(store, group)).members == (2, 3, 4)
    assert (await now(store, bobs)).creator_id == BOB.user_id


async def test_d32_with_nobody_left_the_group_stays(store: Store, departures: Departures):
    group = await a_group(store, ANN, "A", BOB)
    alone = await a_group(store, ANN, "B")
    assert await departures.left(CHAT, ANN, Here([])) == []
    assert ((await now(store, group)).creator_id, (await now(store, group)).members) == (1, (2,))
    assert ((await now(store, alone)).creator_id, (await now(store, alone)).members) == (1, ())


async def test_a_creator_who_is_no_member_of_their_group_hands_it_on_as_well(store: Store, departures: Departures):
    group = await a_group(store, ANN, "A", BOB)
    await store.notifygroups.leave(group.id, CHAT, ANN.user_id)
    (handed_over,) = await departures.left(CHAT, ANN, Here([BOB]))
    assert handed_over.new_creator_id == BOB.user_id


async def test_each_is_asked_about_once_and_not_everybody(store: Store, departures: Departures):
    for name in ("A", "B", "C"):
        await a_group(store, ANN, name, BOB)
    here = Here([BOB])
    assert len(await departures.left(CHAT, ANN, here)) == 3
    assert here.asked == [BOB.user_id]

    big = await store.notifygroups.create(ELSEWHERE, ANN.user_id, "Big", None, Joining.OPEN, None)
    for user_id in range(100, 180):
        await store.notifygroups.join(big.id, ELSEWHERE, user_id)
    here = Here([])
    assert await departures.left(ELSEWHERE, ANN, here) == []
    assert len(here.asked) == 50


async def test_a_leave_handled_again_does_nothing_more(store: Store, departures: Departures):
    group = await a_group(store, ANN, "A", BOB, CEM)
    await departures.left(CHAT, ANN, Here([BOB, CEM]))
    before = await now(store, group)
    here = Here([BOB, CEM])
    assert await departures.left(CHAT, ANN, here) == []
    assert here.asked == []
    assert await now(store, group) == before


async def test_a_leave_cut_off_is_finished_when_it_is_handled_again(store: Store, departures: Departures):
    groups = [await a_group(store, ANN, name, BOB, CEM) for name in ("A", "B")]

    async def dies_at_the_second(user_id: int) -> bool:
        if user_id == CEM.user_id:
            raise ConnectionError
        return False

    await store.notifygroups.leave(groups[0].id, CHAT, CEM.user_id)
    with pytest.raises(ConnectionError):
        await departures.left(CHAT, ANN, dies_at_the_second)
    assert [one.new_creator_id for one in await departures.left(CHAT, ANN, Here([BOB]))] == [2, 2]


async def test_who_leaves_the_group_while_it_is_handed_over_is_passed_over(store: Store, departures: Departures):
    group = await a_group(store, ANN, "A", BOB, CEM)

    async def leaves_meanwhile(user_id: int) -> bool:
        if user_id == BOB.user_id:
            await store.notifygroups.leave(group.id, CHAT, BOB.user_id)
        return True

    (handed_over,) = await departures.left(CHAT, ANN, leaves_meanwhile)
    assert handed_over.new_creator_id == CEM.user_id


def deletes(store: Store, group: NotifyGroup) -> Awaitable[object]:
    return store.notifygroups.delete(group.id, CHAT, by=None)


def hands_over(store: Store, group: NotifyGroup) -> Awaitable[object]:
    return store.notifygroups.hand_over(group.id, CHAT, CEM.user_id, from_=ANN.user_id)


@pytest.mark.parametrize("happens", [deletes, hands_over])
async def test_what_happens_to_the_group_meanwhile_counts(
    store: Store, departures: Departures, happens: Callable[[Store, NotifyGroup], Awaitable[object]]
):
    group = await a_group(store, ANN, "A", BOB, CEM)

    async def meanwhile(_: int) -> bool:
        await happens(store, group)
        return True

    assert await departures.left(CHAT, ANN, meanwhile) == []
    after = await store.notifygroups.find(group.id)
    assert after is None or after.creator_id == CEM.user_id


async def test_bots_leave_nothing_behind(store: Store, departures: Departures):
    robot = KnownUser(9, "Rose", is_bot=True)
    group = await a_group(store, robot, "A", BOB)
    assert await departures.left(CHAT, robot, Here([BOB])) == []
    assert (await now(store, group)).members == (9, 2)


async def test_a_leave_told_of_the_group_that_became_a_supergroup_counts_there(store: Store, departures: Departures):
    old, new = -55, -100_55
    group = await a_group(store, ANN, "A", BOB, chat=old)
    await store.life.migrate(old, new)
    (handed_over,) = await departures.left(old, ANN, Here([BOB]))
    assert handed_over.group == await now(store, group)
    assert handed_over.group.chat_id == new


async def test_two_who_leave_at_once_leave_the_group_to_the_third(store: Store, departures: Departures):
    group = await a_group(store, ANN, "A", BOB, CEM)
    everybody = Here([CEM])
    await asyncio.gather(departures.left(CHAT, ANN, everybody), departures.left(CHAT, BOB, everybody))
    assert ((await now(store, group)).creator_id, (await now(store, group)).members) == (3, (3,))
