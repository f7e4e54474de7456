"""Talks to the simulated Telegram of the benchmark, which runs as a process of its own (benchmarks/simulator.py)."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from benchmarks.child import Child, running

TOKEN = "123456:TEST-token"  # noqa: S105 - the simulator takes any


@dataclass(frozen=True)
class Load:
    """How one load went: updates answered, seconds from the first enqueued to the last answer, the simulator's CPU."""

    updates: int
    seconds: float
    simulator_cpu: float


class Stage:
    """The simulator's process. `url` is its Bot API."""

    def __init__(self, child: Child, url: str) -> None:
        self.url = url
        self._child = child

    async def forget_polls(self) -> None:
        """Await the next first poll anew."""
        await self._ask({"do": "forget_polls"})

    async def first_poll(self) -> float:
        """Return when a bot first asked for updates (time.monotonic)."""
        return float((await self._ask({"do": "first_poll"}))["at"])

    async def load(self, updates: int) -> Load:
        """Have people type `/about` `updates` times all at once; returns when each is answered."""
        answer = await self._ask({"do": "load", "updates": updates})
        return Load(updates, answer["seconds"], answer["cpu"])

    async def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        process = self._child.process
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(question).encode() + b"\n")
        line = await process.stdout.readline()
        if not line:
            raise RuntimeError("the simulator of the benchmark ended")
        answer: dict[str, Any] = json.loads(line)
        return answer


@asynccontextmanager
async def stage() -> AsyncIterator[Stage]:
    """The simulator, running."""
    async with running(["-m", "benchmarks.simulator"], {}, piped=True) as child:
        assert child.process.stdout
        ready = json.loads(await child.process.stdout.readline())
        yield Stage(child, ready["url"])
