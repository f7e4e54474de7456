"""The simulated login.live.com: the page where a person agrees, codes, tokens, and the sign-in on another screen."""

from typing import Final

from gub.sandbox.xbox.state import Xbox
from gub.sandbox.xbox.tokens import ACCESS_SECONDS, DEVICE_LIFE, OFFLINE, SIGN_IN, Grant, Kind
from gub.sandbox.xbox.wire import Call, Reply, Route

HOST: Final = "login.live.com"
USER_ID: Final = "AAAAAAAAAAAAAAAAAAAAAGubTest"
DEVICE_GRANT: Final = "urn:ietf:params:oauth:grant-type:device_code"
POLLING_SECONDS: Final = 5

_EXPIRED: Final = (
    "The user could not be authenticated or the grant is expired. The user must first sign in and if needed grant the "
    "client application access to the requested scope."
)
_NO_CLIENT: Final = "The client does not exist or is not enabled for consumers."
_NO_SECRET: Final = "The client secret is missing or is not the one that was registered."  # noqa: S105 - a message
_SPELLED: Final = {SIGN_IN: "XboxLive.signin", OFFLINE: "XboxLive.offline_access"}


def route(call: Call) -> Route | None:
    """Name the call and give what answers it."""
    if call.path == "/oauth20_authorize.srf":
        return "authorize", _authorize
    if call.path == "/oauth20_connect.srf":
        return "device_code", _connect
    if call.path == "/oauth20_token.srf":
        return _token_route(call)
    return None


def _token_route(call: Call) -> Route:
    routes: dict[str, Route] = {
        "authorization_code": ("code", _exchange),
        "refresh_token": ("refresh", _refresh),
        DEVICE_GRANT: ("device_token", _device_token),
    }
    return routes.get((call.form() or {}).get("grant_type", ""), ("token", _no_such_grant))


def _error(error: str, description: str) -> Reply:
    return Reply(400, {"error": error, "error_description": description})


def _no_such_grant(xbox: Xbox, call: Call) -> Reply:
    del xbox
    if call.method != "POST":
        return Reply(405)
    if call.form() is None:
        return _error("invalid_request", "The request body must be application/x-www-form-urlencoded.")
    return _error("unsupported_grant_type", "The provided value for the input parameter 'grant_type' is not supported.")


def _scope_of(text: str) -> frozenset[str] | None:
    """Read a scope, whose words Microsoft compares without regard to case; None when it lacks the sign-in itself."""
    scope = frozenset(text.lower().split())
    return scope if SIGN_IN in scope and scope <= _SPELLED.keys() else None


def _authorize(xbox: Xbox, call: Call) -> Reply:
    """Stand for the page and for the person who agrees at once."""
    if call.method != "GET":
        return Reply(405)
    query = call.query
    redirect_uri = query.get("redirect_uri", "")
    scope = _scope_of(query.get("scope", ""))
    known = query.get("client_id") == xbox.client_id and query.get("response_type") == "code"
    if not known or not redirect_uri or scope is None:
        # The real page shows what is wrong to the person and sends nobody anywhere; its status is not verified.
        return Reply(400, text="<html><title>Sign in error</title>We're unable to complete your request</html>")
    address = xbox.authorise(query.get("state"), redirect_uri, scope)
    return Reply(302, headers={"Location": address})


def _client_error(xbox: Xbox, call: Call, *, public: bool = False) -> Reply | None:
    """Check which app asks and that it proves itself; one that is public needs no secret, but no wrong one either."""
    form = call.form()
    if call.method != "POST":
        return Reply(405)
    if form is None:
        return _error("invalid_request", "The request body must be application/x-www-form-urlencoded.")
    if form.get("client_id", call.query.get("client_id")) != xbox.client_id:
        return _error("unauthorized_client", _NO_CLIENT)
    secret = form.get("client_secret")
    if secret != xbox.client_secret and not (public and not secret):
        return _error("invalid_client", _NO_SECRET)
    return None


def _exchange(xbox: Xbox, call: Call) -> Reply:
    form = call.form() or {}
    refused = _client_error(xbox, call)
    if refused is not None:
        return refused
    code = form.get("code", "")
    grant = xbox.tokens.find(code, Kind.CODE)
    if grant is None:
        return _error(
            "invalid_grant", "The provided value for the 'code' parameter is not valid. The code has expired."
        )
    if form.get("redirect_uri") != grant.redirect_uri:
        return _error(
            "invalid_grant",
            "The provided value for the 'redirect_uri' is not valid. The value must exactly match the redirect URI "
            "used to obtain the authorization code.",
        )
    xbox.tokens.end(code)
    return _issue(xbox, grant)


def _refresh(xbox: Xbox, call: Call) -> Reply:
    form = call.form() or {}
    text = form.get("refresh_token", "")
    grant = xbox.tokens.find(text, Kind.REFRESH)
    refused = _client_error(xbox, call, public=grant is not None and grant.public)
    if refused is not None:
        return refused
    if grant is None:
        return _error("invalid_grant", _EXPIRED)
    if _scope_of(form.get("scope", "")) is None:
        return _error("invalid_scope", "The provided value for the input parameter 'scope' is not valid.")
    if xbox.uses_up_refresh_tokens:
        xbox.tokens.end(text)
    return _issue(xbox, grant)


def _issue(xbox: Xbox, like: Grant) -> Reply:
    """Give a new pair; the refresh token only to whom offline access was granted."""
    answer: dict[str, object] = {
        "token_type": "bearer",
        "expires_in": ACCESS_SECONDS,
        "scope": " ".join(_SPELLED[word] for word in sorted(like.scope, reverse=True)),
        "access_token": xbox.tokens.issue_access(like),
        "user_id": USER_ID,
    }
    if OFFLINE in like.scope:
        answer["refresh_token"] = xbox.tokens.issue_refresh(like)
    return Reply(200, answer)


def _connect(xbox: Xbox, call: Call) -> Reply:
    refused = _client_error(xbox, call, public=True)
    if refused is not None:
        return refused
    form = call.form() or {}
    scope = _scope_of(form.get("scope", ""))
    if form.get("response_type") != "device_code":
        return _error("invalid_request", "The provided value for the input parameter 'response_type' is not valid.")
    if scope is None:
        return _error("invalid_scope", "The provided value for the input parameter 'scope' is not valid.")
    device_code, user_code = xbox.tokens.issue_device(scope)
    xbox.on_change()
    page = "https://www.microsoft.com/link"
    answer = {
        "user_code": user_code,
        "device_code": device_code,
        "verification_uri": page,
        "interval": POLLING_SECONDS,
        "expires_in": int(DEVICE_LIFE.total_seconds()),
        "message": f"To sign in, use a web browser to open the page {page} and enter the code {user_code}.",
    }
    # Clients send this back when they poll (prismarine-auth); whether the real server wants it is not verified.
    return Reply(200, answer, headers={"Set-Cookie": "uaid=test; domain=login.live.com; path=/; secure; HttpOnly"})


def _device_token(xbox: Xbox, call: Call) -> Reply:
    refused = _client_error(xbox, call, public=True)
    if refused is not None:
        return refused
    form = call.form() or {}
    text = form.get("device_code", "")
    device = xbox.tokens.devices.get(text)
    if device is None:
        return _error("bad_verification_code", "The provided value for the input parameter 'device_code' is not valid.")
    if device.grant.until <= xbox.clock.now():
        return _error("expired_token", "The device code has expired.")
    if device.agreed is None:
        return _error("authorization_pending", "The user has not finished signing in yet.")
    xbox.tokens.end(text)
    if not device.agreed:
        return _error("authorization_declined", "The user has declined the request.")
    device.grant.public = not form.get("client_secret")
    return _issue(xbox, device.grant)
