"""The simulated user.auth.xboxlive.com and xsts.auth.xboxlive.com: from an access token to what the services take."""

from datetime import timedelta
from typing import Any, Final

from gub.sandbox.xbox.state import Xbox
from gub.sandbox.xbox.times import ticks
from gub.sandbox.xbox.tokens import USER_LIFE, XSTS_LIFE, Kind
from gub.sandbox.xbox.wire import Call, Reply, Route

USER_HOST: Final = "user.auth.xboxlive.com"
XSTS_HOST: Final = "xsts.auth.xboxlive.com"

# XErr of 401 answers, beside the accounts' own 2148916227..238.
EXPIRED_USER_TOKEN: Final = 2148916258
INVALID_USER_TOKEN: Final = 2148916261
_XERR_BASE: Final = 2148916000
_WHERE_TO_MEND: Final = {
    227: "https://enforcement.xbox.com",
    233: "https://start.ui.xboxlive.com/CreateAccount",
    238: "https://start.ui.xboxlive.com/AddChildToFamily",
}


def user_route(call: Call) -> Route | None:
    """Name the call and give what answers it."""
    return ("user", _user) if call.path == "/user/authenticate" else None


def xsts_route(call: Call) -> Route | None:
    """Name the call and give what answers it."""
    return ("xsts", _xsts) if call.path == "/xsts/authorize" else None


def xerr(code: int) -> Reply:
    """Refuse as XSTS does; `code` may be given by its last three digits."""
    full = code if code > _XERR_BASE else _XERR_BASE + code
    redirect = _WHERE_TO_MEND.get(full - _XERR_BASE, "")
    return Reply(401, {"Identity": "0", "XErr": full, "Message": "", "Redirect": redirect})


def _properties(call: Call, relying_party: str) -> dict[str, Any] | None:
    """Read the body's Properties; None when the request is not one that these servers understand."""
    body = call.json_object()
    if body is None or not call.is_version("1", "2"):
        return None
    if body.get("RelyingParty") != relying_party or body.get("TokenType") != "JWT":
        return None
    properties = body.get("Properties")
    return properties if isinstance(properties, dict) else None


def _user(xbox: Xbox, call: Call) -> Reply:
    if call.method != "POST":
        return Reply(405)
    properties = _properties(call, "http://auth.xboxlive.com")
    if properties is None:
        return Reply(400)
    ticket = properties.get("RpsTicket")
    if properties.get("AuthMethod") != "RPS" or properties.get("SiteName") != USER_HOST or not isinstance(ticket, str):
        return Reply(400)
    prefix, token = ticket[:2], ticket[2:]
    if prefix != "d=":  # apps registered with Entra must send it (OpenXbox/xbox-webapi-python#6)
        return Reply(400)
    if xbox.tokens.find(token, Kind.ACCESS) is None:
        return Reply(401)
    return _envelope(xbox, Kind.USER, USER_LIFE, {"uhs": xbox.user_hash})


def _xsts(xbox: Xbox, call: Call) -> Reply:
    if call.method != "POST":
        return Reply(405)
    properties = _properties(call, "http://xboxlive.com")
    if properties is None or properties.get("SandboxId") != "RETAIL":
        return Reply(400)
    tokens = properties.get("UserTokens")
    if not isinstance(tokens, list) or len(tokens) != 1 or not isinstance(tokens[0], str):
        return Reply(400)
    if xbox.tokens.find(tokens[0], Kind.USER) is None:
        expired = xbox.tokens.was_issued(tokens[0], Kind.USER)
        return xerr(EXPIRED_USER_TOKEN if expired else INVALID_USER_TOKEN)
    claims = {
        "gtg": xbox.service.gamertag,
        "xid": xbox.service.id,
        "uhs": xbox.user_hash,
        "agg": "Adult",
        "usr": "234",
        "utr": "190",
        "prv": "185 186 187 188 191 192 195",
    }
    return _envelope(xbox, Kind.XSTS, XSTS_LIFE, claims)


def _envelope(xbox: Xbox, kind: Kind, life: timedelta, claims: dict[str, str]) -> Reply:
    now = xbox.clock.now()
    answer = {
        "IssueInstant": ticks(now),
        "NotAfter": ticks(now + life),
        "Token": xbox.tokens.issue(kind, life),
        "DisplayClaims": {"xui": [claims]},
    }
    return Reply(200, answer)
