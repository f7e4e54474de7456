"""What the memory makes of answers and of the past, whatever they are and in whatever order they come."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from gub.domain.presence import AccountPresence, Past, Status
from gub.domain.values import Platform
from gub.presence.memory import Memory
from tests.support.clock import START, FakeClock

XBOX = Platform.XBOX
KEY = (XBOX, "1")

moments = st.none() | st.integers(-100_000, 100_000).map(lambda seconds: START + timedelta(seconds=seconds))
answers = st.builds(
    AccountPresence,
    platform=st.just(XBOX),
    account_id=st.just("1"),
    status=st.sampled_from(Status),
    title=st.sampled_from([None, "Halo", "Hades"]),
    last_seen=moments,
)
pasts = st.builds(
    Past,
    platform=st.just(XBOX),
    account_id=st.just("1"),
    status=st.sampled_from(Status),
    title=st.sampled_from([None, "Halo", "Hades"]),
    title_id=st.none(),
    since=moments,
    last_seen=moments,
    fetched_at=st.integers(-4000, 0).map(lambda seconds: START + timedelta(seconds=seconds)),
)
stories = st.lists(st.tuples(st.sampled_from([0, 1, 31, 300, 601, 1801]), answers), max_size=8)


def memory(clock: FakeClock) -> Memory:
    return Memory(clock, fresh=30.0, kept=600.0, limit=10)


@given(stories, st.none() | pasts)
def test_when_somebody_was_last_seen_never_goes_back_nor_beyond_now(
    story: list[tuple[float, AccountPresence]], past: Past | None
) -> None:
    """Xbox forgets its `lastSeen` now and then, and knows an older one."""

    async def play() -> None:
        clock = FakeClock()
        it = memory(clock)
        it.learn(KEY, past)
        last = it.recall(*KEY).last_seen
        for seconds, answer in story:
            await clock.advance(seconds)
            it.land(replace(answer, fetched_at=clock.now()))
            seen = it.recall(*KEY).last_seen
            assert seen is None or seen <= clock.now()
            assert last is None or (seen is not None and seen >= last)
            if answer.status.present:
                assert seen == clock.now()
            last = seen
        await clock.advance(10_000)
        assert it.recall(*KEY).last_seen == last, "nor is it lost with the rest"

    asyncio.run(play())


@given(answers, st.integers(0, 2000))
def test_age_alone_never_turns_anybody_offline(answer: AccountPresence, age: int) -> None:
    async def play() -> None:
        clock = FakeClock()
        it = memory(clock)
        it.land(answer)
        await clock.advance(age)
        kept = it.recall(*KEY)
        assert kept.status is (answer.status if age <= 600 else Status.UNKNOWN)
        assert kept.stale is (age > 30)
        assert it.is_fresh(*KEY) is (age <= 30)

    asyncio.run(play())


@given(answers, pasts)
def test_the_past_may_be_learned_before_or_after_the_first_answer(answer: AccountPresence, past: Past) -> None:
    early, late = memory(FakeClock()), memory(FakeClock())
    early.learn(KEY, past)
    early.land(answer)
    late.land(answer)
    late.learn(KEY, past)
    assert early.recall(*KEY) == late.recall(*KEY)
    assert early.to_note([KEY]) == late.to_note([KEY])
    assert early.is_fresh(*KEY)
    assert late.is_fresh(*KEY)


@given(stories)
def test_what_is_noted_is_what_is_remembered_and_is_noted_once(story: list[tuple[float, AccountPresence]]) -> None:
    async def play() -> None:
        clock = FakeClock()
        it = memory(clock)
        it.learn(KEY, None)
        for seconds, answer in story:
            await clock.advance(seconds)
            it.land(replace(answer, fetched_at=clock.now()))
            news, known = it.to_note([KEY]), it.recall(*KEY)
            for one in news:
                assert (one.status, one.since, one.last_seen) == (known.status, known.since, known.last_seen)
            it.noted(news)
            assert it.to_note([KEY]) == []

    asyncio.run(play())


def test_nothing_is_noted_of_those_whose_past_is_not_known_yet() -> None:
    it = memory(FakeClock())
    it.land(AccountPresence(XBOX, "1", Status.ONLINE))
    assert it.unrecalled([KEY, KEY, (XBOX, "2")]) == [KEY, (XBOX, "2")]
    assert it.to_note([KEY, (XBOX, "2")]) == []
    it.learn(KEY, None)
    assert it.unrecalled([KEY]) == []
    assert [past.status for past in it.to_note([KEY])] == [Status.ONLINE]


async def test_a_change_that_was_seen_outweighs_a_past_that_is_learned_late() -> None:
    clock = FakeClock()
    it = memory(clock)
    it.land(AccountPresence(XBOX, "1", Status.ONLINE))
    await clock.advance(60)
    it.land(AccountPresence(XBOX, "1", Status.PLAYING, title="Halo"))
    began = clock.now()
    await clock.advance(60)
    it.land(AccountPresence(XBOX, "1", Status.PLAYING, title="Halo"))
    it.learn(KEY, Past(XBOX, "1", Status.OFFLINE, None, None, None, None, START - timedelta(seconds=60)))
    assert it.recall(*KEY).since == began
