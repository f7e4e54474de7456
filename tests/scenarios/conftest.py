from collections.abc import AsyncIterator

import pytest

from gub.clock import SystemClock
from gub.sandbox.platforms import SimulatedPlatforms
from gub.sandbox.server import SimServer
from gub.sandbox.steam import STEAM_KEY, Steam
from gub.sandbox.telegram.world import World
from gub.store.store import Store
from tests.scenarios.running import BotProcess, Place, bot_in_process
from tests.support.mongo import database_name, mongo_uri, store

__all__ = ["database_name", "mongo_uri", "store"]


@pytest.fixture
def world() -> World:
    return World(SystemClock())


@pytest.fixture
def steam() -> Steam:
    return Steam(SystemClock())


@pytest.fixture
async def sim(world: World, steam: Steam) -> AsyncIterator[SimServer]:
    async with SimServer(world, platforms=SimulatedPlatforms(steam)) as server:
        yield server


@pytest.fixture
async def place(sim: SimServer, mongo_uri: str, database_name: str, store: Store) -> Place:
    """A world and a database that knows the simulated Steam's key."""
    await store.credentials.set_steam_key(STEAM_KEY)
    return Place(sim, mongo_uri, database_name)


@pytest.fixture
async def bot(place: Place) -> AsyncIterator[None]:
    """The bot, running in this process."""
    async with bot_in_process(place):
        yield


@pytest.fixture
async def process(place: Place) -> AsyncIterator[BotProcess]:
    """The bot as a process of its own; a test starts it."""
    running = BotProcess(place)
    yield running
    await running.aclose()
