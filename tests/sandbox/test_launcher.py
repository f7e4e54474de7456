"""`gub sandbox` as a process: it says where, serves, and leaves nothing behind."""

import asyncio
import json
import os
import re
import signal
import socket
import sys
import urllib.request
from pathlib import Path
from typing import Any

import psutil
import pytest

from gub.clock import SystemClock
from gub.sandbox.launcher import sandbox
from gub.sandbox.platforms import SimulatedPlatforms
from gub.sandbox.psn import Psn
from gub.sandbox.seed import plant
from gub.sandbox.server import SimServer
from gub.sandbox.steam import Steam
from gub.sandbox.telegram import World, WorldError
from gub.sandbox.xbox import Xbox
from gub.store.datadir import DataDir, Running

PATIENCE = 90.0


async def started(tmp_path: Path, *arguments: str) -> asyncio.subprocess.Process:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GUB_")}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gub", "sandbox", *arguments),
        cwd=tmp_path,
        env=environment | {"TMPDIR": str(tmp_path)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def line_with(stream: asyncio.StreamReader | None, part: str) -> str:
    assert stream is not None
    seen: list[str] = []
    async with asyncio.timeout(PATIENCE):
        while line := (await stream.readline()).decode():
            seen.append(line)
            if part in line:
                return line
    raise AssertionError(f"no line with {part!r} in {seen}")


async def lines_with(stream: asyncio.StreamReader | None, part: str, count: int) -> list[str]:
    return [await line_with(stream, part) for _ in range(count)]


def state(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{url}sandbox/state", timeout=10) as answer:  # noqa: S310 - our own server
        body: dict[str, Any] = json.load(answer)
        return body


async def test_it_runs_the_bot_and_ends_without_a_trace(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = await started(tmp_path, "--port", str(port))
        assert str(port) in await line_with(process.stdout, "is taken")
        url = (await line_with(process.stdout, "is ready")).split("open ")[1].split()[0]
    assert str(port) not in url
    for platform in await lines_with(process.stderr, "it is stored", 3):
        assert platform.startswith("bot | gub credentials ")
    told = await asyncio.to_thread(state, url)
    assert told["bot"]["running"]
    assert told["platforms"]["steam"]["accounts"][0]["vanity"] == "player1"
    family = psutil.Process(process.pid).children(recursive=True)
    assert len(family) >= 2  # the bot and its database
    process.send_signal(signal.SIGINT)
    async with asyncio.timeout(PATIENCE):
        out, err = await process.communicate()
    assert process.returncode == 0
    assert b"Ending" in out
    assert b"Traceback" not in out + err
    _, alive = await asyncio.to_thread(psutil.wait_procs, family, 10)
    assert not alive
    left = await asyncio.to_thread(lambda: list(tmp_path.iterdir()))
    assert left == []


@pytest.mark.parametrize("its_gub_lives", [False, True])
async def test_a_database_that_a_killed_bot_left_is_ended_in_the_end(tmp_path: Path, its_gub_lives: bool):
    """As on a system that does not end it with the bot. That of a living GUB is not the sandbox's."""
    directory = DataDir(tmp_path)
    directory.prepare()
    program = [sys.executable, "-c", "import signal; signal.pause()", str(directory.storage)]
    database = await asyncio.create_subprocess_exec(*program)
    directory.note(Running("secantusdb 1", database.pid, 1))
    holding = directory.lock() if its_gub_lives else None
    async with sandbox(tmp_path):
        pass
    if holding is not None:
        os.close(holding)
        database.kill()
    async with asyncio.timeout(10):
        await database.wait()
    assert database.returncode == -(signal.SIGKILL if its_gub_lives else signal.SIGTERM)


async def test_the_planted_world():
    world = World(SystemClock())
    steam = Steam(world.clock, on_change=world.touch)
    xbox, psn = Xbox(world.clock), Psn(world.clock)
    owner = plant(world, steam, xbox, psn)
    assert owner.first_name == "Ana"
    with_bot = {chat.title: chat.present(world.default_bot.id) for chat in world.chats.values()}
    assert with_bot == {"Friday Squad": True, "Quiet Corner": False}
    assert steam.by_vanity("player1") is not None
    assert xbox.by_gamertag("Major881") is not None
    assert psn.by_online_id("bea_plays") is not None
    await world.aclose()


async def test_what_the_page_may_ask_of_the_platforms():
    steam = Steam(SystemClock())
    platforms = SimulatedPlatforms(steam)
    added = await platforms.act(
        "add_account", {"platform": "steam", "name": "nova", "vanity": "nova", "game": "Dota 2"}
    )
    assert added is not None
    assert re.fullmatch(r"7656119\d{10}", str(added["id"]))
    await platforms.act("set_presence", {"platform": "steam", "account": added["id"], "private": True, "state": "busy"})
    assert (steam.accounts[str(added["id"])].private, steam.accounts[str(added["id"])].game) == (True, "Dota 2")
    await platforms.act("fault", {"target": "steam", "kind": "503", "times": -1})
    assert platforms.state()["steam"]["up"] is False
    await platforms.act("clear_faults", {})
    assert platforms.state()["steam"]["up"] is True
    for action, fields in (
        ("add_account", {"platform": "steam"}),
        ("add_account", {"platform": "nes", "name": "x"}),
        ("set_presence", {"platform": "steam", "account": 1}),
        ("set_presence", {"platform": "steam", "account": added["id"], "private": "yes"}),
        ("fault", {"target": "steam", "kind": "503", "times": "often"}),
        ("dance", {"platform": "steam"}),
    ):
        with pytest.raises((ValueError, WorldError)):
            await platforms.act(action, fields)


async def test_a_platform_nobody_simulates_is_not_found():
    world = World(SystemClock())
    async with SimServer(world, platforms=SimulatedPlatforms(Steam(world.clock))) as server:
        request = f"{server.gateway}/example.com/x"
        with pytest.raises(urllib.error.HTTPError, match="404"):
            await asyncio.to_thread(urllib.request.urlopen, request)
