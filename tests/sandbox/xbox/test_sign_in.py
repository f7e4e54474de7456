"""The simulated Microsoft sign-in: the page, codes, tokens, the sign-in on another screen."""

from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from gub.sandbox.xbox import XBOX_CLIENT_ID, XBOX_CLIENT_SECRET, Xbox
from tests.sandbox.xbox.asker import AUTHORIZE, CONNECT, DEVICE_GRANT, REDIRECT, SCOPE, TOKEN, Asker, error, result
from tests.support.clock import FakeClock

PAGE = {
    "client_id": XBOX_CLIENT_ID,
    "response_type": "code",
    "approval_prompt": "auto",
    "scope": SCOPE,
    "redirect_uri": REDIRECT,
    "state": "a b&c",
}


def redirected(address: str) -> dict[str, str]:
    url = urlsplit(address)
    assert f"{url.scheme}://{url.netloc}{url.path}" == REDIRECT
    return {name: values[0] for name, values in parse_qs(url.query).items()}


async def agree(ask: Asker, **changes: str) -> dict[str, str]:
    answer = await ask.http.get(AUTHORIZE, params={**PAGE, **changes})
    assert answer.status_code == 302
    return redirected(answer.headers["Location"])


# -- in the browser


async def test_the_page_sends_back_a_code_that_becomes_tokens_once(ask: Asker):
    sent = await agree(ask)
    assert sent["state"] == "a b&c"
    tokens = result(await ask.token("authorization_code", code=sent["code"], redirect_uri=REDIRECT))
    assert tokens.keys() == {"token_type", "expires_in", "scope", "access_token", "refresh_token", "user_id"}
    assert (tokens["token_type"], tokens["expires_in"]) == ("bearer", 3600)
    assert tokens["scope"] == "XboxLive.signin XboxLive.offline_access"
    again = await ask.token("authorization_code", code=sent["code"], redirect_uri=REDIRECT)
    assert error(again) == "invalid_grant"


async def test_a_code_is_good_for_its_address_and_its_time(ask: Asker, clock: FakeClock):
    code = (await agree(ask))["code"]
    elsewhere = await ask.token("authorization_code", code=code, redirect_uri="http://localhost/else")
    assert error(elsewhere) == "invalid_grant"
    await clock.advance(601)
    late = await ask.token("authorization_code", code=code, redirect_uri=REDIRECT)
    assert error(late) == "invalid_grant"


async def test_who_refuses_is_sent_back_without_a_code(xbox: Xbox, ask: Asker):
    xbox.refuses_sign_in = True
    sent = await agree(ask)
    assert (sent["error"], sent["state"]) == ("access_denied", "a b&c")
    assert "code" not in sent


@pytest.mark.parametrize(
    "change", [{"client_id": "x"}, {"response_type": "token"}, {"scope": "openid"}, {"redirect_uri": ""}]
)
async def test_a_wrong_page_sends_nobody_anywhere(ask: Asker, change: dict[str, str]):
    answer = await ask.http.get(AUTHORIZE, params={**PAGE, **change})
    assert answer.status_code == 400
    assert "Location" not in answer.headers


async def test_without_offline_access_there_is_no_refresh_token(ask: Asker):
    code = (await agree(ask, scope="Xboxlive.signin"))["code"]
    tokens = result(await ask.token("authorization_code", code=code, redirect_uri=REDIRECT))
    assert "refresh_token" not in tokens
    assert tokens["scope"] == "XboxLive.signin"


async def test_a_test_may_sign_in_without_the_page(xbox: Xbox, ask: Asker):
    sent = redirected(xbox.authorise("s1", REDIRECT))
    assert sent["state"] == "s1"
    assert result(await ask.token("authorization_code", code=sent["code"], redirect_uri=REDIRECT))


# -- refreshing


async def test_a_refresh_gives_a_new_pair_and_the_old_token_works_on(xbox: Xbox, ask: Asker):
    first = xbox.issue_refresh_token()
    second = result(await ask.refresh(first))["refresh_token"]
    third = result(await ask.refresh(second))["refresh_token"]
    assert len({first, second, third}) == 3
    assert (await ask.refresh(first)).status_code == 200


async def test_a_refresh_token_may_work_once_only(xbox: Xbox, ask: Asker):
    xbox.uses_up_refresh_tokens = True
    first = xbox.issue_refresh_token()
    second = result(await ask.refresh(first))["refresh_token"]
    assert error(await ask.refresh(first)) == "invalid_grant"
    assert (await ask.refresh(second)).status_code == 200


async def test_refresh_tokens_end_after_90_days_or_when_revoked(xbox: Xbox, ask: Asker, clock: FakeClock):
    old = xbox.issue_refresh_token()
    await clock.advance(90 * 86400)
    assert error(await ask.refresh(old)) == "invalid_grant"
    new = xbox.issue_refresh_token()
    xbox.revoke_refresh_tokens()
    assert error(await ask.refresh(new)) == "invalid_grant"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"client_secret": ""}, "invalid_client"),
        ({"client_id": "wrong"}, "unauthorized_client"),
        ({"scope": ""}, "invalid_scope"),
        ({"refresh_token": "wrong"}, "invalid_grant"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
async def test_what_a_refresh_must_bring(xbox: Xbox, ask: Asker, change: dict[str, str], said: str):
    fields = {"grant_type": "refresh_token", "refresh_token": xbox.issue_refresh_token(), **change}
    assert error(await ask.token(**fields)) == said


async def test_the_token_page_takes_forms_only(xbox: Xbox, ask: Asker):
    body = {"grant_type": "refresh_token", "refresh_token": xbox.issue_refresh_token()}
    assert error(await ask.http.post(TOKEN, json=body)) == "invalid_request"
    assert (await ask.http.get(TOKEN)).status_code == 405


# -- user and XSTS


async def test_the_whole_chain_ends_in_a_token_that_opens_the_services(xbox: Xbox, ask: Asker):
    ask.authorization = ""
    assert (await ask.batch(["1"])).status_code == 401
    xsts = await ask.sign_in()
    assert xsts["DisplayClaims"]["xui"][0].keys() == {"gtg", "xid", "uhs", "agg", "usr", "utr", "prv"}
    assert xsts["DisplayClaims"]["xui"][0]["xid"] == xbox.service.id
    assert (xsts["IssueInstant"], xsts["NotAfter"]) == ("2026-11-22T18:00:00.0000007Z", "2026-11-23T10:00:00.0000007Z")
    assert (await ask.batch(["1"])).status_code == 200


async def test_a_user_token_lasts_two_weeks(xbox: Xbox, ask: Asker):
    access = result(await ask.refresh(xbox.issue_refresh_token()))["access_token"]
    user = result(await ask.user(access))
    lasts = datetime.fromisoformat(user["NotAfter"]) - datetime.fromisoformat(user["IssueInstant"])
    assert lasts.days == 14
    assert user["DisplayClaims"]["xui"][0].keys() == {"uhs"}


async def test_the_ticket_wants_its_prefix_and_a_live_token(xbox: Xbox, ask: Asker, clock: FakeClock):
    access = result(await ask.refresh(xbox.issue_refresh_token()))["access_token"]
    for prefix in ("", "t="):
        assert (await ask.user(access, prefix)).status_code == 400
    assert (await ask.user(access, version="7")).status_code == 400
    assert (await ask.user("rubbish")).status_code == 401
    await clock.advance(3600)
    assert (await ask.user(access)).status_code == 401


async def test_xsts_tells_an_expired_token_from_rubbish(xbox: Xbox, ask: Asker):
    access = result(await ask.refresh(xbox.issue_refresh_token()))["access_token"]
    user = result(await ask.user(access))["Token"]
    assert (await ask.xsts(user, sandbox="XDKS.1")).status_code == 400
    xbox.expire_user_tokens()
    expired, rubbish = await ask.xsts(user), await ask.xsts("rubbish")
    assert (expired.status_code, expired.json()["XErr"]) == (401, 2148916258)
    assert (rubbish.status_code, rubbish.json()["XErr"]) == (401, 2148916261)


async def test_tokens_end_link_by_link(xbox: Xbox, ask: Asker):
    access = result(await ask.refresh(xbox.issue_refresh_token()))["access_token"]
    user = result(await ask.user(access))["Token"]
    xbox.expire_xsts_tokens()
    assert (await ask.batch(["1"])).status_code == 401
    assert (await ask.xsts(user)).status_code == 200
    xbox.expire_access_tokens()
    assert (await ask.xsts(user)).status_code == 401
    assert (await ask.user(access)).status_code == 401


async def test_an_xsts_token_ends_after_sixteen_hours(ask: Asker, clock: FakeClock):
    await clock.advance(16 * 3600 - 1)
    assert (await ask.batch(["1"])).status_code == 200
    await clock.advance(1)
    assert (await ask.batch(["1"])).status_code == 401


@pytest.mark.parametrize("number", [227, 229, 233, 234, 235, 236, 237, 238])
async def test_an_account_may_be_refused(xbox: Xbox, ask: Asker, number: int):
    xbox.fail(f"xerr_{number}")
    refused = await ask.xsts("any")
    assert refused.status_code == 401
    assert refused.json()["XErr"] == 2148916000 + number
    assert refused.json().keys() == {"Identity", "XErr", "Message", "Redirect"}


@pytest.mark.parametrize("kind", ["invalid_grant", "invalid_client", "unauthorized_client"])
async def test_the_sign_in_may_be_refused_as_told(xbox: Xbox, ask: Asker, kind: str):
    xbox.fail(kind)
    assert error(await ask.refresh(xbox.issue_refresh_token())) == kind


# -- on another screen


async def start(ask: Asker, **changes: str) -> httpx.Response:
    form = {"client_id": XBOX_CLIENT_ID, "scope": SCOPE, "response_type": "device_code", **changes}
    return await ask.http.post(CONNECT, data=form)


async def poll(ask: Asker, device_code: str, **fields: str) -> httpx.Response:
    return await ask.token(DEVICE_GRANT, device_code=device_code, **fields)


async def test_a_device_waits_until_the_person_agrees(xbox: Xbox, ask: Asker):
    device = result(await start(ask))
    assert device.keys() == {"user_code", "device_code", "verification_uri", "interval", "expires_in", "message"}
    assert error(await poll(ask, device["device_code"])) == "authorization_pending"
    xbox.approve_device(device["user_code"].lower())
    assert "refresh_token" in result(await poll(ask, device["device_code"]))
    assert error(await poll(ask, device["device_code"])) == "bad_verification_code"


async def test_an_app_without_a_secret_stays_without(xbox: Xbox, ask: Asker):
    device = result(await start(ask))
    xbox.approve_device(device["user_code"])
    tokens = result(await poll(ask, device["device_code"], client_secret=""))
    again = result(await ask.refresh(tokens["refresh_token"], client_secret=""))
    assert (await ask.refresh(again["refresh_token"], client_secret=XBOX_CLIENT_SECRET)).status_code == 200
    assert error(await ask.refresh(again["refresh_token"], client_secret="wrong")) == "invalid_client"


async def test_a_device_is_refused_or_too_late(xbox: Xbox, ask: Asker, clock: FakeClock):
    refused = result(await start(ask))
    xbox.refuse_device(refused["user_code"])
    assert error(await poll(ask, refused["device_code"])) == "authorization_declined"
    late = result(await start(ask))
    await clock.advance(late["expires_in"])
    assert error(await poll(ask, late["device_code"])) == "expired_token"
    with pytest.raises(ValueError, match="no device waits"):
        xbox.approve_device(late["user_code"])


async def test_what_starting_a_device_must_bring(ask: Asker):
    assert error(await start(ask, client_id="x")) == "unauthorized_client"
    assert error(await start(ask, scope="openid")) == "invalid_scope"
    assert error(await start(ask, response_type="code")) == "invalid_request"


async def test_no_secret_is_logged(xbox: Xbox, ask: Asker):
    await agree(ask)
    device = result(await start(ask))
    await ask.http.post(f"{TOKEN}?client_id={XBOX_CLIENT_ID}", data={"grant_type": DEVICE_GRANT, **device})
    logged = repr(xbox.requests)
    assert XBOX_CLIENT_SECRET not in logged
    assert device["device_code"] not in logged
    assert "a b&c" not in logged
    assert [one.call for one in xbox.requests][-3:] == ["authorize", "device_code", "device_token"]
