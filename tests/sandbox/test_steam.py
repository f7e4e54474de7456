"""The simulated Steam, asked over real HTTP."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from gub.sandbox.steam import FIRST_ID, STEAM_KEY, Steam, SteamApi
from tests.support.clock import FakeClock

SUMMARIES = "/api.steampowered.com/ISteamUser/GetPlayerSummaries/v2/"
VANITY = "/api.steampowered.com/ISteamUser/ResolveVanityURL/v1/"
KEY_PAGE = (
    "<html><head><title>Forbidden</title></head><body><h1>Forbidden</h1>Access is denied. Retrying will not help. "
    "Please verify your <pre>key=</pre> parameter.</body></html>"
)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def steam(clock: FakeClock) -> Steam:
    return Steam(clock)


@pytest.fixture
async def ask(steam: Steam) -> AsyncIterator[httpx.AsyncClient]:
    api = SteamApi(steam)

    async def handle(request: web.Request) -> web.StreamResponse:
        return await api.handle(request.match_info["host"], request.match_info["path"], request)

    app = web.Application()
    app.router.add_route("*", "/{host}/{path:.*}", handle)
    async with TestServer(app) as server, httpx.AsyncClient(base_url=str(server.make_url("/"))) as client:
        yield client


def players(response: httpx.Response) -> list[dict[str, object]]:
    assert response.status_code == 200
    found: list[dict[str, object]] = response.json()["response"]["players"]
    return found


async def summary(ask: httpx.AsyncClient, account_id: str) -> dict[str, object]:
    (player,) = players(await ask.get(SUMMARIES, params={"key": STEAM_KEY, "steamids": account_id}))
    return player


async def test_an_account_in_a_game_carries_its_id_and_title(steam: Steam, ask: httpx.AsyncClient):
    account = steam.add_account("nova", vanity="Nova", game="counter-strike 2")
    player = await summary(ask, account.id)
    assert player["personastate"] == 1
    assert player["gameid"] == "730"
    assert player["gameextrainfo"] == "Counter-Strike 2"
    assert player["communityvisibilitystate"] == 3
    assert player["profileurl"] == "https://steamcommunity.com/id/Nova/"


async def test_unknown_ids_are_left_out_and_the_order_is_not_the_asked_one(steam: Steam, ask: httpx.AsyncClient):
    ids = [steam.add_account(f"p{number}").id for number in range(3)]
    asked = [ids[0], str(FIRST_ID + 999), "rubbish", *ids[1:], ids[0]]
    found = players(await ask.get(SUMMARIES, params={"key": STEAM_KEY, "steamids": ",".join(asked)}))
    assert [player["steamid"] for player in found] == ids[::-1]


async def test_a_hundred_ids_are_answered_and_a_hundred_and_one_are_not(steam: Steam, ask: httpx.AsyncClient):
    ids = [steam.add_account(f"p{number}").id for number in range(101)]
    assert len(players(await ask.get(SUMMARIES, params={"key": STEAM_KEY, "steamids": ",".join(ids[:100])}))) == 100
    refused = await ask.get(SUMMARIES, params={"key": STEAM_KEY, "steamids": ",".join(ids)})
    assert refused.status_code == 400


async def test_nobody_known_is_an_empty_list(ask: httpx.AsyncClient):
    assert players(await ask.get(SUMMARIES, params={"key": STEAM_KEY, "steamids": str(FIRST_ID)})) == []


async def test_a_private_profile_is_always_offline_and_bare(steam: Steam, ask: httpx.AsyncClient):
    account = steam.add_account("shy", game="Dota 2", private=True)
    player = await summary(ask, account.id)
    assert player["communityvisibilitystate"] == 1
    assert player["personastate"] == 0
    assert not player.keys() & {"gameid", "gameextrainfo", "lastlogoff", "timecreated"}


async def test_hidden_game_details_show_only_online(steam: Steam, ask: httpx.AsyncClient):
    account = steam.add_account("half", game="Dota 2")
    steam.set_presence(account.id, game_hidden=True)
    player = await summary(ask, account.id)
    assert player["personastate"] == 1
    assert "gameid" not in player


async def test_a_game_may_come_without_its_title_and_the_shop_knows_it(steam: Steam, ask: httpx.AsyncClient):
    account = steam.add_account("half", game="Valheim")
    steam.set_presence(account.id, untitled=True)
    player = await summary(ask, account.id)
    assert player["gameid"] == "892970"
    assert "gameextrainfo" not in player
    shop = await ask.get("/store.steampowered.com/api/appdetails", params={"appids": "892970"})
    assert shop.json()["892970"]["data"]["name"] == "Valheim"
    unsold = await ask.get("/store.steampowered.com/api/appdetails", params={"appids": "5"})
    assert unsold.json() == {"5": {"success": False}}
    several = await ask.get("/store.steampowered.com/api/appdetails", params={"appids": "5,6"})
    assert (several.status_code, several.json()) == (400, None)


async def test_away_in_a_game_and_a_foreign_game_with_a_64_bit_id(steam: Steam, ask: httpx.AsyncClient):
    account = steam.add_account("afk", state="away", game="My Own Shortcut")
    player = await summary(ask, account.id)
    assert player["personastate"] == 3
    assert int(str(player["gameid"])) > 2**32
    assert player["gameextrainfo"] == "My Own Shortcut"


async def test_going_offline_ends_the_game_and_leaves_a_time(steam: Steam, ask: httpx.AsyncClient, clock: FakeClock):
    account = steam.add_account("gone", game="Dota 2")
    await clock.advance(60)
    steam.set_presence(account.id, state="offline")
    player = await summary(ask, account.id)
    assert player["personastate"] == 0
    assert "gameid" not in player
    assert player["lastlogoff"] == int(clock.now().timestamp())


async def test_a_vanity_name_is_found_whatever_its_case(steam: Steam, ask: httpx.AsyncClient):
    account = steam.add_account("nova", vanity="Nova")
    found = await ask.get(VANITY, params={"key": STEAM_KEY, "vanityurl": "nOVA"})
    assert found.json() == {"response": {"steamid": account.id, "success": 1}}
    for params in ({"vanityurl": "nobody"}, {"vanityurl": "nova", "url_type": "2"}):
        absent = await ask.get(VANITY, params={"key": STEAM_KEY, **params})
        assert absent.status_code == 200
        assert absent.json() == {"response": {"success": 42, "message": "No match"}}


async def test_the_key_is_checked(ask: httpx.AsyncClient):
    wrong = await ask.get(SUMMARIES, params={"key": "0" * 32, "steamids": "1"})
    assert (wrong.status_code, wrong.text) == (403, KEY_PAGE)
    assert wrong.headers["content-type"].startswith("text/html")
    missing = await ask.get(SUMMARIES, params={"steamids": "1"})
    assert missing.status_code == 401
    assert "<h1>Unauthorized</h1>" in missing.text


async def test_wrong_requests_get_steams_pages(ask: httpx.AsyncClient):
    assert (await ask.get(SUMMARIES, params={"key": STEAM_KEY})).status_code == 400
    assert (await ask.get(VANITY, params={"key": STEAM_KEY})).status_code == 400
    assert (await ask.post(SUMMARIES, params={"key": STEAM_KEY})).status_code == 405
    assert (await ask.get("/api.steampowered.com/ISteamUser/Nothing/v1/")).status_code == 404


@pytest.mark.parametrize(
    ("kind", "status"), [("429", 429), ("403", 403), ("401", 401), ("500", 500), ("502", 502), ("503", 503)]
)
async def test_a_fault_lasts_as_often_as_told(steam: Steam, ask: httpx.AsyncClient, kind: str, status: int):
    account = steam.add_account("nova")
    steam.fail(kind, times=2)
    for _ in range(2):
        failed = await ask.get(SUMMARIES, params={"key": STEAM_KEY, "steamids": account.id})
        assert failed.status_code == status
        assert "retry-after" not in failed.headers
        assert failed.text.startswith("<html>")
    assert (await summary(ask, account.id))["steamid"] == account.id


async def test_html_and_cut_json_come_with_200(steam: Steam, ask: httpx.AsyncClient):
    for kind in ("html", "garbage"):
        steam.fail(kind)
        odd = await ask.get(SUMMARIES, params={"key": STEAM_KEY, "steamids": "1"})
        assert odd.status_code == 200
        with pytest.raises(json.JSONDecodeError):
            odd.json()


async def test_a_dropped_connection(steam: Steam, ask: httpx.AsyncClient):
    steam.fail("drop")
    with pytest.raises(httpx.TransportError):
        await ask.get(SUMMARIES, params={"key": STEAM_KEY, "steamids": "1"})


async def test_down_lasts_until_cleared(steam: Steam, ask: httpx.AsyncClient):
    account = steam.add_account("nova")
    steam.fail("down", times=1)
    for _ in range(3):
        assert (await ask.get(SUMMARIES, params={"key": STEAM_KEY, "steamids": account.id})).status_code == 503
    assert steam.state()["up"] is False
    steam.clear_faults()
    assert steam.state()["up"] is True
    await summary(ask, account.id)


async def test_the_log_says_what_was_asked_but_not_the_key(steam: Steam, ask: httpx.AsyncClient):
    await ask.get(VANITY, params={"key": STEAM_KEY, "vanityurl": "nobody"})
    (logged,) = steam.requests
    assert (logged.host, logged.path) == ("api.steampowered.com", "/ISteamUser/ResolveVanityURL/v1")
    assert (logged.params, logged.status) == ((("vanityurl", "nobody"),), 200)


def test_every_change_is_told(clock: FakeClock):
    told: list[int] = []
    steam = Steam(clock, on_change=lambda: told.append(1))
    account = steam.add_account("nova")
    steam.set_presence(account.id, game="Dota 2")
    steam.fail("slow", times=-1, delay=3)
    steam.clear_faults()
    assert len(told) == 4


def test_what_will_not_do_is_refused(steam: Steam):
    taken = steam.add_account("nova", vanity="nova")
    with pytest.raises(ValueError, match="needs a name"):
        steam.add_account(" ")
    with pytest.raises(ValueError, match="17 digits"):
        steam.add_account("x", account_id="12")
    with pytest.raises(ValueError, match="id is taken"):
        steam.add_account("x", account_id=taken.id)
    with pytest.raises(ValueError, match="URL is taken"):
        steam.add_account("x", vanity="NOVA")
    with pytest.raises(ValueError, match="custom URL has"):
        steam.add_account("x", vanity="a/b")
    with pytest.raises(ValueError, match="no such state"):
        steam.set_presence(taken.id, state="dancing")
    with pytest.raises(ValueError, match="no such Steam account"):
        steam.set_presence("1", state="online")
    with pytest.raises(ValueError, match="no such fault"):
        steam.fail("rain")
    with pytest.raises(ValueError, match="positive"):
        steam.fail("429", times=0)
