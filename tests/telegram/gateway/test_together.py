"""Several workers, one bot: what they send together."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from random import Random
from types import SimpleNamespace
from typing import Self

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gub.store.paces import Tally
from gub.telegram.gateway.calls import Lane, Toll
from gub.telegram.gateway.pace import OnHold, Pace, Pacer, PacerClosed, Turn
from gub.telegram.gateway.tallies import Rule, decide
from gub.telegram.gateway.together import Shared, Together
from gub.telegram.gateway.waiting import KEPT_FOR_ANSWERS
from tests.support.clock import START, FakeClock
from tests.telegram.gateway.books import MemoryBook
from tests.telegram.gateway.conftest import Log
from tests.telegram.gateway.test_pace import most_within

BOT, GROUP, PERSON = 42, -1001, 7
TICK = 0.002  # the time of day is known in whole milliseconds


class PatientClock(FakeClock):
    """Time passes when everybody has got as far as they can."""

    @staticmethod
    async def _settle() -> None:
        for _ in range(400):
            await asyncio.sleep(0)


@dataclass(frozen=True)
class Sent:
    at: float
    worker: int
    turn: Turn


class Crew:
    """Workers on one clock and one book; remembers who sent what when."""

    def __init__(self, size: int, pace: Pace, *, seed: int = 1, others: int | None = None) -> None:
        self.clock = PatientClock()
        self.book = MemoryBook(Random(seed))  # noqa: S311 - an order of events, no secret
        self.log = Log()
        self.others = size - 1 if others is None else others
        shared = Shared(self.book, lambda: self.others)
        self.workers = [
            SimpleNamespace(
                pacer=Pacer(pace, self.clock),
                together=Together(shared, pace, self.clock, patience=60, log=self.log),
            )
            for _ in range(size)
        ]
        self.sent: list[Sent] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        for _ in range(200):
            if all(task.done() for task in self._tasks):
                break
            await self.clock.advance(5)
        for worker in self.workers:
            worker.together.close()
            await worker.pacer.aclose()
        await asyncio.gather(*self._tasks)

    def send(
        self, worker: int, chat_id: int | None, lane: Lane = Lane.ANSWER, toll: Toll = Toll.MESSAGE
    ) -> asyncio.Task[None]:
        task = asyncio.create_task(self._send(worker, chat_id, lane, toll))
        self._tasks.append(task)
        return task

    async def settle(self) -> None:
        await self.clock.advance(0)

    def times(self, lane: Lane | None = None) -> list[float]:
        return [one.at for one in self.sent if lane is None or one.turn.lane is lane]

    async def _send(self, number: int, chat_id: int | None, lane: Lane, toll: Toll) -> None:
        worker = self.workers[number]
        turn = worker.pacer.turn(chat_id, lane, toll)
        await worker.pacer.enter(turn)
        await worker.together.enter(BOT, turn)
        self.sent.append(Sent(self.clock.monotonic(), number, turn))


@settings(max_examples=40)
@given(
    st.integers(2, 4),
    st.integers(0, 1000),
    st.lists(
        st.tuples(
            st.sampled_from([0.0, 0.0, 0.0, 0.1, 0.7, 3.0, 30.0]),
            st.integers(0, 3),
            st.sampled_from([GROUP, -1002, PERSON, 8, 9]),
            st.sampled_from(Lane),
            st.sampled_from([Toll.MESSAGE, Toll.MESSAGE, Toll.MESSAGE, Toll.CHAT]),
        ),
        max_size=50,
    ),
)
def test_together_no_limit_is_ever_exceeded_and_nobody_is_forgotten(
    size: int, seed: int, arrivals: list[tuple[float, int, int, Lane, Toll]]
) -> None:
    asyncio.run(check_limits(size, seed, arrivals))


async def check_limits(size: int, seed: int, arrivals: list[tuple[float, int, int, Lane, Toll]]) -> None:
    pace = Pace(overall_per_second=4, chat_per_second=1, chat_burst=3, group_per_minute=8)
    async with Crew(size, pace, seed=seed) as crew:
        for pause, worker, chat_id, lane, toll in arrivals:
            crew.send(worker % size, chat_id, lane, toll)
            await crew.clock.advance(pause)
    assert len(crew.sent) == len(arrivals)
    assert most_within(crew.times(), 1 - TICK) <= 4
    messages = defaultdict(list)
    for one in crew.sent:
        if one.turn.toll is Toll.MESSAGE:
            messages[one.turn.chat_id].append(one.at)
    for chat_id, times in messages.items():
        for seconds in (1, 5, 20):
            assert most_within(times, seconds - TICK) <= 3 + seconds - 1
        if isinstance(chat_id, int) and chat_id < 0:
            assert most_within(times, 60 - TICK) <= 8


async def test_alone_nothing_is_asked() -> None:
    async with Crew(1, Pace.telegram()) as crew:
        for _ in range(5):
            crew.send(0, GROUP)
        await crew.workers[0].together.hold(BOT, GROUP, 5)
    assert crew.book.done == {}


async def test_three_who_call_many_chats_have_thirty_a_second_together() -> None:
    async with Crew(3, Pace.telegram()) as crew:
        for chat_id in range(1, 91):
            crew.send(chat_id % 3, chat_id)
        await crew.settle()
        assert len(crew.sent) == 30
        await crew.clock.advance(1.01)
        assert len(crew.sent) == 60
    assert len(crew.sent) == 90
    assert most_within(crew.times(), 1 - TICK) == 30


async def test_those_who_come_at_once_ask_by_few_questions() -> None:
    async with Crew(2, Pace.telegram()) as crew:
        for chat_id in range(1, 25):
            crew.send(0, chat_id, toll=Toll.CHAT)
        await crew.settle()
        assert len(crew.sent) == 24
        assert crew.book.done["read"] == 1
        assert crew.book.done["write"] <= 3


async def test_what_another_announces_leaves_room_for_answers_at_once() -> None:
    async with Crew(3, Pace.telegram()) as crew:
        for chat_id in range(1, 301):
            crew.send(0, chat_id, Lane.BULK)
        await crew.clock.advance(2.5)
        for moment in range(6):
            answers = [crew.send(1 + moment % 2, 1000 + 2 * moment + one) for one in range(2)]
            await crew.settle()
            assert all(answer.done() for answer in answers)
            await crew.clock.advance(1)
    assert len(crew.times(Lane.BULK)) == 300
    assert most_within(crew.times(), 1 - TICK) <= 30


async def test_once_all_is_full_answers_go_before_what_another_announces() -> None:
    async with Crew(2, Pace.telegram()) as crew:
        for chat_id in range(1, 121):
            crew.send(0, chat_id, Lane.BULK)
        await crew.settle()
        for chat_id in range(1001, 1061):
            crew.send(1, chat_id)
        await crew.clock.advance(1.01)
        assert len(crew.times(Lane.ANSWER)) == 30
        await crew.clock.advance(1.01)
        assert len(crew.times(Lane.ANSWER)) == 60


async def test_in_a_group_another_workers_call_leaves_room_for_answers() -> None:
    async with Crew(2, Pace.telegram()) as crew:
        for _ in range(30):
            crew.send(0, GROUP, Lane.BESIDE)
        await crew.settle()
        await crew.clock.advance(30)
        for _ in range(KEPT_FOR_ANSWERS):
            answer = crew.send(1, GROUP)
            await crew.clock.advance(2)
            assert answer.done()
    assert most_within(crew.times(), 60 - TICK) == 20
    assert len(crew.sent) == 30 + KEPT_FOR_ANSWERS


async def test_answers_of_one_chat_keep_their_order() -> None:
    async with Crew(2, Pace.telegram()) as crew:
        for _ in range(8):
            crew.send(0, PERSON)
            crew.send(1, PERSON)
    for worker in range(2):
        numbers = [one.turn.number for one in crew.sent if one.worker == worker]
        assert numbers == sorted(numbers)


@pytest.mark.parametrize("held", [GROUP, None])
async def test_what_telegram_orders_one_all_obey(held: int | None) -> None:
    async with Crew(2, Pace.telegram()) as crew:
        await crew.workers[0].together.hold(BOT, held, 20)
        crew.send(1, GROUP)
        crew.send(1, PERSON)
        await crew.clock.advance(19.9)
        assert [one.turn.chat_id for one in crew.sent] == ([PERSON] if held else [])
        crew.send(1, GROUP, toll=Toll.CHAT)
        crew.send(1, None, toll=Toll.POLL)
        free = crew.send(1, None, toll=Toll.FREE)
        await crew.settle()
        assert free.done() is (held is not None)
        await crew.clock.advance(0.2)
        assert len(crew.sent) == 5


@pytest.mark.parametrize("held", [GROUP, None])
async def test_a_longer_wait_than_anybodys_patience_turns_away(held: int | None) -> None:
    crew = Crew(2, Pace.telegram())
    await crew.workers[0].together.hold(BOT, held, 1000)
    await crew.workers[0].together.hold(BOT, held, 10)  # shortens nothing
    turn = crew.workers[1].pacer.turn(GROUP, Lane.ANSWER, Toll.MESSAGE)
    with pytest.raises(OnHold) as caught:
        await crew.workers[1].together.enter(BOT, turn)
    assert caught.value.seconds == pytest.approx(1000)


async def test_while_the_database_is_away_each_keeps_its_own_pace() -> None:
    async with Crew(2, Pace.telegram()) as crew:
        crew.book.away = True
        for _ in range(6):
            crew.send(0, PERSON)
        await crew.settle()
        await crew.clock.advance(5)
        assert len(crew.sent) == 6
        asked = sum(crew.book.done.values())
        assert asked <= 2
        crew.send(0, 8)
        await crew.settle()
        assert sum(crew.book.done.values()) == asked
        crew.book.away = False
        await crew.clock.advance(6)
        crew.send(0, 9)
        await crew.settle()
        assert crew.book.tallies[f"{BOT}:9"].taken == ()
        assert crew.book.tallies[f"{BOT}:9"].due > 0
    assert [event for event, _ in crew.log.lines] == ["sending without asking the other workers"]


async def test_who_is_left_alone_waits_for_nobody() -> None:
    async with Crew(2, Pace.telegram()) as crew:
        for _ in range(3):
            crew.send(0, PERSON)
        await crew.settle()
        waiting = crew.send(1, PERSON)
        await crew.settle()
        assert not waiting.done()
        crew.others = 0
        await crew.clock.advance(1.01)
        asked = crew.book.done.copy()
        crew.send(1, PERSON)
        await crew.settle()
        assert crew.book.done == asked


async def test_closed_it_lets_nobody_in() -> None:
    crew = Crew(2, Pace.telegram())
    await crew.workers[0].together.hold(BOT, None, 20)
    waiting = [
        asyncio.create_task(crew.workers[1].together.enter(BOT, Turn(number, GROUP, Lane.ANSWER, Toll.MESSAGE)))
        for number in range(3)
    ]
    await crew.settle()
    crew.workers[1].together.close()
    assert [type(error) for error in await asyncio.gather(*waiting, return_exceptions=True)] == [PacerClosed] * 3
    assert crew.clock.sleepers == 0


async def test_who_gives_up_leaves_its_place_to_the_next() -> None:
    async with Crew(2, Pace(chat_burst=1)) as crew:
        shared = crew.workers[1].together
        await shared.enter(BOT, Turn(0, PERSON, Lane.ANSWER, Toll.MESSAGE))
        waiting = [
            asyncio.create_task(shared.enter(BOT, Turn(number, PERSON, Lane.ANSWER, Toll.MESSAGE)))
            for number in range(1, 3)
        ]
        await crew.settle()
        waiting[0].cancel()
        await crew.clock.advance(1.01)
        assert waiting[0].cancelled()
        assert waiting[1].done()


async def test_idle_chats_are_forgotten() -> None:
    crew = Crew(2, Pace(overall_per_second=1000))
    shared = crew.workers[0].together
    for batch in range(30):
        for one in range(20):
            await shared.enter(BOT, Turn(one, 1 + one + 20 * batch, Lane.ANSWER, Toll.MESSAGE))
        await FakeClock.advance(crew.clock, 10)
    assert shared.remembered <= 2 * 20 * 5


def test_a_clock_far_ahead_stops_nobody() -> None:
    rule = Rule.of_chat(Pace.telegram(), GROUP)
    now = START.timestamp()
    ahead = decide(decide_many(rule, now + 3600), rule, [Lane.ANSWER], now)
    assert ahead.waits == (0.0,)
    close = decide(decide_many(rule, now + 1), rule, [Lane.ANSWER], now)
    assert close.waits[0] > 0


def decide_many(rule: Rule, now: float) -> Tally:
    return decide(Tally(), rule, [Lane.ANSWER] * 10, now).tally
