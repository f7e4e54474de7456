"""Embedded servers for the tests of them."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from gub.clock import SystemClock
from gub.store.embedded import EmbeddedServer
from gub.store.store import Store, open_store
from tests.support.mongo import for_tests


@asynccontextmanager
async def running(directory: Path) -> AsyncIterator[EmbeddedServer]:
    server = EmbeddedServer(directory, clock=SystemClock())
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


@asynccontextmanager
async def opened(uri: str) -> AsyncIterator[Store]:
    store = await open_store(for_tests(uri), "gub", clock=SystemClock())
    try:
        yield store
    finally:
        await store.close()


async def until(true: Callable[[], Awaitable[bool] | bool], seconds: float = 60) -> None:
    async with asyncio.timeout(seconds):
        while True:
            found = true()
            if found if isinstance(found, bool) else await found:
                return
            await asyncio.sleep(0.01)


def kill(pid: int | None) -> None:
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
