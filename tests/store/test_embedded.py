"""The embedded server as a process: started, killed, orphaned, revived."""

import asyncio
import json
import socket
import stat
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from gub.clock import SystemClock
from gub.domain.values import ChatFacts
from gub.store.embedded import (
    DataDirInUse,
    EmbeddedFailed,
    EmbeddedServer,
    EmbeddedUnavailable,
    FormatMismatch,
    running_server,
)
from gub.store.mongo import connect, is_unavailable
from tests.store.embedding import kill, opened, running, until
from tests.support.clock import FakeClock

PARENT = Path(__file__).with_name("embedding_parent.py")


async def kill_and_await(server: EmbeddedServer) -> None:
    before = server.pid
    kill(before)
    await until(lambda: server.pid not in {None, before} and answers(server.uri))


def ended(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


async def test_what_was_written_is_there_after_stop_and_start(tmp_path: Path) -> None:
    async with running(tmp_path) as server, opened(server.uri) as store:
        await store.chats.remember(ChatFacts(-5, "group", "Friends"))
        facts = await store.ping()
        assert facts.writable
        assert facts.version
    assert running_server(tmp_path) is None
    async with running(tmp_path) as server, opened(server.uri) as store:
        assert await store.chats.get(-5) == ChatFacts(-5, "group", "Friends")


async def test_another_command_finds_the_running_server(tmp_path: Path) -> None:
    assert running_server(tmp_path) is None
    async with running(tmp_path) as server:
        assert running_server(tmp_path) == server.uri
        noted = json.loads((tmp_path / "embedded.json").read_text())
        assert noted["pid"] == server.pid
    assert running_server(tmp_path) is None
    (tmp_path / "embedded.json").write_text(json.dumps(noted))
    assert running_server(tmp_path) is None
    (tmp_path / "embedded.json").write_text("{not json")
    assert running_server(tmp_path) is None


async def test_only_its_user_may_look_into_the_directory(tmp_path: Path) -> None:
    directory = tmp_path / "deep" / "down"
    async with running(directory):
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700


async def test_a_second_gub_is_told_that_the_directory_is_in_use(tmp_path: Path) -> None:
    async with running(tmp_path) as server:
        second = EmbeddedServer(tmp_path, clock=SystemClock())
        with pytest.raises(DataDirInUse, match=r"Another GUB is using .*GUB_DATA_DIR"):
            await second.start()
        await second.stop()
        assert running_server(tmp_path) == server.uri


async def test_a_server_that_others_run_on_the_directory_is_told_too(tmp_path: Path) -> None:
    async with running(tmp_path):
        (tmp_path / "embedded.lock").unlink()
        (tmp_path / "embedded.json").unlink()
        with pytest.raises(DataDirInUse):
            await EmbeddedServer(tmp_path, clock=SystemClock()).start()


async def test_a_killed_server_comes_back_on_the_same_port_with_all_that_was_acknowledged(tmp_path: Path) -> None:
    async with running(tmp_path) as server, opened(server.uri) as store:
        uri, watching = server.uri, asyncio.create_task(server.watch())
        acknowledged: list[int] = []

        async def write(first: int) -> None:
            for chat_id in range(first, first + 1000):
                await store.chats.remember(ChatFacts(chat_id, "private"))
                acknowledged.append(chat_id)

        writers = [asyncio.create_task(write(first)) for first in range(1_000, 11_000, 1_000)]
        await until(lambda: len(acknowledged) >= 200)
        await kill_and_await(server)
        errors = await asyncio.gather(*writers, return_exceptions=True)
        assert all(isinstance(error, Exception) and is_unavailable(error) for error in errors)
        assert server.uri == uri
        missing = [chat_id for chat_id in acknowledged if not await store.chats.exists(chat_id)]
        assert missing == []
        assert len(acknowledged) >= 200
        await server.stop()
        await asyncio.wait_for(watching, 5)


async def test_three_deaths_in_a_row_are_survived(tmp_path: Path) -> None:
    """The next death may come while the server listens and was not yet heard: that is noticed as well."""
    async with running(tmp_path) as server:
        watching = asyncio.create_task(server.watch())
        for _ in range(3):
            await kill_and_await(server)
        watching.cancel()


def port_of(uri: str) -> int:
    return urlsplit(uri).port or 0


def answers(uri: str) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port_of(uri)), timeout=1).close()
    except OSError:
        return False
    return True


async def test_a_port_that_was_taken_meanwhile_is_a_clear_error(tmp_path: Path) -> None:
    async with running(tmp_path) as server:
        port = port_of(server.uri)
        kill(server.pid)
        await until(lambda: server.pid is None)
        other = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", port)
        async with other:
            with pytest.raises(EmbeddedFailed, match=f"Port {port} .* taken"):
                await server.watch()


async def test_a_server_that_keeps_dying_is_given_up(tmp_path: Path) -> None:
    async with running(tmp_path) as server:
        server._command = (sys.executable, "-c", "raise SystemExit(3)")
        clock = FakeClock()
        server._clock = clock
        watching = asyncio.create_task(server.watch())
        kill(server.pid)
        while not watching.done():
            await clock.advance(0.5)
            await asyncio.sleep(0.01)
        with pytest.raises(EmbeddedFailed, match=r"keeps dying.*embedded\.log"):
            await watching


async def test_a_server_whose_engine_has_given_up_is_replaced(tmp_path: Path) -> None:
    """As after a full disk (seen with SecantusDB 0.7.0b3): the process lives and answers pings, and all else fails."""
    async with running(tmp_path) as server:
        clock = FakeClock()
        server._process._clock = clock
        first, watching = server.pid, asyncio.create_task(server.watch())
        await clock.until_sleeping()
        with (tmp_path / "embedded.log").open("a") as log:
            log.write("[ERROR]: __log_fs_write, 218: the process must exit and restart: WT_PANIC: library panic\n")
        await clock.advance(5)
        await until(lambda: server.pid not in {first, None} and not server._launching.locked())
        assert answers(server.uri)
        watching.cancel()


async def test_another_version_of_the_data_is_a_clear_error(tmp_path: Path) -> None:
    async with running(tmp_path):
        assert (tmp_path / "VERSION").read_text() == "secantusdb 0.7.0b3\n"
    (tmp_path / "VERSION").write_text("secantusdb 0.6.0b17\n")
    server = EmbeddedServer(tmp_path, clock=SystemClock())
    with pytest.raises(FormatMismatch, match=r"0\.6\.0b17.*gub db export.*gub db import"):
        await server.start()
    (tmp_path / "VERSION").unlink()
    with pytest.raises(FormatMismatch, match="unknown version"):
        await server.start()


async def test_a_missing_program_is_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EmbeddedUnavailable, match="GUB_MONGODB_URI"):
        await EmbeddedServer(tmp_path, clock=SystemClock()).start()


async def test_a_directory_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EmbeddedUnavailable, match="cannot be used"):
        await EmbeddedServer(tmp_path / "file" / "data", clock=SystemClock()).start()


async def test_a_program_that_ends_at_once_is_a_clear_error_and_frees_the_directory(tmp_path: Path) -> None:
    broken = EmbeddedServer(tmp_path, clock=SystemClock(), command=(sys.executable, "-c", "raise SystemExit(3)"))
    with pytest.raises(EmbeddedFailed, match=r"embedded\.log"):
        await broken.start()
    (tmp_path / "VERSION").unlink()
    async with running(tmp_path):
        pass


async def test_secrets_of_the_environment_are_not_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUB_BOT_TOKEN", "123456:TEST-token")
    async with running(tmp_path) as server:
        assert "GUB_BOT_TOKEN" not in psutil.Process(server.pid).environ()


@asynccontextmanager
async def parent(directory: Path, mode: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, list[str]]]:
    """Another process that embeds a server on the directory and prints each id when its write is acknowledged."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(PARENT), str(directory), mode), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    lines: list[str] = []
    while len(lines) < 70:
        lines.append((await process.stdout.readline()).decode().strip())
    try:
        yield process, lines
    finally:
        if process.returncode is None:
            process.kill()
        lines += (await process.stdout.read()).decode().splitlines()
        await process.wait()


@pytest.mark.parametrize("mode", ["linux", "elsewhere"])
async def test_kill_of_gub_itself_leaves_the_directory_free_and_loses_nothing(tmp_path: Path, mode: str) -> None:
    """`elsewhere`: a system whose kernel does not end the server with its parent, so the next start must."""
    async with parent(tmp_path, mode) as (process, lines):
        process.kill()
        await process.wait()
    server_pid = json.loads((tmp_path / "embedded.json").read_text())["pid"]
    async with asyncio.timeout(15), running(tmp_path) as server, opened(server.uri) as store:
        assert ended(server_pid)
        acknowledged = [int(line) for line in lines if line.isdigit()]
        assert len(acknowledged) >= 60
        assert [chat_id for chat_id in acknowledged if not await store.chats.exists(chat_id)] == []


async def test_idle_connections_are_renewed_before_the_server_hangs_up() -> None:
    client = connect("mongodb://127.0.0.1:1/?directConnection=true")
    assert client.options.pool_options.max_idle_time_seconds == 240
    await client.close()
