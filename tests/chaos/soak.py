"""A soak: people do everything at random in fifty chats while everything around the bot fails.

It takes real time, for real processes are killed, frozen and started again. What people do is drawn from the seed; how
it interleaves with the processes is not, so a seed leads to the same kind of day, and mostly to the same failure.
"""

import asyncio
import random
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus

from gub.store.documents import Database
from gub.store.mongo import connect
from tests.chaos import checks
from tests.chaos.events import Events
from tests.chaos.fleet import Fleet
from tests.chaos.regulars import Regulars, Unanswered
from tests.chaos.weather import Weather
from tests.chaos.wild import Wild
from tests.scenarios.conversation import bot_messages
from tests.scenarios.platforms import Platforms
from tests.scenarios.running import Place
from tests.support.outages import Outages

CHATS = 25
"""Of each kind: such in which every answer is remembered, and such in which anything happens."""
RATE = 4.0
"""Things done a second in the wild chats together."""
CALM = 120.0
"""Seconds within which all is through once everything works again."""
NEWS = "Hear, hear: the news of the day"


@dataclass(frozen=True)
class Plan:
    """How a soak goes. `workers`: 1 polls, more share a webhook."""

    seed: int
    seconds: float
    workers: int = 1
    chats: int = CHATS

    @property
    def calm(self) -> float:
        """Seconds between two storms: a short soak has all five, a long one lets people do something in between."""
        return min(max(self.seconds / 12, 3.0), 8.0)


class Soak:
    """One soak, from the first word to the last check."""

    def __init__(self, plan: Plan, place: Place, platforms: Platforms, outages: Outages) -> None:
        self.events = Events(plan.seed)
        chance = random.Random(plan.seed)  # noqa: S311 - the same every time is what is wanted

        def chances() -> random.Random:
            return random.Random(chance.random())  # noqa: S311 - as above

        self._plan = plan
        self._world = place.sim.world
        # An answer to a tap that comes late counts: how late it may come is not what is looked for here.
        self._world.query_deadline = 3600.0
        # Telegram keeps its limits as well. What the bot sent before it was killed it cannot know, so some is refused.
        self._world.flood = True
        self._owner = self._world.add_user("Owner")
        self._place = place.having(GUB_OWNER_IDS=str(self._owner.id), GUB_DONATIONS="on")
        self._fleet = Fleet(self._place, plan.workers, self.events, chances())
        self._weather = Weather(self._world, platforms, self._fleet, outages, events=self.events, chance=chances())
        self._regulars = [Regulars(self._world, number, self.events, chances()) for number in range(plan.chats)]
        for one in range(plan.chats):
            platforms.steam.add_account(f"account {one}", vanity=f"player{one}", game="Dota 2")
        self._unheard = 0
        self._wild = Wild(self._world, plan.chats, self.events, chances())

    @property
    def log(self) -> list[str]:
        """Give what the bot's processes wrote."""
        return self._fleet.log

    async def run(self) -> Events:
        """Live through it, let it become calm, and look at what is left. What is wrong is in the events."""
        try:
            await self._fleet.start()
            await self._live()
            await self._weather.clear_up()
            await self._become_calm()
            checks.memory_is_flat(self._fleet.workers, self.events)
            await self._fleet.stop()
            await self._check()
        finally:
            await self._fleet.aclose()
        return self.events

    async def _live(self) -> None:
        """Let people and troubles loose for the time of the plan; the regulars still get the answers they wait for."""
        people = [asyncio.create_task(one.live()) for one in self._regulars]
        others = [
            self._wild.live(RATE * self._plan.chats / CHATS),
            self._weather.showers(),
            self._weather.storms(self._plan.calm),
        ]
        beside = [asyncio.create_task(one) for one in others]
        announcing = asyncio.create_task(self._announce())
        done, _ = await asyncio.wait(beside, timeout=self._plan.seconds, return_when=asyncio.FIRST_COMPLETED)
        for task in beside:
            task.cancel()
        await asyncio.wait(beside)
        await self._weather.clear_up()
        for task in people:
            task.cancel()
        await asyncio.wait([*people, announcing])
        for task in done:
            task.result()
        for task in [*people, announcing]:
            if not task.cancelled():
                with suppress(Unanswered):
                    task.result()

    async def _announce(self) -> None:
        """Let the owner tell everybody something in the middle of it."""
        await asyncio.sleep(self._plan.seconds / 3)
        self._world.start(self._owner)
        self._world.say(self._owner, self._owner, f"/announce {NEWS}")
        ask = await self._world.wait_for(self._question, CALM)
        assert ask is not None
        self._world.press(self._owner, self._world.private(self._owner), ask[0], ask[1])
        self.events.note("the owner announces something")

    def _question(self) -> tuple[int, str] | None:
        shown = bot_messages(self._world, self._world.private(self._owner))
        found = [message for message in shown if any("Confirm" in button["text"] for button in message.buttons)]
        return (found[-1].id, found[-1].button("Confirm")) if found else None

    async def _become_calm(self) -> None:
        """Wait until everything that was begun is through."""
        client = connect(self._place.mongo_uri or "")
        database = client[self._place.database_name]
        left: list[str] = []
        end = self.events.now + CALM
        while self.events.now < end:
            left = await self._left(database)
            if not left:
                break
            await asyncio.sleep(0.5)
        for one in left:
            self.events.problem(f"stuck: {one}")
        for wish in self._wild.unanswered():
            self.events.note(self._wild.story(wish))
        self.events.note("calm")
        await client.close()

    async def _left(self, database: Database) -> list[str]:
        return [
            *(f"no answer to {w.said.text[:60]!r} in {w.chat.id} at {w.at:.1f}" for w in self._wild.unanswered()),
            *(f"no answer to the tap {tap.data!r} at {tap.at:.1f}" for tap in self._wild.unanswered_taps()),
            *await checks.leftovers(database, self._world.default_bot.id),
        ]

    async def _check(self) -> None:
        client = connect(self._place.mongo_uri or "")
        database = client[self._place.database_name]
        waits = sorted(wait for one in self._regulars for wait in one.waits)
        self.events.note(f"answers took {[round(one, 1) for one in waits[:: max(1, len(waits) // 10)]]} s")
        repeats = checks.Repeats(self.events, [*self._fleet.stumbles, *self._weather.unclear])
        for one in self._regulars:
            await checks.remembered(database, one, self.events)
            checks.pinged(self._world, one, self.events, repeats)
            checks.told_once(self._world, one, repeats)
            self._check_news(one)
        await checks.invited_agree(database, self.events)
        await checks.chats_agree(database, self._world, self.events)
        await checks.nothing_is_held(database, self.events)
        await checks.no_faults(database, self.events)
        await checks.database_checks(self._place, self.events)
        await client.close()
        self.events.counts["refused for too much"] = sum(
            one.status == HTTPStatus.TOO_MANY_REQUESTS for one in self._world.requests
        )
        for line in self._fleet.log:
            if "Traceback" in line or "[error" in line or "[critical" in line:
                self.events.problem(f"the log: {line[:300]}")

    def _check_news(self, regulars: Regulars) -> None:
        heard = sum(NEWS in message.text for message in bot_messages(self._world, regulars.chat))
        self.events.count(f"chats that heard the news {heard} times")
        if heard == 0:
            self._unheard += 1
        if self._unheard + max(0, heard - 1) > len(self._fleet.stumbles) + len(self._weather.unclear):
            self.events.problem(f"{regulars.chat.title}: heard the news {heard} times")
