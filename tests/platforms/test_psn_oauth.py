import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from gub.domain.credentials import PsnCredential
from gub.platforms.errors import CredentialDead, Malformed, PlatformError, RateLimited, Unavailable
from gub.platforms.psn import PsnBudgets, PsnOAuth, PsnRenewer, psn_budgets, read_npsso
from gub.platforms.psn.oauth import RefreshRefused
from gub.platforms.transport import Transport
from tests.platforms.clocks import SkippingClock
from tests.platforms.psn_answers import (
    BLOCKED_PAGE,
    CA,
    CODE_GIVEN,
    EXPIRED,
    INVALID_REFRESH,
    LIMITED,
    NPSSO,
    TERMS,
    redirect,
    token_body,
    tokens,
)
from tests.platforms.server import Server, answer


@pytest.fixture
def budgets(clock: SkippingClock) -> PsnBudgets:
    return psn_budgets(clock)


@pytest.fixture
def oauth(transport: Transport, clock: SkippingClock, budgets: PsnBudgets) -> PsnOAuth:
    return PsnOAuth(transport, budgets, clock)


async def test_an_npsso_becomes_tokens_by_way_of_a_code(server: Server, oauth: PsnOAuth, clock: SkippingClock) -> None:
    server.script.extend([CODE_GIVEN, answer(200, token_body())])
    got = await oauth.from_npsso(NPSSO)
    assert (got.access_token, got.refresh_token) == ("SecretAccess1", "SecretRefresh1")
    assert got.expires_at == clock.now() + timedelta(seconds=3599)
    assert got.refresh_expires_at == clock.now() + timedelta(seconds=5183999)
    authorize, exchange = server.seen
    asked = urlsplit(authorize.target)
    assert (authorize.method, asked.path) == ("GET", f"{CA}/api/authz/v3/oauth/authorize")
    query = {name: values[0] for name, values in parse_qs(asked.query).items()}
    assert query["access_type"] == "offline"
    assert query["client_id"] == "09515159-7237-4370-9b40-3806e67c0891"
    assert query["redirect_uri"] == "com.scee.psxandroid.scecompcall://redirect"
    assert query["response_type"] == "code"
    assert query["scope"] == "psn:mobile.v2.core psn:clientapp"
    assert authorize.headers["cookie"] == f"npsso={NPSSO}"
    form = {name: values[0] for name, values in parse_qs(exchange.body.decode()).items()}
    assert (exchange.method, exchange.target) == ("POST", f"{CA}/api/authz/v3/oauth/token")
    assert form["code"] == "v3.SecretCode"
    assert form["grant_type"] == "authorization_code"
    assert form["redirect_uri"] == query["redirect_uri"]
    assert form["token_format"] == "jwt"
    assert exchange.headers["content-type"] == "application/x-www-form-urlencoded"
    assert exchange.headers["authorization"].startswith("Basic ")
    assert "cookie" not in exchange.headers
    assert exchange.headers["x-psn-correlation-id"] == form["cid"] == query["cid"]


async def test_a_refresh_keeps_what_the_answer_does_not_say(
    server: Server, oauth: PsnOAuth, clock: SkippingClock
) -> None:
    old = tokens(clock.now(), age=86400.0, refresh_expires_in=100_000)
    server.script.append(answer(200, token_body(2, refresh_token=None, refresh_token_expires_in=None)))
    got = await oauth.refresh(old)
    assert (got.access_token, got.refresh_token) == ("SecretAccess2", "SecretRefresh0")
    assert got.refresh_expires_at == old.refresh_expires_at
    form = {name: values[0] for name, values in parse_qs(server.seen[0].body.decode()).items()}
    assert form == {
        "refresh_token": "SecretRefresh0",
        "grant_type": "refresh_token",
        "scope": "psn:mobile.v2.core psn:clientapp",
        "token_format": "jwt",
    }


async def test_the_refresh_tokens_end_stays_where_it_was(server: Server, oauth: PsnOAuth, clock: SkippingClock) -> None:
    server.script.extend([CODE_GIVEN, answer(200, token_body())])
    first = await oauth.from_npsso(NPSSO)
    await clock.sleep(9.0)
    server.script.append(answer(200, token_body(2, refresh_token_expires_in=5183990)))
    second = await oauth.refresh(first)
    assert second.refresh_expires_at == first.refresh_expires_at
    assert second.refresh_token == "SecretRefresh2"


@pytest.mark.parametrize(
    ("reply", "error", "detail"),
    [
        (EXPIRED, CredentialDead, "the NPSSO has expired"),
        (redirect("com.scee.psxandroid.scecompcall://redirect/?error=login_required"), CredentialDead, "expired"),
        (TERMS, CredentialDead, "terms of service to accept"),
        (redirect("https://x.example/?error=y&error_description=Needs+tosua"), CredentialDead, "terms of service"),
        (redirect("https://x.example/?error=server_error&error_code=7"), Unavailable, "code 7"),
        (redirect("https://evil.example/?code=v3.x"), Malformed, "status 302"),
        (redirect("com.scee.psxandroid.scecompcall://redirect/?code=a%0d%0ab"), Malformed, "status 302"),
        (redirect("https://[/?code=1"), Malformed, "status 302"),
        (redirect(""), Malformed, "status 302"),
        (answer(302), Malformed, "status 302"),
        (answer(200, "<html>sign in</html>"), Malformed, "status 200"),
        (answer(400, {"error": "invalid_client", "error_code": 4102}), Unavailable, "code 4102"),
        (answer(400, {"error": {"code": 1}}), Malformed, "status 400"),
        (answer(400, [1]), Malformed, "status 400"),
        (BLOCKED_PAGE, Unavailable, "status 403"),
        (answer(500), Unavailable, "status 500"),
        (LIMITED, RateLimited, "too many sign-ins"),
    ],
)
async def test_each_no_of_the_sign_in_is_told_apart(
    server: Server, oauth: PsnOAuth, reply: bytes, error: type[PlatformError], detail: str
) -> None:
    server.script.append(reply)
    with pytest.raises(error) as caught:
        await oauth.from_npsso(NPSSO)
    assert type(caught.value) is error
    assert detail in caught.value.detail
    assert len(server.seen) == 1  # nobody knocks again


async def test_after_a_429_nobody_knocks_again_soon_whoever_they_are(
    server: Server, transport: Transport, oauth: PsnOAuth, budgets: PsnBudgets, clock: SkippingClock
) -> None:
    """FunkeyFlo/ps5-mqtt#385: the owner who tries again and again would keep the bot shut out, too."""
    server.script.append(LIMITED)
    with pytest.raises(RateLimited) as caught:
        await oauth.from_npsso(NPSSO)
    assert caught.value.retry_after == 300.0
    another = PsnOAuth(transport, budgets, clock)
    for knocking in (another.from_npsso(NPSSO), another.refresh(tokens(clock.now()))):
        with pytest.raises(RateLimited):
            await knocking
    assert len(server.seen) == 1
    await budgets.all.acquire(0.0)  # the questions that need no sign-in go on at once
    await clock.advance(300)
    server.script.append(answer(429, Retry_After="1800"))
    with pytest.raises(RateLimited) as caught:
        await oauth.refresh(tokens(clock.now()))
    assert caught.value.retry_after == 1800.0


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"access_token": 7},
        {"access_token": ""},
        {"access_token": "two words"},
        {"access_token": "a\r\nX-Evil: 1"},
        {"access_token": "é"},
        [],
        "text",
        {"access_token": "x" * 20_000},
    ],
)
async def test_what_is_no_access_token_is_not_used(server: Server, oauth: PsnOAuth, body: object) -> None:
    server.script.extend([CODE_GIVEN, answer(200, json.dumps(body))])
    with pytest.raises(Malformed):
        await oauth.from_npsso(NPSSO)


async def test_lifetimes_that_make_no_sense_are_as_usual(server: Server, oauth: PsnOAuth) -> None:
    strange = token_body(expires_in="soon", refresh_token_expires_in=10**30, scope=["x"], refresh_token=5)
    server.script.extend([CODE_GIVEN, answer(200, strange)])
    got = await oauth.from_npsso(NPSSO)
    assert (got.expires_in, got.refresh_expires_in, got.refresh_token, got.scope) == (3599, None, None, "")


async def test_a_refused_code_does_not_kill_the_credential(server: Server, oauth: PsnOAuth) -> None:
    server.script.extend([CODE_GIVEN, answer(400, {"error": "invalid_grant", "error_code": 4158})])
    with pytest.raises(Unavailable):
        await oauth.from_npsso(NPSSO)


@pytest.mark.parametrize(
    "reply", [INVALID_REFRESH, answer(400, {"error": "invalid_grant"}), answer(401, '{"error_code": "4159"}')]
)
async def test_a_refused_refresh_token_leads_to_the_npsso(
    server: Server, oauth: PsnOAuth, clock: SkippingClock, reply: bytes
) -> None:
    server.script.extend([reply, CODE_GIVEN, answer(200, token_body(3))])
    got = await PsnRenewer(oauth).renew(PsnCredential(NPSSO, tokens(clock.now())))
    assert got.access_token == "SecretAccess3"
    assert len(server.seen) == 3


@pytest.mark.parametrize("reply", [answer(500), LIMITED, answer(400, {"error": "invalid_client"}), answer(200, "x")])
async def test_any_other_trouble_of_a_refresh_spares_the_npsso(
    server: Server, oauth: PsnOAuth, clock: SkippingClock, reply: bytes
) -> None:
    server.script.append(reply)
    with pytest.raises(PlatformError) as caught:
        await PsnRenewer(oauth).renew(PsnCredential(NPSSO, tokens(clock.now())))
    assert not isinstance(caught.value, CredentialDead)
    assert len(server.seen) == 1


async def test_both_refused_is_the_npssos_end(server: Server, oauth: PsnOAuth, clock: SkippingClock) -> None:
    server.script.extend([INVALID_REFRESH, EXPIRED])
    with pytest.raises(CredentialDead, match="the NPSSO has expired"):
        await PsnRenewer(oauth).renew(PsnCredential(NPSSO, tokens(clock.now())))


async def test_without_an_npsso_there_is_nothing_to_fall_back_on(
    server: Server, oauth: PsnOAuth, clock: SkippingClock
) -> None:
    server.script.append(INVALID_REFRESH)
    with pytest.raises(RefreshRefused):
        await PsnRenewer(oauth).renew(PsnCredential(None, tokens(clock.now())))
    with pytest.raises(RefreshRefused):
        await PsnRenewer(oauth).renew(PsnCredential(None, tokens(clock.now(), refresh_token=None)))
    with pytest.raises(CredentialDead):
        await PsnRenewer(oauth).renew(PsnCredential(None, None))


async def test_what_cannot_be_an_npsso_is_not_sent(server: Server, oauth: PsnOAuth) -> None:
    for stored in ("", "short", NPSSO + "\r\nX-Evil: 1", "{}"):
        with pytest.raises(CredentialDead):
            await oauth.from_npsso(stored)
    assert server.seen == []


def test_an_npsso_is_read_bare_or_out_of_the_page() -> None:
    for text in (NPSSO, f"  {NPSSO}\n", json.dumps({"npsso": NPSSO}), f'\n{{ "npsso" : "{NPSSO}" }}\n'):
        assert read_npsso(text) == NPSSO


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"error":"invalid_grant","error_description":"Invalid login","error_code":20}', "nobody is signed in"),
        ('{"npsso":"short"}', "64"),
        ('{"npsso":7}', "64"),
        ("", "64"),
        (NPSSO[:-1], "64"),
        (NPSSO + "x", "64"),
        (NPSSO[:-1] + "й", "64"),
        ("[" * 4000, "64"),
        ('{"npsso":"' + NPSSO, "64"),
        (" " * 9999 + "x", "64"),
    ],
)
def test_anything_else_is_refused_without_being_quoted(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said) as caught:
        read_npsso(text)
    assert "TestNpsso" not in str(caught.value)
    assert caught.value.__context__ is None
