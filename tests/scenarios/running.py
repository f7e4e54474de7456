"""The real bot for scenarios: in this process for speed, or as a process of its own to be killed."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from gub.app import serve
from gub.clock import Clock, SystemClock
from gub.database import Database
from gub.sandbox.server import SimServer
from gub.sandbox.telegram.state import TEST_TOKEN
from gub.sandbox.telegram.world import World
from gub.settings import Settings, load
from gub.telegram.gateway.pace import Pace
from tests.scenarios.conversation import PATIENCE

WEBHOOK_SECRET = "a-secret-for-the-webhook"


@dataclass(frozen=True)
class Place:
    """Where a bot is to run: the simulated world and its database (None: the embedded one, in GUB_DATA_DIR)."""

    sim: SimServer
    mongo_uri: str | None
    database_name: str
    extra: dict[str, str] = field(default_factory=dict)

    def having(self, **extra: str) -> "Place":
        """Give the same place with further settings."""
        return replace(self, extra={**self.extra, **extra})

    def on_webhook(self) -> "Place":
        """Give the same place with a webhook."""
        port = free_port()
        return self.having(
            GUB_WEBHOOK_URL=f"http://127.0.0.1:{port}",
            GUB_WEBHOOK_LISTEN=f"127.0.0.1:{port}",
            GUB_WEBHOOK_SECRET=WEBHOOK_SECRET,
        )

    @property
    def webhook_port(self) -> int:
        return int(self.extra["GUB_WEBHOOK_LISTEN"].rpartition(":")[2])

    @property
    def environ(self) -> dict[str, str]:
        database = {"GUB_MONGODB_URI": self.mongo_uri} if self.mongo_uri is not None else {}
        return {
            "GUB_BOT_TOKEN": TEST_TOKEN,
            "GUB_TELEGRAM_API": self.sim.url,
            "GUB_PLATFORM_GATEWAY": self.sim.gateway,
            "GUB_MONGODB_DATABASE": self.database_name,
            **database,
            **self.extra,
        }

    @property
    def settings(self) -> Settings:
        return load(self.environ, None)


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


class Unhurried(SystemClock):
    """The machine's clock at a quarter of its speed, but for the time of day.

    What people are told when a second has passed would come in between wherever the machine is busy elsewhere.
    """

    def monotonic(self) -> float:
        return super().monotonic() / 4

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds * 4)


class InProcess:
    """The bot in this process. Its failure is the test's."""

    def __init__(self, place: Place, clock: Clock | None = None, pace: Pace | None = None) -> None:
        assert place.mongo_uri is not None
        self._place = place
        self._stop = asyncio.Event()
        self._base = Database(place.mongo_uri, embedded=False)
        self._clock = clock or Unhurried()
        self._pace = pace or Pace.unlimited()
        self._running: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Return when it takes updates."""
        settings = self._place.settings
        self._running = asyncio.create_task(
            serve(settings, self._base, clock=self._clock, stop=self._stop, pace=self._pace)
        )
        await _until_taking(self._place.sim.world, self._running)
        if self._running.done():
            await self._running

    def signal_stop(self) -> None:
        """Do what SIGTERM does."""
        self._stop.set()

    async def ended(self) -> None:
        """Return when it has stopped by itself or by `signal_stop`; raise what it raised."""
        assert self._running is not None
        await asyncio.wait_for(asyncio.shield(self._running), PATIENCE)

    async def aclose(self) -> None:
        """Stop it in order."""
        self._stop.set()
        if self._running is not None:
            await asyncio.wait([self._running])


@asynccontextmanager
async def bot_in_process(
    place: Place, clock: Clock | None = None, pace: Pace | None = None
) -> AsyncIterator[InProcess]:
    """Run the bot in this process for the block, then stop it in order. Its failure is the test's."""
    bot = InProcess(place, clock, pace)
    try:
        await bot.start()
        yield bot
        bot.signal_stop()
        await bot.ended()
    finally:
        await bot.aclose()


class BotProcess:
    """The bot as `gub run` runs it."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self.lines: list[str] = []

    def settle(self, **extra: str) -> None:
        """Start it with further settings from now on."""
        self._place = self._place.having(**extra)

    async def start(self, *, until_polling: bool = True) -> "BotProcess":
        clean = {key: value for key, value in os.environ.items() if not key.startswith("GUB_")}
        # Left before: the first poll may come before we look again.
        taking = asyncio.create_task(_until_taking(self._place.sim.world))
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "gub",
            "run",
            env={**clean, **self._place.environ},
            stderr=asyncio.subprocess.PIPE,
            stdin=asyncio.subprocess.DEVNULL,
        )
        self._reading = asyncio.create_task(self._read())
        if not until_polling:
            taking.cancel()
            return self
        await asyncio.wait({taking, self._reading}, return_when=asyncio.FIRST_COMPLETED)
        if not taking.done() or taking.exception() is not None:
            taking.cancel()
            raise AssertionError(f"the bot does not take updates\n{self.log}")
        return self

    @property
    def log(self) -> str:
        return "\n".join(self.lines)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        self._send(signal.SIGKILL)

    def terminate(self) -> None:
        self._send(signal.SIGTERM)

    async def ended(self) -> int:
        """Wait until it has ended; give its exit code."""
        assert self._process is not None
        try:
            code = await asyncio.wait_for(self._process.wait(), PATIENCE)
        except TimeoutError:
            raise AssertionError(f"the bot does not end\n{self.log}") from None
        assert self._reading is not None
        await self._reading
        return code

    async def aclose(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self.kill()
            await self.ended()
        elif self._reading is not None:
            await self._reading

    def _send(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    async def _read(self) -> None:
        assert self._process is not None
        assert self._process.stderr is not None
        async for line in self._process.stderr:
            self.lines.append(line.decode().rstrip())
            self._place.sim.world.touch()  # a test may wait for what the log says


async def _until_taking(world: World, running: asyncio.Task[None] | None = None) -> None:
    """Return when a bot polls, or has set its webhook, that did not before; or when it has ended."""
    seen = _takings(world)
    waiting = asyncio.create_task(world.wait_for(lambda: _takings(world) > seen, PATIENCE))
    await asyncio.wait({waiting, *([running] if running else [])}, return_when=asyncio.FIRST_COMPLETED)
    if not waiting.done():
        waiting.cancel()
        return
    await waiting


def _takings(world: World) -> int:
    return sum(
        request.method == "getUpdates" or (request.method == "setWebhook" and request.status == 200)
        for request in world.requests
    )
