import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

from gub.domain.presence import PersonPresence, Status
from gub.domain.values import Platform, StatusUser
from gub.platforms.errors import (
    CredentialDead,
    Malformed,
    NoCredential,
    RateLimited,
    Unavailable,
    Unreadable,
)
from gub.presence.desk import PresenceDesk
from gub.presence.health import Health
from tests.presence.clients import ScriptedClient, person
from tests.support.clock import FakeClock

XBOX, PSN, STEAM = Platform.XBOX, Platform.PSN, Platform.STEAM


class Room:
    """A desk with three platforms, and a clock to move by hand."""

    def __init__(self, clock: FakeClock, batch_size: int = 100, **settings: float) -> None:
        self.clock = clock
        self.clients = {platform: ScriptedClient(platform, clock, batch_size) for platform in Platform}
        self.desk = PresenceDesk(self.clients, clock, gather=0.0, **settings)  # type: ignore[arg-type]

    async def ask(self, *people: StatusUser) -> list[PersonPresence]:
        found = await self.desk.of_people(people)
        return [found[one.id] for one in people]

    async def one(self, who: StatusUser) -> PersonPresence:
        return (await self.ask(who))[0]

    def calls(self) -> dict[Platform, int]:
        return {platform: len(client.calls) for platform, client in self.clients.items()}


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    room = Room(FakeClock())
    yield room
    await room.desk.aclose()


async def test_d67_fifteen_askers_at_once_cause_one_request_per_platform(room: Room) -> None:
    people = [person(f"p{n}", -n, xbox=f"{n % 5}", psn=f"{n}", steam="7") for n in range(15)]
    answers = await asyncio.gather(*(room.ask(one) for one in people))
    assert room.calls() == {XBOX: 1, PSN: 1, STEAM: 1}
    assert sorted(room.clients[PSN].calls[0]) == sorted(str(n) for n in range(15))
    assert room.clients[STEAM].calls == [["7"]]
    assert all(answer[0].status is Status.ONLINE for answer in answers)


async def test_askers_a_moment_apart_share_a_request_too() -> None:
    clock = FakeClock()
    client = ScriptedClient(STEAM, clock)
    desk = PresenceDesk({STEAM: client}, clock)
    async with asyncio.TaskGroup() as group:
        for number in range(15):
            group.create_task(desk.of_people([person("p", steam=str(number))]))
            await clock.advance(0.001)
        await clock.advance(0.02)
    assert len(client.calls) == 1
    await desk.aclose()


async def test_who_comes_late_joins_what_is_on_its_way(room: Room) -> None:
    client = room.clients[STEAM]
    client.open.clear()
    first = asyncio.create_task(room.ask(person("a", steam="1"), person("b", steam="2")))
    await room.clock.until_sleeping(1)
    await room.clock.advance(0.1)
    late = asyncio.create_task(room.ask(person("b", steam="2"), person("c", steam="3")))
    await room.clock.until_sleeping(3)
    await room.clock.advance(0.1)
    later = asyncio.create_task(room.ask(person("d", steam="4")))
    await room.clock.advance(0.04)
    assert client.calls == [["1", "2"]]
    # What was wanted meanwhile goes together, and not too long after.
    await room.clock.advance(0.02)
    assert client.calls == [["1", "2"], ["3", "4"]]
    client.open.set()
    assert {one.status for one in await first + await late + await later} == {Status.ONLINE}


async def test_what_is_wanted_during_a_question_goes_as_soon_as_that_is_answered(room: Room) -> None:
    client = room.clients[STEAM]
    client.open.clear()
    first = asyncio.create_task(room.ask(person("a", steam="1")))
    await room.clock.until_sleeping()
    late = asyncio.create_task(room.ask(person("b", steam="2")))
    await room.clock.until_sleeping(3)
    assert client.calls == [["1"]]
    client.open.set()
    assert {one.status for one in await first + await late} == {Status.ONLINE}
    assert client.calls == [["1"], ["2"]]
    assert room.clock.monotonic() == 0


async def test_many_accounts_go_in_full_batches() -> None:
    room = Room(FakeClock(), batch_size=100)
    people = [person(str(n), steam=str(n)) for n in range(250)]
    await asyncio.gather(room.ask(*people[:170]), room.ask(*people[100:]))
    assert sorted(map(len, room.clients[STEAM].calls)) == [50, 100, 100]
    await room.desk.aclose()


async def test_a_fresh_answer_is_served_from_memory_for_thirty_seconds(room: Room) -> None:
    who = person("a", steam="1")
    room.clients[STEAM].set("1", Status.PLAYING, title="Dota 2")
    await room.one(who)
    await room.clock.advance(30)
    again = await room.one(who)
    assert room.calls()[STEAM] == 1
    assert again.main is not None
    assert (again.main.title, again.main.stale) == ("Dota 2", False)
    await room.clock.advance(0.1)
    await room.one(who)
    assert room.calls()[STEAM] == 2


async def test_d62_a_hanging_platform_delays_nobody_beyond_the_deadline_and_hides_no_other(room: Room) -> None:
    room.clients[PSN].open.clear()
    room.clients[XBOX].set("1", Status.PLAYING, title="Halo")
    asked = asyncio.create_task(room.one(person("a", xbox="1", psn="2")))
    await room.clock.until_sleeping()
    await room.clock.advance(0.79)
    assert not asked.done()
    await room.clock.advance(0.01)
    answer = await asked
    assert (answer.status, answer.unanswered) == (Status.PLAYING, (PSN,))
    # The late answer still lands, and is used.
    room.clients[PSN].open.set()
    await room.clock.advance(0)
    assert (await room.one(person("a", xbox="1", psn="2"))).unanswered == ()
    assert room.calls()[PSN] == 1


async def test_who_asks_after_somebody_has_waited_in_vain_waits_half_as_long(room: Room) -> None:
    room.clients[PSN].open.clear()
    first = asyncio.create_task(room.one(person("a", xbox="1", psn="1")))
    await room.clock.until_sleeping()
    await room.clock.advance(0.8)
    await first
    assert room.desk.states()[PSN].health is Health.DEGRADED
    assert room.desk.states()[PSN].since == room.clock.now()
    for number in range(2, 6):
        asked = asyncio.create_task(room.one(person("a", xbox=str(number), psn=str(number))))
        await room.clock.until_sleeping()
        await room.clock.advance(0.39)
        assert not asked.done()
        await room.clock.advance(0.02)
        answer = await asked
        assert (answer.status, answer.unanswered) == (Status.ONLINE, (PSN,))
    # One question at a time while it hangs; then all that was wanted meanwhile, in one.
    assert room.clients[PSN].calls == [["1"]]
    room.clients[PSN].open.set()
    await room.clock.advance(0)
    assert room.clients[PSN].calls == [["1"], ["2", "3", "4", "5"]]
    # It answers in time again, so it is given its full time again.
    assert room.desk.states()[PSN].health is Health.OK
    room.clients[PSN].open.clear()
    asked = asyncio.create_task(room.one(person("a", psn="6")))
    await room.clock.until_sleeping()
    await room.clock.advance(0.79)
    assert not asked.done()
    await room.clock.advance(0.02)
    await asked


async def test_what_waited_behind_a_question_that_failed_is_let_go_with_it(room: Room) -> None:
    client = room.clients[PSN]
    client.open.clear()
    first = asyncio.create_task(room.one(person("a", psn="1")))
    await room.clock.until_sleeping()
    await room.clock.advance(0.8)
    await first
    second = asyncio.create_task(room.one(person("b", psn="2")))
    await room.clock.until_sleeping()
    client.error = Unavailable("timed out")
    client.open.set()
    assert (await second).unanswered == (PSN,)
    assert client.calls == [["1"]]
    assert not room.desk._lines[PSN]._asked


async def test_a_platform_that_always_answers_late_is_heard_all_the_same(room: Room) -> None:
    client, who = room.clients[PSN], person("a", psn="1")
    for number, (patience, seen) in enumerate(((0.81, Status.UNKNOWN), (0.41, Status.ONLINE)), start=1):
        client.open.clear()
        asked = asyncio.create_task(room.one(who))
        await room.clock.until_sleeping()
        await room.clock.advance(patience)
        assert (await asked).status is seen
        await room.clock.advance(0.5)
        client.open.set()
        await room.clock.advance(0)
        assert len(client.calls) == number
        assert (await room.one(who)).stale_platforms == ()
        assert room.desk.states()[PSN].health is Health.DEGRADED
        await room.clock.advance(31)


async def test_an_old_answer_is_shown_with_its_age_and_forgotten_after_ten_minutes(room: Room) -> None:
    who = person("a", steam="1")
    room.clients[STEAM].set("1", Status.PLAYING, title="Dota 2")
    first = await room.one(who)
    start = room.clock.now()
    room.clients[STEAM].error = Unavailable("down")
    await room.clock.advance(600)
    kept = await room.one(who)
    assert (kept.status, kept.stale_platforms, kept.unanswered) == (Status.PLAYING, (STEAM,), ())
    assert kept.main is not None
    assert (kept.main.stale, kept.main.fetched_at) == (True, start)
    await room.clock.advance(1)
    gone = await room.one(who)
    assert (gone.status, gone.stale_platforms, gone.unanswered) == (Status.UNKNOWN, (), (STEAM,))
    assert gone.last_seen == first.last_seen == start


async def test_an_account_never_answered_about_is_unknown_and_named(room: Room) -> None:
    room.clients[STEAM].error = Malformed("nonsense")
    answer = await room.one(person("a", steam="1"))
    assert (answer.status, answer.main, answer.unanswered) == (Status.UNKNOWN, None, (STEAM,))


async def test_an_account_that_the_platform_does_not_know_is_unknown_but_answered(room: Room) -> None:
    room.clients[STEAM].set("1", Status.UNKNOWN)
    answer = await room.one(person("a", steam="1"))
    assert (answer.status, answer.unanswered) == (Status.UNKNOWN, ())


async def test_who_could_not_be_read_keeps_what_was_known(room: Room) -> None:
    client = room.clients[STEAM]
    people = [person("a", steam="1"), person("b", steam="2")]
    await room.ask(*people)
    await room.clock.advance(31)
    client.leave_out = {"1"}
    kept, fresh = await room.ask(*people)
    assert (kept.stale_platforms, fresh.stale_platforms) == ((STEAM,), ())


async def test_who_cannot_be_read_alone_is_no_outage_and_is_not_asked_about_each_time(room: Room) -> None:
    client = room.clients[STEAM]
    people = [person("a", steam="1"), person("b", steam="2")]
    client.leave_out = {"1"}
    with structlog.testing.capture_logs() as lines:
        for _ in range(4):
            odd, other = await room.ask(*people)
            assert (odd.status, odd.unanswered, other.status) == (Status.UNKNOWN, (STEAM,), Status.ONLINE)
        assert client.calls == [["1", "2"]]
        await room.clock.advance(20)
        await room.one(person("c", steam="3"))
        await room.clock.advance(11)
        await room.one(person("c", steam="3"))
        # The others are fresh, so it is asked about alone.
        await room.one(people[0])
        assert client.calls[1:] == [["3"], ["1"]]
        assert room.desk.states()[STEAM].health is Health.OK
        await room.one(person("d", steam="4"))
        assert len(client.calls) == 4
    assert lines == []
    client.leave_out = set()
    await room.clock.advance(31)
    assert (await room.one(people[0])).status is Status.ONLINE


async def test_when_nobody_can_be_read_any_more_it_is_an_outage(room: Room) -> None:
    client = room.clients[STEAM]
    people = [person("a", steam="1"), person("b", steam="2")]
    client.leave_out = {"1"}
    await room.ask(*people)
    client.leave_out = {"1", "2"}
    await room.clock.advance(31)
    await room.ask(*people)
    assert room.desk.states()[STEAM].health is Health.DEGRADED
    await room.clock.advance(31)
    await room.one(people[0])
    assert room.desk.states()[STEAM].health is Health.DEGRADED


async def test_a_platform_without_a_client_is_unanswered() -> None:
    clock = FakeClock()
    desk = PresenceDesk({}, clock)
    answer = await desk.of_people([person("a", psn="1"), person("b")])
    assert answer["a"].unanswered == (PSN,)
    assert answer["b"] == PersonPresence(Status.UNKNOWN)
    assert desk.states() == {}
    assert set(desk.health().values()) == {Health.NO_CREDENTIAL}
    await desk.aclose()


@pytest.mark.parametrize(
    ("error", "health", "asked_again_at_once"),
    [
        (Unavailable("down"), Health.DEGRADED, False),
        (RateLimited("429", 120.0), Health.DEGRADED, False),
        (Malformed("nonsense"), Health.DEGRADED, False),
        (KeyError("a defect of ours"), Health.DEGRADED, False),
        (CredentialDead("dead"), Health.AUTH_NEEDED, True),
        (Unreadable("locked"), Health.UNREADABLE, True),
        (NoCredential("none"), Health.NO_CREDENTIAL, True),
    ],
)
async def test_states_and_rest_after_a_failure(
    room: Room, error: Exception, health: Health, asked_again_at_once: bool
) -> None:
    who = person("a", xbox="1", steam="1")
    room.clients[STEAM].error = error
    with structlog.testing.capture_logs() as lines:
        assert (await room.one(who)).unanswered == (STEAM,)
        await room.one(who)
    assert room.desk.states()[STEAM].health is health
    assert room.desk.states()[STEAM].since == room.clock.now()
    assert room.desk.states()[XBOX].health is Health.OK
    assert room.desk.states()[XBOX].answered_at == room.clock.now()
    assert room.desk.states()[PSN].since is None
    assert len(room.clients[STEAM].calls) == (2 if asked_again_at_once else 1)
    assert [line["event"] for line in lines if line["event"] == "platform_trouble"] == ["platform_trouble"]
    room.clients[STEAM].error = None
    await room.clock.advance(120)
    with structlog.testing.capture_logs() as lines:
        assert (await room.one(who)).status is Status.ONLINE
    assert room.desk.states()[STEAM].health is Health.OK
    assert room.desk.states()[STEAM].detail is None
    assert [line["event"] for line in lines] == ["platform_back"]


async def test_a_failing_platform_is_left_alone_for_longer_and_longer_and_keeps_nobody_waiting(room: Room) -> None:
    who = person("a", steam="1")
    room.clients[STEAM].error = Unavailable("down")
    for number, rest in enumerate((5, 10, 20, 20), start=1):
        await room.one(who)
        assert room.calls()[STEAM] == number
        await room.clock.advance(rest - 0.1)
        await room.one(who)
        assert room.calls()[STEAM] == number
        await room.clock.advance(0.1)
    room.clients[STEAM].error = None
    assert (await room.one(who)).status is Status.ONLINE
    await room.clock.advance(31)
    room.clients[STEAM].error = Unavailable("down again")
    await room.one(who)
    await room.clock.advance(5)
    room.clients[STEAM].error = None
    assert (await room.one(who)).stale_platforms == ()


async def test_questions_that_fail_together_are_one_failure() -> None:
    room = Room(FakeClock(), batch_size=1)
    room.clients[STEAM].error = Unavailable("down")
    room.clients[STEAM].open.clear()
    people = [person(str(n), steam=str(n)) for n in range(5)]
    asked = asyncio.create_task(room.ask(*people))
    await room.clock.until_sleeping()
    await room.clock.advance(0)
    assert room.calls()[STEAM] == 5
    room.clients[STEAM].open.set()
    await asked
    await room.clock.advance(5)
    room.clients[STEAM].error = None
    assert {one.status for one in await room.ask(*people)} == {Status.ONLINE}
    await room.desk.aclose()


async def test_since_is_when_a_change_was_seen_and_unknown_when_it_was_not(room: Room) -> None:
    client, who = room.clients[STEAM], person("a", steam="1")

    async def since(seconds: float, status: Status, title: str | None = None) -> timedelta | None:
        """How long ago, after so many seconds more."""
        await room.clock.advance(seconds)
        client.set("1", status, title=title)
        await room.one(who)
        it = room.desk._memory.recall(STEAM, "1")
        return None if it.since is None else room.clock.now() - it.since

    assert await since(0, Status.PLAYING, "Dota 2") is None
    assert await since(60, Status.PLAYING, "Hades") == timedelta(0)
    assert await since(60, Status.PLAYING, "Hades") == timedelta(seconds=60)
    assert await since(60, Status.OFFLINE) == timedelta(0)
    assert await since(60, Status.PLAYING, "Hades") == timedelta(0)
    assert await since(1800, Status.PLAYING, "Hades\u2122") == timedelta(seconds=1800)
    assert await since(1801, Status.PLAYING, "Hades") is None
    assert await since(601, Status.ONLINE) is None
    assert await since(60, Status.PRIVATE) == timedelta(0)
    assert await since(60, Status.ONLINE) is None


async def test_last_seen_is_kept_by_ourselves(room: Room) -> None:
    client, who = room.clients[STEAM], person("a", steam="1")
    await room.one(who)
    seen = room.clock.now()
    await room.clock.advance(60)
    for status in (Status.OFFLINE, Status.PRIVATE, Status.UNKNOWN):
        client.set("1", status, last_seen=seen - timedelta(days=1))
        assert (await room.one(who)).last_seen == seen
        await room.clock.advance(60)
    later = seen + timedelta(seconds=90)
    client.set("1", Status.OFFLINE, last_seen=later)
    assert (await room.one(who)).last_seen == later


async def test_only_so_many_accounts_are_remembered() -> None:
    room = Room(FakeClock(), limit=10)
    for number in range(50):
        await room.ask(person("a", steam=str(number)), person("b", steam="always"))
    assert len(room.desk._memory._entries) == 10
    assert room.desk._memory.is_fresh(STEAM, "49")
    assert sum("always" in call for call in room.clients[STEAM].calls) == 1
    await room.desk.aclose()


async def test_closing_cancels_what_is_on_its_way_and_lets_the_waiting_go(room: Room) -> None:
    room.clients[STEAM].open.clear()
    asked = asyncio.create_task(room.one(person("a", steam="1")))
    await room.clock.until_sleeping()
    await room.desk.aclose()
    assert (await asked).unanswered == (STEAM,)
    assert (await room.one(person("b", steam="2"))).unanswered == (STEAM,)
    assert room.calls()[STEAM] == 1


async def test_closing_before_a_request_even_began(room: Room) -> None:
    landings = room.desk._lines[STEAM].ask(["1"])
    await room.desk.aclose()
    assert all(landing.done() for landing in landings)
    assert room.calls()[STEAM] == 0


async def test_d57_d61_forty_people_on_three_platforms_are_three_questions_whatever_the_order(room: Room) -> None:
    """One left out as unreadable, one unknown to the platform, one private; everybody else keeps their own game."""
    people = [person(f"p{n}", xbox=f"{n}", psn=f"{n}", steam=f"{n}") for n in range(40)]
    for platform, client in room.clients.items():
        for n in range(40):
            client.set(f"{n}", Status.PLAYING, title=f"{platform} {n}", title_id=f"{n}")
        client.answer = lambda ids, client=client: dict(reversed(client._answer(ids).items()))  # type: ignore[misc]
        client.leave_out = {"7"}
        client.set("8", Status.UNKNOWN)
        client.set("9", Status.PRIVATE)
    answers = await room.ask(*people)
    assert room.calls() == {XBOX: 1, PSN: 1, STEAM: 1}
    assert [answers[n].status for n in (7, 8, 9)] == [Status.UNKNOWN, Status.UNKNOWN, Status.PRIVATE]
    assert [answers[n].unanswered for n in (7, 8, 9)] == [(XBOX, PSN, STEAM), (), ()]
    for n, answer in enumerate(answers):
        if n not in {7, 8, 9}:
            assert {one.title for one in answer.playing} == {f"xbox {n}", f"psn {n}", f"steam {n}"}


async def test_an_asker_that_is_cancelled_takes_nothing_from_the_others(room: Room) -> None:
    room.clients[STEAM].open.clear()
    one, other = (asyncio.create_task(room.one(person("a", steam="1"))) for _ in range(2))
    await room.clock.until_sleeping(2)
    one.cancel()
    await asyncio.wait([one])
    room.clients[STEAM].open.set()
    assert (await other).status is Status.ONLINE


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sets(st.integers(0, 7), min_size=1),
            st.sampled_from([0, 1, 29, 31, 200, 601]),
            st.sampled_from([None, None, Unavailable("x"), Malformed("x"), NoCredential("x"), ValueError("x")]),
        ),
        max_size=12,
    )
)
def test_whatever_happens_everybody_is_answered_and_nothing_is_left_over(
    story: list[tuple[set[int], float, Exception | None]],
) -> None:
    async def play() -> None:
        room = Room(FakeClock(), batch_size=3)
        for accounts, seconds, error in story:
            await room.clock.advance(seconds)
            room.clients[STEAM].error = error
            people = [person(str(one), xbox=str(one), steam=str(one)) for one in accounts]
            for answer in await room.ask(*people):
                assert answer.status is Status.ONLINE  # Xbox always answers
                assert XBOX not in answer.unanswered + answer.stale_platforms
        assert all(not line._asked and not line._tasks for line in room.desk._lines.values())
        await room.desk.aclose()

    asyncio.run(play())


async def test_the_age_of_the_oldest_answer_that_is_shown_is_told() -> None:
    heard: list[float] = []
    room = Room(FakeClock(), on_shown=heard.append)  # type: ignore[arg-type]
    await room.one(person("a", xbox="1"))
    await room.clock.advance(20)
    await room.ask(person("a", xbox="1"), person("b", steam="7"))
    await room.one(person("c"))
    await room.desk.aclose()
    assert heard == [0.0, 20.0]
