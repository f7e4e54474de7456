"""What it takes to keep 1,000 boards true: edits, how late they are, CPU, memory; 10 lively people on each board.

By the real poller, book, upkeep and gateway, with the real clients, against a simulated Telegram that limits edits as
it limits messages, and a real database. The clock stands still while boards are worked at, and leaps when all wait: how
slow the machine is shows in CPU time and memory only.
"""

import asyncio
import itertools
import random
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import psutil
from aiohttp import ClientTimeout
from bson import ObjectId
from pymongo import AsyncMongoClient

from benchmarks.boards_stage import CHATS, GROUP_SIZE, BoardsStage, Told, busiest, platform_of
from benchmarks.leaping import Skipping, Traffic
from benchmarks.players import PLAYERS, account
from benchmarks.stage import TOKEN
from benchmarks.status_data import DATABASE, store_credentials
from benchmarks.sweep import signed_in
from gub.clock import Clock
from gub.domain.values import StatusUser
from gub.presence.desk import PresenceDesk
from gub.presence.poller import POLL_SECONDS, Poller
from gub.services.boards import BoardBook
from gub.services.languages import Languages
from gub.services.status import StatusList
from gub.services.watched import Watched
from gub.store.boards import key_of
from gub.store.statususers import ACCOUNT_FIELDS
from gub.store.store import Store
from gub.store.vault import Vault
from gub.telegram.board_desk import BoardDesk
from gub.telegram.board_upkeep import BoardUpkeep
from gub.telegram.gateway import GatewaySession
from gub.telegram.gateway.answers import Answer
from gub.telegram.gateway.calls import Call
from gub.telegram.messenger import Messenger

from aiogram import Bot  # isort: skip

MINUTES = 2
EVERY = 300
"""Seconds after which each begins another game."""

RESTLESS = 10
"""Chats in which, besides, somebody of the list is renamed each second."""

_CALM_DOWN = 3 * POLL_SECONDS
"""Seconds after the last change in which it is seen at the latest."""

_SEED = 7


class Road(GatewaySession):
    """The gateway. What is on its way to Telegram is counted."""

    traffic: Traffic

    async def _try(self, bot: Bot, call: Call, patience: ClientTimeout) -> Answer:
        with self.traffic.going():
            return await super()._try(bot, call, patience)


@dataclass(frozen=True)
class Changes:
    """What changed on the boards, as if each change were an edit: all, and the most in a minute of one chat."""

    count: int
    chat_minute: int


@dataclass(frozen=True)
class Kept:
    """What came of it. Seconds of CPU time for a minute of it, megabytes."""

    minutes: int
    told: Told
    changes: Changes
    cpu: float
    megabytes: float
    real: float
    """Seconds that it took to measure."""


async def keep_boards(stage: BoardsStage, uri: str, minutes: int) -> Kept:
    """Have boards kept for so many minutes in which each changes game every `EVERY` seconds, and until that is seen."""
    traffic = Traffic()
    clock = Skipping(traffic, stage.leap)
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(uri, tz_aware=True, event_listeners=[traffic])
    store = Store.on(client, DATABASE, clock, Vault.open_())
    road = Road(stage.url, clock)
    road.traffic = traffic
    running = asyncio.ensure_future(clock.run())
    try:
        with traffic.going():
            await store_credentials(store, await stage.tokens(), clock)
            people = await _fill(uri, await stage.groups(), clock)
        async with _desk(stage, store, clock) as desk, Bot(TOKEN, session=road) as bot:
            return await _Keeping(stage, store, desk, bot, clock).keep(people, minutes)
    finally:
        running.cancel()
        await store.close()


@asynccontextmanager
async def _desk(stage: BoardsStage, store: Store, clock: Skipping) -> AsyncIterator[PresenceDesk]:
    async with AsyncExitStack() as stack:
        with clock.traffic.waiting():
            clients = await stack.enter_async_context(signed_in(stage, store, clock))
        asked = {platform: clients[platform] for platform in {platform_of(0), platform_of(1)}}
        desk = PresenceDesk(asked, clock, history=store.presences)
        stack.push_async_callback(desk.aclose)
        yield desk


class _Keeping:
    """The parts at work, what happens to people meanwhile, and what is counted of it."""

    def __init__(self, stage: BoardsStage, store: Store, desk: PresenceDesk, bot: Bot, clock: Skipping) -> None:
        self._stage = stage
        self._store = store
        self._clock = clock
        self._traffic = clock.traffic
        looking = asyncio.Event()
        self._book = BoardBook(store, StatusList(store, desk), looking)
        self._watched = Watched(store, [self._book])
        self._poller = Poller(desk, self._watched.people, clock, [self._book])
        board_desk = BoardDesk(self._book, Messenger(bot), bot, clock)
        self._upkeep = BoardUpkeep(store, board_desk, Languages(store, clock), looking, clock)
        self._games = itertools.count(PLAYERS)
        self._changed: dict[int, list[float]] = defaultdict(list)

    async def keep(self, people: Sequence[StatusUser], minutes: int) -> Kept:
        began, before = time.monotonic(), psutil.Process().memory_info().rss
        async with asyncio.TaskGroup() as tasks:
            work = [tasks.create_task(one) for one in (self._look(), self._upkeep.run())]
            await self._all_shown()
            with self._traffic.going():
                await self._stage.begin_count()
            cpu, at = time.process_time(), self._clock.monotonic()
            await self._live(people, minutes)
            cpu = (time.process_time() - cpu) / (self._clock.monotonic() - at) * 60
            await self._clock.sleep(_CALM_DOWN)
            for one in work:
                one.cancel()
        megabytes = (psutil.Process().memory_info().rss - before) / 1e6
        told = await self._stage.told()
        changes = Changes(
            sum(len(times) for times in self._changed.values()),
            max(busiest(times, 60.0) for times in self._changed.values()),
        )
        return Kept(minutes, told, changes, cpu, megabytes, time.monotonic() - began)

    async def _look(self) -> None:
        """Look as the poller does by itself; no time is skipped meanwhile."""
        while True:
            due = self._clock.monotonic() + POLL_SECONDS
            with self._traffic.waiting():
                await self._poller.look()
            await self._clock.sleep(due - self._clock.monotonic())

    async def _all_shown(self) -> None:
        """Wait until each board is there."""
        while await self._store.boards.stale(1):
            await self._clock.sleep(1.0)

    async def _live(self, people: Sequence[StatusUser], minutes: int) -> None:
        """Have people begin games, in an order that is always the same, and others be renamed."""
        order = list(range(PLAYERS))
        random.Random(_SEED).shuffle(order)  # noqa: S311 - no secret
        end = self._clock.monotonic() + 60 * minutes
        for second in itertools.count():
            if self._clock.monotonic() >= end:
                return
            with self._traffic.going():
                now = [(player, next(self._games)) for player in order[second % EVERY :: EVERY]]
                await self._stage.change(now)
                self._note(people[player] for player, _ in now)
                renamed = people[: RESTLESS * GROUP_SIZE : GROUP_SIZE]
                await asyncio.gather(*(self._rename(person, f"Player {second}") for person in renamed))
                self._note(renamed)
            await self._clock.sleep(1.0)

    async def _rename(self, person: StatusUser, name: str) -> None:
        await self._store.statususers.rename(person.id, person.chat_id, name)
        await self._watched.changed(person.chat_id)
        await self._book.list_changed(person.chat_id)

    def _note(self, people: Iterable[StatusUser]) -> None:
        for person in people:
            self._changed[person.chat_id].append(self._clock.monotonic())


async def _fill(uri: str, groups: Sequence[tuple[int, int]], clock: Clock) -> list[StatusUser]:
    """Put a board and ten people into each of the chats, as the store writes them, all at once."""
    boards = [
        {"_id": key_of(chat_id, None), "chat_id": chat_id, "message_id": message_id, "pinned": False}
        | {"stale": True, "revision": 0, "stored_at": clock.now()}
        for chat_id, message_id in groups
    ]
    people, documents = [], []
    for number in range(PLAYERS):
        (chat_id, _), id_, name = groups[number // GROUP_SIZE], ObjectId(), f"Person {number}"
        one = account(platform_of(number), number)
        people.append(StatusUser(str(id_), chat_id, 1, name, {one.platform: one}))
        fields = dict(zip(ACCOUNT_FIELDS[one.platform], (one.account_id, one.name), strict=True))
        documents.append({"_id": id_, "user_id": 1, "chat_id": chat_id, "display_name": name} | fields)
    client: AsyncMongoClient[dict[str, object]] = AsyncMongoClient(uri)
    try:
        await client[DATABASE]["boards"].insert_many(boards, ordered=False)
        for start in range(0, PLAYERS, CHATS):
            await client[DATABASE]["statususers"].insert_many(documents[start : start + CHATS], ordered=False)
    finally:
        await client.close()
    return people
