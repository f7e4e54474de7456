"""Sony's account server as the mobile app sees it: the NPSSO gives a code, a code or a refresh token gives tokens."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from gub.sandbox.faults import Fault
from gub.sandbox.psn.replies import Reply, invalid_refresh_token, oauth_error
from gub.sandbox.psn.tokens import ACCESS_SECONDS, Issued, PsnTokens

CLIENT_ID: Final = "09515159-7237-4370-9b40-3806e67c0891"
REDIRECT_URI: Final = "com.scee.psxandroid.scecompcall://redirect"
SCOPE: Final = frozenset({"psn:mobile.v2.core", "psn:clientapp"})
# The PlayStation app's own, public in every library that speaks this protocol (psnawp: Authenticator.AUTH_HEADER).
BASIC: Final = "Basic MDk1MTUxNTktNzIzNy00MzcwLTliNDAtMzgwNmU2N2MwODkxOnVjUGprYTV0bnRCMktxc1A="

_SIGN_IN_PAGE: Final = "https://my.account.sony.com/sonyacct/signin/"
FORM: Final = "application/x-www-form-urlencoded"
_CID: Final = "00000000-0000-4000-8000-000000000000"


@dataclass(slots=True)
class AccountServer:
    """Answers of ca.account.sony.com."""

    tokens: PsnTokens

    def authorize(self, request: web.Request, fault: Fault | None) -> Reply:
        """GET api/authz/v3/oauth/authorize: 302 to the app with a code, or to the sign-in page with an error."""
        query = request.query
        if query.get("client_id") != CLIENT_ID:
            return oauth_error(400, "invalid_client", 4102, "Bad client credentials")
        wanted = {"access_type": "offline", "response_type": "code", "redirect_uri": REDIRECT_URI}
        wrong = next((name for name, value in wanted.items() if query.get(name) != value), None)
        if wrong is None and not _is_scope(query.get("scope")):
            wrong = "scope"
        if wrong is not None:
            return oauth_error(400, "invalid_request", 4097, f"Invalid or missing parameter: {wrong}")
        kind = None if fault is None else fault.kind
        if kind == "tosua":
            return _to_sign_in(query, "interaction_required", "103", "ToSUA must be accepted")
        code = None if kind == "4165" else self.tokens.give_code(request.cookies.get("npsso"))
        if code is None:
            return _to_sign_in(query, "login_required", "4165", "User is not authenticated")
        answer = urlencode({"code": code, "cid": query.get("cid") or _CID})
        return Reply(302, location=f"{REDIRECT_URI}/?{answer}")

    async def token(self, request: web.Request) -> Reply:
        """POST api/authz/v3/oauth/token: tokens for a code, or for a refresh token."""
        if request.headers.get("Authorization") != BASIC:
            return oauth_error(401, "invalid_client", 4102, "Bad client credentials")
        if request.content_type != FORM:
            return oauth_error(400, "invalid_request", 4097, "The body must be a form")
        form = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        if form.get("token_format") != "jwt":
            return oauth_error(400, "invalid_request", 4097, "Invalid or missing parameter: token_format")
        match form.get("grant_type"):
            case "authorization_code":
                return self._redeem(form)
            case "refresh_token":
                return self._renew(form)
        return oauth_error(400, "unsupported_grant_type", 4104, "Unsupported grant type")

    def npsso(self) -> Reply:
        """GET api/v1/ssocookie: the page that people copy the NPSSO from, in the service account's browser."""
        if not self.tokens.npsso_works:
            return oauth_error(400, "invalid_grant", 20, "Invalid login")
        return Reply(200, {"npsso": self.tokens.npsso})

    def _redeem(self, form: Mapping[str, str]) -> Reply:
        if form.get("redirect_uri") != REDIRECT_URI:
            return oauth_error(400, "invalid_grant", 4109, "Redirect URI mismatch")
        if "scope" in form and not _is_scope(form["scope"]):
            return oauth_error(400, "invalid_scope", 4098, "Invalid scope")
        issued = self.tokens.redeem(form.get("code", ""))
        return _issued(issued) if issued else oauth_error(400, "invalid_grant", 4158, "Invalid authorization code")

    def _renew(self, form: Mapping[str, str]) -> Reply:
        if not _is_scope(form.get("scope")):
            return oauth_error(400, "invalid_scope", 4098, "Invalid scope")
        issued = self.tokens.renew(form.get("refresh_token", ""))
        return _issued(issued) if issued else invalid_refresh_token()


def _is_scope(text: str | None) -> bool:
    return text is not None and frozenset(text.split()) == SCOPE


def _to_sign_in(query: Mapping[str, str], error: str, code: str, description: str) -> Reply:
    told = {"client_id": query["client_id"], "error": error, "error_code": code, "error_description": description}
    return Reply(302, location=f"{_SIGN_IN_PAGE}?{urlencode(told)}")


def _issued(issued: Issued) -> Reply:
    body = {
        "access_token": issued.access_token,
        "token_type": "bearer",
        "expires_in": ACCESS_SECONDS,
        "scope": "psn:mobile.v2.core psn:clientapp",
        "id_token": issued.id_token,
        "refresh_token": issued.refresh_token,
        "refresh_token_expires_in": issued.refresh_seconds,
    }
    return Reply(200, body)
