"""Signing in to the simulated PlayStation Network."""

from urllib.parse import parse_qs, urlsplit

import pytest

from gub.sandbox.psn import NPSSO, Psn
from gub.sandbox.psn.oauth import BASIC, REDIRECT_URI
from tests.sandbox.psn.caller import ME, NPSSO_PAGE, SCOPE, TOKEN, Caller
from tests.support.clock import FakeClock


async def test_the_npsso_gives_a_code_and_the_code_gives_tokens(stranger: Caller, psn: Psn):
    redirect = await stranger.authorize(cid="11111111-2222-4333-8444-555555555555")
    assert (redirect.status_code, redirect.content) == (302, b"")
    where = urlsplit(redirect.headers["location"])
    assert f"{where.scheme}://{where.netloc}" == REDIRECT_URI
    query = parse_qs(where.query)
    assert query["code"][0].startswith("v3.")
    assert query["cid"] == ["11111111-2222-4333-8444-555555555555"]
    reply = await stranger.redeem(query["code"][0])
    body = reply.json()
    assert (body["token_type"], body["expires_in"], body["scope"]) == ("bearer", 3599, SCOPE)
    assert body["refresh_token_expires_in"] == 5183999
    assert body["access_token"]
    assert body["id_token"]
    stranger.tokens = body
    assert (await stranger.get(ME)).json()["accountId"] == psn.service.id
    assert dict(psn.counts) == {"authorize": 1, "code": 1, "me": 1}


def test_the_npsso_has_64_characters(psn: Psn):
    assert len(NPSSO) == len(psn.new_npsso()) == 64


@pytest.mark.parametrize("npsso", [None, "", "x" * 64])
async def test_a_wrong_npsso_leads_to_the_sign_in_page(stranger: Caller, npsso: str | None):
    redirect = await stranger.authorize(npsso)
    where = urlsplit(redirect.headers["location"])
    assert (redirect.status_code, where.netloc) == (302, "my.account.sony.com")
    query = parse_qs(where.query)
    assert (query["error"], query["error_code"]) == (["login_required"], ["4165"])
    assert query["error_description"] == ["User is not authenticated"]


async def test_the_npsso_expires_and_is_replaced(stranger: Caller, psn: Psn):
    assert (await stranger.http.get(NPSSO_PAGE)).json() == {"npsso": NPSSO}
    psn.expire_npsso()
    assert "error_code=4165" in (await stranger.authorize()).headers["location"]
    page = await stranger.http.get(NPSSO_PAGE)
    assert (page.json()["error"], page.json()["error_code"]) == ("invalid_grant", 20)
    fresh = psn.new_npsso()
    assert "code=v3." in (await stranger.authorize(fresh)).headers["location"]
    assert "error_code=4165" in (await stranger.authorize(NPSSO)).headers["location"]
    assert (psn.npsso, psn.state()["npsso"], psn.state()["npsso_works"]) == (fresh, fresh, True)


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"client_id": "another"}, "invalid_client"),
        ({"access_type": "online"}, "invalid_request"),
        ({"response_type": "token"}, "invalid_request"),
        ({"redirect_uri": "https://example.org"}, "invalid_request"),
        ({"scope": "psn:clientapp"}, "invalid_request"),
    ],
)
async def test_authorize_needs_its_parameters(stranger: Caller, changed: dict[str, str], word: str):
    refused = await stranger.authorize(NPSSO, **changed)
    assert (refused.status_code, refused.json()["error"]) == (400, word)


async def test_a_code_works_once_and_not_for_long(stranger: Caller, clock: FakeClock):
    code = await stranger.code()
    late = await stranger.code()
    assert (await stranger.redeem(code)).status_code == 200
    again = await stranger.redeem(code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    await clock.advance(601)
    for useless in (late, "v3.never"):
        refused = await stranger.redeem(useless)
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")


async def test_the_token_page_needs_basic_a_form_and_its_fields(stranger: Caller):
    code = await stranger.code()
    good = {"code": code, "grant_type": "authorization_code", "redirect_uri": REDIRECT_URI}
    wrong = await stranger.token("Basic d3Jvbmc=", **good)
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
    as_json = await stranger.http.post(TOKEN, json=good, headers={"Authorization": BASIC})
    assert as_json.status_code == 400
    for changed in (
        {"token_format": "opaque"},
        {"grant_type": "password"},
        {"redirect_uri": "elsewhere"},
        {"scope": "psn:clientapp"},
    ):
        assert (await stranger.token(**good | changed)).status_code == 400
    asked = await stranger.http.get(TOKEN, headers={"Authorization": BASIC})
    assert (asked.status_code, asked.headers["allow"]) == (405, "POST")
    assert (await stranger.redeem(code)).status_code == 200


async def test_an_access_token_lasts_an_hour_and_a_refresh_token_60_days_from_the_sign_in(
    caller: Caller, psn: Psn, clock: FakeClock
):
    first = dict(caller.tokens)
    await clock.advance(3598)
    assert (await caller.get(ME)).status_code == 200
    await clock.advance(1)
    assert (await caller.get(ME)).status_code == 401
    renewed = (await caller.refresh()).json()
    assert renewed["refresh_token"] == first["refresh_token"]
    assert renewed["access_token"] != first["access_token"]
    assert (renewed["expires_in"], renewed["refresh_token_expires_in"]) == (3599, 5183999 - 3599)
    caller.tokens = renewed
    assert (await caller.get(ME)).status_code == 200
    await clock.advance(5183999 - 3599)
    ended = await caller.refresh()
    assert ended.status_code == 400
    assert ended.json()["error"] == "invalid_grant"
    assert (ended.json()["error_code"], ended.json()["error_description"]) == (4159, "Invalid refresh token")
    assert psn.counts["refresh"] == 1


async def test_in_rotating_mode_a_refresh_token_works_once_and_the_end_stays(
    caller: Caller, psn: Psn, clock: FakeClock
):
    psn.rotating = True
    await clock.advance(9)
    old = caller.tokens["refresh_token"]
    renewed = (await caller.refresh()).json()
    assert renewed["refresh_token"] != old
    assert renewed["refresh_token_expires_in"] == 5183990
    assert (await caller.refresh(old)).json()["error_code"] == 4159
    assert (await caller.refresh(renewed["refresh_token"])).status_code == 200


async def test_a_renewal_needs_the_scope(caller: Caller):
    refused = await caller.token(refresh_token=str(caller.tokens["refresh_token"]), grant_type="refresh_token")
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_scope")


async def test_tokens_can_be_killed(caller: Caller, psn: Psn):
    psn.revoke_refresh_tokens()
    assert (await caller.get(ME)).status_code == 200
    assert (await caller.refresh()).json()["error_code"] == 4159
    psn.expire_access_tokens()
    assert (await caller.get(ME)).status_code == 401
