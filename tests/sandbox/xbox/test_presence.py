"""Presence in the simulated Xbox Live, asked over real HTTP."""

from typing import Any

import pytest

from gub.sandbox.xbox import FIRST_XUID, Xbox
from tests.sandbox.xbox.asker import BATCH, PROFILE, Asker, result
from tests.support.clock import FakeClock


async def test_a_player_on_a_console_has_home_behind_the_game(xbox: Xbox, ask: Asker):
    account = xbox.add_account("Nova", game="halo infinite")
    xbox.set_presence(account.id, activity="Big Team Battle")
    record = await ask.record(account.id)
    assert record["state"] == "Online"
    (device,) = record["devices"]
    home, game = device["titles"]
    assert device["type"] == "Scarlett"
    assert (home["id"], home["name"], home["placement"]) == ("750323071", "Home", "Background")
    assert game == {
        "id": "1777860928",
        "name": "Halo Infinite",
        "placement": "Full",
        "state": "Active",
        "lastModified": "2026-11-22T18:00:00.0000007Z",
        "activity": {"richPresence": "Big Team Battle"},
    }


@pytest.mark.parametrize(
    ("device", "title"), [("XboxOne", "Home"), ("WindowsOneCore", "Online"), ("Android", "Xbox App")]
)
async def test_who_plays_nothing_is_on_what_their_device_shows(xbox: Xbox, ask: Asker, device: str, title: str):
    account = xbox.add_account("Nova", state="online", device=device)
    (one,) = (await ask.record(account.id))["devices"]
    assert (one["type"], [title["name"] for title in one["titles"]]) == (device, [title])


async def test_away_is_signed_in_and_active_in_nothing(xbox: Xbox, ask: Asker):
    account = xbox.add_account("Nova", state="away", game="Fortnite")
    record = await ask.record(account.id)
    assert record["state"] == "Away"
    assert {title["state"] for title in record["devices"][0]["titles"]} == {"Inactive"}


async def test_going_offline_leaves_a_last_seen(xbox: Xbox, ask: Asker, clock: FakeClock):
    account = xbox.add_account("Nova", game="Fortnite")
    await clock.advance(60)
    xbox.set_presence(account.id, state="offline")
    assert await ask.record(account.id) == {
        "xuid": account.id,
        "state": "Offline",
        "lastSeen": {
            "deviceType": "Scarlett",
            "titleId": "1739947436",
            "titleName": "Fortnite",
            "timestamp": "2026-11-22T18:01:00.0000007Z",
        },
    }
    assert account.game is None


async def test_who_appears_offline_keeps_an_old_last_seen(xbox: Xbox, ask: Asker, clock: FakeClock):
    account = xbox.add_account("Nova", game="Fortnite")
    xbox.set_presence(account.id, state="cloaked")
    await clock.advance(3600)
    xbox.set_presence(account.id, game="Minecraft")
    xbox.set_presence(account.id, state="offline")
    record = await ask.record(account.id)
    assert record["state"] == "Offline"
    assert (record["lastSeen"]["titleName"], record["lastSeen"]["timestamp"][11:16]) == ("Fortnite", "18:00")


async def test_the_order_is_not_the_asked_one_and_unknown_ids_are_left_out(xbox: Xbox, ask: Asker):
    ids = [xbox.add_account(f"P{number}").id for number in range(3)]
    found = result(await ask.batch([ids[0], str(FIRST_XUID + 999), *ids[1:], ids[0]]))
    assert [one["xuid"] for one in found] == ids[::-1]


async def test_a_level_shows_so_much(xbox: Xbox, ask: Asker):
    account = xbox.add_account("Nova", game="Fortnite")
    xbox.set_presence(account.id, activity="Winning")
    assert await ask.record(account.id, "user") == {"xuid": account.id, "state": "Online"}
    assert (await ask.record(account.id, "device"))["devices"] == [{"type": "Scarlett"}]
    titles = (await ask.record(account.id, "title"))["devices"][0]["titles"]
    assert [title["name"] for title in titles] == ["Home", "Fortnite"]
    assert not any("activity" in title for title in titles)
    assert result(await ask.batch([account.id], "all"))[0]["devices"][0]["titles"][1]["activity"]


async def test_filters_leave_players_out(xbox: Xbox, ask: Asker):
    console = xbox.add_account("Console", game="Fortnite")
    phone = xbox.add_account("Phone", state="online", device="iOS")
    offline = xbox.add_account("Offline")
    cloaked = xbox.add_account("Cloaked", state="cloaked")
    ids = [console.id, phone.id, offline.id, cloaked.id]
    assert {one["xuid"] for one in result(await ask.batch(ids, onlineOnly=True))} == {console.id, phone.id}
    assert {one["xuid"] for one in result(await ask.batch(ids, onlineOnly=True, deviceTypes=["iOS"]))} == {phone.id}
    assert {one["xuid"] for one in result(await ask.batch(ids, onlineOnly=True, titles=[1739947436]))} == {console.id}


async def test_one_player_may_be_asked_for_alone(xbox: Xbox, ask: Asker):
    account = xbox.add_account("Nova", state="online")
    base = "/userpresence.xboxlive.com/users"
    one = result(await ask.http.get(f"{base}/xuid({account.id})?level=all", headers=ask.headers()))
    assert one == await ask.record(account.id)
    me = result(await ask.http.get(f"{base}/me?level=all", headers=ask.headers()))
    assert me == {"xuid": xbox.service.id, "state": "Offline"}
    assert (await ask.http.get(f"{base}/me?level=some", headers=ask.headers())).status_code == 400


async def test_eleven_hundred_ids_are_answered_and_one_more_is_not(xbox: Xbox, ask: Asker):
    ids = [xbox.add_account(f"P{number}").id for number in range(1101)]
    assert len(result(await ask.batch(ids[:1100]))) == 1100
    assert (await ask.batch(ids)).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"users": []},
        {"users": [2533274800000001]},
        {"users": ["x"]},
        {"users": "2533274800000001"},
        {"users": ["1"], "level": "some"},
        {"users": ["1"], "onlineOnly": "false"},
        {"users": ["1"], "titles": "1"},
        {"users": ["1"], "xuids": ["1"]},
    ],
)
async def test_a_wrong_body_is_refused(ask: Asker, body: dict[str, Any]):
    refused = await ask.http.post(BATCH, json=body, headers=ask.headers())
    assert refused.status_code == 400
    assert refused.json().keys() == {"code", "source", "description", "traceInformation"}


async def test_what_is_no_json_is_refused(ask: Asker):
    refused = await ask.http.post(BATCH, content=b'{"users"', headers=ask.headers(Content_Type="application/json"))
    assert refused.status_code == 400
    undeclared = await ask.http.post(BATCH, content=b'{"users":["1"]}', headers=ask.headers())
    assert undeclared.status_code == 415


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"Authorization": None}, 401),
        ({"Authorization": "XBL3.0 x=1;rubbish"}, 401),
        ({"x_xbl_contract_version": None}, 400),
        ({"x_xbl_contract_version": "1"}, 400),
        ({"Accept": None}, 406),
        ({"Accept": "*/*"}, 406),
        ({"Accept_Language": None}, 400),
    ],
)
async def test_presence_wants_its_headers(ask: Asker, change: dict[str, str | None], status: int):
    body = {"users": ["1"]}
    assert (await ask.http.post(BATCH, json=body, headers=ask.headers())).status_code == 200
    assert (await ask.http.post(BATCH, json=body, headers=ask.headers(**change))).status_code == status


async def test_the_user_hash_must_be_the_tokens_own(ask: Asker):
    claim, _, token = ask.authorization.removeprefix("XBL3.0 ").partition(";")
    ask.authorization = f"XBL3.0 x=12345;{token}"
    assert (await ask.batch(["1"])).status_code == 401
    ask.authorization = f"Bearer {claim};{token}"
    assert (await ask.profile("me")).status_code == 401
    assert (await ask.suggest("x")).status_code == 401


async def test_a_wrong_verb_or_path(ask: Asker):
    assert (await ask.http.get(BATCH, headers=ask.headers())).status_code == 405
    assert (await ask.http.post(f"{PROFILE}/users/me/profile/settings", headers=ask.headers())).status_code == 405
    assert (await ask.http.get(f"{PROFILE}/users/nobody", headers=ask.headers())).status_code == 404
