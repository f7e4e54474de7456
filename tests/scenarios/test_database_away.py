"""The database goes away and comes back while people type. It is the embedded server, and it is really killed."""

import json
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gub.clock import SystemClock
from gub.sandbox.server import SimServer
from gub.sandbox.telegram.models import Chat, SimMessage, User
from gub.sandbox.telegram.world import World
from tests.scenarios.conversation import (
    DELAY,
    Said,
    all_answered,
    answers,
    ask,
    counts,
    delay_notices,
    greeted,
    groups,
    hanging,
    last_update,
    replies,
    until,
)
from tests.scenarios.running import BotProcess, Place, bot_in_process
from tests.support.outages import Outages


@pytest.fixture
async def outages(tmp_path: Path) -> AsyncIterator[Outages]:
    server = Outages(tmp_path / "db")
    await server.start()
    yield server
    await server.aclose()


@pytest.fixture(params=["polling", "webhook"])
def there(request: pytest.FixtureRequest, sim: SimServer, outages: Outages) -> Place:
    place = Place(sim, outages.uri, "gub")
    return place.on_webhook() if request.param == "webhook" else place


async def _established(world: World, count: int) -> list[tuple[User, Chat, SimMessage]]:
    """Make groups with the bot in them and a notify group in each; give the announcement with its buttons."""
    people = groups(world, count)
    await greeted(world, people)
    return [(person, chat, await ask(world, person, chat, "/newgroup Old")) for person, chat in people]


async def test_people_are_told_that_the_database_is_away_and_answered_when_it_is_back(
    world: World, there: Place, outages: Outages
) -> None:
    async with bot_in_process(there, SystemClock()):
        people = await _established(world, 3)
        visitor = world.add_user("Visitor")
        world.join(visitor, people[0][1])
        await ask(world, visitor, people[0][1], "/about")
        await outages.away()
        said = [(chat, world.say(person, chat, "/newgroup New")) for person, chat, _ in people]
        query = world.press(visitor, people[0][1], people[0][2].id, people[0][2].button("Join"))
        # They are told while it is away: it comes back only after that.
        await until(world, lambda: all(delay_notices(world, chat, message) for chat, message in said))
        alert = await until(world, lambda: world.callback_answer(query))
        assert alert.alert
        assert DELAY in alert.text
        more = [(chat, world.say(person, chat, "/about")) for person, chat, _ in people]
        outages.back()
        await all_answered(world, [*said, *more])
        for person, chat, _ in people:
            await ask(world, person, chat, "/about")
        assert counts(world, [*said, *more]) == [1] * 6
        assert [len(delay_notices(world, chat, message)) for chat, message in said] == [1] * 3
        assert all("New group" in answers(world, chat, message)[0].text for chat, message in said)
        # The tap was answered, and it counts.
        assert "already" in (await ask(world, visitor, people[0][1], "/join Old")).text


async def test_a_database_that_hangs_is_one_that_is_away(world: World, there: Place, outages: Outages) -> None:
    """It takes connections and says nothing: no error comes by itself."""
    async with bot_in_process(there, SystemClock()):
        people = await _established(world, 2)
        outages.hangs(now=True)
        try:
            said = [(chat, world.say(person, chat, "/newgroup New")) for person, chat, _ in people]
            # That it will be late; or, when it was stored just before and the handler met the silence, that it failed.
            await until(world, lambda: all(replies(world, chat, message) for chat, message in said))
        finally:
            outages.hangs(now=False)
        await all_answered(world, said)
        for person, chat, _ in people:
            await ask(world, person, chat, "/about")
        assert counts(world, said) == [1] * 2


async def test_nothing_is_acknowledged_that_is_not_stored(world: World, there: Place, outages: Outages) -> None:
    """The bot is killed while what it was given waits for the database: all of it comes again."""
    process = BotProcess(there)
    try:
        await process.start()
        people = await _established(world, 3)
        # What was asked for with an answer in between is confirmed by now; what comes from here on is not.
        outages.hangs(now=True)
        try:
            said: Said = []
            ids = set()
            for person, chat, _ in people:
                said.append((chat, world.say(person, chat, "/newgroup New")))
                ids.add(last_update(world))
            await until(world, lambda: all(delay_notices(world, chat, message) for chat, message in said))
            assert ids <= {stored.id for stored in world.default_bot.queue.pending}
            process.kill()
            await process.ended()
        finally:
            outages.hangs(now=False)
        await process.start()
        await all_answered(world, said)
        for person, chat, _ in people:
            await ask(world, person, chat, "/about")
        assert counts(world, said) == [1] * 3
        assert all("New group" in answers(world, chat, message)[0].text for chat, message in said)
    finally:
        await process.aclose()


async def test_the_bot_starts_before_its_database(world: World, sim: SimServer, outages: Outages) -> None:
    people = groups(world, 1)
    ((ana, chat),) = people
    await outages.away()
    process = BotProcess(Place(sim, outages.uri, "gub"))
    try:
        await process.start(until_polling=False)
        said = world.say(ana, chat, "/about")
        outages.back()
        await until(world, lambda: answers(world, chat, said))
        process.terminate()
        assert await process.ended() == 0
    finally:
        await process.aclose()
    assert len(answers(world, chat, said)) == 1


def _database_pid(directory: Path) -> int:
    noted = json.loads((directory / "embedded.json").read_text())
    return int(noted["pid"]) if noted["port"] is not None else 0


async def test_the_bot_brings_its_own_embedded_database_back_and_both_survive_kill_9(
    world: World, sim: SimServer, tmp_path: Path
) -> None:
    directory = tmp_path / "data"
    people = groups(world, 3)
    process = BotProcess(Place(sim, None, "gub", {"GUB_DATA_DIR": str(directory)}))
    try:
        await process.start()
        await greeted(world, people)
        for person, chat in people:
            await ask(world, person, chat, "/newgroup First")

        # Its database is killed.
        first = _database_pid(directory)
        os.kill(first, signal.SIGKILL)
        said = [(chat, world.say(person, chat, "/newgroup Second")) for person, chat in people]
        await all_answered(world, said)
        assert _database_pid(directory) != first
        assert "embedded database is back" in process.log
        for person, chat in people:
            taken = await ask(world, person, chat, "/newgroup second")
            assert "already" in taken.text
        assert counts(world, said) == [1] * 3

        # The bot is killed, with work in hand; its database goes with it.
        world.fail(method="sendMessage", kind="slow", times=3, delay=30.0)
        stuck = [(chat, world.say(person, chat, "/about")) for person, chat in people]
        await until(world, lambda: hanging(world) >= len(people))
        process.kill()
        await process.ended()
        world.clear_faults()
        missed = [(chat, world.say(person, chat, "/leave first")) for person, chat in people]
        await process.start()
        await all_answered(world, [*stuck, *missed])
        assert all("You left First" in answers(world, chat, message)[0].text for chat, message in missed)

        process.terminate()
        assert await process.ended() == 0
    finally:
        await process.aclose()
    assert "Traceback" not in process.log
    assert not (directory / "embedded.json").exists()
