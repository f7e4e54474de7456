from collections.abc import AsyncIterator

import pytest

from gub.clock import SystemClock
from gub.sandbox.platforms import SimulatedPlatforms
from gub.sandbox.psn import Psn
from gub.sandbox.server import SimServer
from gub.sandbox.steam import Steam
from gub.sandbox.telegram.world import World
from gub.sandbox.xbox import Xbox
from gub.store.store import Store
from tests.scenarios.platforms import Platforms
from tests.scenarios.running import BotProcess, Place, bot_in_process
from tests.support.mongo import database_name, mongo_uri, store

__all__ = ["database_name", "mongo_uri", "store"]


@pytest.fixture
def world() -> World:
    return World(SystemClock())


@pytest.fixture
def platforms(world: World) -> Platforms:
    """Steam, Xbox Live and PlayStation Network."""
    return Platforms.simulated(world.touch)


@pytest.fixture
def steam(platforms: Platforms) -> Steam:
    return platforms.steam


@pytest.fixture
def xbox(platforms: Platforms) -> Xbox:
    return platforms.xbox


@pytest.fixture
def psn(platforms: Platforms) -> Psn:
    return platforms.psn


@pytest.fixture
async def sim(world: World, steam: Steam, xbox: Xbox, psn: Psn) -> AsyncIterator[SimServer]:
    async with SimServer(world, platforms=SimulatedPlatforms(steam, xbox, psn)) as server:
        yield server


@pytest.fixture
async def bare_place(sim: SimServer, mongo_uri: str, database_name: str) -> Place:
    """A world, and a database with nothing in it."""
    return Place(sim, mongo_uri, database_name)


@pytest.fixture
async def place(bare_place: Place, platforms: Platforms, store: Store) -> Place:
    """A world, and a database with a credential for each simulated platform."""
    await platforms.give_all(store)
    return bare_place


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
