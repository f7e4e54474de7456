"""PlayStation's sign-in, as its Android app does it: NPSSO, then a code, then tokens; later a refresh token.

Sony documents none of it; what is here was seen by psnawp, psn-api and others (facts 2.1). The refresh token ends 60
days after the NPSSO was used, however often it is used, so each answer's own lifetime is kept with the tokens.
"""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode
from uuid import uuid4

from gub.clock import Clock
from gub.domain.credentials import PsnCredential, Tokens
from gub.platforms import tolerant
from gub.platforms.errors import CredentialDead, Malformed, PlatformError, RateLimited, Unavailable
from gub.platforms.psn.budgets import PsnBudgets
from gub.platforms.psn.envelopes import SignInRefusal, query_of, redirected_refusal, sign_in_refusal
from gub.platforms.psn.npsso import read_npsso
from gub.platforms.reply import Reply
from gub.platforms.transport import Transport

__all__ = ["APP_HEADERS", "PsnOAuth", "PsnRenewer", "RefreshRefused", "read_npsso"]

APP_HEADERS: Final = {
    "User-Agent": "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/135.0.0.0 Mobile Safari/537.36",
    "Accept-Language": "en-US",
    "Country": "US",
}
"""What every request of the app says of itself. Other clients are known to be answered with these."""

SIGN_IN_SECONDS: Final = 20.0
"""For the whole chain: people may be waiting behind it."""

LOCKED_OUT_SECONDS: Final = 300.0
"""Sony goes on refusing whoever knocks again soon after a 429 here (FunkeyFlo/ps5-mqtt#385, psnawp#67)."""

_AUTHORIZE: Final = "https://ca.account.sony.com/api/authz/v3/oauth/authorize"
_TOKEN: Final = "https://ca.account.sony.com/api/authz/v3/oauth/token"  # noqa: S105 - an address
_REDIRECT: Final = "com.scee.psxandroid.scecompcall://redirect"
_SCOPE: Final = "psn:mobile.v2.core psn:clientapp"
_CLIENT_ID: Final = "09515159-7237-4370-9b40-3806e67c0891"
# The app's own name and password, the same in every copy of it: public in psnawp, psn-api and many others.
_APP_AUTHORIZATION: Final = "Basic MDk1MTUxNTktNzIzNy00MzcwLTliNDAtMzgwNmU2N2MwODkxOnVjUGprYTV0bnRCMktxc1A="
_AUTHORIZE_QUERY: Final = {
    "access_type": "offline",
    "client_id": _CLIENT_ID,
    "device_base_font_size": "10",
    "device_profile": "mobile",
    "elements_visibility": "no_aclink",
    "enable_scheme_error_code": "true",
    "no_captcha": "true",
    "PlatformPrivacyWs1": "minimal",
    "redirect_uri": _REDIRECT,
    "response_type": "code",
    "scope": _SCOPE,
    "service_entity": "urn:service-entity:psn",
    "service_logo": "ps",
    "smcid": "psapp:signin",
    "support_scheme": "sneiprls",
    "turnOnTrustedBrowser": "true",
    "ui": "pr",
}
_AUTHORIZE_HEADERS: Final = {
    "X-Requested-With": "com.scee.psxandroid",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Site": "same-site",
    "Sec-Fetch-User": "?1",
}
_OK: Final = 200
_REDIRECTS: Final = frozenset({301, 302, 303, 307})
_FORBIDDEN: Final = 403
_ACCESS_SECONDS: Final = 3599  # what it has always been, should an answer not say
_LONGEST_SECONDS: Final = 10 * 365 * 86400


class RefreshRefused(CredentialDead):
    """The refresh token is of no use any more. The NPSSO may be."""


class PsnOAuth:
    """Gets tokens. Nothing is tried twice: whoever asks decides when it is time to knock again."""

    def __init__(self, transport: Transport, budgets: PsnBudgets, clock: Clock) -> None:
        """Keep within `budgets`, which all share who sign in to this account."""
        self._transport = transport
        self._budgets = budgets
        self._clock = clock

    async def from_npsso(self, npsso: str) -> Tokens:
        """Sign in anew.

        Raises:
            CredentialDead: the NPSSO has expired, or there are terms of service to accept, or it is none.
            RateLimited: too many sign-ins; `retry_after` is long.
            PlatformError: PlayStation cannot be asked, or answered something else.
        """
        try:
            cookie = read_npsso(npsso)
        except ValueError:
            cookie = ""
        if not cookie:
            raise CredentialDead("what is stored is no NPSSO")
        deadline = self._clock.monotonic() + SIGN_IN_SECONDS
        cid = str(uuid4())
        code = await self._code(cookie, cid, deadline)
        form = {
            "cid": cid,
            "code": code,
            "grant_type": "authorization_code",
            "redirect_uri": _REDIRECT,
            "scope": _SCOPE,
            "token_format": "jwt",
        }
        return await self._tokens(form, deadline, {"X-Psn-Correlation-Id": cid}, None)

    async def refresh(self, tokens: Tokens) -> Tokens:
        """Get new tokens for old ones. What the answer does not say of the refresh token stays as it was.

        Raises:
            RefreshRefused: the refresh token has ended, or there is none.
            PlatformError: as `from_npsso`.
        """
        refresh_token = tolerant.sendable(tokens.refresh_token)
        if refresh_token is None:
            raise RefreshRefused("there is no refresh token")
        form = {
            "refresh_token": refresh_token,
            "grant_type": "refresh_token",
            "scope": _SCOPE,
            "token_format": "jwt",
        }
        return await self._tokens(form, self._clock.monotonic() + SIGN_IN_SECONDS, {}, tokens)

    async def _code(self, npsso: str, cid: str, deadline: float) -> str:
        url = f"{_AUTHORIZE}?{urlencode({'cid': cid} | _AUTHORIZE_QUERY)}"
        reply = await self._send("GET", url, deadline, {"Cookie": f"npsso={npsso}"} | _AUTHORIZE_HEADERS)
        location = reply.headers.get("location", "") if reply.status in _REDIRECTS else ""
        query = query_of(location)
        refusal = redirected_refusal(query) if location else sign_in_refusal(reply)
        if refusal is not None:
            raise _trouble(refusal, reply.status)
        code = tolerant.sendable(query.get("code"))
        if code is not None and location.lower().startswith(_REDIRECT):
            return code
        raise _unexpected(reply.status)

    async def _tokens(
        self, form: Mapping[str, str], deadline: float, headers: Mapping[str, str], old: Tokens | None
    ) -> Tokens:
        reply = await self._send(
            "POST",
            _TOKEN,
            deadline,
            {"Authorization": _APP_AUTHORIZATION, "Content-Type": "application/x-www-form-urlencoded", **headers},
            urlencode(form).encode("ascii"),
        )
        if reply.status == _OK:
            return self._read_tokens(reply.json(), old)
        refusal = sign_in_refusal(reply)
        if old is not None and refusal is not None and refusal.needs_another_grant:
            raise RefreshRefused("the refresh token has ended")
        raise _unexpected(reply.status) if refusal is None else _trouble(refusal, reply.status)

    def _read_tokens(self, document: Any, old: Tokens | None) -> Tokens:
        access = tolerant.sendable(tolerant.entry(document, "access_token"))
        if access is None:
            raise Malformed("an answer without an access token")
        refresh = tolerant.sendable(tolerant.entry(document, "refresh_token")) or (old.refresh_token if old else None)
        now = self._clock.now()
        ends_in = _seconds(tolerant.entry(document, "refresh_token_expires_in"))
        if ends_in is None and old is not None and old.refresh_expires_at is not None:
            ends_in = max(0, int((old.refresh_expires_at - now).total_seconds()))
        return Tokens(
            access_token=access,
            refresh_token=refresh,
            issued=now,
            expires_in=_seconds(tolerant.entry(document, "expires_in")) or _ACCESS_SECONDS,
            refresh_expires_in=ends_in,
            scope=tolerant.text(tolerant.entry(document, "scope")) or "",
        )

    async def _send(
        self, method: str, url: str, deadline: float, headers: Mapping[str, str], content: bytes | None = None
    ) -> Reply:
        # Counted here and not by the transport: a 429 of the sign-in must not stop questions that need none.
        await self._budgets.sign_in.acquire(deadline)
        await self._budgets.all.acquire(deadline)
        try:
            return await self._transport.request(
                method, url, headers={**APP_HEADERS, **headers}, content=content, deadline=deadline, retries=0
            )
        except RateLimited as error:
            rest = max(error.retry_after or 0.0, LOCKED_OUT_SECONDS)
        self._budgets.sign_in.hold(rest)
        raise RateLimited("too many sign-ins", rest)


class PsnRenewer:
    """Renews a credential for its keeper: by the refresh token, and by the NPSSO only when that is refused."""

    def __init__(self, oauth: PsnOAuth) -> None:
        """Ask through `oauth`."""
        self._oauth = oauth

    async def renew(self, credential: PsnCredential) -> Tokens:
        """See `gub.platforms.keeper.Renewer`. Every use of the NPSSO is a sign-in that Sony may hold against us."""
        refused: RefreshRefused | None = None
        if credential.tokens is not None:
            try:
                return await self._oauth.refresh(credential.tokens)
            except RefreshRefused as error:
                refused = error
        if credential.npsso:
            return await self._oauth.from_npsso(credential.npsso)
        raise refused or CredentialDead("there is neither an NPSSO nor a refresh token")


def _trouble(refusal: SignInRefusal, status: int) -> PlatformError:
    if refusal.needs_terms:
        return CredentialDead("terms of service to accept")
    if refusal.needs_npsso:
        return CredentialDead("the NPSSO has expired")
    if refusal.code is not None:
        return Unavailable(f"the sign-in was refused with status {status}, code {refusal.code}")
    return _unexpected(status)


def _unexpected(status: int) -> PlatformError:
    # 403 comes from what stands before the sign-in, at times to everybody; 400 when Sony has changed the app.
    return (
        Unavailable("status 403 at the sign-in")
        if status == _FORBIDDEN
        else Malformed(f"status {status} at the sign-in")
    )


def _seconds(value: Any) -> int | None:
    seconds = tolerant.whole(value)
    return seconds if seconds is not None and 0 <= seconds <= _LONGEST_SECONDS else None
