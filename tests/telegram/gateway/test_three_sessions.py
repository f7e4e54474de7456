"""Three workers send by one bot's token, each through its own gateway, while Telegram counts."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, contextmanager

import pytest
from aiohttp import ClientTimeout

from gub.sandbox.server import SimServer
from gub.sandbox.telegram.state import TEST_TOKEN
from gub.sandbox.telegram.world import World
from gub.store.paces import Paces, Tally
from gub.store.store import Store
from gub.telegram.gateway import GatewaySession, Lane, Shared, in_lane
from gub.telegram.gateway.answers import Answer
from gub.telegram.gateway.calls import Call

from aiogram import Bot  # isort: skip

from tests.support.clock import FakeClock

WORKERS = 3
PEOPLE = 60
IN_GROUP = 8
_STEP = 0.01


class Traffic:
    """How many requests are on their way, to Telegram and to the database: meanwhile the clock stands still."""

    def __init__(self) -> None:
        self._count = 0
        self._still = asyncio.Event()
        self._still.set()

    @contextmanager
    def going(self) -> Iterator[None]:
        self._count += 1
        self._still.clear()
        try:
            yield
        finally:
            self._count -= 1
            if not self._count:
                self._still.set()

    async def settled(self) -> None:
        """Return when all who are not on their way have got as far as they can."""
        calm = 0
        while calm < 100:
            await self._still.wait()
            await asyncio.sleep(0)
            calm = calm + 1 if self._still.is_set() else 0


class Road(GatewaySession):
    """A gateway whose requests are counted."""

    traffic: Traffic

    async def _try(self, bot: Bot, call: Call, patience: ClientTimeout) -> Answer:
        with self.traffic.going():
            return await super()._try(bot, call, patience)


class Book:
    """The store's tallies, with the requests for them counted."""

    def __init__(self, paces: Paces, traffic: Traffic) -> None:
        self._paces = paces
        self._traffic = traffic

    async def read(self, name: str) -> Tally:
        with self._traffic.going():
            return await self._paces.read(name)

    async def write(self, name: str, tally: Tally, now: float) -> Tally | None:
        with self._traffic.going():
            return await self._paces.write(name, tally, now)


@pytest.fixture
def traffic() -> Traffic:
    return Traffic()


@pytest.fixture
async def sim(clock: FakeClock) -> AsyncIterator[SimServer]:
    async with SimServer(World(clock)) as server:
        server.world.flood = True
        yield server


@pytest.fixture
async def bots(sim: SimServer, clock: FakeClock, store: Store, traffic: Traffic) -> AsyncIterator[list[Bot]]:
    async with AsyncExitStack() as stack:
        bots = []
        for _ in range(WORKERS):
            session = Road(sim.url, clock, shared=Shared(Book(store.paces, traffic), lambda: WORKERS - 1))
            session.traffic = traffic
            bots.append(await stack.enter_async_context(Bot(TEST_TOKEN, session=session)))
        yield bots


async def _announce(bot: Bot, chat_ids: list[int]) -> None:
    with in_lane(Lane.BULK):
        await asyncio.gather(*(bot.send_message(chat_id, "news") for chat_id in chat_ids))


async def _answer(bot: Bot, chat_ids: list[int]) -> None:
    await asyncio.gather(*(bot.send_message(chat_id, "an answer") for chat_id in chat_ids))


async def _edit(bot: Bot, chat_id: int, message_id: int, times: int) -> None:
    with in_lane(Lane.BESIDE):
        await asyncio.gather(
            *(bot.edit_message_text(f"{id(bot)} {n}", chat_id=chat_id, message_id=message_id) for n in range(times))
        )


async def test_three_gateways_keep_telegrams_limits_together(
    sim: SimServer, bots: list[Bot], clock: FakeClock, traffic: Traffic
) -> None:
    world = sim.world
    people = [world.add_user(f"P{number}") for number in range(PEOPLE)]
    for person in people:
        world.start(person)
    group = world.add_group("Friends", people[:2], with_bot=True)
    first, second, third = bots
    ids = [person.id for person in people]
    sending = asyncio.gather(
        _announce(first, ids),
        _answer(second, [group.id] * IN_GROUP + ids[:20]),
        _answer(third, [group.id] * IN_GROUP + ids[20:40]),
    )
    while not sending.done():
        await traffic.settled()
        await clock.advance(_STEP)
    await sending
    statuses = Counter(one.status for one in world.requests if one.method == "sendMessage")
    assert statuses[200] == PEOPLE + 2 * IN_GROUP + 40
    assert not statuses[429]


async def test_edits_by_three_gateways_keep_a_groups_limit_too(
    sim: SimServer, bots: list[Bot], clock: FakeClock, traffic: Traffic
) -> None:
    group = sim.world.add_group("Friends", [sim.world.add_user("Ana")], with_bot=True)
    board = sim.world.post(group, sim.world.default_bot.user, text="who is on")
    first, second, third = bots
    working = asyncio.gather(
        _edit(first, group.id, board.id, IN_GROUP),
        _edit(second, group.id, board.id, IN_GROUP),
        _answer(third, [group.id] * IN_GROUP),
    )
    while not working.done():
        await traffic.settled()
        await clock.advance(_STEP)
    await working
    statuses = Counter(one.status for one in sim.world.requests)
    assert statuses == {200: 3 * IN_GROUP}
