"""`gub run` as a function: told to stop in the middle of its start."""

import asyncio
import os
import signal
from contextlib import asynccontextmanager

import pytest

from gub import database
from gub.run import run_until_signalled
from gub.settings import load

SETTINGS = load({"GUB_BOT_TOKEN": "123456:TEST-token", "GUB_MONGODB_URI": "mongodb://127.0.0.1:9"}, None)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_stop_while_the_database_is_waited_for_is_heard_at_once(monkeypatch, number) -> None:
    waiting, given_up = asyncio.Event(), asyncio.Event()

    async def never(*_arguments: object, **_options: object) -> None:
        waiting.set()
        try:
            await asyncio.Event().wait()
        finally:
            given_up.set()

    monkeypatch.setattr(database, "open_store", never)
    running = asyncio.create_task(run_until_signalled(SETTINGS))
    await asyncio.wait_for(waiting.wait(), 30)
    os.kill(os.getpid(), number)
    await asyncio.wait_for(running, 30)
    assert given_up.is_set()


async def test_a_stop_while_the_embedded_database_starts_ends_it(monkeypatch) -> None:
    starting, ended = asyncio.Event(), asyncio.Event()

    @asynccontextmanager
    async def slow(*_arguments: object, **_options: object):
        starting.set()
        try:
            await asyncio.Event().wait()
            yield
        finally:
            ended.set()

    monkeypatch.setattr("gub.run.database", slow)
    running = asyncio.create_task(run_until_signalled(SETTINGS))
    await asyncio.wait_for(starting.wait(), 30)
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(running, 30)
    assert ended.is_set()
