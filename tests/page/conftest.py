"""The page in a real Chromium, on a simulated Telegram served by this process."""

import shutil
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, async_playwright

from gub.clock import SystemClock
from gub.sandbox.launcher import Sandbox
from gub.sandbox.platforms import SimulatedPlatforms
from gub.sandbox.psn import Psn
from gub.sandbox.server import SimServer
from gub.sandbox.steam import Steam
from gub.sandbox.telegram import World
from gub.sandbox.telegram.models import Chat, User
from gub.sandbox.xbox import Xbox
from tests.page.running import group, opened, person, running_sandbox
from tests.page.window import Window
from tests.support.needs import lacking
from tests.support.world import Api

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = "needs Chromium (Debian: apt install chromium) or Google Chrome on the PATH: CI tries the page in it"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Controller:
    """Stands where the bot's process would, and writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.facts: dict[str, Any] = {
            "running": True,
            "pid": 4711,
            "mode": "polling",
            "phase": "running",
            "exit_code": None,
            "lines": ["signed in", "error: something failed"],
        }

    async def do(self, what: str) -> None:
        self.told.append(what)

    def state(self) -> dict[str, Any]:
        return self.facts


def chromium_program() -> str:
    """The path of a Chromium. Without one: a failure in CI (`CI=true`), elsewhere a skip that says why."""
    return next((found for name in NAMES if (found := shutil.which(name))), None) or lacking(MISSING)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_program(), headless=True, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def context(chromium: Browser) -> AsyncIterator[BrowserContext]:
    """A profile for all tests: what the page keeps, it keeps for a tab and an address, and each test has its own."""
    context = await chromium.new_context(
        viewport={"width": 1440, "height": 900},
        locale="en-GB",
        reduced_motion="reduce",  # a click waits until its target stands still
    )
    context.set_default_timeout(15_000)
    yield context
    await context.close()


@pytest.fixture
def world() -> World:
    return World(SystemClock())


@pytest.fixture
def ana(world: World) -> User:
    """The first person, whom the page acts as when it is opened."""
    return world.add_user("Ana", username="ana")


@pytest.fixture
def bea(world: World, ana: User) -> User:
    assert ana.id < world.next_user_id
    return world.add_user("Bea", username="bea_plays")


@pytest.fixture
def squad(world: World, ana: User, bea: User) -> Chat:
    """Their group, with the bot."""
    return world.add_group("Friday Squad", [ana, bea], with_bot=True)


@pytest.fixture
def steam(world: World) -> Steam:
    return Steam(world.clock, on_change=world.touch)


@pytest.fixture
def xbox(world: World) -> Xbox:
    return Xbox(world.clock, on_change=world.touch)


@pytest.fixture
def psn(world: World) -> Psn:
    return Psn(world.clock, on_change=world.touch)


@pytest.fixture
def controller() -> Controller:
    return Controller()


@pytest_asyncio.fixture(loop_scope="session")
async def sim(world: World, steam: Steam, xbox: Xbox, psn: Psn, controller: Controller) -> AsyncIterator[SimServer]:
    async with SimServer(world, platforms=SimulatedPlatforms(steam, xbox, psn), controller=controller) as server:
        yield server


@pytest_asyncio.fixture(loop_scope="session")
async def api(sim: SimServer) -> AsyncIterator[Api]:
    async with Api(sim.url) as client:
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def window(context: BrowserContext, sim: SimServer) -> AsyncIterator[Window]:
    """The page, not opened yet, so that a test can fill the world first. No error may be in its console in the end."""
    window = Window(await context.new_page(), sim.url)
    yield window
    await window.page.close()
    assert window.problems == []
    assert window.strange_requests == []


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sandbox]:
    """A whole sandbox, for the tests of one file."""
    async with running_sandbox(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def anas(context: BrowserContext, running: Sandbox) -> AsyncIterator[Window]:
    """Ana's window, in the group of which she is an admin."""
    async with opened(context, running.url) as window:
        await window.open_chat(group(running, "Friday Squad"))
        yield window


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def beas(context: BrowserContext, running: Sandbox) -> AsyncIterator[Window]:
    """Bea's, beside it."""
    async with opened(context, running.url) as window:
        await window.act_as(person(running, "Bea"))
        await window.open_chat(group(running, "Friday Squad"))
        yield window


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def private(context: BrowserContext, running: Sandbox) -> AsyncIterator[Window]:
    """Bea's window, in her chat with the bot."""
    bea = person(running, "Bea")
    running.world.start(bea)
    async with opened(context, running.url) as window:
        await window.act_as(bea)
        await window.open_chat(running.world.private(bea))
        yield window
