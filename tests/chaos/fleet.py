"""The processes of the bot in a soak, started again whenever they end, as an operator's supervisor does it."""

import asyncio
import contextlib
import os
import random
import signal
from contextlib import suppress

import psutil

from tests.chaos.events import Events
from tests.scenarios.running import BotProcess, Place, free_port
from tests.support.balancer import Balancer

RESTART_AFTER = 0.5
"""Seconds that the supervisor waits before it starts a process again."""

_ORDERLY = {0, -signal.SIGKILL, -signal.SIGTERM}


class Worker(BotProcess):
    """One process, with its past: how often it ran, and what memory it took when."""

    def __init__(self, place: Place, name: str) -> None:
        super().__init__(place)
        self.name = name
        self.starts = 0
        self.born = 0.0
        self.frozen = False
        self.memory: list[tuple[float, int]] = []
        """Of the present run: age in seconds, resident bytes."""

    @staticmethod
    def clean_environ() -> dict[str, str]:
        """Give this process's environment without settings of a bot."""
        return {key: value for key, value in os.environ.items() if not key.startswith("GUB_")}

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def run_once(self, events: Events) -> int:
        """Start it and wait for its end, however long; give the exit code."""
        self.memory, self.frozen = [], False
        await self.start(until_polling=False)
        self.starts += 1
        self.born = events.now
        assert self._process is not None
        assert self._reading is not None
        code = await self._process.wait()
        await self._reading
        return code

    def freeze(self) -> None:
        self.frozen = True
        self._send(signal.SIGSTOP)

    def thaw(self) -> None:
        self.frozen = False
        if self.runs:
            self._send(signal.SIGCONT)

    def weigh(self, now: float) -> None:
        """Note how much memory it takes."""
        if self.runs:
            with suppress(psutil.NoSuchProcess):
                self.memory.append((now - self.born, psutil.Process(self.pid).memory_info().rss))


class Fleet:
    """All processes: one that polls, or a crew behind a balancer. `stumbles` are the times of kills and freezes."""

    def __init__(self, place: Place, size: int, events: Events, chance: random.Random) -> None:
        self._place = place
        self._size = size
        self._events = events
        self._chance = chance
        self._stack = contextlib.AsyncExitStack()
        self._tasks: list[asyncio.Task[None]] = []
        self._closing = False
        self.workers: list[Worker] = []
        self.stumbles: list[float] = []

    async def start(self) -> None:
        """Start all; who wants to know that they take updates has to see for themselves."""
        if self._size == 1:
            self.workers = [Worker(self._place, "bot")]
        else:
            ports = [free_port() for _ in range(self._size)]
            balancer = await self._stack.enter_async_context(Balancer(ports))
            self.workers = [Worker(self._webhook(balancer.url, port), f"worker {port}") for port in ports]
        self._tasks = [asyncio.create_task(self._supervise(worker)) for worker in self.workers]
        self._tasks.append(asyncio.create_task(self._weigh()))

    async def stop(self) -> None:
        """Stop all in order. An exit that is not orderly is a problem."""
        self._closing = True
        for worker in self.workers:
            worker.thaw()
            if worker.runs:
                worker.terminate()
        *supervising, weighing = self._tasks
        await asyncio.wait(supervising, timeout=60)
        weighing.cancel()
        await self.aclose()

    async def aclose(self) -> None:
        """End all, in whatever state they are."""
        self._closing = True
        for task in self._tasks:
            task.cancel()
        for worker in self.workers:
            if worker.runs:
                os.kill(worker.pid, signal.SIGKILL)
        if self._tasks:
            await asyncio.wait(self._tasks)
        for worker in self.workers:
            await worker.aclose()
        await self._stack.aclose()

    def one(self) -> Worker | None:
        """Choose one that runs."""
        running = [worker for worker in self.workers if worker.runs and not worker.frozen]
        return self._chance.choice(running) if running else None

    def stumbled(self) -> None:
        """Note that something may be done twice from now on, for it was cut off in the middle."""
        self.stumbles.append(self._events.now)

    @property
    def log(self) -> list[str]:
        return [line for worker in self.workers for line in worker.lines]

    def _webhook(self, url: str, port: int) -> Place:
        return self._place.having(
            GUB_WEBHOOK_URL=url,
            GUB_WEBHOOK_LISTEN=f"127.0.0.1:{port}",
            GUB_WEBHOOK_SECRET="a-secret-for-the-webhook",
        )

    async def _supervise(self, worker: Worker) -> None:
        while not self._closing:
            code = await worker.run_once(self._events)
            self._events.note(f"{worker.name} ended with {code}")
            if code not in _ORDERLY:
                self._events.problem(f"{worker.name} ended with {code}: {worker.lines[-1:]}")
            if not self._closing:
                await asyncio.sleep(RESTART_AFTER)

    async def _weigh(self) -> None:
        while True:
            await asyncio.sleep(1)
            for worker in self.workers:
                worker.weigh(self._events.now)
