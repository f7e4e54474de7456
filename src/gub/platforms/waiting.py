"""Waiting for several things at once, but not for ever, by the clock that was passed in."""

import asyncio
from collections.abc import Collection
from typing import Any

from gub.clock import Clock


async def wait_for_all(futures: Collection["asyncio.Future[Any]"], seconds: float, clock: Clock) -> None:
    """Return when all are done or the time is over. Cancels none of them and raises nothing of theirs."""
    pending = {future for future in futures if not future.done()}
    if not pending:
        return
    timer = asyncio.ensure_future(clock.sleep(seconds))
    try:
        while pending and not timer.done():
            await asyncio.wait({timer, *pending}, return_when=asyncio.FIRST_COMPLETED)
            pending = {future for future in pending if not future.done()}
    finally:
        timer.cancel()


async def stop_all(tasks: Collection["asyncio.Task[Any]"]) -> None:
    """Cancel them and return when every one has ended."""
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)
