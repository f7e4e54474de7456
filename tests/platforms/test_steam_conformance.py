"""The client and the simulated Steam were written apart, each from what is known of Steam; here they meet."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from gub.domain.presence import Status
from gub.platforms.errors import CredentialDead, Malformed, NotFound, PlatformError, RateLimited, Unavailable
from gub.platforms.limiter import Budget
from gub.platforms.steam import BUDGET, SteamClient
from gub.platforms.transport import Transport
from gub.sandbox.steam import STEAM_KEY, Steam, SteamApi
from tests.platforms.clocks import SkippingClock
from tests.support.clock import FakeClock


class Keyring:
    value: str = STEAM_KEY

    async def __call__(self) -> str:
        return self.value


@pytest.fixture
def steam() -> Steam:
    return Steam(FakeClock())


@pytest.fixture
async def gateway(steam: Steam) -> AsyncIterator[str]:
    api = SteamApi(steam)

    async def handle(request: web.Request) -> web.StreamResponse:
        return await api.handle(request.match_info["host"], request.match_info["path"], request)

    app = web.Application()
    app.router.add_route("*", "/platforms/{host}/{path:.*}", handle)
    async with TestServer(app, host="127.0.0.1") as server:
        yield str(server.make_url("/platforms"))


@pytest.fixture
def keyring() -> Keyring:
    return Keyring()


@asynccontextmanager
async def a_client(gateway: str, keyring: Keyring, clock: FakeClock) -> AsyncIterator[SteamClient]:
    transport = Transport(gateway, clock)
    client = SteamClient(transport, Budget(BUDGET, clock), keyring, clock)
    try:
        yield client
    finally:
        await client.aclose()
        await transport.aclose()


@pytest.fixture
async def client(gateway: str, keyring: Keyring) -> AsyncIterator[SteamClient]:
    async with a_client(gateway, keyring, SkippingClock()) as client:
        yield client


async def test_everybody_is_what_the_panel_says(client: SteamClient, steam: Steam) -> None:
    nova = steam.add_account("Nova", state="away", game="Hades")
    hidden = steam.add_account("Hidden", state="online", game="Hades")
    steam.set_presence(hidden.id, game_hidden=True)
    busy = steam.add_account("Busy", state="busy")
    snoozing = steam.add_account("Snoozing", state="snooze")
    offline = steam.add_account("Offline")
    private = steam.add_account("Private", state="online", game="Hades", private=True)
    ids = [nova.id, hidden.id, busy.id, snoozing.id, offline.id, private.id, "76561198999999999"]
    found = await client.presences(ids)
    assert [(found[one].status, found[one].title) for one in ids] == [
        (Status.PLAYING, nova.game),
        (Status.ONLINE, None),
        (Status.ONLINE, None),
        (Status.AWAY, None),
        (Status.OFFLINE, None),
        (Status.PRIVATE, None),
        (Status.UNKNOWN, None),
    ]
    assert (found[nova.id].away, found[nova.id].title_id, found[busy.id].busy) == (True, nova.game_id, True)
    assert len(steam.requests) == 1


async def test_two_hundred_and_one_accounts_take_three_requests(client: SteamClient, steam: Steam) -> None:
    ids = [steam.add_account(f"p{number}", state="online").id for number in range(201)]
    found = await client.presences(ids)
    assert {it.status for it in found.values()} == {Status.ONLINE}
    assert [request.status for request in steam.requests] == [200, 200, 200]


async def test_an_untitled_game_gets_its_title_from_the_shop(gateway: str, keyring: Keyring, steam: Steam) -> None:
    nova = steam.add_account("Nova", game="Hades II")
    steam.set_presence(nova.id, untitled=True)
    async with a_client(gateway, keyring, FakeClock()) as client:
        for _ in range(2):
            assert (await client.presences([nova.id]))[nova.id].title == "Hades II"
    assert [request.host for request in steam.requests].count("store.steampowered.com") == 1


async def test_accounts_are_found_by_name_and_by_id(client: SteamClient, steam: Steam) -> None:
    nova = steam.add_account("Nova", vanity="nova_storm")
    for text in ("NOVA_storm", nova.id, f"https://steamcommunity.com/profiles/{nova.id}"):
        account = await client.look_up(text)
        assert (account.account_id, account.name) == (nova.id, "Nova")
    for text in ("nobody", "76561198999999999"):
        with pytest.raises(NotFound):
            await client.look_up(text)


async def test_a_key_is_proved(client: SteamClient, keyring: Keyring) -> None:
    await client.probe()
    keyring.value = "0" * 32
    with pytest.raises(CredentialDead):
        await client.probe()


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("401", Unavailable),
        ("403", Unavailable),
        ("429", RateLimited),
        ("500", Unavailable),
        ("502", Unavailable),
        ("503", Unavailable),
        ("down", Unavailable),
        ("drop", Unavailable),
        ("html", Malformed),
        ("garbage", Malformed),
    ],
)
async def test_every_fault_is_a_typed_error_and_passes(
    client: SteamClient, steam: Steam, kind: str, error: type[PlatformError]
) -> None:
    nova = steam.add_account("Nova", state="online")
    steam.fail(kind, times=-1)
    with pytest.raises(error):
        await client.presences([nova.id])
    steam.clear_faults()
    steam.fail("503", times=2)
    if error is not RateLimited:  # after a 429 nobody asks for a while
        assert (await client.presences([nova.id]))[nova.id].status is Status.ONLINE
