"""A simulator of the benchmark, which runs as a process of its own (benchmarks/simulator.py), seen from outside."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

from benchmarks.child import Child, running
from benchmarks.lines import asked, heard

TOKEN = "123456:TEST-token"  # noqa: S105 - the simulator takes any


class Stage:
    """A simulator's process. `url` is its Bot API."""

    def __init__(self, child: Child, url: str) -> None:
        self.url = url
        self.child = child

    async def forget_polls(self) -> None:
        """Await the next first poll anew."""
        await asked(self.child, "forget_polls")

    async def first_poll(self) -> float:
        """Return when a bot first asked for updates (time.monotonic)."""
        return float((await asked(self.child, "first_poll"))["at"])


@dataclass(frozen=True)
class Load:
    """How one load went: updates answered, seconds from the first enqueued to the last answer, the simulator's CPU."""

    updates: int
    seconds: float
    simulator_cpu: float


class LoadStage(Stage):
    """Where many people type at once (benchmarks/simulator.py)."""

    module = "benchmarks.simulator"

    async def load(self, updates: int) -> Load:
        """Have people type `/about` `updates` times all at once; returns when each is answered."""
        answer = await asked(self.child, "load", updates=updates)
        return Load(updates, answer["seconds"], answer["cpu"])


S = TypeVar("S", bound=Stage)


@asynccontextmanager
async def staged(module: str, made: Callable[[Child, str], S]) -> AsyncIterator[S]:
    """Run `python -m MODULE`, a simulator, and give it as what `made` makes of it."""
    async with running(["-m", module], {}, piped=True) as child:
        yield made(child, (await heard(child))["url"])
