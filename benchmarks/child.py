"""A child process of the benchmark: started with an environment, watched for memory and CPU, ended in order."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import psutil

STOP_LIMIT = 20.0


@dataclass(frozen=True)
class Child:
    """A running child, and when it was started (time.monotonic, which all processes of a machine share)."""

    process: asyncio.subprocess.Process
    started: float

    @property
    def megabytes(self) -> float:
        """Resident memory now, of this process alone."""
        return psutil.Process(self.process.pid).memory_info().rss / 1e6

    @property
    def cpu_seconds(self) -> float:
        """CPU time so far, of this process alone."""
        times = psutil.Process(self.process.pid).cpu_times()
        return times.user + times.system


@asynccontextmanager
async def running(
    arguments: Sequence[str], environment: Mapping[str, str], *, piped: bool = False
) -> AsyncIterator[Child]:
    """Run `python ARGUMENTS` for as long as the block runs. `piped`: its stdin and stdout are ours to talk through."""
    pipe = asyncio.subprocess.PIPE if piped else asyncio.subprocess.DEVNULL
    started = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        env={**_plain_environment(), **environment},
        stdin=pipe,
        stdout=pipe,
        stderr=None,
    )
    try:
        yield Child(process, started)
    finally:
        await _end(process)


def _plain_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("GUB_")}


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(STOP_LIMIT):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
