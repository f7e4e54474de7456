"""What it takes to watch over 10,000 accounts of 1,000 chats: requests, time to news, CPU, memory.

By the real clients with their real budgets against the simulated platforms, and a real database. The poller's looks are
made one after another, and between two of them the clock leaps: 20 minutes of its life take some seconds.
"""

import math
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import psutil
from bson import ObjectId
from pymongo import AsyncMongoClient

from benchmarks.leaping import Leaping
from benchmarks.players import PLAYERS, account
from benchmarks.status_data import DATABASE, store_credentials
from benchmarks.status_stage import StatusStage
from benchmarks.sweep import signed_in
from gub.domain.values import Platform
from gub.platforms.protocol import PresenceClient
from gub.presence.desk import PresenceDesk
from gub.presence.look import Listener, Look
from gub.presence.poller import POLL_SECONDS, SHARE, Poller
from gub.services.watched import Interest, Watched
from gub.store.statususers import ACCOUNT_FIELDS
from gub.store.store import Store

CHATS = 1_000
CHANGED = 300
"""Players who begin another game at once, between two looks."""

LOOKS = 30
NEWS = "Hades"
SPAN = 900.0
"""PSN's: the longest span of seconds in which requests are counted."""


class AllChats(Interest):
    """Somebody wants to know of everybody."""

    async def chats(self) -> Collection[int]:
        """See `Interest`."""
        return range(1, CHATS + 1)

    async def people(self) -> Collection[str]:
        """See `Interest`."""
        return ()


class Hearing(Listener):
    """Notes when it first heard of what, by the number of the player."""

    def __init__(self, clock: Leaping) -> None:
        self._clock = clock
        self.answered: dict[int, float] = {}
        self.told: dict[int, float] = {}

    async def heard(self, look: Look) -> None:
        """See `Listener`."""
        at = self._clock.monotonic()
        for seen in look.people.values():
            if not seen.changed or seen.presence.main is None:
                continue
            number = int(seen.person.display_name.removeprefix("Player "))
            self.answered.setdefault(number, at)
            if seen.presence.main.title == NEWS:
                self.told.setdefault(number, at)


@dataclass
class Watch:
    """What came of it, by platform; times in seconds, memory in MB."""

    sweep: dict[Platform, int] = field(default_factory=lambda: dict.fromkeys(Platform, 0))
    """Requests in which everybody was asked about once."""
    requests: dict[Platform, int] = field(default_factory=dict)
    """All requests there were."""
    fewest: dict[Platform, int] = field(default_factory=lambda: dict.fromkeys(Platform, 0))
    """The fewest for so many accounts as were asked about, look by look."""
    interval: dict[Platform, float] = field(default_factory=dict)
    """How often the platform lets everybody be asked about."""
    until_told: dict[Platform, float] = field(default_factory=dict)
    """Until the last change was told."""
    most: dict[Platform, int] = field(default_factory=dict)
    """Requests in the busiest span of `SPAN` seconds."""
    allowed: dict[Platform, float] = field(default_factory=dict)
    look: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    megabytes: float = 0.0


async def watch_over(stage: StatusStage, store: Store, uri: str) -> Watch:
    """Have `LOOKS` looks at everybody, a minute apart; some begin another game meanwhile."""
    clock = Leaping()
    await store_credentials(store, await stage.tokens(), clock)
    await _fill(uri)
    async with signed_in(stage, store, clock) as clients:
        return await _Watching(stage, store, clients, clock).watch()


class _Watching:
    """The poller at work, and what is counted of it."""

    def __init__(
        self, stage: StatusStage, store: Store, clients: Mapping[Platform, PresenceClient], clock: Leaping
    ) -> None:
        self._stage = stage
        self._clients = clients
        self._clock = clock
        self._hearing = Hearing(clock)
        self._desk = PresenceDesk(clients, clock, history=store.presences)
        wanted = Watched(store, [AllChats()]).people
        self._poller = Poller(self._desk, wanted, clock, [self._hearing], meter=self)
        self._asked = dict.fromkeys(Platform, 0)
        self._requests: dict[Platform, list[tuple[float, int]]] = {platform: [] for platform in Platform}
        self._next = clock.monotonic()
        self._found = Watch()

    def looked(self, platform: str, asked: int, answered: int) -> None:
        """See `Meter`."""
        if asked != answered:
            raise RuntimeError("somebody was not answered about")
        one = Platform(platform)
        lacking = len(_players(one)) - self._asked[one]
        self._asked[one] += asked
        batch = self._clients[one].batch_size
        self._found.fewest[one] += math.ceil(asked / batch)
        self._found.sweep[one] += math.ceil(max(0, min(asked, lacking)) / batch)

    def look_told(self, changed: int, seconds: float) -> None:
        """See `Meter`."""

    async def watch(self) -> Watch:
        found, before = self._found, psutil.Process().memory_info().rss
        try:
            for platform, client in self._clients.items():
                ration = client.ration(SHARE)
                requests = len(_players(platform)) / client.batch_size
                found.interval[platform] = max(POLL_SECONDS, requests / ration.per_second)
                found.allowed[platform] = ration.per_second * SPAN + ration.at_once
            await self._everybody_once()
            found.look.clear()
            found.cpu.clear()
            await self._until_told()
            for platform, requests in self._requests.items():
                found.requests[platform] = sum(count for _, count in requests)
                found.most[platform] = max(
                    sum(count for at, count in requests if start <= at < start + SPAN) for start, _ in requests
                )
        finally:
            await self._desk.aclose()
        found.megabytes = (psutil.Process().memory_info().rss - before) / 1e6
        return found

    async def _everybody_once(self) -> None:
        """Look until everybody was answered about."""
        for _ in range(LOOKS):
            await self._look()
            if len(self._hearing.answered) == PLAYERS:
                return
        raise RuntimeError("somebody was never asked about")

    async def _until_told(self) -> None:
        """Have some begin another game, and look until that is told of all of them."""
        began = self._clock.monotonic()
        each = PLAYERS // CHANGED
        numbers = [number for platform in Platform for number in _players(platform)[::each]]
        await self._stage.begin(numbers, NEWS)
        for _ in range(LOOKS):
            await self._look()
        for platform in Platform:
            changed = [number for number in numbers if number in _players(platform)]
            if not all(number in self._hearing.told for number in changed):
                raise RuntimeError("a change was never told")
            self._found.until_told[platform] = max(self._hearing.told[number] - began for number in changed)

    async def _look(self) -> None:
        self._clock.leap(self._next - self._clock.monotonic())
        self._next = self._clock.monotonic() + POLL_SECONDS
        await self._stage.forget_requests()
        at, cpu, real = self._clock.monotonic(), time.process_time(), time.monotonic()
        await self._poller.look()
        self._found.look.append(time.monotonic() - real)
        self._found.cpu.append(time.process_time() - cpu)
        for platform, count in (await self._stage.requests()).items():
            self._requests[platform].append((at, count))


def _players(platform: Platform) -> range:
    """Give the numbers of those who have an account there: everybody has one, a third on each platform."""
    return range(tuple(Platform).index(platform), PLAYERS, len(Platform))


async def _fill(uri: str) -> None:
    """Put ten people into each of the chats, as the store writes them, all at once: one by one takes minutes."""
    people = [
        {
            "_id": ObjectId(),
            "user_id": 1,
            "chat_id": 1 + number % CHATS,
            "group_name": "Chat",
            "display_name": f"Player {number}",
            ACCOUNT_FIELDS[platform][0]: account(platform, number).account_id,
            ACCOUNT_FIELDS[platform][1]: account(platform, number).name,
        }
        for platform in Platform
        for number in _players(platform)
    ]
    client: AsyncMongoClient[dict[str, object]] = AsyncMongoClient(uri)
    try:
        for start in range(0, len(people), CHATS):
            await client[DATABASE]["statususers"].insert_many(people[start : start + CHATS], ordered=False)
    finally:
        await client.close()
