import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gub.platforms.errors import RateLimited
from gub.platforms.limiter import Budget
from tests.platforms.clocks import SkippingClock, TickingClock
from tests.support.clock import FakeClock


async def take(budget: Budget, name: int, order: list[int], deadline: float | None = None) -> None:
    await budget.acquire(deadline)
    order.append(name)


async def test_what_fits_is_given_at_once_and_the_rest_in_order() -> None:
    clock = FakeClock()
    budget = Budget([(2, 15.0), (3, 300.0)], clock)
    order: list[int] = []
    async with asyncio.TaskGroup() as group:
        for name in range(5):
            group.create_task(take(budget, name, order))
            await asyncio.sleep(0)
        assert order == [0, 1]
        await clock.advance(14.9)
        assert order == [0, 1]
        await clock.advance(0.1)
        assert order == [0, 1, 2]
        await clock.advance(284.9)
        assert order == [0, 1, 2]
        await clock.advance(0.1)
        assert order == [0, 1, 2, 3, 4]


async def test_who_cannot_be_served_in_time_is_told_at_once_and_when() -> None:
    clock = FakeClock()
    budget = Budget([(1, 10.0)], clock)
    await budget.acquire()
    first = asyncio.create_task(budget.acquire(clock.monotonic() + 10))
    await clock.until_sleeping()
    with pytest.raises(RateLimited) as caught:
        await budget.acquire(clock.monotonic() + 15)
    assert caught.value.retry_after == pytest.approx(20)
    await clock.advance(10)
    await first


async def test_who_does_not_wait_at_all_has_what_is_free_though_time_goes_on() -> None:
    clock = TickingClock()
    budget = Budget([(2, 10.0)], clock)
    await budget.acquire(clock.monotonic())
    await budget.acquire(clock.monotonic())
    with pytest.raises(RateLimited):
        await budget.acquire(clock.monotonic())


async def test_a_cancelled_waiter_gives_its_turn_on() -> None:
    clock = FakeClock()
    budget = Budget([(1, 10.0)], clock)
    await budget.acquire()
    order: list[int] = []
    waiters = []
    for name in range(3):
        waiters.append(asyncio.create_task(take(budget, name, order)))
        await asyncio.sleep(0)
    waiters[0].cancel()
    await asyncio.wait([waiters[0]])
    await clock.advance(10)
    assert order == [1]
    waiters[2].cancel()
    await asyncio.wait(waiters)
    await clock.advance(10)
    await budget.acquire(clock.monotonic())


async def test_a_hold_stops_everybody_who_cannot_wait_for_its_end() -> None:
    clock = FakeClock()
    budget = Budget([(1, 1.0)], clock)
    await budget.acquire()
    order: list[int] = []
    patient = asyncio.create_task(take(budget, 1, order, clock.monotonic() + 100))
    hasty = asyncio.create_task(take(budget, 2, order, clock.monotonic() + 5))
    await clock.until_sleeping()
    budget.hold(30)
    await clock.advance(1)
    assert order == []
    await clock.advance(29)
    assert order == [1]
    await patient
    with pytest.raises(RateLimited):
        await hasty


async def test_a_day_of_requests_takes_little_room() -> None:
    clock = SkippingClock()
    budget = Budget([(100_000, 86_400.0)], clock)
    for _ in range(20_000):
        clock._elapsed += 5.0
        await budget.acquire(clock.monotonic())
    assert len(budget._spans[0].pieces) <= 600


@pytest.mark.parametrize("spans", [[], [(0, 1.0)], [(1, 0.0)]])
def test_a_budget_of_nothing_is_a_mistake(spans: list[tuple[int, float]]) -> None:
    with pytest.raises(ValueError, match="spans"):
        Budget(spans, FakeClock())


def assert_kept(spans: list[tuple[int, float]], taken: list[float]) -> None:
    """No stretch of any span's length has more than its count."""
    for count, seconds in spans:
        for one, other in zip(taken, taken[count:], strict=False):
            assert other - one >= seconds - 1e-6


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(1, 6), st.floats(0.5, 50)), min_size=1, max_size=3),
    st.lists(st.floats(0, 20), min_size=1, max_size=60),
)
def test_no_span_ever_holds_more_than_its_count(spans: list[tuple[int, float]], gaps: list[float]) -> None:
    async def run() -> list[float]:
        clock = SkippingClock()
        budget = Budget(spans, clock)
        taken = []
        for gap in gaps:
            clock._elapsed += gap
            await budget.acquire()
            taken.append(clock.monotonic())
        return taken

    assert_kept(spans, asyncio.run(run()))


async def test_an_equal_part_for_each_who_shares_it() -> None:
    clock = FakeClock()
    for others, part in ((0, 30), (1, 15), (2, 10), (40, 1)):
        budget = Budget([(30, 15.0)], clock, lambda others=others: others)  # type: ignore[misc]
        for _ in range(part):
            await budget.acquire(clock.monotonic())
        with pytest.raises(RateLimited):
            await budget.acquire(clock.monotonic())


async def test_the_part_changes_with_those_who_share_it() -> None:
    clock = FakeClock()
    others = [0]
    budget = Budget([(6, 60.0)], clock, lambda: others[0])
    for _ in range(4):
        await budget.acquire(clock.monotonic())
        await clock.advance(1)
    others[0] = 1
    with pytest.raises(RateLimited) as caught:
        await budget.acquire(clock.monotonic())
    assert caught.value.retry_after == pytest.approx(60 + 1 - 4)  # the second of four must be forgotten first
    others[0] = 0
    for _ in range(2):
        await budget.acquire(clock.monotonic())
    with pytest.raises(RateLimited):
        await budget.acquire(clock.monotonic())


async def test_who_waits_for_a_small_part_finds_out_that_it_has_grown() -> None:
    clock = FakeClock()
    others = [2]
    budget = Budget([(3, 300.0)], clock, lambda: others[0])
    await budget.acquire()
    waiting = asyncio.create_task(budget.acquire())
    await clock.until_sleeping()
    others[0] = 0
    await clock.advance(6)
    assert waiting.done()


@settings(max_examples=40)
@given(
    st.integers(1, 4),
    st.lists(st.tuples(st.integers(4, 9), st.floats(0.5, 50)), min_size=1, max_size=3),
    st.lists(st.tuples(st.integers(0, 3), st.floats(0, 20)), min_size=1, max_size=60),
)
def test_together_they_never_have_more_than_is_allowed(
    sharers: int, spans: list[tuple[int, float]], asked: list[tuple[int, float]]
) -> None:
    async def run() -> list[float]:
        clock = SkippingClock()
        budgets = [Budget(spans, clock, lambda: sharers - 1) for _ in range(sharers)]
        taken = []
        for who, gap in asked:
            clock._elapsed += gap
            await budgets[who % sharers].acquire()
            taken.append(clock.monotonic())
        return taken

    assert_kept(spans, asyncio.run(run()))


async def test_what_is_left_is_said_by_span_and_part() -> None:
    clock, company = FakeClock(), [0]
    budget = Budget([(4, 10.0), (6, 60.0)], clock, lambda: company[0])
    assert budget.left() == {10.0: 4, 60.0: 6}
    for _ in range(3):
        await budget.acquire()
    assert budget.left() == {10.0: 1, 60.0: 3}
    company[0] = 1
    assert budget.left() == {10.0: 0, 60.0: 0}
    company[0] = 0
    await clock.advance(10)
    assert budget.left() == {10.0: 4, 60.0: 3}
    budget.hold(5)
    assert budget.left() == {10.0: 0, 60.0: 0}
