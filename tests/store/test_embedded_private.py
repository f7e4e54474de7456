"""The embedded server answers its own user only: whoever else has an account on the machine can reach its port."""

import asyncio
import os
import signal
import stat
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from pymongo.errors import OperationFailure

from gub.clock import SystemClock
from gub.domain.values import ChatFacts
from gub.store import embedded_user
from gub.store.embedded import EmbeddedFailed, EmbeddedServer, running_server
from gub.store.mongo import connect
from tests.store.embedding import kill, opened, running
from tests.support.mongo import for_tests

UNAUTHORIZED = 13


def port_of(uri: str) -> int:
    return urlsplit(uri).port or 0


def without_password(uri: str) -> str:
    return f"mongodb://127.0.0.1:{port_of(uri)}/?directConnection=true"


async def test_a_stranger_reads_and_writes_nothing(tmp_path: Path) -> None:
    async with running(tmp_path) as server, opened(server.uri) as store:
        await store.chats.remember(ChatFacts(-5, "group", "Friends"))
        stranger = connect(for_tests(without_password(server.uri)))
        for attempt in (
            stranger["gub"]["chats"].find_one({}),
            stranger["gub"]["chats"].insert_one({"chat_id": 6}),
            stranger["admin"].command("createUser", "stranger", pwd="x", roles=["root"]),
        ):
            with pytest.raises(OperationFailure) as refused:
                await attempt
            assert refused.value.code == UNAUTHORIZED
        await stranger.close()


def files_with(directory: Path, text: str) -> list[Path]:
    return [path for path in directory.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]


async def test_the_password_is_in_one_file_for_its_user_alone_and_nowhere_else(tmp_path: Path) -> None:
    async with running(tmp_path) as server:
        password = urlsplit(server.uri).password or ""
        assert len(password) >= 32
        assert running_server(tmp_path) == server.uri
        (keeping,) = files_with(tmp_path, password)
        assert keeping.name == "embedded.password"
        assert stat.S_IMODE(keeping.stat().st_mode) == 0o600
        assert password not in " ".join(psutil.Process(server.pid).cmdline())
        assert password not in "".join(psutil.Process(server.pid).environ().values())


async def test_a_directory_from_before_there_was_a_user_gets_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = EmbeddedServer(tmp_path, clock=SystemClock())
    with monkeypatch.context() as patched:
        patched.setattr("gub.store.embedded_process.PRIVATE", ())
        patched.setattr(embedded_user, "make", _nobody)
        patched.setattr(embedded_user, "expel_others", _nobody)
        patched.setattr("gub.store.datadir.DataDir.password", lambda _self: "")
        async with opened(without_password(await before.start())) as store:
            await store.chats.remember(ChatFacts(-5, "group", "Friends"))
        kill(before.pid)
        await before.stop()
    async with running(tmp_path) as server, opened(server.uri) as store:
        assert await store.chats.get(-5) == ChatFacts(-5, "group", "Friends")


async def _nobody(*_: object) -> None:
    pass


async def test_a_password_that_others_could_read_or_that_is_lost_is_replaced(tmp_path: Path) -> None:
    async with running(tmp_path) as server, opened(server.uri) as store:
        first = server.uri
        await store.chats.remember(ChatFacts(-5, "group", "Friends"))
    (tmp_path / "embedded.password").chmod(0o644)
    async with running(tmp_path) as server:
        second = server.uri
    (tmp_path / "embedded.password").unlink()
    async with running(tmp_path) as server, opened(server.uri) as store:
        assert len({urlsplit(uri).password for uri in (first, second, server.uri)}) == 3
        assert await store.chats.exists(-5)


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_death_while_the_user_is_made_is_mended_by_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    really = embedded_user.make

    async def dying(uri: str, password: str) -> None:
        if when == "after":
            await really(uri, password)
        raise ConnectionAbortedError("killed here")

    with monkeypatch.context() as patched:
        patched.setattr(embedded_user, "make", dying)
        with pytest.raises(EmbeddedFailed):
            await EmbeddedServer(tmp_path, clock=SystemClock()).start()
    async with running(tmp_path) as server, opened(server.uri) as store:
        await store.chats.remember(ChatFacts(-5, "group", "Friends"))


async def test_who_slipped_in_while_the_user_was_made_is_thrown_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = embedded_user.make

    async def watched(uri: str, password: str) -> None:
        await really(uri, password)
        stranger = connect(for_tests(without_password(uri)))
        await stranger["admin"].command("createUser", "stranger", pwd="x", roles=["root"])
        await stranger["other"].command("createUser", "stranger", pwd="x", roles=["dbOwner"])
        await stranger.close()

    monkeypatch.setattr(embedded_user, "make", watched)
    async with running(tmp_path) as server:
        owner = connect(for_tests(server.uri))
        left = [user["user"] async for user in owner["admin"]["system.users"].find({})]
        await owner.close()
    assert left == ["gub"]


async def test_an_orderly_stop_of_an_idle_server_is_quick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SecantusDB waits two seconds for a thread that waits for a connection, unless it gets one."""
    monkeypatch.setattr("gub.store.embedded_process._REQUESTS", 1)
    monkeypatch.setattr("gub.store.embedded_process._PATIENCE_SECONDS", 1.7)
    server = EmbeddedServer(tmp_path, clock=SystemClock())
    await server.start()
    process = server._process
    await server.stop()
    assert process is not None
    assert process.returncode == 0


async def test_a_stop_while_the_server_is_being_revived_leaves_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(tmp_path) as server:
        reached, go_on = asyncio.Event(), asyncio.Event()
        spawn = asyncio.create_subprocess_exec

        async def slow(*arguments: str, **options: int) -> asyncio.subprocess.Process:
            reached.set()
            await go_on.wait()
            return await spawn(*arguments, **options)

        monkeypatch.setattr(asyncio, "create_subprocess_exec", slow)
        watching = asyncio.create_task(server.watch())
        os.kill(server.pid or 0, signal.SIGKILL)
        await reached.wait()
        stopping = asyncio.create_task(server.stop())
        await asyncio.sleep(0)
        go_on.set()
        await stopping
        await asyncio.wait_for(watching, 5)
        assert server.pid is None
        mine = [one for one in psutil.process_iter(["cmdline"]) if str(tmp_path) in " ".join(one.info["cmdline"] or [])]
        assert mine == []
