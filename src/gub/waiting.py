"""Waiting for one thing or another without leaving a task behind."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from gub.clock import Clock

T = TypeVar("T")


class Interrupted(Exception):
    """The interruption came before the work was done; the work was cancelled."""


async def unless(interruption: Coroutine[Any, Any, Any], work: Coroutine[Any, Any, T]) -> T:
    """Do the work and give its result; when the interruption finishes first, cancel the work and raise `Interrupted`.

    Work that is done when the interruption comes counts as done. Neither outlives this call.
    """
    doing, watching = asyncio.ensure_future(work), asyncio.ensure_future(interruption)
    try:
        await asyncio.wait({doing, watching}, return_when=asyncio.FIRST_COMPLETED)
        if doing.done():
            return await doing
    finally:
        await _end(doing, watching)
    raise Interrupted


async def within(clock: Clock, seconds: float, work: Coroutine[Any, Any, T]) -> T:
    """Do the work within that many seconds of that clock, else cancel it and raise `TimeoutError`."""
    try:
        return await unless(clock.sleep(seconds), work)
    except Interrupted as late:
        raise TimeoutError from late


async def seen_through(clock: Clock, seconds: float, work: Coroutine[Any, Any, T]) -> T:
    """Do what must not be left half-done: when a cancellation comes meanwhile, it waits that long for the end of it."""
    doing = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(doing)
    except asyncio.CancelledError:
        try:
            await within(clock, seconds, _settled(doing))
        except TimeoutError:
            await _end(doing)
        raise


def heed_cancellation() -> None:
    """Raise CancelledError if this task was cancelled and somebody below took no notice; for work without an end.

    `asyncio.wait_for` takes none before Python 3.12 where what it waits for ends in the same moment
    (python/cpython#86296), and PyMongo's network layer waits by it.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


async def _settled(doing: asyncio.Future[Any]) -> None:
    await asyncio.wait({doing})
    if not doing.cancelled():
        doing.exception()  # looked at, so that asyncio does not complain of it


async def _end(*tasks: asyncio.Future[Any]) -> None:
    unfinished = [task for task in tasks if not task.done()]
    for task in unfinished:
        task.cancel()
    if unfinished:
        await asyncio.wait(unfinished)
    for task in tasks:
        if not task.cancelled():
            task.exception()  # looked at, so that asyncio does not complain of it
