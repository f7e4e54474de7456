"""Starts an echo bot written with somebody else's framework, as a process of its own."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.outside.node import require_node

PEERS = Path(__file__).parent / "peers"
SECRET = "outside-secret_1"
START_LIMIT = 30.0
STOP_LIMIT = 15.0


def command_of(client: str) -> list[str]:
    """The command line of the peer bot `client` ("ptb" or "grammy")."""
    if client == "grammy":
        return [require_node(), str(PEERS / "grammy_bot.mjs")]
    return [sys.executable, str(PEERS / "ptb_bot.py")]


@asynccontextmanager
async def running_peer(client: str, mode: str, api: str, token: str) -> AsyncIterator[None]:
    """The bot, taking updates from `api` by `mode` ("polling" or "webhook"); stopped as its author means it.

    Raises:
        AssertionError: it did not start, wrote to stderr, or left with a code other than 0.
    """
    environment = {**os.environ, "PEER_API": api, "PEER_TOKEN": token, "PEER_MODE": mode, "PEER_SECRET": SECRET}
    process = await asyncio.create_subprocess_exec(
        *command_of(client),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    try:
        async with asyncio.timeout(START_LIMIT):
            line = await process.stdout.readline()
        if line.strip() != b"ready":
            _, said = await process.communicate()
            raise AssertionError(f"{client} did not start: {said.decode()}")
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        errors = await _farewell(process)
    assert not errors, f"{client} complained: {errors}"
    assert process.returncode == 0, f"{client} left with {process.returncode}"


async def _farewell(process: asyncio.subprocess.Process) -> str:
    try:
        async with asyncio.timeout(STOP_LIMIT):
            _, errors = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        return "did not stop in time"
    return errors.decode()
