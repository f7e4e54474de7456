"""Who may send when."""

import asyncio
import bisect
import itertools
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Self

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gub.telegram.gateway.calls import Lane, Toll
from gub.telegram.gateway.pace import OnHold, Pace, Pacer, PacerClosed, Turn
from gub.telegram.gateway.waiting import KEPT_FOR_ANSWERS
from tests.support.clock import FakeClock

GROUP, PERSON = -1001, 7


@dataclass(frozen=True)
class Entered:
    at: float
    turn: Turn


class Door:
    """Many callers at one pacer; remembers who got in when."""

    def __init__(self, pace: Pace) -> None:
        self.clock = FakeClock()
        self.pacer = Pacer(pace, self.clock)
        self.entered: list[Entered] = []
        self._group: asyncio.TaskGroup | None = None

    async def __aenter__(self) -> Self:
        self._group = asyncio.TaskGroup()
        await self._group.__aenter__()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.settle()
        while self.pacer.waiting:
            await self.clock.advance(5)
        assert self._group is not None
        await self._group.__aexit__(None, None, None)
        await self.pacer.aclose()

    def come(self, chat_id: int | None, lane: Lane = Lane.ANSWER, toll: Toll = Toll.MESSAGE) -> asyncio.Task[None]:
        return self.come_again(self.pacer.turn(chat_id, lane, toll))

    def come_again(self, turn: Turn) -> asyncio.Task[None]:
        assert self._group is not None
        return self._group.create_task(self._enter(turn))

    async def settle(self) -> None:
        await self.clock.advance(0)

    @property
    def chats(self) -> list[int | str | None]:
        return [entered.turn.chat_id for entered in self.entered]

    @property
    def times(self) -> list[float]:
        return [entered.at for entered in self.entered]

    async def _enter(self, turn: Turn) -> None:
        await self.pacer.enter(turn)
        self.entered.append(Entered(self.clock.monotonic(), turn))


def most_within(times: list[float], seconds: float) -> int:
    """The most of these times that lie within any stretch that is a hair shorter than so many seconds."""
    times = sorted(times)
    ends = (bisect.bisect_left(times, start + seconds - 1e-6) for start in times)
    return max((end - start for start, end in enumerate(ends)), default=0)


callers = st.lists(
    st.tuples(
        st.sampled_from([0.0, 0.0, 0.0, 0.1, 0.7, 3.0, 30.0]),
        st.sampled_from([GROUP, -1002, PERSON, 8, 9]),
        st.sampled_from(Lane),
        st.sampled_from([Toll.MESSAGE, Toll.MESSAGE, Toll.MESSAGE, Toll.CHAT]),
        st.integers(min_value=0, max_value=9),  # 0: gives up before long
    ),
    max_size=60,
)


# Two of one chat fall due in the moment in which the second comes: it must not overtake the first.
OVERTAKING = [
    (0.0, GROUP, Lane.ANSWER, Toll.MESSAGE, 9),
    (0.0, GROUP, Lane.ANSWER, Toll.MESSAGE, 9),
    (0.0, -1002, Lane.ANSWER, Toll.MESSAGE, 9),
    (0.7, GROUP, Lane.ANSWER, Toll.MESSAGE, 9),
    (0.0, -1002, Lane.BULK, Toll.MESSAGE, 9),
    (0.7, -1002, Lane.BULK, Toll.MESSAGE, 9),
]


@given(callers)
@example(OVERTAKING)
@settings(max_examples=60)
def test_no_limit_is_ever_exceeded_and_nobody_is_forgotten(
    arrivals: list[tuple[float, int, Lane, Toll, int]],
) -> None:
    asyncio.run(check_limits(arrivals))


async def check_limits(arrivals: list[tuple[float, int, Lane, Toll, int]]) -> None:
    pace = Pace(overall_per_second=4, chat_per_second=1, chat_burst=3, group_per_minute=8)
    gave_up = 0
    async with Door(pace) as door:
        for pause, chat_id, lane, toll, patience in arrivals:
            task = door.come(chat_id, lane, toll)
            if patience == 0:
                await door.settle()
                gave_up += not task.done()
                task.cancel()
            await door.clock.advance(pause)
    assert len(door.entered) == len(arrivals) - gave_up
    assert most_within(door.times, 1) <= 4
    messages = defaultdict(list)
    order = defaultdict(list)
    for one in door.entered:
        order[one.turn.chat_id, one.turn.lane, one.turn.toll].append(one.turn.number)
        if one.turn.toll is Toll.MESSAGE:
            messages[one.turn.chat_id].append(one.at)
    for numbers in order.values():
        assert numbers == sorted(numbers)
    for chat_id, times in messages.items():
        assert isinstance(chat_id, int)
        for seconds in (1, 5, 20):
            assert most_within(times, seconds) <= 3 + seconds - 1
        if chat_id < 0:
            assert most_within(times, 60) <= 8


async def test_a_chat_gets_a_burst_and_then_one_a_second():
    async with Door(Pace.telegram()) as door:
        for _ in range(6):
            door.come(PERSON)
    assert door.times == pytest.approx([0, 0, 0, 1, 2, 3], abs=0.01)


async def test_a_group_gets_twenty_a_minute_and_a_person_more():
    async with Door(Pace.telegram()) as door:
        for _ in range(25):
            door.come(GROUP)
            door.come(PERSON)
    by_chat = Counter(one.turn.chat_id for one in door.entered if one.at < 59.9)
    assert by_chat == {GROUP: 20, PERSON: 25}


async def test_thirty_a_second_overall():
    async with Door(Pace.telegram()) as door:
        for chat_id in range(1, 71):
            door.come(chat_id)
    assert door.times == pytest.approx([0] * 30 + [1] * 30 + [2] * 10, abs=0.01)
    assert door.chats == list(range(1, 71))


async def test_answers_go_before_bulk_of_any_chat():
    async with Door(Pace(overall_per_second=2)) as door:
        for chat_id in range(1, 7):
            door.come(chat_id, Lane.BULK)
        await door.settle()
        for chat_id in (11, 12, 13):
            door.come(chat_id)
    assert door.chats == [1, 2, 11, 12, 13, 3, 4, 5, 6]


async def test_answers_go_before_bulk_in_one_chat():
    async with Door(Pace(chat_burst=1)) as door:
        for lane in (Lane.BULK, Lane.BULK, Lane.ANSWER, Lane.ANSWER):
            door.come(PERSON, lane)
            await door.settle()
    assert [one.turn.lane for one in door.entered] == [Lane.BULK, Lane.ANSWER, Lane.ANSWER, Lane.BULK]


@pytest.mark.parametrize("lane", [Lane.BESIDE, Lane.BULK])
async def test_what_goes_on_beside_leaves_a_group_room_for_answers(lane: Lane):
    async with Door(Pace.telegram()) as door:
        for _ in range(30):
            door.come(GROUP, lane)
        await door.settle()
        await door.clock.advance(20)
        for _ in range(KEPT_FOR_ANSWERS):
            asked = door.clock.monotonic()
            door.come(GROUP)
            await door.clock.advance(2)
            assert [one for one in door.entered if one.turn.lane is Lane.ANSWER and one.at >= asked]
    answered = sum(one.turn.lane is Lane.ANSWER for one in door.entered)
    assert (answered, len(door.entered)) == (KEPT_FOR_ANSWERS, 30 + KEPT_FOR_ANSWERS)
    assert most_within(door.times, 60) == 20


async def test_a_chat_that_waits_for_itself_blocks_no_other():
    async with Door(Pace.telegram()) as door:
        for _ in range(30):
            door.come(GROUP)
        await door.clock.advance(30)
        before = len(door.entered)
        door.come(PERSON)
        await door.settle()
        assert door.chats[before:] == [PERSON]


async def test_asking_is_not_held_up_by_messages_of_the_chat():
    async with Door(Pace.telegram()) as door:
        for _ in range(30):
            door.come(GROUP)
        asking = door.come(GROUP, toll=Toll.CHAT)
        await door.settle()
        assert asking.done()


async def test_what_belongs_to_no_chat_does_not_wait():
    async with Door(Pace(overall_per_second=1)) as door:
        for toll in [Toll.FREE, Toll.POLL] * 50:
            door.come(None, toll=toll)
        await door.settle()
        assert len(door.entered) == 100


async def test_unlimited_is():
    async with Door(Pace.unlimited()) as door:
        for _ in range(500):
            door.come(GROUP)
        await door.settle()
        assert len(door.entered) == 500


async def test_who_gives_up_frees_the_place():
    async with Door(Pace(chat_burst=1)) as door:
        door.come(PERSON)
        second = door.come(PERSON)
        third = door.come(PERSON)
        await door.settle()
        second.cancel()
        await door.clock.advance(1.01)
        assert third.done()
        assert door.pacer.waiting == 0


async def test_when_all_give_up_nothing_stays():
    async with Door(Pace(chat_burst=1)) as door:
        tasks = [door.come(PERSON) for _ in range(10)]
        await door.settle()
        for task in tasks:
            task.cancel()
        await door.settle()
        assert door.pacer.waiting == 0
        assert door.clock.sleepers == 0


async def test_who_comes_again_is_before_who_came_later():
    async with Door(Pace(chat_burst=1)) as door:
        first = door.pacer.turn(PERSON, Lane.ANSWER, Toll.MESSAGE)
        await door.pacer.enter(first)
        later = [door.come(PERSON) for _ in range(2)]
        await door.settle()
        door.pacer.hold(PERSON, 20)
        door.come_again(first)
        await door.clock.advance(20.1)
        assert [one.turn for one in door.entered] == [first]
        await door.clock.advance(2.1)
        assert all(task.done() for task in later)


async def test_a_hold_of_a_chat_is_its_own():
    async with Door(Pace.telegram()) as door:
        door.pacer.hold(GROUP, 10)
        door.come(GROUP)
        door.come(GROUP, toll=Toll.CHAT)
        door.come(PERSON)
        await door.clock.advance(9.9)
        assert door.chats == [PERSON]
        await door.clock.advance(0.2)
        assert door.chats == [PERSON, GROUP, GROUP]


async def test_a_hold_of_all_holds_all_but_the_poll():
    async with Door(Pace.telegram()) as door:
        waiting = [door.come(GROUP, Lane.ANSWER, Toll.MESSAGE) for _ in range(4)]
        await door.settle()
        door.pacer.hold(None, 10)
        others = [door.come(PERSON), door.come(PERSON, toll=Toll.CHAT), door.come(None, toll=Toll.FREE)]
        poll = door.come(None, toll=Toll.POLL)
        await door.clock.advance(9.9)
        assert poll.done()
        assert len(door.entered) == 3 + 1
        await door.clock.advance(0.2)
        assert all(task.done() for task in [*waiting, *others])


async def test_a_shorter_hold_does_not_end_a_longer_one():
    async with Door(Pace.telegram()) as door:
        door.pacer.hold(GROUP, 20)
        door.pacer.hold(GROUP, 5)
        door.come(GROUP)
        await door.clock.advance(19)
        assert door.entered == []


@pytest.mark.parametrize("held", [GROUP, None])
async def test_a_long_hold_turns_away_who_waits_and_who_comes(held: int | None):
    clock = FakeClock()
    pacer = Pacer(Pace(chat_burst=1), clock)
    turns = [pacer.turn(GROUP, Lane.ANSWER, Toll.MESSAGE) for _ in range(3)]
    await pacer.enter(turns[0])
    waiting = asyncio.create_task(pacer.enter(turns[1]))
    await clock.until_sleeping()
    pacer.hold(held, 1000)
    with pytest.raises(OnHold) as caught:
        await waiting
    assert caught.value.seconds == 1000
    await clock.advance(900)
    with pytest.raises(OnHold) as caught:
        await pacer.enter(turns[2])
    assert caught.value.seconds == pytest.approx(100)
    await clock.advance(100)
    await pacer.enter(turns[2])
    await pacer.aclose()


async def test_closed_it_lets_nobody_in():
    clock = FakeClock()
    pacer = Pacer(Pace(chat_burst=1), clock)
    await pacer.enter(pacer.turn(GROUP, Lane.ANSWER, Toll.MESSAGE))
    waiting = asyncio.create_task(pacer.enter(pacer.turn(GROUP, Lane.ANSWER, Toll.MESSAGE)))
    await clock.until_sleeping()
    await pacer.aclose()
    with pytest.raises(PacerClosed):
        await waiting
    for toll in Toll:
        with pytest.raises(PacerClosed):
            await pacer.enter(pacer.turn(GROUP, Lane.ANSWER, toll))
    assert clock.sleepers == 0


async def test_idle_chats_are_forgotten():
    clock = FakeClock()
    pacer = Pacer(Pace(overall_per_second=1000), clock)
    for batch in range(50):
        for chat_id in range(20):
            await pacer.enter(pacer.turn(-1 - chat_id - 20 * batch, Lane.ANSWER, Toll.MESSAGE))
        await clock.advance(10)
    # Those of the last minute, and some that were not looked at yet.
    assert pacer.remembered <= 2 * 20 * 7
    for _ in range(200):
        await pacer.enter(pacer.turn(GROUP, Lane.ANSWER, Toll.CHAT))
        await clock.advance(60)
    assert pacer.remembered == 1
    await pacer.aclose()


async def test_waiting_costs_no_more_than_once_for_each():
    """Thousands of announcements are let through without looking at all of them each time."""
    async with Door(Pace(overall_per_second=500, chat_burst=1)) as door:
        for chat_id in itertools.chain(range(1, 2001), range(1, 2001)):
            door.come(chat_id, Lane.BULK)
    assert len(door.entered) == 4_000
    assert most_within(door.times, 1) <= 500
