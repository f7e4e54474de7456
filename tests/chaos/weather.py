"""Everything that goes wrong around the bot: Telegram, the platforms, the database, its own processes."""

import asyncio
import random

from gub.sandbox.telegram.faults import Fault
from gub.sandbox.telegram.world import World
from tests.chaos.events import Events
from tests.chaos.fleet import Fleet
from tests.scenarios.platforms import Platforms
from tests.support.outages import Outages

TELEGRAM = ("429", "429_plain", "500", "502_html", "drop_before", "drop_after", "slow", "slow_after", "garbage")
UNCLEAR = {"drop_after", "garbage"}
"""After these Telegram has done what it was asked, and the bot cannot know: it may do it once more."""

METHODS = ("*", "*", "sendMessage", "answerCallbackQuery", "editMessageText", "getChatMember")
PLATFORM = ("500", "503", "html", "garbage", "drop", "slow", "429")


class Weather:
    """Troubles, drawn by chance."""

    def __init__(
        self,
        world: World,
        platforms: Platforms,
        fleet: Fleet,
        outages: Outages,
        *,
        events: Events,
        chance: random.Random,
    ) -> None:
        self._world = world
        self._platforms = platforms
        self._fleet = fleet
        self._outages = outages
        self._events = events
        self._chance = chance
        self.unclear: list[float] = []
        """When Telegram began to do something without saying so; once for each time that it may."""

    async def showers(self) -> None:
        """Let Telegram and the platforms fail a little, again and again, until cancelled."""
        while True:
            await asyncio.sleep(self._chance.uniform(2.0, 5.0))
            if self._chance.random() < 0.6:
                self._telegram()
            else:
                self._platform()

    async def storms(self, calm: float) -> None:
        """Let one thing after the other break and mend, each once before any comes again, until cancelled.

        Between two are about `calm` seconds.
        """
        kinds = [self._kill, self._freeze, self._hang, self._end, self._database_dies]
        while True:
            self._chance.shuffle(kinds)
            for storm in kinds:
                await asyncio.sleep(self._chance.uniform(0.5, 1.5) * calm)
                await storm()

    async def clear_up(self) -> None:
        """Let everything work again."""
        self._world.clear_faults()
        self._platforms.steam.clear_faults()
        self._platforms.xbox.clear_faults()
        self._platforms.psn.clear_faults()
        for worker in self._fleet.workers:
            worker.thaw()
        self._outages.mend()
        await self._outages.until_up()
        self._events.note("all is well again")

    # -- inside

    def _telegram(self) -> None:
        kind, method = self._chance.choice(TELEGRAM), self._chance.choice(METHODS)
        fault = Fault(method, kind, self._chance.randint(1, 3), retry_after=self._chance.randint(1, 3), delay=2.0)
        if kind in UNCLEAR:
            self.unclear += [self._events.now] * fault.times
        self._world.faults.add(fault)
        self._events.note(f"telegram: {kind} at {method}, {fault.times} times")

    def _platform(self) -> None:
        kind = self._chance.choice(PLATFORM)
        one = self._chance.choice((self._platforms.steam, self._platforms.xbox, self._platforms.psn))
        one.fail(kind, times=self._chance.randint(1, 4), delay=2.0)
        self._events.note(f"{type(one).__name__}: {kind}")

    async def _kill(self) -> None:
        if (worker := self._fleet.one()) is not None:
            self._events.note(f"kill -9 {worker.name}")
            self._events.count("kills")
            self._fleet.stumbled()
            worker.kill()

    async def _end(self) -> None:
        if (worker := self._fleet.one()) is not None:
            self._events.note(f"SIGTERM {worker.name}")
            self._events.count("terms")
            worker.terminate()

    async def _freeze(self) -> None:
        if (worker := self._fleet.one()) is None:
            return
        seconds = self._chance.choice((3.0, 8.0, 20.0))
        self._events.note(f"{worker.name} is frozen for {seconds} s")
        self._events.count("freezes")
        self._fleet.stumbled()
        worker.freeze()
        await asyncio.sleep(seconds)
        worker.thaw()
        self._fleet.stumbled()
        self._events.note(f"{worker.name} goes on")

    async def _hang(self) -> None:
        seconds = self._chance.uniform(1.0, 12.0)
        self._events.note(f"the database hangs for {seconds:.1f} s")
        self._events.count("hangs")
        await self._outages.until_up()
        self._fleet.stumbled()
        self._outages.hangs(now=True)
        await asyncio.sleep(seconds)
        self._outages.mend()

    async def _database_dies(self) -> None:
        seconds = self._chance.uniform(0.5, 8.0)
        self._events.note(f"the database is killed, and away for {seconds:.1f} s")
        self._events.count("database kills")
        await self._outages.until_up()
        self._fleet.stumbled()
        await self._outages.away()
        await asyncio.sleep(seconds)
        self._outages.back()
        await self._outages.until_up()
        self._events.note("the database is back")
