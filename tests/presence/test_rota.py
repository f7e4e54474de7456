"""Whose turn it is, whatever the accounts, platforms and budgets: fair, and never more than the share."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gub.domain.values import Platform
from gub.platforms.errors import RateLimited
from gub.platforms.limiter import Budget, Ration
from gub.presence.rota import Purse, Rota
from tests.support.clock import FakeClock

STEAM, XBOX = Platform.STEAM, Platform.XBOX


def rota_of(count: int, every: float = 60.0) -> Rota:
    rota = Rota()
    rota.set({(STEAM, str(n)): every for n in range(count)}, 0.0)
    return rota


@given(st.integers(1, 60), st.integers(1, 7), st.integers(1, 4))
def test_everybody_has_their_turn_before_anybody_has_it_twice(count: int, batch: int, most: int) -> None:
    rota, turns = rota_of(count), Counter[str]()
    for step in range(100):
        now = step * 60.0
        chosen = rota.next(STEAM, now, batch=batch, most=most)
        assert len(chosen) == len(set(chosen)) <= batch * most
        rota.asked([(STEAM, one) for one in chosen], now)
        turns.update(chosen)
        assert len(turns) == count or len(chosen) == batch * most
        assert max(turns.values()) - min(turns[str(n)] for n in range(count)) <= 1


@given(st.lists(st.sampled_from([60.0, 180.0]), min_size=1, max_size=50), st.integers(1, 10))
def test_with_enough_requests_nobody_is_ever_late_and_no_request_is_wasted(every: list[float], batch: int) -> None:
    rota, last = Rota(), dict.fromkeys(range(len(every)), 0.0)
    rota.set({(STEAM, str(n)): seconds for n, seconds in enumerate(every)}, 0.0)
    for step in range(20):
        now = step * 60.0
        due = sum(step == 0 or now - last[n] >= seconds for n, seconds in enumerate(every))
        chosen = rota.next(STEAM, now, batch=batch, most=1000)
        assert len(chosen) == min(-(-due // batch) * batch, len(every))
        rota.asked([(STEAM, one) for one in chosen], now)
        last |= dict.fromkeys(map(int, chosen), now)
        assert all(now - last[n] < seconds for n, seconds in enumerate(every))
        assert rota.behind(STEAM, now) == 0


def test_who_is_on_it_no_more_has_no_turn_and_who_stays_keeps_it() -> None:
    rota = rota_of(3)
    rota.asked([(STEAM, "0"), (STEAM, "1"), (STEAM, "2"), (XBOX, "9")], 0.0)
    rota.set({(STEAM, "1"): 60.0, (STEAM, "2"): 180.0, (XBOX, "1"): 60.0}, 30.0)
    assert rota.next(STEAM, 30.0, batch=10, most=9) == []
    assert rota.next(STEAM, 60.0, batch=1, most=9) == ["1"]
    assert rota.next(STEAM, 60.0, batch=10, most=9) == ["1", "2"]
    assert rota.next(XBOX, 60.0, batch=10, most=9) == ["1"]
    assert rota.next(XBOX, 60.0, batch=10, most=0) == []


def test_how_far_behind_it_is() -> None:
    rota = rota_of(2)
    assert rota.behind(STEAM, 0.0) == 0
    assert rota.behind(STEAM, 40.0) == 40
    rota.asked([(STEAM, "0"), (STEAM, "1")], 40.0)
    assert rota.behind(STEAM, 90.0) == 0
    rota.missed([(STEAM, "1")], 100.0)
    assert rota.behind(STEAM, 100.0) == pytest.approx(3)
    assert rota.behind(STEAM, 160.0) == pytest.approx(63)
    assert rota.behind(XBOX, 160.0) == 0


def test_a_purse_fills_little_by_little_and_holds_only_so_much() -> None:
    purse, ration = Purse(), Ration(per_second=0.5, at_once=3, now=100)
    assert purse.fill(ration, 1000.0) == 3
    purse.take(3)
    assert purse.fill(ration, 1001.0) == 0
    assert purse.fill(ration, 1002.0) == 1
    assert purse.fill(ration, 9000.0) == 3
    assert purse.fill(Ration(0.5, 3, 1), 9000.0) == 1


SPANS = st.lists(st.tuples(st.integers(1, 300), st.sampled_from([15.0, 300.0, 900.0])), min_size=1, max_size=3)


@given(SPANS, st.integers(0, 5), st.sampled_from([5.0, 20.0, 60.0]))
def test_a_share_is_never_exceeded_in_any_span(spans: list[tuple[int, float]], others: int, tick: float) -> None:
    clock = FakeClock()
    budget = Budget(spans, clock, lambda: others)
    purse, taken = Purse(), list[tuple[float, int]]()
    for step in range(200):
        now = step * tick
        requests = purse.fill(budget.ration(0.6), now)
        purse.take(requests)
        taken.append((now, requests))
    for limit, seconds in spans:
        part = max(1, limit // (1 + others))
        # One request is the least that can be taken at all.
        most = max(0.6 * part, 1 + 0.3 * part)
        for now, _ in taken:
            assert sum(count for at, count in taken if now <= at < now + seconds) <= most + 1e-6


async def test_the_last_fifth_is_for_who_waits() -> None:
    clock = FakeClock()
    budget = Budget([(10, 100.0), (100, 1000.0)], clock)
    assert budget.ration(0.6) == Ration(per_second=0.05, at_once=1.0, now=8)
    # What is scarce over a long span may be taken at once where the short ones allow it.
    assert Budget([(30, 15.0), (100, 300.0)], clock).ration(0.6) == Ration(pytest.approx(1 / 6), 10, 24)
    for _ in range(7):
        await budget.acquire()
    assert budget.ration(0.6).now == 1
    for _ in range(3):
        await budget.acquire(deadline=clock.monotonic())
    assert budget.ration(0.6).now == 0
    with pytest.raises(RateLimited):
        await budget.acquire(deadline=clock.monotonic())
    budget.hold(5)
    assert budget.ration(0.6).now == 0
