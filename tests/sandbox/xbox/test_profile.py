"""Profiles and the search of the simulated Xbox Live, asked over real HTTP."""

from gub.sandbox.xbox import Xbox
from tests.sandbox.xbox.asker import PROFILE, Asker, result


async def test_a_gamertag_leads_to_its_xuid(xbox: Xbox, ask: Asker):
    account = xbox.add_account("Nova Storm")
    names = "Gamertag,ModernGamertag,ModernGamertagSuffix,UniqueModernGamertag,GameDisplayPicRaw"
    (user,) = result(await ask.profile("gt(nova%20storm)", names))["profileUsers"]
    assert (user["id"], user["hostId"], user["isSponsoredUser"]) == (account.id, account.id, False)
    assert [one["id"] for one in user["settings"]] == names.split(",")
    assert [one["value"] for one in user["settings"]][:4] == ["Nova Storm", "Nova Storm", "", "Nova Storm"]


async def test_a_suffix_is_glued_to_the_classic_gamertag(xbox: Xbox, ask: Asker):
    account = xbox.add_account("Major#881")
    names = "ModernGamertag,ModernGamertagSuffix,UniqueModernGamertag"
    (user,) = result(await ask.profile("gt(Major881)", names))["profileUsers"]
    assert [one["value"] for one in user["settings"]] == ["Major", "881", "Major#881"]
    assert (await ask.profile("gt(Major%23881)")).status_code == 404
    (found,) = result(await ask.suggest("major"))["results"]
    assert (found["text"], found["result"]["id"]) == ("Major881", account.id)


async def test_an_unknown_gamertag_is_404_with_code_28(ask: Asker):
    for who in ("gt(Nobody)", "xuid(2533274800009999)"):
        absent = await ask.profile(who)
        assert absent.status_code == 404
        assert absent.json() == {
            "code": 28,
            "source": "Profile",
            "description": "The server found no data for the requested entity.",
            "traceInformation": None,
        }
    assert result(await ask.suggest("nob")) == {"results": []}


async def test_the_account_that_signed_in_has_a_profile_too(xbox: Xbox, ask: Asker):
    (me,) = result(await ask.profile("me"))["profileUsers"]
    assert me["id"] == xbox.service.id
    (same,) = result(await ask.profile(f"xuid({me['id']})"))["profileUsers"]
    assert same == me


async def test_several_profiles_at_once_come_in_another_order(xbox: Xbox, ask: Asker):
    ids = [xbox.add_account(f"P{number}").id for number in range(3)]
    body = {"userIds": [*ids, "2533274800009999"], "settings": ["Gamertag"]}
    url = f"{PROFILE}/users/batch/profile/settings"
    found = result(await ask.http.post(url, json=body, headers=ask.headers()))["profileUsers"]
    assert [(one["id"], one["settings"][0]["value"]) for one in found] == [
        (ids[2], "P2"),
        (ids[1], "P1"),
        (ids[0], "P0"),
    ]
    for bad in ({"userIds": [], "settings": ["Gamertag"]}, {"userIds": ids, "settings": ["Shoes"]}, {"userIds": [5]}):
        refused = await ask.http.post(url, json=bad, headers=ask.headers())
        assert (refused.status_code, refused.json()["code"]) == (400, 8)


async def test_profiles_want_a_known_version_and_known_settings(xbox: Xbox, ask: Asker):
    xbox.add_account("Nova")
    assert (await ask.profile("gt(Nova)", version="2")).status_code == 200
    assert (await ask.profile("gt(Nova)", version="9")).status_code == 400
    assert (await ask.profile("gt(Nova)", "Shoes")).status_code == 400
    assert (await ask.profile("gt(a/b)")).status_code == 404


async def test_brackets_may_be_encoded(xbox: Xbox, ask: Asker):
    account = xbox.add_account("Nova")
    (user,) = result(await ask.profile("gt%28Nova%29"))["profileUsers"]
    assert user["id"] == account.id
