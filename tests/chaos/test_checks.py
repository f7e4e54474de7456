"""The checks at the end of a soak find what they are there for."""

import asyncio
import random
from collections.abc import AsyncIterator

import pytest

from gub.clock import SystemClock
from gub.sandbox.telegram.world import World
from gub.store.documents import Database
from gub.store.mongo import connect
from gub.store.store import Store
from tests.chaos import checks
from tests.chaos.events import Events
from tests.chaos.fleet import Worker
from tests.chaos.regulars import Call, KnownGroup, Regulars
from tests.chaos.wild import Wild
from tests.scenarios.conversation import DELAY
from tests.scenarios.running import Place
from tests.support.clock import START
from tests.support.mongo import database_name, mongo_uri, store

__all__ = ["database_name", "mongo_uri", "store"]

ANA, BEA = 1, 2


@pytest.fixture
def events() -> Events:
    return Events(seed=1)


@pytest.fixture
def chance() -> random.Random:
    return random.Random(1)  # noqa: S311 - the same every time


@pytest.fixture
def regulars(world: World, events: Events, chance: random.Random) -> Regulars:
    made = Regulars(world, 1, events, chance)
    world.add_bot(made.chat, made.people[0])
    return made


@pytest.fixture
async def database(mongo_uri: str, database_name: str, store: Store) -> AsyncIterator[Database]:
    """With its collections made by the store."""
    del store
    client = connect(mongo_uri)
    yield client[database_name]
    await client.close()


class TestRemembered:
    async def test_what_agrees_is_no_problem(self, regulars: Regulars, database: Database, events: Events) -> None:
        await self._store(regulars, database)
        await checks.remembered(database, regulars, events)
        assert events.problems == []

    @pytest.mark.parametrize(
        ("what", "problem"),
        [
            ("joined", "2 was told of being a member: True"),
            ("left", "1 was told of being a member: False"),
            ("never told", "{1} are members, and were never told"),
            ("gone", "Beta is gone from the database"),
            ("unheard of", "nobody was told of Alpha"),
            ("added", "Nova being listed was told: True"),
        ],
    )
    async def test_what_does_not_agree_is_found(
        self, regulars: Regulars, database: Database, events: Events, what: str, problem: str
    ) -> None:
        await self._store(regulars, database)
        group = regulars.groups["Alpha"]
        assert group is not None
        match what:
            case "joined":
                group.members[BEA] = True
            case "left":
                group.members[ANA] = False
            case "never told":
                group.members.clear()
            case "gone":
                regulars.groups["Beta"] = KnownGroup("Beta", regulars.people[0])
            case "unheard of":
                regulars.groups.clear()
            case _:
                regulars.listed["Nova"] = True
        await checks.remembered(database, regulars, events)
        assert len(events.problems) == 1
        assert problem in events.problems[0]

    async def test_what_is_not_known_is_not_judged(
        self, regulars: Regulars, database: Database, events: Events
    ) -> None:
        await self._store(regulars, database)
        regulars.groups = {"Alpha": KnownGroup("Alpha", regulars.people[0], {ANA: None, BEA: None}), "Beta": None}
        regulars.listed = {"Nova": None}
        await checks.remembered(database, regulars, events)
        assert events.problems == []

    @staticmethod
    async def _store(regulars: Regulars, database: Database) -> None:
        chat_id = regulars.chat.id
        await database["chats"].insert_one({"chat_id": chat_id})
        alpha = {"chat_id": chat_id, "creator_id": ANA, "name": "Alpha", "description": None}
        await database["notifygroups"].insert_one(alpha | {"members": [ANA], "invited": []})
        regulars.groups["Alpha"] = KnownGroup("Alpha", regulars.people[0], {ANA: True, BEA: False})


async def test_what_is_not_through_is_found(database: Database) -> None:
    assert await checks.leftovers(database, 7) == []
    await database["inbox"].insert_one({"_id": "7:1", "bot_id": 7, "update_id": 1, "state": "new"})
    await database["migrations"].insert_one({"_id": -1, "to": -2, "started_at": START})
    call = {"kind": "call", "chat_id": 1, "group_id": "x", "left": [1]}
    await database["ringing"].insert_many(
        [call | {"_id": "1:1", "created_at": START}, call | {"_id": "1:2", "created_at": SystemClock().now()}]
    )
    assert await checks.leftovers(database, 7) == ["1 in inbox", "1 in ringing", "1 in migrations"]
    assert await checks.leftovers(database, 8) == ["1 in ringing", "1 in migrations"]


async def test_groups_that_do_not_say_who_is_invited_are_found(database: Database, events: Events) -> None:
    group = {"chat_id": -1, "creator_id": ANA, "name": "Alpha", "description": None}
    await database["notifygroups"].insert_one(group | {"members": [ANA, ANA], "invited": [BEA]})
    await checks.invited_agree(database, events)
    assert ["invited of" in events.problems[0], "twice" in events.problems[1]] == [True, True]


async def test_chats_that_are_kept_wrongly_are_found(database: Database, world: World, events: Events) -> None:
    ana = world.add_user("Ana")
    here, left = world.add_group("Here", [ana]), world.add_group("Left", [ana])
    world.add_bot(here)
    world.start(ana)
    await database["chats"].insert_many([{"chat_id": one} for one in (here.id, left.id, ana.id)])
    await database["departures"].insert_one({"_id": here.id, "at": START})
    person = {"user_id": ana.id, "chat_id": here.id, "group_name": "G", "display_name": "Ana"}
    await database["statususers"].insert_one(person)
    await checks.chats_agree(database, world, events)
    assert events.problems == [
        f"chat {here.id} is kept, and was left",
        f"chat {left.id} is kept, and the bot is not in it",
        "1 are listed without an account",
    ]
    events.problems.clear()
    world.block(ana)
    await database["chats"].delete_many({"chat_id": {"$lt": 0}})
    await database["statususers"].delete_many({})
    await checks.chats_agree(database, world, events)
    assert events.problems == [f"chat {ana.id} is kept, and the bot is not in it"]
    await world.aclose()


async def test_what_is_still_held_and_what_failed_is_found(database: Database, events: Events) -> None:
    await checks.nothing_is_held(database, events)
    await checks.no_faults(database, events)
    assert events.problems == []
    await database["leases"].insert_one({"_id": "intake:7", "holder": "x", "expires_at": START})
    fault = {"_id": "KeyError in x:1", "told_at": START, "more": 0, "reference": "r", "seen_at": START}
    await database["faults"].insert_one(fault)
    await checks.nothing_is_held(database, events)
    await checks.no_faults(database, events)
    assert "in leases is left" in events.problems[0]
    assert "told of KeyError in x:1" in events.problems[1]


@pytest.mark.parametrize(
    ("times", "excuses", "problems"), [(1, [], 0), (2, [], 1), (2, [99.0], 0), (3, [99.0, 500.0], 1)]
)
def test_what_is_told_more_often_than_troubles_explain_is_found(
    events: Events, times: int, excuses: list[float], problems: int
) -> None:
    checks.Repeats(events, excuses).check(100.0, "/join Alpha", times)
    assert len(events.problems) == problems


async def test_who_was_not_called_and_what_was_answered_twice_are_found(
    world: World, regulars: Regulars, events: Events
) -> None:
    bot, people = world.default_bot.user, regulars.people
    said = world.say(people[0], regulars.chat, "/notify Alpha tonight-1")
    mention = {"type": "text_mention", "offset": 0, "length": 1, "user_id": people[1].id}
    world.post(regulars.chat, bot, text="R tonight-1", entities=[mention])
    regulars.calls = [Call(0.0, said, "tonight-1", {people[1].id, people[2].id})]
    asked = world.say(people[0], regulars.chat, "/about")
    answers = [world.post(regulars.chat, bot, text="GUB", reply_to=asked.id) for _ in range(2)]
    regulars.told = [(0.0, asked, answers[0])]
    repeats = checks.Repeats(events, [])
    checks.pinged(world, regulars, events, repeats)
    checks.told_once(world, regulars, repeats)
    assert f"{{{people[2].id}}} never heard of" in events.problems[0]
    assert "'/about' of 0.0 was answered 2 times" in events.problems[1]
    assert len(events.problems) == 2
    await world.aclose()


async def test_who_waits_for_an_answer_is_known(world: World, events: Events, chance: random.Random) -> None:
    wild = Wild(world, 2, events, chance)
    wild.chats = [chat] = wild.chats[:1]
    bot = world.default_bot.user
    world.add_bot(chat)
    wild._type()
    (wish,) = wild.unanswered()
    world.post(chat, bot, text=f"I {DELAY}", reply_to=wish.said.id)
    assert wild.unanswered() == [wish]
    world.post(chat, bot, text="That's it", reply_to=wish.said.id)
    assert wild.unanswered() == []
    wild._type()
    wild._expel()
    assert wild.unanswered() == [], "who cannot be heard need not answer"
    await world.aclose()


@pytest.mark.parametrize(("last", "problems"), [(110, 0), (300, 1)])
def test_memory_that_grows_is_found(events: Events, last: int, problems: int) -> None:
    worker = Worker(Place(None, None, "gub"), "bot")  # type: ignore[arg-type]
    worker.memory = [(1.0, 50 << 20), (35.0, 100 << 20), (200.0, last << 20)]
    checks.memory_is_flat([worker], events)
    assert len(events.problems) == problems


async def test_an_end_of_a_process_that_nobody_asked_for_is_a_problem(
    events: Events, chance: random.Random, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.chaos import fleet  # noqa: PLC0415 - to replace what it starts

    ended = asyncio.Event()

    async def dies(worker: Worker, _: Events) -> int:
        if ended.is_set():
            await asyncio.Event().wait()
        ended.set()
        worker.lines.append("no more")
        return 1

    monkeypatch.setattr(Worker, "run_once", dies)
    monkeypatch.setattr(fleet, "RESTART_AFTER", 0)
    ships = fleet.Fleet(Place(None, None, "gub"), 1, events, chance)  # type: ignore[arg-type]
    await ships.start()
    await ended.wait()
    await asyncio.sleep(0)
    await ships.aclose()
    assert events.problems == ["bot ended with 1: ['no more']"]
