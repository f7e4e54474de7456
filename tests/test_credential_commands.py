"""`gub credentials` as functions and as a person meets it, against simulated platforms and a real database."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx
import pytest

from gub import credential_commands as commands
from gub.clock import SystemClock
from gub.database import opened_store
from gub.domain.values import Platform
from gub.failure import Failure
from gub.sandbox.platforms import SimulatedPlatforms
from gub.sandbox.psn import NPSSO, Psn
from gub.sandbox.server import SimServer
from gub.sandbox.steam import STEAM_KEY, Steam
from gub.sandbox.telegram.world import World
from gub.sandbox.xbox import XBOX_CLIENT_ID, XBOX_CLIENT_SECRET, Xbox
from gub.services.credentials import XboxApp
from gub.services.credentials.xbox_app import SignIn
from gub.settings import Settings, load
from gub.store.store import Store
from tests.support.mongo import database_name, mongo_uri, store

__all__ = ["database_name", "mongo_uri", "store"]

CLOCK = SystemClock()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@dataclass
class Desk:
    """A machine on which `gub credentials` runs."""

    sim: SimServer
    steam: Steam
    xbox: Xbox
    psn: Psn
    environ: dict[str, str]
    said: list[str] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        return load(self.environ, None)

    def app(self, port: int = 8765) -> XboxApp:
        return XboxApp(XBOX_CLIENT_ID, XBOX_CLIENT_SECRET, f"http://localhost:{port}/auth/callback")

    async def paste(self, app: XboxApp) -> None:
        begun = await commands.begin_xbox(self.settings, CLOCK, app)
        redirected = self.xbox.authorise(begun.state, app.redirect_uri)
        await commands.paste_xbox(self.settings, CLOCK, app, self.said.append, begun=begun, redirected=redirected)

    async def run(self, *arguments: str, stdin: str = "", **environ: str) -> tuple[int, str]:
        """Run the command line in a process of its own; give its code, and all it printed."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "gub",
            "credentials",
            *arguments,
            env={**_clean(), **self.environ, **environ},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        shown, _ = await asyncio.wait_for(process.communicate(stdin.encode()), 60)
        assert process.returncode is not None
        return process.returncode, shown.decode()


def _clean() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith("GUB_")}


@pytest.fixture
async def desk(mongo_uri: str, database_name: str) -> AsyncIterator[Desk]:
    steam, xbox, psn = Steam(CLOCK), Xbox(CLOCK), Psn(CLOCK)
    async with SimServer(World(CLOCK), platforms=SimulatedPlatforms(steam, xbox, psn)) as sim:
        environ = {
            "GUB_PLATFORM_GATEWAY": sim.gateway,
            "GUB_MONGODB_URI": mongo_uri,
            "GUB_MONGODB_DATABASE": database_name,
        }
        yield Desk(sim, steam, xbox, psn, environ)


async def test_all_are_shown_with_what_is_left_of_them(desk: Desk) -> None:
    await commands.show_credentials(desk.settings, CLOCK, desk.said.append)
    assert desk.said == ["xbox: none", "psn: none", "steam: none"]
    await commands.store_steam_key(desk.settings, CLOCK, STEAM_KEY, desk.said.append)
    await commands.store_npsso(desk.settings, CLOCK, json.dumps({"npsso": NPSSO}), desk.said.append)
    await desk.paste(desk.app())
    desk.said.clear()
    await commands.show_credentials(desk.settings, CLOCK, desk.said.append)
    assert desk.said[0].startswith("xbox: ok; sign-in ends in 90 days (")
    assert desk.said[1].startswith("psn: ok; sign-in ends in 60 days (")
    assert desk.said[2] == "steam: ok"


async def test_one_is_removed_and_a_second_time_there_is_none(desk: Desk, store: Store) -> None:
    await store.credentials.set_steam_key(STEAM_KEY)
    for _ in range(2):
        await commands.remove_credential(desk.settings, CLOCK, Platform.STEAM, desk.said.append)
    assert desk.said == ["steam: removed.", "steam: there was none."]


async def test_the_browser_brings_the_sign_in_and_is_told_its_end(desk: Desk, store: Store) -> None:
    app = desk.app(free_port())
    pages: list[tuple[int, str]] = []

    async def browse(address: str) -> None:
        async with httpx.AsyncClient(trust_env=False) as browser:
            base = app.redirect_uri.partition("/auth")[0]
            pages.append(_seen(await browser.get(f"{base}/favicon.ico")))
            pages.append(_seen(await browser.get(f"{app.redirect_uri}?code=stolen&state=another")))
            pages.append(_seen(await browser.get(address)))

    browsing: list[asyncio.Task[None]] = []

    async def show(begun: SignIn) -> None:
        assert begun.address.startswith("https://login.live.com/oauth20_authorize.srf?")
        browsing.append(asyncio.create_task(browse(desk.xbox.authorise(begun.state, app.redirect_uri))))

    await commands.browse_xbox(desk.settings, CLOCK, app, show, desk.said.append)
    await asyncio.gather(*browsing)
    assert [status for status, _ in pages] == [404, 400, 200]
    assert "another sign-in" in pages[1][1]
    assert "GUB is signed in to Xbox" in pages[2][1]
    assert desk.said[0].startswith("Xbox accepts the sign-in; it is stored. It ends in 90 days")
    assert (await store.credentials.xbox()) is not None


def _seen(page: httpx.Response) -> tuple[int, str]:
    return page.status_code, page.text


async def test_a_sign_in_that_fails_is_told_in_the_browser_too(desk: Desk, store: Store) -> None:
    app = desk.app(free_port())
    desk.xbox.fail("xerr_233", where="xsts", times=5)
    browsing: list[asyncio.Task[str]] = []

    async def browse(address: str) -> str:
        async with httpx.AsyncClient(trust_env=False) as browser:
            return (await browser.get(address)).text

    async def show(begun: SignIn) -> None:
        browsing.append(asyncio.create_task(browse(desk.xbox.authorise(begun.state, app.redirect_uri))))

    with pytest.raises(Failure, match=r"no Xbox profile.*Nothing was stored"):
        await commands.browse_xbox(desk.settings, CLOCK, app, show, desk.said.append)
    (page,) = await asyncio.gather(*browsing)
    assert "no Xbox profile" in page
    assert await store.credentials.xbox() is None


async def test_a_port_in_use_is_said_with_the_ways_out(desk: Desk) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        app = desk.app(listener.getsockname()[1])
        with pytest.raises(Failure, match=r"in use\).*--redirect-uri.*--paste"):
            await commands.browse_xbox(desk.settings, CLOCK, app, desk.said.append, desk.said.append)  # type: ignore[arg-type]


async def test_a_device_code_signs_in(desk: Desk, store: Store) -> None:
    def say(line: str) -> None:
        desk.said.append(line)
        code = next((word for word in line.split() if word.isalnum() and word.isupper() and len(word) >= 6), None)
        if code is not None:
            desk.xbox.approve_device(code)

    class Quick(SystemClock):
        async def sleep(self, seconds: float) -> None:  # noqa: ARG002
            await asyncio.sleep(0)

    await commands.device_xbox(desk.settings, Quick(), desk.app(), say)
    assert desk.said[-1].startswith("Xbox accepts the sign-in")
    assert (await store.credentials.xbox()) is not None


async def test_nothing_is_stored_in_the_clear_beside_what_is_encrypted(desk: Desk) -> None:
    """As from a shell that lacks the key which the bot has."""
    keyed = load({**desk.environ, "GUB_SECRET_KEY": "a passphrase for tests"}, None)
    await commands.store_steam_key(keyed, CLOCK, STEAM_KEY, desk.said.append)
    with pytest.raises(Failure, match="GUB_SECRET_KEY is not set"):
        await commands.store_npsso(desk.settings, CLOCK, NPSSO, desk.said.append)
    with pytest.raises(Failure, match="GUB_SECRET_KEY is not set"):
        await commands.store_steam_key(desk.settings, CLOCK, STEAM_KEY, desk.said.append)
    with pytest.raises(Failure, match="GUB_SECRET_KEY is not set"):
        await commands.stored_app(desk.settings, CLOCK)
    await commands.store_npsso(keyed, CLOCK, NPSSO, desk.said.append)
    await commands.remove_credential(desk.settings, CLOCK, Platform.STEAM, desk.said.append)
    await commands.remove_credential(desk.settings, CLOCK, Platform.PSN, desk.said.append)
    await commands.store_npsso(desk.settings, CLOCK, NPSSO, desk.said.append)


async def test_rotating_encrypts_with_the_first_key(desk: Desk, store: Store) -> None:
    await store.credentials.set_steam_key(STEAM_KEY)
    with pytest.raises(Failure, match="GUB_SECRET_KEY is not set"):
        await commands.rotate_credentials(desk.settings, CLOCK, desk.said.append)
    desk.environ["GUB_SECRET_KEY"] = "the first passphrase"
    await commands.rotate_credentials(desk.settings, CLOCK, desk.said.append)
    desk.environ["GUB_SECRET_KEY"] = "a newer passphrase"
    with pytest.raises(Failure, match=r"another GUB_SECRET_KEY.*Nothing was changed"):
        await commands.rotate_credentials(desk.settings, CLOCK, desk.said.append)
    desk.environ["GUB_SECRET_KEY"] = "a newer passphrase,the first passphrase"
    await commands.rotate_credentials(desk.settings, CLOCK, desk.said.append)
    desk.environ["GUB_SECRET_KEY"] = "a newer passphrase"
    settings = desk.settings
    assert settings.mongodb_uri is not None
    async with opened_store(settings, settings.mongodb_uri.get_secret_value(), CLOCK, wait=30) as opened:
        assert await opened.credentials.steam_key() == STEAM_KEY


@pytest.mark.parametrize(
    ("command", "stdin", "environ"),
    [
        ("steam", STEAM_KEY + "\n", {}),
        ("steam", "", {"GUB_STEAM_API_KEY": STEAM_KEY}),
        ("psn", f'{{\n  "npsso": "{NPSSO}"\n}}\n', {}),
        ("psn", "", {"GUB_PSN_NPSSO": NPSSO}),
    ],
)
async def test_scripts_give_secrets_by_stdin_or_environment(
    desk: Desk, command: str, stdin: str, environ: dict[str, str]
) -> None:
    code, shown = await desk.run(command, stdin=stdin, **environ)
    assert (code, len(shown.splitlines())) == (0, 1), shown
    assert NPSSO not in shown
    assert STEAM_KEY not in shown


@pytest.mark.parametrize(
    ("command", "given", "why"),
    [
        ("psn", "", "No NPSSO was given"),
        ("psn", "hunter2hunter2", "That is no NPSSO"),
        ("psn", "w" * 64, "Sony does not accept this NPSSO"),
        ("steam", "0" * 32, "Steam refuses that key. Nothing was stored."),
    ],
)
async def test_what_is_refused_is_one_line_and_exit_1(desk: Desk, command: str, given: str, why: str) -> None:
    code, shown = await desk.run(command, stdin=given)
    assert (code, len(shown.splitlines())) == (1, 1), shown
    assert why in shown
    assert not given or given not in shown


@pytest.mark.parametrize(
    "arguments",
    [
        ("xbox",),
        ("xbox", "--paste", "--device"),
        ("xbox", "--secret-expires", "tomorrow"),
        ("xbox", "--redirect-uri", "https://bot.example/auth"),
        ("xbox", "--client-secret", "x"),
        ("psn", NPSSO),
    ],
)
async def test_wrong_usage_is_exit_2(desk: Desk, arguments: tuple[str, ...]) -> None:
    code, shown = await desk.run(*arguments)
    assert code == 2, shown
    assert "Traceback" not in shown


async def test_a_headless_server_signs_in_by_pasting(desk: Desk, store: Store) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gub", "credentials", "xbox", "--paste"),
        *("--client-id", XBOX_CLIENT_ID, "--secret-expires", "2031-05-06"),
        env={**_clean(), **desk.environ, "GUB_XBOX_CLIENT_SECRET": XBOX_CLIENT_SECRET},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stderr is not None
    while "state=" not in (line := (await asyncio.wait_for(process.stderr.readline(), 60)).decode()):
        assert line
    state = httpx.URL(line.strip()).params["state"]
    redirected = desk.xbox.authorise(state, "http://localhost:8765/auth/callback")
    shown, also = await asyncio.wait_for(process.communicate(f"{redirected}\n".encode()), 60)
    assert process.returncode == 0, also.decode()
    assert "Xbox accepts the sign-in" in shown.decode()
    assert XBOX_CLIENT_SECRET not in shown.decode() + also.decode()
    (state_of,) = await store.credentials.states()
    assert str(state_of.secret_expires_at) == "2031-05-06 00:00:00+00:00"


async def test_ctrl_c_ends_the_waiting_for_the_browser_and_leaves_nothing(desk: Desk, store: Store) -> None:
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gub", "credentials", "xbox", "--client-id", XBOX_CLIENT_ID),
        *("--redirect-uri", f"http://localhost:{port}/auth/callback"),
        env={**_clean(), **desk.environ, "GUB_XBOX_CLIENT_SECRET": XBOX_CLIENT_SECRET, "BROWSER": "true"},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        # As from a terminal, also when these tests run in a shell's background, where Ctrl-C is ignored.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stderr is not None
    while b"Waiting for the browser" not in (line := await asyncio.wait_for(process.stderr.readline(), 60)):
        assert line
    process.send_signal(signal.SIGINT)
    _, also = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 130
    assert "Traceback" not in also.decode()
    assert await store.credentials.states() == []


async def test_the_embedded_database_of_nobody_else_is_started_and_ended(desk: Desk, tmp_path: Path) -> None:
    alone = {key: value for key, value in desk.environ.items() if not key.startswith("GUB_MONGODB")}
    desk.environ = {**alone, "GUB_DATA_DIR": str(tmp_path / "data")}
    code, shown = await desk.run("steam", stdin=STEAM_KEY)
    assert code == 0, shown
    code, shown = await desk.run("status")
    assert (code, shown.splitlines()) == (0, ["xbox: none", "psn: none", "steam: ok"])
