"""The two bots, measured the same way: start to first poll, memory, updates per second."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from benchmarks.child import Child, running
from benchmarks.stage import TOKEN, Load, LoadStage, Stage

START_LIMIT = 60.0
LOAD_LIMIT = 300.0


@dataclass(frozen=True)
class Contender:
    """A bot by the arguments to `python` and its environment."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str]


@dataclass(frozen=True)
class Round:
    """One life of a bot: seconds to its first poll, MB then and after the load, CPU seconds of the load."""

    start: float
    megabytes_idle: float
    megabytes_loaded: float
    cpu: float
    load: Load

    @property
    def per_second(self) -> float:
        """Updates answered in a second."""
        return self.load.updates / self.load.seconds


async def play_round(contender: Contender, stage: LoadStage, updates: int, warm_up: int) -> Round:
    """Start the bot, let it warm up, load it, stop it."""
    async with polling(contender, stage) as (child, start):
        idle = child.megabytes
        async with asyncio.timeout(LOAD_LIMIT):
            await stage.load(warm_up)
            before = child.cpu_seconds
            load = await stage.load(updates)
        return Round(start, idle, child.megabytes, child.cpu_seconds - before, load)


@asynccontextmanager
async def polling(contender: Contender, stage: Stage) -> AsyncIterator[tuple[Child, float]]:
    """Run the bot for as long as the block runs; give it, and the seconds to its first poll."""
    await stage.forget_polls()
    environment = {"GUB_TELEGRAM_API": stage.url, "GUB_BOT_TOKEN": TOKEN, **contender.environment}
    async with running(contender.arguments, environment) as child:
        async with asyncio.timeout(START_LIMIT):
            first_poll = asyncio.create_task(stage.first_poll())
            end = asyncio.create_task(child.process.wait())
            await asyncio.wait([first_poll, end], return_when=asyncio.FIRST_COMPLETED)
        if end.done():
            first_poll.cancel()
            raise RuntimeError(f"{contender.name} ended with code {child.process.returncode} instead of polling")
        end.cancel()
        yield child, await first_poll - child.started
