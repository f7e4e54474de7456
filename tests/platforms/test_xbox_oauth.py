from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gub.platforms.errors import CredentialDead, Malformed, PlatformError, RateLimited, Unavailable
from gub.platforms.transport import Transport
from gub.platforms.xbox import XboxOAuth, read_redirect, xbox_budgets
from tests.platforms.clocks import SkippingClock
from tests.platforms.server import Server, answer
from tests.platforms.xbox_answers import CLIENT_ID, CLIENT_SECRET, Xbox, a_credential

REDIRECT = "http://localhost:8765/auth/callback"
DAY = 86_400

GRANTED = {
    "token_type": "bearer",
    "expires_in": 3600,
    "scope": "XboxLive.signin XboxLive.offline_access",
    "access_token": "SECRET-access",
    "refresh_token": "SECRET-refresh",
    "user_id": "SECRET-user",
}
DEVICE = {
    "user_code": "ABCD1234",
    "device_code": "SECRET-device",
    "verification_uri": "https://www.microsoft.com/link",
    "interval": 5,
    "expires_in": 900,
    "message": "To sign in, use a web browser",
}


@pytest.fixture
def oauth(transport: Transport, clock: SkippingClock) -> XboxOAuth:
    return XboxOAuth(transport, xbox_budgets(clock).sign_in, clock)


def form(server: Server) -> dict[str, str]:
    assert server.seen[-1].headers["content-type"] == "application/x-www-form-urlencoded"
    return {name: values[0] for name, values in parse_qs(server.seen[-1].body.decode()).items()}


def test_the_address_of_the_sign_in(oauth: XboxOAuth) -> None:
    address = oauth.authorize_url(CLIENT_ID, REDIRECT, "a&b")
    assert address.startswith("https://login.live.com/oauth20_authorize.srf?")
    assert "scope=Xboxlive.signin+Xboxlive.offline_access" in address
    assert parse_qs(urlsplit(address).query) == {
        "client_id": [CLIENT_ID],
        "response_type": ["code"],
        "approval_prompt": ["auto"],
        "scope": ["Xboxlive.signin Xboxlive.offline_access"],
        "redirect_uri": [REDIRECT],
        "state": ["a&b"],
    }


async def test_a_code_becomes_tokens(oauth: XboxOAuth, server: Server, xbox: Xbox, clock: SkippingClock) -> None:
    tokens = await oauth.exchange(CLIENT_ID, CLIENT_SECRET, "M.C5_BAY.2.U.code!*$", REDIRECT)
    assert server.seen[-1].target == "/platforms/login.live.com/oauth20_token.srf"
    assert xbox.bodies["login"] == {
        "grant_type": "authorization_code",
        "code": "M.C5_BAY.2.U.code!*$",
        "scope": "Xboxlive.signin Xboxlive.offline_access",
        "redirect_uri": REDIRECT,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
    }
    assert (tokens.access_token, tokens.refresh_token) == ("SECRET-access-1", "SECRET-refresh-1")
    assert (tokens.issued, tokens.expires_in, tokens.refresh_expires_in) == (clock.now(), 3600, 90 * DAY)
    assert (tokens.token_type, tokens.user_id) == ("bearer", "SECRET-user")
    assert tokens.scope == "XboxLive.signin XboxLive.offline_access"


async def test_an_app_without_a_secret_sends_none(oauth: XboxOAuth, xbox: Xbox) -> None:
    await oauth.exchange(CLIENT_ID, None, "code", REDIRECT)
    assert "client_secret" not in xbox.bodies["login"]
    await oauth.refresh(replace(a_credential(), client_secret=""))
    assert "client_secret" not in xbox.bodies["login"]


async def test_a_refresh_rotates(oauth: XboxOAuth, xbox: Xbox) -> None:
    tokens = await oauth.refresh(a_credential())
    assert xbox.bodies["login"]["refresh_token"] == "SECRET-refresh-0"
    assert (tokens.access_token, tokens.refresh_token) == ("SECRET-access-1", "SECRET-refresh-1")


async def test_without_a_new_refresh_token_the_old_one_stays_and_ends_when_it_would_have(
    oauth: XboxOAuth, server: Server, clock: SkippingClock
) -> None:
    server.handler = lambda _: answer(200, {"access_token": "SECRET-new"})
    credential = a_credential()
    assert credential.tokens is not None
    old = replace(credential.tokens, refresh_expires_in=90 * DAY)
    await clock.advance(30 * DAY)
    tokens = await oauth.refresh(replace(credential, tokens=old))
    assert (tokens.refresh_token, tokens.user_id) == (old.refresh_token, old.user_id)
    assert tokens.refresh_expires_at == old.refresh_expires_at == tokens.issued + timedelta(days=60)
    assert tokens.expires_in == 3600
    tokens = await oauth.refresh(credential)
    assert (tokens.refresh_token, tokens.refresh_expires_in) == (old.refresh_token, None)
    await clock.advance(90 * DAY)
    assert (await oauth.refresh(replace(credential, tokens=old))).refresh_expires_in == 0


@pytest.mark.parametrize(
    ("told", "kept"),
    [(60, 60), ("3600", 3600), (10**400, 31 * DAY), (-5, 3600), (None, 3600), ([], 3600), (True, 3600)],
)
async def test_a_lifetime_that_makes_no_sense_does_no_harm(
    oauth: XboxOAuth, server: Server, told: Any, kept: int
) -> None:
    server.handler = lambda _: answer(200, GRANTED | {"expires_in": told})
    tokens = await oauth.refresh(a_credential())
    assert tokens.expires_in == kept
    assert tokens.expires_at > tokens.issued


Calls = Callable[[XboxOAuth], Coroutine[Any, Any, Any]]
calls = pytest.mark.parametrize(
    "call",
    [
        lambda oauth: oauth.exchange(CLIENT_ID, CLIENT_SECRET, "SECRET-code", REDIRECT),
        lambda oauth: oauth.refresh(a_credential()),
        lambda oauth: oauth.device_code(CLIENT_ID),
        lambda oauth: oauth.device_tokens(CLIENT_ID, CLIENT_SECRET, "SECRET-device"),
    ],
    ids=["exchange", "refresh", "device_code", "device_tokens"],
)


@calls
@pytest.mark.parametrize(
    "refusal",
    [
        (answer(400, {"error": "invalid_grant", "error_description": "SECRET"}), CredentialDead, "invalid_grant"),
        (answer(400, {"error": "invalid_client"}), CredentialDead, "invalid_client"),
        (answer(401, {"error": "invalid_client"}), CredentialDead, "invalid_client"),
        (answer(400, {"error": "unauthorized_client"}), CredentialDead, "unauthorized_client"),
        (answer(400, {"error": "SECRET"}), Malformed, "status 400 from the sign-in"),
        (answer(400, "SECRET"), Malformed, "status 400 from the sign-in"),
        (answer(400, {"error": ["invalid_grant"]}), Malformed, "status 400 from the sign-in"),
        (answer(403, "SECRET"), Unavailable, "status 403 from the sign-in"),
        (answer(401), Unavailable, "status 401 from the sign-in"),
        (answer(404), Malformed, "status 404 from the sign-in"),
        (answer(302, Location="https://SECRET/"), Malformed, "status 302 from the sign-in"),
        (answer(200, "SECRET"), Malformed, "status 200 with a body that is not JSON"),
        (answer(200, {"access_token": "SECRET \n"}), Malformed, None),
        (answer(200, {"access_token": None}), Malformed, None),
        (answer(200, ["SECRET"]), Malformed, None),
        (answer(429, Retry_After="100"), RateLimited, None),
        (answer(503), Unavailable, None),
        (None, Unavailable, None),
    ],
)
async def test_refusals_are_told_apart(
    oauth: XboxOAuth, server: Server, call: Calls, refusal: tuple[bytes | None, type[PlatformError], str | None]
) -> None:
    reply, error, detail = refusal
    server.handler = lambda _: reply
    with pytest.raises(error) as caught:
        await call(oauth)
    assert type(caught.value) is error
    assert detail in (None, caught.value.detail)
    assert "SECRET" not in f"{caught.value!r}{caught.value.__cause__!r}{caught.value.__context__!r}"


async def test_a_device_code(oauth: XboxOAuth, server: Server) -> None:
    server.script.append(answer(200, DEVICE, Set_Cookie="uaid=SECRET-1; Expires=Thu, 30-Oct-2036 16:00:00 GMT; Path=/"))
    code = await oauth.device_code(CLIENT_ID)
    assert (code.user_code, code.verification_uri) == ("ABCD1234", "https://www.microsoft.com/link")
    assert (code.device_code, code.interval, code.expires_in) == ("SECRET-device", 5, 900)
    assert "SECRET" not in repr(code)
    assert server.seen[-1].target == "/platforms/login.live.com/oauth20_connect.srf"
    assert form(server) == {
        "client_id": CLIENT_ID,
        "scope": "Xboxlive.signin Xboxlive.offline_access",
        "response_type": "device_code",
    }
    for word in ("authorization_pending", "slow_down"):
        server.script.append(answer(400, {"error": word}))
        assert await oauth.device_tokens(CLIENT_ID, CLIENT_SECRET, code.device_code, code.cookies) is None
    assert server.seen[-1].headers["cookie"] == "uaid=SECRET-1"
    server.script.append(answer(200, GRANTED))
    tokens = await oauth.device_tokens(CLIENT_ID, CLIENT_SECRET, code.device_code)
    assert tokens is not None
    assert tokens.access_token == "SECRET-access"
    assert server.seen[-1].target == f"/platforms/login.live.com/oauth20_token.srf?client_id={quote(CLIENT_ID)}"
    assert "cookie" not in server.seen[-1].headers
    assert form(server) == {
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
        "device_code": "SECRET-device",
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
    }


@pytest.mark.parametrize("word", ["authorization_declined", "access_denied", "expired_token", "bad_verification_code"])
async def test_a_sign_in_by_device_code_can_end_without_tokens(oauth: XboxOAuth, server: Server, word: str) -> None:
    server.handler = lambda _: answer(400, {"error": word})
    with pytest.raises(CredentialDead, match=word):
        await oauth.device_tokens(CLIENT_ID, None, "SECRET-device")


@pytest.mark.parametrize(
    "change", [{"user_code": None}, {"device_code": "a b"}, {"verification_uri": "javascript:alert(1)"}]
)
async def test_a_device_code_that_cannot_be_read(oauth: XboxOAuth, server: Server, change: dict[str, Any]) -> None:
    server.handler = lambda _: answer(200, DEVICE | change)
    with pytest.raises(Malformed):
        await oauth.device_code(CLIENT_ID)


@pytest.mark.parametrize(
    "text",
    [
        f"{REDIRECT}?code=M.C5_BAY.2&state=the-state",
        f"  {REDIRECT}?state=the-state&code=M.C5_BAY.2\n",
        f"{REDIRECT}?lc=1033&code=M.C5_BAY.2&state=the-state#fragment",
        "?code=M.C5_BAY.2&state=the-state",
    ],
)
def test_the_code_of_a_redirect(text: str) -> None:
    assert read_redirect(text, "the-state") == "M.C5_BAY.2"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"{REDIRECT}?code=SECRET&state=other", "another sign-in"),
        (f"{REDIRECT}?code=SECRET", "another sign-in"),
        (f"{REDIRECT}?code=SECRET&state=the-stat\u00e9", "another sign-in"),
        (f"{REDIRECT}?error=access_denied&error_description=SECRET&state=the-state", "declined"),
        (f"{REDIRECT}?error=unauthorized_client&code=SECRET&state=the-state", "not registered"),
        (f"{REDIRECT}?error=SECRET", "did not let"),
        (f"{REDIRECT}?code=&state=the-state", "no code"),
        (f"{REDIRECT}?code=SEC%20RET&state=the-state", "no code"),
        (f"{REDIRECT}?state=the-state", "no code"),
        ("SECRET", "no code"),
        ("", "no code"),
        ("http://[SECRET?code=1", "not an address"),
        ("?" + "&".join(f"SECRET{number}=1" for number in range(99)), "not an address"),
    ],
)
def test_a_redirect_without_a_code_for_us_says_why_and_quotes_nothing(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        read_redirect(text, "the-state")
    assert "SECRET" not in f"{caught.value!r}{caught.value.__cause__!r}"
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@given(st.text())
def test_any_pasted_text_is_a_code_or_a_plain_error(text: str) -> None:
    for pasted in (text, f"{REDIRECT}?code={text}&state=s", f"{REDIRECT}?code=c&state={text}"):
        try:
            read_redirect(pasted, "s")
        except ValueError as error:
            assert type(error) is ValueError  # noqa: PT017
