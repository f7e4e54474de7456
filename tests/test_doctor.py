"""`gub doctor` as a function, against a simulated Telegram, simulated platforms and a real database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from pymongo.errors import OperationFailure

from gub.clock import SystemClock
from gub.database import opened_store
from gub.doctor import examine
from gub.health import serving
from gub.platforms.transport import Transport
from gub.sandbox.platforms import SimulatedPlatforms
from gub.sandbox.psn import NPSSO, Psn
from gub.sandbox.server import SimServer
from gub.sandbox.steam import Steam
from gub.sandbox.telegram.state import TEST_TOKEN
from gub.sandbox.telegram.world import World
from gub.sandbox.xbox import XBOX_CLIENT_ID, XBOX_CLIENT_SECRET, Xbox
from gub.services.credentials import REDIRECT_URI, Access, Credentials, XboxApp
from gub.settings import Address, Settings, load
from gub.store.errors import StoreUnavailable
from gub.store.store import Store


class Patient:
    """What the doctor looks at, and what it said."""

    def __init__(self, sim: SimServer, platforms: SimulatedPlatforms, mongo_uri: str, database_name: str) -> None:
        assert platforms.xbox is not None
        assert platforms.psn is not None
        self.sim = sim
        self.steam, self.xbox, self.psn = platforms.steam, platforms.xbox, platforms.psn
        self._environ = {
            "GUB_BOT_TOKEN": TEST_TOKEN,
            "GUB_TELEGRAM_API": sim.url,
            "GUB_PLATFORM_GATEWAY": sim.gateway,
            "GUB_MONGODB_URI": mongo_uri,
            "GUB_MONGODB_DATABASE": database_name,
        }
        self.said: list[str] = []

    def settings(self, **environ: str) -> Settings:
        return load({**self._environ, **environ}, None)

    async def examined(self, **environ: str) -> bool:
        self.said.clear()
        return await examine(self.settings(**environ), SystemClock(), self.said.append)

    def line(self, subject: str) -> str:
        return next(line for line in self.said if line.split()[1] == f"{subject}:")

    @asynccontextmanager
    async def credentials(self) -> AsyncIterator[Credentials]:
        settings, clock = self.settings(), SystemClock()
        assert settings.mongodb_uri is not None
        transport = Transport(settings.platform_gateway, clock)
        async with opened_store(settings, settings.mongodb_uri.get_secret_value(), clock, wait=30) as store:
            yield Credentials(store.credentials, Access.over(transport, clock))
        await transport.aclose()

    async def store_key(self, key: str, **environ: str) -> None:
        settings = self.settings(**environ)
        assert settings.mongodb_uri is not None
        uri = settings.mongodb_uri.get_secret_value()
        async with opened_store(settings, uri, SystemClock(), wait=30) as store:
            await store.credentials.set_steam_key(key)


@pytest.fixture
async def patient(mongo_uri: str, database_name: str) -> AsyncIterator[Patient]:
    clock = SystemClock()
    world = World(clock)
    platforms = SimulatedPlatforms(Steam(clock), Xbox(clock), Psn(clock))
    async with SimServer(world, platforms=platforms) as sim:
        yield Patient(sim, platforms, mongo_uri, database_name)


async def test_a_healthy_one_is_told_so_and_a_new_database_is_left_new(patient: Patient) -> None:
    for _ in range(2):
        assert await patient.examined()
        assert patient.line("token").startswith("ok ")
        assert patient.line("clock").startswith("ok ")
        assert patient.line("database").startswith("ok ")
        assert any("`gub db upgrade`, prepares it" in line for line in patient.said)
        assert all("no credential is stored" in patient.line(platform) for platform in ("xbox", "psn", "steam"))


async def test_the_key_of_steam_is_tried(patient: Patient) -> None:
    await patient.store_key(patient.steam.key)
    assert await patient.examined()
    assert patient.line("steam") == "ok       steam: Steam accepts the credential"
    await patient.store_key("0" * 32)
    assert not await patient.examined()
    assert patient.line("steam") == "problem  steam: Steam refuses that key."
    assert await patient.examined(GUB_PLATFORM_GATEWAY="http://127.0.0.1:9")
    assert "gives no usable answer now (no answer: ConnectError)" in patient.line("steam")


async def test_all_three_credentials_are_tried_and_stay_as_they_were(patient: Patient) -> None:
    await patient.store_key(patient.steam.key)
    async with patient.credentials() as credentials:
        await credentials.set_psn(NPSSO)
        app = XboxApp(XBOX_CLIENT_ID, XBOX_CLIENT_SECRET, REDIRECT_URI)
        begun = credentials.begin_xbox(app)
        await credentials.finish_xbox(app, patient.xbox.authorise(begun.state, app.redirect_uri), begun.state)
    assert await patient.examined()
    assert all(patient.line(platform).startswith("ok ") for platform in ("xbox", "psn", "steam"))
    patient.psn.fail("tosua", where="authorize", times=None)
    patient.psn.expire_access_tokens()
    patient.psn.revoke_refresh_tokens()
    patient.xbox.fail("503", where="profile", times=None)
    patient.xbox.fail("503", where="user", times=None)
    assert not await patient.examined()
    assert patient.line("psn").startswith("problem  psn: Sony wants its new terms accepted first")
    assert patient.line("xbox").startswith("note     xbox: Xbox gives no usable answer now (status 503)")
    assert patient.line("steam").startswith("ok ")
    assert NPSSO not in "".join(patient.said)


async def test_a_key_that_cannot_be_decrypted_is_a_problem(patient: Patient) -> None:
    await patient.store_key(patient.steam.key, GUB_SECRET_KEY="the first passphrase")
    assert not await patient.examined()
    assert "GUB_SECRET_KEY is not set" in patient.line("steam")
    assert not await patient.examined(GUB_SECRET_KEY="another passphrase")
    assert "another GUB_SECRET_KEY" in patient.line("steam")
    assert await patient.examined(GUB_SECRET_KEY="another passphrase,the first passphrase")
    assert patient.line("steam").startswith("ok ")


async def test_an_unknown_token_and_no_telegram_are_told_apart(patient: Patient) -> None:
    assert not await patient.examined(GUB_BOT_TOKEN="999:WRONG-token")
    assert "does not know this bot token" in patient.line("token")
    assert not await patient.examined(GUB_TELEGRAM_API="http://127.0.0.1:9")
    assert "could not be asked at http://127.0.0.1:9" in patient.line("token")
    async with _something_else() as at:
        assert not await patient.examined(GUB_TELEGRAM_API=at)
    assert "no Bot API answers" in patient.line("token")
    assert "WRONG" not in "".join(patient.said)


async def test_an_unreachable_database_is_a_problem_beside_the_rest(patient: Patient, monkeypatch) -> None:
    async def silent(*_arguments: object) -> None:
        raise StoreUnavailable("The database did not answer within 5 s.")

    monkeypatch.setattr("gub.database.wait_until_up", silent)
    assert not await patient.examined(GUB_MONGODB_URI="mongodb://u:hunter2@127.0.0.1:9")
    assert patient.line("database") == "problem  database: The database did not answer within 5 s."
    assert patient.line("token").startswith("ok ")
    assert "hunter2" not in "".join(patient.said)


async def test_a_database_that_refuses_the_user_is_a_problem(patient: Patient, monkeypatch) -> None:
    async def refuse(_store: Store) -> None:
        raise OperationFailure("not authorized on gub to execute command", 13)

    monkeypatch.setattr(Store, "ping", refuse)
    assert not await patient.examined()
    assert "needs the roles readWrite and dbAdmin" in patient.line("database")


@asynccontextmanager
async def _something_else() -> AsyncIterator[str]:
    async with serving(web.Application(), Address("127.0.0.1", 0), "GUB_HTTP_LISTEN") as at:
        yield f"http://{at.host}:{at.port}"
