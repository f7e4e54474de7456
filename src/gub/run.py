"""`gub run`: the bot from start to a clean stop."""

import asyncio
import importlib
from contextlib import AsyncExitStack
from typing import Any

import structlog

from gub.clock import SystemClock
from gub.database import database
from gub.settings import Settings
from gub.signals import asked_to_end
from gub.waiting import Interrupted, unless

log = structlog.get_logger(__name__)


async def run_until_signalled(settings: Settings, **choices: Any) -> None:
    """Run the bot until SIGTERM or Ctrl-C, then stop it in order; any part of the start can be broken off like that.

    Raises Failure with the reason it cannot run.

    `choices` go to `gub.app.serve` (benchmarks lift the pace with them).
    """
    clock = SystemClock()
    with asked_to_end() as stop:
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
