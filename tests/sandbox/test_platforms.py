"""The simulated platforms together: requests go by their host, actions of the page by the platform they name."""

import httpx
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from gub.sandbox.platforms import SimulatedPlatforms
from gub.sandbox.psn import NPSSO, Psn
from gub.sandbox.steam import STEAM_KEY, Steam
from gub.sandbox.xbox import Xbox
from tests.support.clock import FakeClock

SUMMARIES = "/api.steampowered.com/ISteamUser/GetPlayerSummaries/v2/"


@pytest.fixture
def platforms() -> SimulatedPlatforms:
    clock = FakeClock()
    return SimulatedPlatforms(Steam(clock), Xbox(clock), Psn(clock))


async def test_a_request_goes_to_the_platform_of_its_host(platforms: SimulatedPlatforms):
    async def handle(request: web.Request) -> web.StreamResponse:
        host, _, path = request.rel_url.raw_path.removeprefix("/").partition("/")
        return await platforms.handle(request, host, path)

    app = web.Application()
    app.router.add_route("*", "/{all:.*}", handle)
    async with TestServer(app) as server, httpx.AsyncClient(base_url=str(server.make_url("/"))) as client:
        steam = await client.get(SUMMARIES, params={"key": STEAM_KEY, "steamids": "1"})
        assert steam.json() == {"response": {"players": []}}
        assert (await client.get("/ca.account.sony.com/api/v1/ssocookie")).json() == {"npsso": NPSSO}
        assert (await client.get("/profile.xboxlive.com/users/me/profile/settings")).status_code == 401
        nobody = await client.get("/example.org/")
        assert (nobody.status_code, nobody.text) == (404, "Nobody simulates example.org.")


async def test_a_player_is_added_and_changed_where_the_page_says(platforms: SimulatedPlatforms):
    for name in ("steam", "xbox", "psn"):
        added = await platforms.act("add_account", {"platform": name, "name": f"Nova{name}"})
        assert added is not None
        changed = await platforms.act("set_presence", {"platform": name, "account": added["id"], "game": "Hades II"})
        assert changed is not None
        assert (changed["game"], changed["state"]) == ("Hades II", "online")
        assert platforms.state()[name]["accounts"] == [changed]


async def test_everything_that_a_form_can_say_of_a_player(platforms: SimulatedPlatforms):
    psn = {"platform": "psn", "name": "Nova", "account": "42", "state": "online", "game": "Returnal", "device": "PS4"}
    assert await platforms.act("add_account", psn) == {
        "id": "42",
        "name": "Nova",
        "first_name": None,
        "state": "online",
        "game": "Returnal",
        "activity": None,
        "device": "PS4",
        "oddity": "none",
    }
    changes = {"activity": "Biome 2", "oddity": "busy", "device": "PS5", "name": "Nova2"}
    changed = await platforms.act("set_presence", {"platform": "psn", "account": "42", **changes})
    assert changed is not None
    assert changed.items() >= {**changes, "first_name": "Nova", "game": "Returnal"}.items()
    untouched = {"state": "", "oddity": "", "device": ""}
    assert await platforms.act("set_presence", {"platform": "psn", "account": "42", **untouched}) == changed

    xbox = {"platform": "xbox", "name": "Nova#123", "account": "2533274800000042", "device": "XboxOne"}
    added = await platforms.act("add_account", xbox)
    assert added is not None
    assert (added["id"], added["name"], added["device"]) == ("2533274800000042", "Nova#123", "XboxOne")
    changes = {"state": "away", "activity": "In a menu", "oddity": "two_devices", "device": "Win32"}
    changed = await platforms.act("set_presence", {"platform": "xbox", "account": added["id"], **changes})
    assert changed is not None
    assert changed.items() >= changes.items()


async def test_a_fault_strikes_one_platform_and_clearing_mends_all(platforms: SimulatedPlatforms):
    await platforms.act("fault", {"target": "steam", "kind": "503"})
    await platforms.act("fault", {"target": "xbox", "kind": "invalid_grant", "where": "login", "times": 2})
    await platforms.act("fault", {"target": "psn", "kind": "429_told", "where": "presence", "delay": 9})
    faults = [fault for state in platforms.state().values() for fault in state["faults"]]
    assert faults == [
        {"target": "steam", "kind": "503", "where": "*", "times": 1, "delay": 2.0},
        {"target": "xbox", "kind": "invalid_grant", "where": "login", "times": 2, "delay": 2.0},
        {"target": "psn", "kind": "429_told", "where": "presence", "times": 1, "delay": 9},
    ]
    assert [state["up"] for state in platforms.state().values()] == [False, False, False]
    await platforms.act("clear_faults", {})
    assert [state["up"] for state in platforms.state().values()] == [True, True, True]


async def test_tokens_can_be_ended_from_the_page(platforms: SimulatedPlatforms):
    psn, xbox = platforms.psn, platforms.xbox
    assert psn is not None
    assert xbox is not None
    issued = psn.tokens.redeem(psn.tokens.give_code(NPSSO) or "")
    assert issued is not None
    for what in ("expire_access", "revoke_refresh", "expire_npsso"):
        await platforms.act("credential", {"platform": "psn", "what": what})
    assert not psn.tokens.admits(issued.access_token)
    assert psn.tokens.renew(issued.refresh_token) is None
    assert psn.tokens.give_code(NPSSO) is None
    fresh = await platforms.act("credential", {"platform": "psn", "what": "new_npsso"})
    assert fresh == {"npsso": psn.npsso}
    assert psn.tokens.give_code(psn.npsso)
    for what in ("expire_access", "revoke_refresh"):
        assert await platforms.act("credential", {"platform": "xbox", "what": what}) == {}


async def test_what_cannot_be_done_is_said(platforms: SimulatedPlatforms):
    refusals = [
        ("add_account", {"platform": "wii", "name": "Nova"}, "no simulated platform 'wii'"),
        ("add_account", {"platform": ["psn"], "name": "Nova"}, "no simulated platform"),
        ("dance", {"platform": "psn"}, "no action 'dance'"),
        ("credential", {"platform": "steam", "what": "expire_access"}, "has no tokens"),
        ("credential", {"platform": "xbox", "what": "new_npsso"}, "one of: expire_access, revoke_refresh"),
        ("fault", {"target": "steam", "kind": "503", "where": "presence"}, "happen everywhere"),
    ]
    for action, data, text in refusals:
        with pytest.raises(ValueError, match=text):
            await platforms.act(action, data)


async def test_platforms_that_are_not_given_are_not_there():
    alone = SimulatedPlatforms(Steam(FakeClock()))
    assert alone.state().keys() == {"steam"}
    with pytest.raises(ValueError, match="no simulated platform 'psn'"):
        await alone.act("add_account", {"platform": "psn", "name": "Nova"})
    await alone.act("clear_faults", {})
