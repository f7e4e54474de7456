"""`gub run`: the bot from start to a clean stop."""

import asyncio
import importlib
import signal
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from typing import Any

import structlog

from gub.clock import SystemClock
from gub.database import database
from gub.settings import Settings
from gub.waiting import Interrupted, unless

log = structlog.get_logger(__name__)


async def run_until_signalled(settings: Settings, **choices: Any) -> None:
    """Run the bot until SIGTERM or Ctrl-C, then stop it in order; any part of the start can be broken off like that.

    Raises Failure with the reason it cannot run.

    `choices` go to `gub.app.serve` (benchmarks lift the pace with them).
    """
    stop = asyncio.Event()
    clock = SystemClock()
    with _signals(stop):
        # The framework takes longer to load than the database to start: do both at once.
        loading = asyncio.create_task(asyncio.to_thread(importlib.import_module, "gub.app"))
        try:
            async with AsyncExitStack() as stack:
                starting = stack.enter_async_context(database(settings, clock, share=False))
                base = await unless(stop.wait(), starting)
                app = await loading
                await app.serve(settings, base, clock=clock, stop=stop, **choices)
        except Interrupted:
            log.info("stopped before the database was up")
        finally:
            await asyncio.wait([loading])
    log.info("stopped")


@contextmanager
def _signals(stop: asyncio.Event) -> Iterator[None]:
    """Set `stop` on the first SIGTERM or SIGINT; a second one is the system's default, for the impatient."""
    loop = asyncio.get_running_loop()
    numbers = (signal.SIGTERM, signal.SIGINT)

    def on_signal() -> None:
        stop.set()
        for number in numbers:
            loop.remove_signal_handler(number)

    for number in numbers:
        loop.add_signal_handler(number, on_signal)
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)
