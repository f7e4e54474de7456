"""Who somebody is on the simulated PlayStation Network."""

from gub.sandbox.psn import Psn
from tests.sandbox.psn.caller import USERS_1, Caller, only


async def test_an_online_id_is_found_whatever_its_case(caller: Caller, psn: Psn):
    account = psn.add_account("Nova_Storm-1")
    reply = await caller.profile2("nOVA_sTORM-1")
    assert reply.json() == {"profile": {"accountId": account.id, "onlineId": "Nova_Storm-1"}}
    assert (await caller.profile2("me")).json()["profile"]["accountId"] == psn.service.id


async def test_nobody_of_that_name(caller: Caller):
    reply = await caller.profile2("nope")
    assert reply.status_code == 404
    assert reply.json() == {"error": {"code": 2105356, "message": "User not found (user: 'nope')"}}
    assert "(user: 'n ø')" in (await caller.profile2("n%20%C3%B8")).json()["error"]["message"]


async def test_somebody_renamed_is_found_by_both_names_and_carries_both(caller: Caller, psn: Psn):
    account = psn.add_account("OldName")
    psn.set_presence(account.id, name="NewName")
    psn.set_presence(psn.add_account("Nova").id, oddity="renamed")
    expected = {"accountId": account.id, "onlineId": "OldName", "currentOnlineId": "NewName"}
    for name in ("oldname", "NewName"):
        assert (await caller.profile2(name)).json() == {"profile": expected}
    assert (await caller.get(f"{USERS_1}/{account.id}/profiles")).json()["onlineId"] == "NewName"
    renamed = (await caller.profile2("OldNova")).json()["profile"]
    assert (renamed["onlineId"], renamed["currentOnlineId"]) == ("OldNova", "Nova")


async def test_a_name_given_up_can_be_taken_and_leads_to_who_has_it_now(caller: Caller, psn: Psn):
    first = psn.add_account("Nova")
    psn.set_presence(first.id, name="Nova2")
    psn.set_presence(first.id, name="Nova")
    assert psn.by_online_id("Nova2") is None
    assert first.first_id == "Nova"
    assert (await caller.profile2("Nova")).json()["profile"]["currentOnlineId"] == "Nova"


async def test_just_the_fields_that_were_asked_for(caller: Caller, psn: Psn):
    account = psn.add_account("Retro", game="Some PS3 Game", platform="PS3")
    fields = "onlineId,trophySummary(@default,level),primaryOnlineStatus,presences(@default,@titleInfo,platform)"
    profile = (await caller.profile2("Retro", fields)).json()["profile"]
    assert profile.keys() == {"onlineId", "primaryOnlineStatus", "presences"}
    (presence,) = profile["presences"]
    assert (presence["platform"], presence["titleName"]) == ("PS3", "Some PS3 Game")
    assert only(await caller.presence(account.id))["availability"] == "unavailable", "the newer call knows no PS3"
    psn.set_presence(account.id, state="offline")
    (presence,) = (await caller.profile2("Retro", fields)).json()["profile"]["presences"]
    assert (presence["onlineStatus"], presence["lastOnlineDate"]) == ("offline", "2026-11-22T18:00:00.000Z")
    psn.set_presence(account.id, oddity="private")
    assert (await caller.profile2("Retro", fields)).json()["profile"].keys() == {"onlineId"}


async def test_a_profile_by_account_id(caller: Caller, psn: Psn):
    account = psn.add_account("Nova")
    body = (await caller.get(f"{USERS_1}/{account.id}/profiles")).json()
    assert (body["onlineId"], body["isMe"]) == ("Nova", False)
    assert (await caller.get(f"{USERS_1}/{psn.service.id}/profiles")).json()["isMe"] is True
    for unknown in ("1", "rubbish"):
        refused = await caller.get(f"{USERS_1}/{unknown}/profiles")
        assert (refused.status_code, refused.json()["error"]["code"]) == (400, 2281473)
        assert refused.json()["error"]["message"] == "Bad Request (path: accountId)"
