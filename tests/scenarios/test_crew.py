"""Several processes of one bot, behind a load balancer on one database, behave as one bot."""

import os
import random
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest

from gub.sandbox.telegram.models import Chat, User
from gub.sandbox.telegram.world import World
from gub.store.announcements import TargetState
from gub.store.store import Store
from tests.scenarios.conversation import (
    Said,
    all_answered,
    answers,
    ask,
    counts,
    greeted,
    groups,
    tap,
    until,
)
from tests.scenarios.running import WEBHOOK_SECRET, BotProcess, Place, free_port
from tests.scenarios.test_announcements import counted, long_known_groups, previewed, told_in
from tests.support.balancer import Balancer

WORKERS = 3


@dataclass
class Crew:
    """Three workers and what stands before them."""

    place: Place
    balancer: Balancer
    workers: list[BotProcess]

    @property
    def log(self) -> str:
        return "\n".join(f"{number}: {line}" for number, one in enumerate(self.workers) for line in one.lines)

    async def start(self) -> None:
        for worker in self.workers:
            await worker.start()

    def frozen(self, worker: BotProcess) -> None:
        os.kill(worker.pid, signal.SIGSTOP)

    def thawed(self, worker: BotProcess) -> None:
        os.kill(worker.pid, signal.SIGCONT)


@pytest.fixture
async def crew(place: Place) -> AsyncIterator[Crew]:
    async with AsyncExitStack() as stack:
        ports = [free_port() for _ in range(WORKERS)]
        balancer = await stack.enter_async_context(Balancer(ports))
        workers = []
        for port in ports:
            there = place.having(
                GUB_WEBHOOK_URL=balancer.url,
                GUB_WEBHOOK_LISTEN=f"127.0.0.1:{port}",
                GUB_WEBHOOK_SECRET=WEBHOOK_SECRET,
                GUB_LOG_LEVEL="debug",
            )
            workers.append(BotProcess(there))
            stack.push_async_callback(workers[-1].aclose)
        yield Crew(place, balancer, workers)


def _talk(world: World, people: list[tuple[User, Chat]], rounds: int) -> Said:
    return [(chat, world.say(person, chat, "/about")) for _ in range(rounds) for person, chat in people]


async def test_three_workers_answer_each_command_once_and_in_order(world: World, crew: Crew) -> None:
    people = groups(world, 6)
    await crew.start()
    await greeted(world, people)
    said = _talk(world, people, 10)
    await all_answered(world, said)
    assert counts(world, said) == [1] * len(said)
    for _, chat in people:
        asked = [message for where, message in said if where is chat]
        replied = [answers(world, chat, message)[0].id for message in asked]
        assert replied == sorted(replied), "answered in order"
    assert len(crew.balancer.taken) == WORKERS
    assert "Traceback" not in crew.log


async def test_a_story_over_three_workers(world: World, crew: Crew) -> None:
    """Dialogs, buttons and groups go on wherever the next update happens to arrive."""
    ana, bea = world.add_user("Ana"), world.add_user("Bea")
    chat = world.add_group("Friday Squad", [ana, bea])
    await crew.start()
    world.add_bot(chat, ana)
    made = await ask(world, ana, chat, "/newgroup Warzone")
    assert "Warzone" in (await tap(world, bea, made, "Join")).text
    before = len(world.pushes)
    world.say(ana, chat, "/notify Warzone tonight?")
    await until(world, lambda: [p.user_id for p in world.pushes[before:] if p.reason == "mention"] == [bea.id])


async def test_a_worker_that_is_killed_and_one_that_is_frozen_lose_nothing(
    world: World, crew: Crew, store: Store
) -> None:
    """What was in work when one died or froze may be done twice by who takes over; nothing else, nothing is lost."""
    chance = random.Random(6)  # noqa: S311 - chosen once, so that the test is the same each time
    people = groups(world, 9)
    await crew.start()
    await greeted(world, people)
    killed, frozen, _ = chance.sample(crew.workers, 3)
    said = _talk(world, people, 2)
    await until(world, lambda: sum(counts(world, said)) >= chance.randrange(3, 9))
    killed.kill()
    said += _talk(world, people, 2)
    await until(world, lambda: sum(counts(world, said)) >= len(people) * 2 + chance.randrange(9))
    crew.frozen(frozen)
    said += _talk(world, people, 2)
    await all_answered(world, said)
    crew.thawed(frozen)
    said += _talk(world, people, 2)
    await all_answered(world, said)
    repeated = [count - 1 for count in counts(world, said) if count > 1]
    assert sum(repeated) <= 2 * len(people)
    assert max(repeated, default=0) <= 1
    await killed.start()
    await frozen_is_back(frozen, world, people)
    for worker in crew.workers:
        worker.terminate()
    assert [await worker.ended() for worker in crew.workers] == [0] * WORKERS
    assert await store.inbox.pending(world.default_bot.id) == []
    assert "Traceback" not in crew.log


async def frozen_is_back(frozen: BotProcess, world: World, people: list[tuple[User, Chat]]) -> None:
    """Wait until the one that was frozen has joined again under another name."""
    joined = [line for line in frozen.lines if "joined the crew" in line]
    if any("taken for dead" in line for line in frozen.lines):
        await until(world, lambda: len([one for one in frozen.lines if "joined the crew" in one]) >= 2)
    else:
        assert joined
    await all_answered(world, _talk(world, people[:3], 1))


async def test_an_announcement_goes_on_when_the_worker_on_duty_dies(world: World, crew: Crew, store: Store) -> None:
    """Confirmed and paused at whichever worker the tap happens to reach."""
    owner = world.add_user("Olga")
    chats = await long_known_groups(world, store, owner, 40)
    for worker in crew.workers:
        worker.settle(GUB_OWNER_IDS=str(owner.id))
    await crew.start()
    panel = await previewed(world, owner)
    await tap(world, owner, panel, "Confirm")
    await until(world, lambda: len(told_in(world, chats)) >= 5)
    await tap(world, owner, panel, "Pause")
    await tap(world, owner, panel, "Resume")
    await until(world, lambda: len(told_in(world, chats)) >= 12)
    on_duty = next(worker for worker in crew.workers if "on duty" in worker.log)
    on_duty.kill()
    await until(world, lambda: panel.text.startswith("✅ Announced"))
    told, counts = told_in(world, chats), await counted(store)
    assert set(told.values()) == {1}
    assert counts.of(TargetState.UNKNOWN) <= 1
    assert len(told) >= 39
    assert sum("on duty" in worker.log for worker in crew.workers) == 2


@pytest.fixture
async def pollers(world: World, place: Place) -> AsyncIterator[tuple[BotProcess, BotProcess]]:
    """One that polls, and one that stands by."""
    first, second = BotProcess(place), BotProcess(place)
    try:
        await first.start()
        await second.start(until_polling=False)
        await until(world, lambda: "standing by" in second.log)
        yield first, second
        assert "Traceback" not in first.log + second.log
    finally:
        await first.aclose()
        await second.aclose()


async def test_a_poller_stands_by_and_takes_over_when_the_first_dies(
    world: World, pollers: tuple[BotProcess, BotProcess]
) -> None:
    first, second = pollers
    ((ana, chat),) = groups(world, 1)
    await ask(world, ana, chat, "/about")
    first.kill()
    again = world.say(ana, chat, "/about")
    await until(world, lambda: answers(world, chat, again))
    assert "taking over" in second.log
    assert len(answers(world, chat, again)) == 1
    second.terminate()
    assert await second.ended() == 0


async def test_a_stand_by_stops_when_it_is_told_to(pollers: tuple[BotProcess, BotProcess]) -> None:
    _, second = pollers
    second.terminate()
    assert await second.ended() == 0


async def test_a_poller_that_was_frozen_makes_way_for_the_stand_by(
    world: World, pollers: tuple[BotProcess, BotProcess]
) -> None:
    first, _ = pollers
    ((ana, chat),) = groups(world, 1)
    await ask(world, ana, chat, "/about")
    os.kill(first.pid, signal.SIGSTOP)
    said = world.say(ana, chat, "/about")
    await until(world, lambda: answers(world, chat, said))
    os.kill(first.pid, signal.SIGCONT)
    await until(world, lambda: "standing by" in first.log)
    more = [(chat, world.say(ana, chat, "/about")) for _ in range(3)]
    await all_answered(world, more)
    assert counts(world, more) == [1] * 3
