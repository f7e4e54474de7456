"""What is kept of presences: recalled once, noted on a change, never in anybody's way."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta

import pytest
import structlog

from gub.domain.presence import Past, PersonPresence, Status
from gub.domain.values import Platform
from gub.platforms.errors import Unavailable
from gub.presence.desk import PresenceDesk
from gub.presence.memory import Key
from gub.store.store import Store
from tests.presence.clients import ScriptedClient, person
from tests.support.clock import START, FakeClock

STEAM = Platform.STEAM
KEY = (STEAM, "1")
ANN = person("Ann", steam="1")


class Shelf:
    """Implements `gub.presence.history.History` from memory, as slow and as broken as a test says."""

    def __init__(self) -> None:
        self.kept: dict[Key, Past] = {}
        self.recalls: list[list[Key]] = []
        self.notes: list[list[Past]] = []
        self.error: Exception | None = None
        self.open = asyncio.Event()
        self.open.set()

    async def recall(self, keys: Sequence[Key]) -> Mapping[Key, Past]:
        self.recalls.append(list(keys))
        await self.open.wait()
        if self.error is not None:
            raise self.error
        return {key: self.kept[key] for key in keys if key in self.kept}

    async def note(self, pasts: Sequence[Past]) -> None:
        self.notes.append(list(pasts))
        await self.open.wait()
        if self.error is not None:
            raise self.error
        self.kept |= {(past.platform, past.account_id): past for past in pasts}


class Room:
    """A Steam, a history, and desks that come and go as processes do."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.steam = ScriptedClient(STEAM, self.clock)
        self.shelf = Shelf()
        self.desk = self.new_desk()

    def new_desk(self) -> PresenceDesk:
        return PresenceDesk({STEAM: self.steam}, self.clock, gather=0.0, history=self.shelf)

    async def restart(self) -> None:
        await self.desk.aclose()
        self.desk = self.new_desk()

    async def ann(self) -> PersonPresence:
        found = (await self.desk.of_people([ANN]))["Ann"]
        await self.clock.advance(0)
        return found


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    room = Room()
    yield room
    room.shelf.open.set()
    await room.desk.aclose()


async def test_since_and_last_seen_survive_a_restart(room: Room) -> None:
    room.steam.set("1", Status.ONLINE)
    await room.ann()
    await room.clock.advance(60)
    room.steam.set("1", Status.PLAYING, title="Hades", title_id="9")
    began = room.clock.now()
    await room.ann()
    await room.restart()
    await room.clock.advance(600)
    playing = await room.ann()
    assert playing.main is not None
    assert (playing.main.title, playing.main.since) == ("Hades", began)
    seen = room.clock.now()
    await room.restart()
    await room.clock.advance(3600)
    room.steam.set("1", Status.OFFLINE)
    offline = await room.ann()
    assert (offline.status, offline.last_seen) == (Status.OFFLINE, seen)


async def test_what_was_known_is_shown_with_its_age_when_the_platform_does_not_answer(room: Room) -> None:
    room.steam.set("1", Status.PLAYING, title="Hades")
    await room.ann()
    await room.restart()
    room.steam.error = Unavailable("down")
    await room.clock.advance(20)
    kept = await room.ann()
    assert (kept.status, kept.stale_platforms) == (Status.PLAYING, (STEAM,))
    assert kept.main is not None
    assert kept.main.fetched_at == START
    await room.clock.advance(600)
    gone = await room.ann()
    assert (gone.status, gone.unanswered, gone.last_seen) == (Status.UNKNOWN, (STEAM,), START)


async def test_what_was_kept_is_never_taken_for_an_answer(room: Room) -> None:
    """Also when the restart took no time: it lacks what goes on in the game."""
    room.steam.set("1", Status.PLAYING, title="Hades", activity="Level 3")
    await room.ann()
    await room.restart()
    now = await room.ann()
    assert len(room.steam.calls) == 2
    assert now.main is not None
    assert (now.main.activity, now.main.stale) == ("Level 3", False)
    await room.restart()
    room.steam.error = Unavailable("down")
    assert (await room.ann()).stale_platforms == (STEAM,)
    room.steam.error = None
    await room.clock.advance(5)
    assert (await room.ann()).stale_platforms == ()


async def test_a_late_history_is_used_all_the_same_and_never_overwritten_before_it_was_read(room: Room) -> None:
    began = START - timedelta(minutes=50)
    room.shelf.kept[KEY] = Past(STEAM, "1", Status.PLAYING, "Hades", None, began, START, START)
    room.steam.set("1", Status.PLAYING, title="Hades")
    room.shelf.open.clear()
    asked = asyncio.create_task(room.desk.of_people([ANN]))
    await room.clock.until_sleeping()
    await room.clock.advance(0.39)
    assert not asked.done()
    await room.clock.advance(0.02)
    at_once = (await asked)["Ann"].main
    assert at_once is not None
    assert (at_once.title, at_once.since) == ("Hades", None)
    assert room.shelf.notes == []
    room.shelf.open.set()
    await room.clock.advance(0)
    later = (await room.ann()).main
    assert later is not None
    assert later.since == began
    assert len(room.steam.calls) == len(room.shelf.recalls) == 1


async def test_the_history_never_adds_to_the_deadline(room: Room) -> None:
    room.shelf.open.clear()
    room.steam.open.clear()
    asked = asyncio.create_task(room.desk.of_people([ANN]))
    await room.clock.until_sleeping()
    await room.clock.advance(0.4)
    await room.clock.until_sleeping()
    await room.clock.advance(0.39)
    assert not asked.done()
    await room.clock.advance(0.02)
    assert (await asked)["Ann"].unanswered == (STEAM,)
    room.steam.open.set()


async def test_fifteen_chats_at_once_recall_an_account_once(room: Room) -> None:
    room.shelf.open.clear()
    asked = [asyncio.create_task(room.desk.of_people([ANN])) for _ in range(15)]
    await room.clock.until_sleeping(15)
    room.shelf.open.set()
    await asyncio.gather(*asked)
    await room.ann()
    assert room.shelf.recalls == [[KEY]]


async def test_it_is_noted_on_a_change_and_now_and_then(room: Room) -> None:
    async def notes_after(seconds: float, status: Status, title: str | None = None) -> int:
        before = len(room.shelf.notes)
        await room.clock.advance(seconds)
        room.steam.set("1", status, title=title)
        await room.ann()
        return len(room.shelf.notes) - before

    assert await notes_after(0, Status.ONLINE) == 1
    assert await notes_after(60, Status.ONLINE) == 0
    assert await notes_after(60, Status.PLAYING, "Hades") == 1
    assert await notes_after(60, Status.PLAYING, "Hades\u2122") == 0
    assert await notes_after(240, Status.PLAYING, "Hades") == 1, "five minutes on"
    assert await notes_after(60, Status.PLAYING, "Celeste") == 1
    assert await notes_after(60, Status.OFFLINE) == 1
    assert await notes_after(60, Status.OFFLINE) == 0
    assert await notes_after(60, Status.UNKNOWN) == 0, "nothing is learned from that"
    await notes_after(60, Status.OFFLINE)
    assert await notes_after(1200, Status.OFFLINE) == 0
    assert await notes_after(86_400, Status.OFFLINE) == 1, "or it would be forgotten after 30 days"


@pytest.mark.parametrize("when", ["recall", "note"])
async def test_a_history_that_fails_hurts_no_answer_and_is_tried_again(room: Room, when: str) -> None:
    if when == "note":
        await room.ann()
        await room.clock.advance(60)
    room.steam.set("1", Status.PLAYING, title="Hades")
    room.shelf.error = RuntimeError("the database is away")
    with structlog.testing.capture_logs() as lines:
        assert (await room.ann()).status is Status.PLAYING
        assert (await room.ann()).status is Status.PLAYING
    assert [(line["event"], line["what"]) for line in lines] == [("presence_history_failed", when)]
    room.shelf.error = None
    await room.clock.advance(31)
    await room.ann()
    assert room.shelf.kept[KEY].title == "Hades"


async def test_closing_finishes_what_is_being_noted_if_that_is_quick(room: Room) -> None:
    await room.ann()
    await room.clock.advance(60)
    room.steam.set("1", Status.PLAYING, title="Hades")
    room.shelf.open.clear()
    await room.ann()
    closing = asyncio.create_task(room.desk.aclose())
    await room.clock.until_sleeping()
    room.shelf.open.set()
    await closing
    assert room.shelf.kept[KEY].title == "Hades"


async def test_closing_waits_for_a_hanging_history_no_longer_than_two_seconds(room: Room) -> None:
    await room.ann()
    await room.clock.advance(60)
    room.steam.set("1", Status.PLAYING, title="Hades")
    room.shelf.open.clear()
    await room.ann()
    closing = asyncio.create_task(room.desk.aclose())
    await room.clock.until_sleeping()
    await room.clock.advance(2.01)
    await closing
    assert room.shelf.kept[KEY].title is None


async def test_the_store_is_such_a_history(store: Store) -> None:
    clock = FakeClock()
    steam = ScriptedClient(STEAM, clock)
    desks = [PresenceDesk({STEAM: steam}, clock, gather=0.0, history=store.presences) for _ in range(2)]
    steam.set("1", Status.ONLINE)
    await desks[0].of_people([ANN])
    await clock.advance(60)
    steam.set("1", Status.PLAYING, title="Hades")
    await desks[0].of_people([ANN])
    await desks[0].aclose()
    steam.error = Unavailable("down")
    await clock.advance(120)
    kept = (await desks[1].of_people([ANN]))["Ann"]
    assert kept.main is not None
    assert (kept.main.title, kept.main.since) == ("Hades", START + timedelta(seconds=60))
    await desks[1].aclose()
