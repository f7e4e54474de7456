"""Answers of the simulated PlayStation Network before they are put on the wire, and the shapes of its errors."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

from gub.sandbox.faults import Fault

_OAUTH_DOCS: Final = "https://auth.api.sonyentertainmentnetwork.com/docs/"
# Each service says "Rate limit exceeded" with a code of its own; which one says which is not recorded.
_LIMIT_CODES: Final = {"profile": 2105867, "presence": 2138635, "search": 2122251}
_BAD_REQUEST: Final = 2281473
_NOT_PERMITTED: Final = 2281486
_LEGACY_TOKEN: Final = 2105857
_LEGACY_NO_USER: Final = 2105356


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. `json` is what is sent unless there is `html` or a `location`."""

    status: int
    json: object = None
    html: str | None = None
    location: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def response(self) -> web.Response:
        """Build what aiohttp sends."""
        if self.location is not None:
            return web.Response(status=self.status, headers={"Location": self.location, **self.headers})
        if self.html is not None:
            return web.Response(status=self.status, text=self.html, content_type="text/html", headers=self.headers)
        return web.json_response(self.json, status=self.status, headers=self.headers)


def error(status: int, code: int | None, message: str, **headers: str) -> Reply:
    """Give an error as the API does: `error` is an object."""
    told: dict[str, object] = {"referenceId": str(uuid.uuid4())}
    if code is not None:
        told["code"] = code
    return Reply(status, {"error": told | {"message": message}}, headers=headers)


def bad_request(what: str) -> Reply:
    """Refuse a request; `what` names the part at fault, as in `path: accountId`."""
    return error(400, _BAD_REQUEST, f"Bad Request ({what})")


def not_permitted() -> Reply:
    """Refuse to tell of somebody private."""
    return error(403, _NOT_PERMITTED, "Not permitted by access control")


def no_such_user(online_id: str) -> Reply:
    """Say as the older profile service does that there is nobody of that name."""
    return Reply(404, {"error": {"code": _LEGACY_NO_USER, "message": f"User not found (user: '{online_id}')"}})


def unauthorised(*, legacy: bool) -> Reply:
    """Refuse an access token. What the newer hosts say beside the status is not recorded."""
    if legacy:
        return Reply(401, {"error": {"code": _LEGACY_TOKEN, "message": "Invalid access token"}})
    return error(401, None, "Unauthorized")


def oauth_error(status: int, word: str, code: int, description: str) -> Reply:
    """Give an error as the account server does: `error` is a word. Only 20, 4159 and 4165 are recorded codes."""
    body = {"error": word, "error_description": description, "error_code": code, "docs": _OAUTH_DOCS}
    return Reply(status, body | {"parameters": []})


def invalid_refresh_token() -> Reply:
    """Refuse a refresh token."""
    return oauth_error(400, "invalid_grant", 4159, "Invalid refresh token")


def faulty(fault: Fault, part: str) -> Reply | None:
    """Give the answer of a fault that is the same at every call of a part; None when it only takes time."""
    if fault.kind in _TAKES_TIME:
        return None
    if fault.kind in _SENT_WITH_200:
        return Reply(200, html=_SENT_WITH_200[fault.kind])
    if fault.kind in _OWN_WORDS:
        return _OWN_WORDS[fault.kind]()
    if fault.kind.startswith("429"):
        return _limited(part, round(fault.delay) if fault.kind == "429_told" else None)
    return _plain(503 if fault.kind == "down" else int(fault.kind), part)


def unknown_query() -> Reply:
    """Say as GraphQL servers do that the hash names no query: the app was updated."""
    extensions = {"code": "PERSISTED_QUERY_NOT_FOUND"}
    return Reply(200, {"errors": [{"message": "PersistedQueryNotFound", "extensions": extensions}]})


def _limited(part: str, wait: int | None) -> Reply:
    headers = {} if wait is None else {"Retry-After": str(wait)}
    if part in _LIMIT_CODES:
        return error(429, _LIMIT_CODES[part], "Rate limit exceeded", **headers)
    return Reply(429, html="<html><body><h1>Too Many Requests</h1></body></html>", headers=headers)


def _plain(status: int, part: str) -> Reply:
    at_account_server = part in {"authorize", "token"}
    if status == web.HTTPBadRequest.status_code:
        known = oauth_error(400, "invalid_client", 4102, "Bad client credentials")
        return known if at_account_server else bad_request("query")
    if status == web.HTTPUnauthorized.status_code:
        known = oauth_error(401, "invalid_client", 4102, "Bad client credentials")
        return known if at_account_server else unauthorised(legacy=False)
    if status == web.HTTPForbidden.status_code:
        if at_account_server:
            return Reply(403, html="<html><head><title>Access Denied</title></head><body>Access Denied</body></html>")
        return not_permitted()
    return Reply(status, html=f"<html><body><h1>{status}</h1>The service is not available.</body></html>")


_TAKES_TIME: Final = frozenset({"slow", "drop"})
_SENT_WITH_200: Final = {
    "html": "<!DOCTYPE html><html><body>PSN is undergoing maintenance</body></html>",
    "garbage": '{"basicPresences":[{"accountId":"20662735',
}
_OWN_WORDS: Final[dict[str, Callable[[], Reply]]] = {
    "invalid_grant": invalid_refresh_token,
    "batch_403": not_permitted,
    "persisted_query": unknown_query,
}
