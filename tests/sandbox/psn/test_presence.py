"""Presence on the simulated PlayStation Network."""

from typing import Any

import pytest

from gub.sandbox.psn import FIRST_ID, Psn
from tests.sandbox.psn.caller import ASKING, BATCH, USERS_1, USERS_2, Caller, entries, only
from tests.support.clock import FakeClock


async def test_playing_on_a_ps5(caller: Caller, psn: Psn):
    account = psn.add_account("Nova", game="astro bot")
    psn.set_presence(account.id, activity="In the hub")
    told = only(await caller.presence(account.id))
    assert told["accountId"] == account.id
    assert told["availability"] == "availableToPlay"
    assert told["primaryPlatformInfo"] == {"onlineStatus": "online", "platform": "PS5"}
    assert told["gameTitleInfoList"] == [
        {
            "npTitleId": "PPSA21564_00",
            "titleName": "ASTRO BOT",
            "format": "PS5",
            "launchPlatform": "PS5",
            "gameStatus": "In the hub",
            "conceptIconUrl": "https://image.api.playstation.com/PPSA21564_00.png",
        }
    ]


async def test_going_offline_ends_the_game_and_leaves_a_time(caller: Caller, psn: Psn, clock: FakeClock):
    account = psn.add_account("Nova", game="Returnal")
    await clock.advance(60.377)
    psn.set_presence(account.id, state="offline")
    await clock.advance(60)
    expected = {
        "accountId": account.id,
        "availability": "unavailable",
        "lastAvailableDate": "2026-11-22T18:01:00.377Z",
        "primaryPlatformInfo": {
            "onlineStatus": "offline",
            "platform": "PS5",
            "lastOnlineDate": "2026-11-22T18:01:00.377Z",
        },
    }
    assert only(await caller.presence(account.id)) == expected
    assert entries(await caller.batch(account.id)) == [expected]
    psn.set_presence(account.id, state="online")
    assert "gameTitleInfoList" not in only(await caller.presence(account.id))


async def odd(caller: Caller, psn: Psn, oddity: str, **changes: str) -> dict[str, Any]:
    account = psn.add_account("Odd")
    psn.set_presence(account.id, oddity=oddity, **{"game": "Returnal", **changes})
    told = only(await caller.presence(account.id))
    assert entries(await caller.batch(account.id)) == [told]
    return told


async def test_the_phone_app_is_no_console(caller: Caller, psn: Psn):
    told = await odd(caller, psn, "mobile_app")
    assert told["availability"] == "availableToCommunicate"
    assert told["primaryPlatformInfo"] == {"onlineStatus": "online", "platform": "MOBILE_APP"}
    assert "gameTitleInfoList" not in told


@pytest.mark.parametrize(
    ("oddity", "machine", "form", "icon"),
    [
        ("pspc", "PSPC", "PSPC", "conceptIconUrl"),
        ("ps4_on_ps5", "PS5", "PS4", "npTitleIconUrl"),
        ("unknown_platform", "PS6", "PS6", "conceptIconUrl"),
    ],
)
async def test_other_machines(caller: Caller, psn: Psn, *, oddity: str, machine: str, form: str, icon: str):
    told = await odd(caller, psn, oddity)
    assert told["primaryPlatformInfo"] == {"onlineStatus": "online", "platform": machine}
    (game,) = told["gameTitleInfoList"]
    assert (game["format"], game["launchPlatform"]) == (form, machine)
    assert icon in game


async def test_members_may_be_missing_or_empty(caller: Caller, psn: Psn):
    assert (await odd(caller, psn, "no_platform"))["primaryPlatformInfo"] == {"onlineStatus": "online"}
    psn.accounts.clear()
    assert "primaryPlatformInfo" not in await odd(caller, psn, "no_platform_info")
    psn.accounts.clear()
    assert (await odd(caller, psn, "empty_games"))["gameTitleInfoList"] == []
    psn.accounts.clear()
    assert (await odd(caller, psn, "busy"))["availability"] == "busy"
    psn.accounts.clear()
    online = await odd(caller, psn, "last_seen_online")
    assert online["primaryPlatformInfo"] == {
        "onlineStatus": "online",
        "platform": "PS5",
        "lastOnlineDate": "2026-11-22T18:00:00.000Z",
    }
    psn.accounts.clear()
    assert await odd(caller, psn, "no_last_seen", game="", state="offline") == {
        "accountId": str(FIRST_ID),
        "availability": "unavailable",
        "primaryPlatformInfo": {"onlineStatus": "offline", "platform": "PS5"},
    }


async def test_an_answer_of_wrong_types_costs_only_itself(caller: Caller, psn: Psn):
    told = await odd(caller, psn, "malformed")
    assert told["accountId"]
    assert not isinstance(told["availability"], str)
    assert not isinstance(told["primaryPlatformInfo"], dict)
    assert not isinstance(told["gameTitleInfoList"], list)


async def test_a_private_account(caller: Caller, psn: Psn):
    shy, open_one = psn.add_account("Shy", game="Returnal"), psn.add_account("Open")
    psn.set_presence(shy.id, oddity="private")
    refused = await caller.presence(shy.id)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, 2281486)
    assert refused.json()["error"]["message"] == "Not permitted by access control"
    assert [one["accountId"] for one in entries(await caller.batch(shy.id, open_one.id))] == [open_one.id]
    psn.set_presence(shy.id, oddity="private_batch")
    assert (await caller.presence(shy.id)).status_code == 403
    assert (await caller.batch(shy.id, open_one.id)).status_code == 403
    assert (await caller.batch(open_one.id)).status_code == 200
    psn.set_presence(shy.id, oddity="omitted")
    assert (await caller.presence(shy.id)).status_code == 200
    assert [one["accountId"] for one in entries(await caller.batch(shy.id, open_one.id))] == [open_one.id]


@pytest.mark.parametrize("path", [BATCH, f"{USERS_2}//basicPresences", f"{USERS_1}/basicPresences"])
async def test_a_batch_has_its_own_order_and_leaves_out_who_is_unknown(caller: Caller, psn: Psn, path: str):
    ids = [psn.add_account(f"Nova{number}").id for number in range(3)]
    reply = await caller.batch(ids[0], "1234567890", *ids[1:], ids[0], path=path)
    assert [one["accountId"] for one in entries(reply)] == ids[::-1]


async def test_a_hundred_ids_are_answered_and_a_hundred_and_one_are_not(caller: Caller, psn: Psn):
    ids = [psn.add_account(f"Nova{number}").id for number in range(101)]
    assert len(entries(await caller.batch(*ids[:100]))) == 100
    for wrong in (ids, ["rubbish"], [""]):
        refused = await caller.batch(*wrong)
        assert (refused.status_code, refused.json()["error"]["code"]) == (400, 2281473)


async def test_only_the_machines_that_are_asked_for_are_told_of(caller: Caller, psn: Psn):
    account = psn.add_account("Nova", game="Returnal")
    only_ps4 = ASKING | {"platforms": "PS4"}
    told = only(await caller.get(f"{USERS_2}/{account.id}/basicPresences", only_ps4))
    assert told["availability"] == "unavailable"
    without = only(await caller.get(f"{USERS_1}/{account.id}/basicPresences", {"type": "primary"}))
    assert without["availability"] == "availableToPlay"


async def test_wrong_presence_requests(caller: Caller, psn: Psn):
    account = psn.add_account("Nova")
    assert (await caller.get(f"{USERS_2}/{account.id}/basicPresences")).status_code == 400
    assert (await caller.get(BATCH, {"accountIds": account.id})).status_code == 400
    assert (await caller.presence("1")).status_code == 400
