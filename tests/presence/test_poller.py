"""The poller: everybody in turn, in the fewest requests, and only what is sure is news."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Collection
from dataclasses import replace

import pytest
import structlog

from gub.domain.presence import Status
from gub.domain.values import Platform, StatusUser, Visibility
from gub.platforms.errors import CredentialDead, NoCredential, Unavailable
from gub.platforms.limiter import Ration
from gub.presence.desk import PresenceDesk
from gub.presence.health import Health
from gub.presence.look import Listener, Look
from gub.presence.poller import Poller
from tests.presence.clients import ScriptedClient, person
from tests.support.clock import FakeClock

XBOX, PSN, STEAM = Platform.XBOX, Platform.PSN, Platform.STEAM


class Ear(Listener):
    """Remembers what it heard."""

    def __init__(self) -> None:
        self.looks: list[Look] = []
        self.error: Exception | None = None

    async def heard(self, look: Look) -> None:
        self.looks.append(look)
        if self.error is not None:
            raise self.error

    @property
    def last(self) -> Look:
        return self.looks[-1]

    def news(self) -> set[str]:
        """Who changed in the last look."""
        return {key for key, seen in self.last.people.items() if seen.changed}


class Counts:
    """Counts as `gub.metrics.Metrics` does."""

    def __init__(self) -> None:
        self.asked = 0
        self.answered = 0
        self.changed: list[int] = []

    def looked(self, platform: str, asked: int, answered: int) -> None:
        del platform
        self.asked += asked
        self.answered += answered

    def look_told(self, changed: int, seconds: float) -> None:
        assert seconds >= 0
        self.changed.append(changed)


class Room:
    """A poller at work, with three platforms, and a clock to move by hand."""

    def __init__(self, every: float = 60.0, batch_size: int = 100) -> None:
        self.clock = FakeClock()
        self.clients = {platform: ScriptedClient(platform, self.clock, batch_size) for platform in Platform}
        self.desk = PresenceDesk(self.clients, self.clock, gather=0.0)
        self.ear, self.other = Ear(), Ear()
        self.people: list[StatusUser] = []
        self.trouble: Exception | None = None
        self.counts = Counts()
        self.poller = Poller(self.desk, self.wanted, self.clock, [self.ear, self.other], every=every, meter=self.counts)
        self.running: asyncio.Task[None] | None = None

    async def wanted(self) -> Collection[StatusUser]:
        if self.trouble is not None:
            raise self.trouble
        return list(self.people)

    async def start(self, *people: StatusUser) -> None:
        self.people = list(people)
        self.running = asyncio.create_task(self.poller.run())
        await self.clock.advance(0.1)

    async def close(self) -> None:
        if self.running is not None:
            self.running.cancel()
            await asyncio.wait([self.running])
        await self.desk.aclose()

    def calls(self, platform: Platform = STEAM) -> list[list[str]]:
        return self.clients[platform].calls


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    room = Room()
    yield room
    await room.close()


async def test_everybody_is_asked_about_once_an_interval_in_the_fewest_requests(room: Room) -> None:
    await room.start(*(person(f"p{n}", -n % 40, steam=str(n), xbox=str(n)) for n in range(250)))
    assert sorted(map(len, room.calls())) == [50, 100, 100]
    await room.clock.advance(60)
    assert sorted(map(len, room.calls())) == [50, 50, 100, 100, 100, 100]
    assert len(room.calls(XBOX)) == 6
    assert room.calls(PSN) == []
    assert len(room.ear.looks) == 2


async def test_an_account_of_several_chats_is_one_question(room: Room) -> None:
    await room.start(*(person(f"p{n}", -n, steam="7") for n in range(30)))
    assert room.calls() == [["7"]]
    assert len(room.ear.last.people) == 30


async def test_a_change_is_told_within_one_interval_and_nothing_else_is_called_a_change(room: Room) -> None:
    await room.start(person("a", steam="1"), person("b", steam="2"))
    assert room.ear.news() == {"a", "b"}
    await room.clock.advance(60)
    assert room.ear.news() == set()
    await room.clock.advance(1)
    room.clients[STEAM].set("2", Status.PLAYING, title="Hades")
    await room.clock.advance(60)
    assert room.ear.news() == {"b"}
    assert room.ear.last.people["b"].presence.status is Status.PLAYING
    room.people[0] = replace(room.people[0], display_name="Ann")
    await room.clock.advance(60)
    assert room.ear.news() == {"a"}
    assert room.counts.changed == [2, 0, 1, 1]


async def test_hidden_people_are_neither_asked_about_nor_seen(room: Room) -> None:
    hidden = replace(person("h", steam="1"), visibility=Visibility.HIDDEN)
    await room.start(hidden, person("a", steam="2"))
    assert room.calls() == [["2"]]
    assert room.ear.last.people.keys() == {"a"}
    room.people[1] = replace(room.people[1], visibility=Visibility.HIDDEN)
    await room.clock.advance(60)
    assert (room.ear.last.people, room.ear.last.gone.keys()) == ({}, {"a"})
    await room.clock.advance(600)
    assert room.calls() == [["2"]]
    assert len(room.ear.looks) == 2


async def test_a_chat_in_which_nobody_is_on_is_asked_about_a_third_as_often(room: Room) -> None:
    room.clients[STEAM].set("1", Status.OFFLINE)
    await room.start(person("a", -1, steam="1"), person("b", -2, xbox="2"))
    await room.clock.advance(6 * 60)
    assert len(room.calls(XBOX)) == 7
    assert len(room.calls()) == 3
    # Not asked is not overdue: it is as it was, and sure.
    assert all(look.people["a"].sure for look in room.ear.looks)
    assert not any(look.people["a"].changed for look in room.ear.looks[1:])
    room.clients[STEAM].set("1", Status.ONLINE)
    await room.clock.advance(3 * 60)
    before = len(room.calls())
    await room.clock.advance(3 * 60)
    assert len(room.calls()) == before + 3


async def test_the_last_request_is_filled_with_who_is_next(room: Room) -> None:
    for n in range(10, 400):
        room.clients[STEAM].set(str(n), Status.OFFLINE)
    lively = [person(f"l{n}", -1, steam=str(n)) for n in range(10)]
    await room.start(*lively, *(person(f"q{n}", -2, steam=str(n)) for n in range(10, 310)))
    assert len(room.calls()) == 4
    await room.clock.advance(60)
    (filled,) = room.calls()[4:]
    assert len(filled) == 100
    assert {str(n) for n in range(10)} <= set(filled)


async def test_where_a_platform_allows_less_those_come_first_who_were_not_asked_for_longest(room: Room) -> None:
    """Ten requests are needed and four a minute allowed: everybody has their turn once in two and a half minutes."""
    room.clients[STEAM].allowed = Ration(per_second=4 / 60, at_once=4, now=1000)
    await room.start(*(person(f"p{n}", -(n % 50), steam=str(n)) for n in range(1000)))
    for _ in range(20):
        await room.clock.advance(60)
    assert len(room.calls()) == 84
    at = {str(n): [when for when, call in enumerate(room.calls()) if str(n) in call] for n in range(1000)}
    assert {len(turns) for turns in at.values()} == {8, 9}
    gaps = {later - turn for turns in at.values() for turn, later in itertools.pairwise(turns)}
    assert max(gaps) <= 13
    assert 0 < room.poller.behind()[STEAM] <= 120
    # Such an answer is no more stale than it has to be.
    assert all(seen.sure for seen in room.ear.last.people.values())
    assert set(room.poller.behind()) == set(Platform)


async def test_who_waits_for_status_has_the_last_of_what_is_allowed(room: Room) -> None:
    room.clients[STEAM].allowed = Ration(per_second=1, at_once=10, now=0)
    await room.start(person("a", steam="1"))
    await room.clock.advance(120)
    assert room.calls() == []
    room.clients[STEAM].allowed = Ration(per_second=1, at_once=10, now=1)
    await room.clock.advance(60)
    assert room.calls() == [["1"]]


async def test_a_platform_that_fails_turns_nobody_offline_and_holds_up_no_other(room: Room) -> None:
    room.clients[XBOX].set("1", Status.PLAYING, title="Halo")
    room.clients[PSN].set("2", Status.OFFLINE)
    await room.start(person("a", xbox="1", psn="2"), person("b", psn="3"))
    room.clients[XBOX].error = Unavailable("down")
    await room.clock.advance(60)
    seen = room.ear.last.people["a"]
    assert (seen.presence.status, seen.changed, seen.sure) == (Status.PLAYING, True, False)
    assert seen.presence.stale_platforms == (XBOX,)
    assert room.ear.last.states_changed == {XBOX}
    assert room.ear.last.states[XBOX].health is Health.DEGRADED
    await room.clock.advance(15 * 60)
    seen = room.ear.last.people["a"]
    assert (seen.presence.status, seen.sure, seen.presence.unanswered) == (Status.UNKNOWN, False, (XBOX,))
    assert Status.OFFLINE not in {look.people["a"].presence.status for look in room.ear.looks}
    assert all(look.people["b"].sure for look in room.ear.looks)
    assert not any(look.people["b"].changed for look in room.ear.looks[1:])
    # It comes back by itself, and then who is gone is gone.
    room.clients[XBOX].error = None
    room.clients[XBOX].set("1", Status.OFFLINE)
    await room.clock.advance(60)
    seen = room.ear.last.people["a"]
    assert (seen.presence.status, seen.sure) == (Status.OFFLINE, True)
    assert room.ear.last.states_changed == {XBOX}


async def test_who_leaves_the_platform_they_were_on_is_gone_whatever_the_silence_of_another(room: Room) -> None:
    room.clients[XBOX].set("1", Status.OFFLINE)
    room.clients[PSN].set("2", Status.PLAYING, title="Astro Bot")
    await room.start(person("a", xbox="1", psn="2"))
    room.clients[XBOX].error = Unavailable("down")
    room.clients[PSN].set("2", Status.OFFLINE)
    for _ in range(15):
        await room.clock.advance(60)
        seen = room.ear.last.people["a"]
        assert (seen.presence.status, seen.sure) == (Status.OFFLINE, True)
    # And when the one is silent by which they were there last, nothing is said of them but what was.
    room.clients[PSN].error = Unavailable("down")
    await room.clock.advance(15 * 60)
    seen = room.ear.last.people["a"]
    assert (seen.presence.status, seen.sure) == (Status.UNKNOWN, False)
    room.clients[XBOX].error = None
    await room.clock.advance(6 * 60)
    seen = room.ear.last.people["a"]
    assert (seen.presence.status, seen.sure) == (Status.OFFLINE, False)


async def test_a_credential_that_dies_turns_nobody_offline_and_leaves_nobody_in_doubt_for_weeks(room: Room) -> None:
    room.clients[XBOX].set("1", Status.PLAYING, title="Halo")
    room.clients[PSN].set("2", Status.OFFLINE)
    await room.start(person("a", xbox="1", psn="2"))
    room.clients[XBOX].error = CredentialDead("dead")
    await room.clock.advance(15 * 60)
    seen = room.ear.last.people["a"]
    assert (seen.presence.status, seen.sure) == (Status.UNKNOWN, False)
    for status in (Status.ONLINE, Status.OFFLINE, Status.ONLINE):
        room.clients[PSN].set("2", status)
        await room.clock.advance(3 * 60)
        seen = room.ear.last.people["a"]
        assert (seen.presence.status, seen.sure) == (status, True)


@pytest.mark.parametrize("others", [True, False])
async def test_who_missed_that_somebody_is_gone_hears_of_it_in_the_end(room: Room, *, others: bool) -> None:
    ann, bob = person("a", -1, steam="1"), person("b", -2, steam="2")
    await room.start(ann, bob)
    room.ear.error = RuntimeError("the database is away")
    room.people = [bob] if others else []
    await room.clock.advance(60)
    room.people = []
    await room.clock.advance(60)
    room.ear.error = None
    room.ear.looks.clear()
    await room.clock.advance(300)
    assert [set(look.gone) for look in room.ear.looks] == [{"a", "b"}], "afterwards there is nobody to tell of"


async def test_who_was_gone_and_came_back_while_somebody_missed_it_is_not_gone(room: Room) -> None:
    ann = person("a", -1, steam="1")
    await room.start(ann)
    room.ear.error = RuntimeError("the database is away")
    room.people = []
    await room.clock.advance(60)
    room.people, room.ear.error = [ann], None
    await room.clock.advance(60)
    assert (set(room.ear.last.people), set(room.ear.last.gone)) == ({"a"}, set())


async def test_a_failing_platform_is_asked_one_question_a_look(room: Room) -> None:
    room.clients[STEAM].error = Unavailable("down")
    await room.start(*(person(f"p{n}", steam=str(n)) for n in range(500)))
    before = len(room.calls())
    for _ in range(5):
        await room.clock.advance(60)
    assert len(room.calls()) == before + 5
    room.clients[STEAM].error = None
    await room.clock.advance(60)
    assert all(seen.presence.status is Status.ONLINE for seen in room.ear.last.people.values())


async def test_a_platform_that_hangs_delays_the_news_of_the_others_little(room: Room) -> None:
    await room.start(person("a", xbox="1"), person("b", psn="2"))
    room.clients[PSN].open.clear()
    await room.clock.advance(60 + 30)
    # Once it was waited for; from then on it is known to be slow, and the others' news is told within two seconds.
    await room.desk.of_people([])
    room.desk._lines[PSN].waited_in_vain()
    room.clients[XBOX].set("1", Status.PLAYING, title="Halo")
    await room.clock.advance(30 + 2.1)
    assert "a" in room.ear.news()
    room.clients[PSN].open.set()
    await room.clock.advance(60)
    assert room.ear.last.people["b"].sure


async def test_a_platform_without_a_credential_leaves_nobody_in_doubt(room: Room) -> None:
    room.clients[XBOX].error = NoCredential("none")
    room.clients[PSN].set("2", Status.OFFLINE)
    await room.start(person("a", xbox="1", psn="2"))
    await room.clock.advance(60)
    seen = room.ear.last.people["a"]
    assert (seen.presence.status, seen.sure) == (Status.OFFLINE, True)
    assert room.ear.last.states[XBOX].health is Health.NO_CREDENTIAL


async def test_an_account_that_cannot_be_read_takes_no_turn_from_others(room: Room) -> None:
    room.clients[STEAM].allowed = Ration(per_second=1 / 60, at_once=1, now=10)
    room.clients[STEAM].leave_out = {str(n) for n in range(100)}
    await room.start(*(person(f"p{n}", steam=str(n)) for n in range(200)))
    for _ in range(8):
        await room.clock.advance(60)
    readable = [f"p{n}" for n in range(100, 200)]
    assert all(room.ear.last.people[one].presence.status is Status.ONLINE for one in readable)
    assert sum("150" in call for call in room.calls()) >= 3


async def test_a_listener_that_fails_costs_nobody_else_and_hears_everything_anew(room: Room) -> None:
    room.ear.error = KeyError("a defect")
    with structlog.testing.capture_logs() as lines:
        await room.start(person("a", steam="1"))
        await room.clock.advance(60)
    assert {line["event"] for line in lines} == {"a look failed"}
    assert (room.ear.news(), room.other.news()) == ({"a"}, set())
    room.ear.error = None
    await room.clock.advance(60)
    assert room.ear.news() == {"a"}
    assert room.ear.last.states_changed == set(Platform)
    await room.clock.advance(60)
    assert (room.ear.news(), room.ear.last.states_changed) == (set(), frozenset())


async def test_a_database_that_is_away_ends_nothing(room: Room) -> None:
    room.trouble = OSError("away")
    with structlog.testing.capture_logs() as lines:
        await room.start(person("a", steam="1"))
    assert [line["event"] for line in lines] == ["a look failed"]
    room.trouble = None
    await room.clock.advance(60)
    assert room.ear.news() == {"a"}


async def test_status_calls_what_was_polled_in_time_no_more_stale_than_known_does(room: Room) -> None:
    who = person("a", steam="1")
    await room.start(who)
    await room.clock.advance(45)
    assert room.desk.known([who])["a"].stale_platforms == ()
    assert len(room.calls()) == 1
    # A /status asks all the same, as its rule is 30 seconds.
    asked = asyncio.create_task(room.desk.of_people([who]))
    await room.clock.advance(1)
    assert (await asked)["a"].stale_platforms == ()
    assert len(room.calls()) == 2
    # Nobody looks any more: what nobody asks about gets old.
    room.people = []
    await room.clock.advance(300)
    assert room.desk.known([who])["a"].stale_platforms == (STEAM,)
    assert len(room.calls()) == 2


async def test_what_is_known_is_stale_as_soon_as_its_platform_is_in_trouble(room: Room) -> None:
    who = person("a", steam="1")
    await room.start(who)
    room.clients[STEAM].error = Unavailable("down")
    await room.clock.advance(60.1)
    assert room.desk.known([who])["a"].stale_platforms == (STEAM,)


async def test_a_short_interval_is_kept_too() -> None:
    room = Room(every=5)
    await room.start(person("a", steam="1"))
    await room.clock.advance(60)
    assert len(room.calls()) == 13
    await room.close()


async def test_a_long_interval_asks_seldom_and_still_sees_who_is_wanted() -> None:
    room = Room(every=600)
    await room.start(person("a", steam="1"))
    await room.clock.advance(590)
    assert len(room.calls()) == 1
    room.people.append(person("b", steam="2"))
    await room.clock.advance(60)
    assert sorted(one for call in room.calls()[1:] for one in call) == ["1", "2"]
    await room.close()


async def test_more_accounts_than_are_remembered_otherwise_are_kept_while_they_are_watched() -> None:
    room = Room()
    room.desk = PresenceDesk(room.clients, room.clock, gather=0.0, limit=10)
    room.poller = Poller(room.desk, room.wanted, room.clock, [room.ear])
    await room.start(*(person(f"p{n}", steam=str(n)) for n in range(300)))
    assert all(seen.presence.status is Status.ONLINE for seen in room.ear.last.people.values())
    await room.close()
