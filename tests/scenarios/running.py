"""The real bot for scenarios: in this process for speed, or as a process of its own to be killed."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from gub.app import serve
from gub.clock import Clock, SystemClock
from gub.database import Database
from gub.sandbox.server import SimServer
from gub.sandbox.telegram.state import TEST_TOKEN
from gub.settings import Settings, load
from gub.telegram.gateway.pace import Pace


@dataclass(frozen=True)
class Place:
    """Where a bot is to run: the simulated world and its database."""

    sim: SimServer
    mongo_uri: str
    database_name: str
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def environ(self) -> dict[str, str]:
        return {
            "GUB_BOT_TOKEN": TEST_TOKEN,
            "GUB_TELEGRAM_API": self.sim.url,
            "GUB_PLATFORM_GATEWAY": self.sim.gateway,
            "GUB_MONGODB_URI": self.mongo_uri,
            "GUB_MONGODB_DATABASE": self.database_name,
            **self.extra,
        }

    @property
    def settings(self) -> Settings:
        return load(self.environ, None)


@asynccontextmanager
async def bot_in_process(place: Place, clock: Clock | None = None, pace: Pace | None = None) -> AsyncIterator[None]:
    """Run the bot in this process for the block, then stop it in order. Its failure is the test's."""
    stop = asyncio.Event()
    running = asyncio.create_task(
        serve(
            place.settings,
            Database(place.mongo_uri, embedded=False),
            clock=clock or SystemClock(),
            stop=stop,
            pace=pace or Pace.unlimited(),
        )
    )
    polling = asyncio.create_task(
        place.sim.world.wait_for(
            lambda: any(r.method in ("getUpdates", "setWebhook") for r in place.sim.world.requests)
        )
    )
    await asyncio.wait({running, polling}, return_when=asyncio.FIRST_COMPLETED)
    if running.done():
        polling.cancel()
        await running
    await polling
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(running, 30)


class BotProcess:
    """The bot as `gub run` runs it."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self.lines: list[str] = []

    async def start(self, *, until_polling: bool = True) -> "BotProcess":
        world = self._place.sim.world
        seen = _polls(world)
        clean = {key: value for key, value in os.environ.items() if not key.startswith("GUB_")}
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
        if until_polling:
            try:
                await world.wait_for(lambda: _polls(world) > seen, timeout=60)
            except AssertionError as error:
                raise AssertionError(f"{error}\n{self.log}") from None
        return self

    @property
    def log(self) -> str:
        return "\n".join(self.lines)

    def kill(self) -> None:
        self._send(signal.SIGKILL)

    def terminate(self) -> None:
        self._send(signal.SIGTERM)

    async def ended(self, seconds: float = 30) -> int:
        assert self._process is not None
        code = await asyncio.wait_for(self._process.wait(), seconds)
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


def _polls(world: Any) -> int:
    return sum(request.method in ("getUpdates", "setWebhook") for request in world.requests)
