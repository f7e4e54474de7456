"""Microsoft's OAuth for personal accounts (login.live.com): how the owner signs in once, and how that is kept up."""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from gub.clock import Clock
from gub.domain.credentials import Tokens, XboxCredential
from gub.platforms import tolerant
from gub.platforms.errors import CredentialDead, Malformed, Unavailable
from gub.platforms.limiter import Budget
from gub.platforms.reply import Reply
from gub.platforms.transport import Transport

SCOPE: Final = "Xboxlive.signin Xboxlive.offline_access"
REFRESH_LIFETIME: Final = timedelta(days=90)
"""How long a refresh token of a redirect of the type "Web" lasts unused (learn.microsoft.com, Entra refresh tokens)."""

_AUTHORIZE: Final = "https://login.live.com/oauth20_authorize.srf"
_TOKEN: Final = "https://login.live.com/oauth20_token.srf"  # noqa: S105 - an address
_CONNECT: Final = "https://login.live.com/oauth20_connect.srf"
_DEVICE_GRANT: Final = "urn:ietf:params:oauth:grant-type:device_code"

_OK: Final = 200
_REFUSALS: Final = frozenset({400, 401})
# An expired or revoked refresh token or code; a wrong or expired secret; an app for other kinds of accounts.
_DEAD: Final = frozenset({"invalid_grant", "invalid_client", "unauthorized_client"})
_PENDING: Final = frozenset({"authorization_pending", "slow_down"})
# How a sign-in by device code ends without tokens (RFC 8628; the first is Microsoft's word).
_ENDED: Final = frozenset({"authorization_declined", "access_denied", "expired_token", "bad_verification_code"})

_USUAL_SECONDS: Final = 3600
_LONGEST_SECONDS: Final = 31 * 86_400
_USUAL_INTERVAL: Final = 5
_COOKIES: Final = re.compile(r"(?:^|,)\s*([A-Za-z0-9_.-]+=[!-+\--:<-~]*)")


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """What to tell the owner: type `user_code` at `verification_uri`. Ask every `interval` seconds whether they did.

    `cookies` are what the answer set; prismarine-auth sends them back when it asks, whether that is needed is not
    verified.
    """

    user_code: str = field(repr=False)
    verification_uri: str
    device_code: str = field(repr=False)
    interval: int
    expires_in: int
    cookies: str = field(default="", repr=False)


class XboxOAuth:
    """Asks login.live.com, as an app that is registered with Microsoft; its secret is sent when it has one."""

    def __init__(self, transport: Transport, budget: Budget, clock: Clock) -> None:
        """Count every request against `budget`."""
        self._transport = transport
        self._budget = budget
        self._clock = clock

    def authorize_url(self, client_id: str, redirect_uri: str, state: str) -> str:
        """Say where the owner's browser begins. It ends at `redirect_uri`, which `read_redirect` reads."""
        query = {
            "client_id": client_id,
            "response_type": "code",
            "approval_prompt": "auto",
            "scope": SCOPE,
            "redirect_uri": redirect_uri,
            "state": state,
        }
        return f"{_AUTHORIZE}?{urlencode(query)}"

    async def exchange(self, client_id: str, client_secret: str | None, code: str, redirect_uri: str) -> Tokens:
        """Turn the code of a redirect into tokens. A code works once and for minutes only.

        Raises:
            CredentialDead: the code, the app or its secret is refused; the detail is Microsoft's word for it.
            PlatformError: Microsoft cannot be asked.
        """
        grant = {"grant_type": "authorization_code", "code": code, "scope": SCOPE, "redirect_uri": redirect_uri}
        return self._tokens(await self._ask(_TOKEN, grant | _app(client_id, client_secret)))

    async def refresh(self, credential: XboxCredential) -> Tokens:
        """Get new tokens by the refresh token. Microsoft gives another one each time; without one the old one stays.

        Raises:
            CredentialDead: the refresh token, the app or its secret is refused, or there is no refresh token.
            PlatformError: Microsoft cannot be asked.
        """
        old = credential.tokens
        if old is None or not old.refresh_token:
            raise CredentialDead("no refresh token")
        grant = {"grant_type": "refresh_token", "scope": SCOPE, "refresh_token": old.refresh_token}
        app = _app(credential.client_id, credential.client_secret)
        tokens = self._tokens(await self._ask(_TOKEN, grant | app))
        if tokens.refresh_token is None:
            end = old.refresh_expires_at
            left = None if end is None else max(0, int((end - tokens.issued).total_seconds()))
            tokens = replace(tokens, refresh_token=old.refresh_token, refresh_expires_in=left)
        return replace(tokens, user_id=tokens.user_id or old.user_id)

    async def device_code(self, client_id: str) -> DeviceCode:
        """Begin a sign-in without a browser on this machine. The app must allow public client flows (not verified).

        Raises:
            CredentialDead: the app is refused.
            PlatformError: Microsoft cannot be asked.
        """
        reply = await self._ask(_CONNECT, {"client_id": client_id, "scope": SCOPE, "response_type": "device_code"})
        document = self._granted(reply)
        user_code = tolerant.text(tolerant.entry(document, "user_code"))
        address = tolerant.sendable(tolerant.entry(document, "verification_uri"))
        device_code = tolerant.sendable(tolerant.entry(document, "device_code"))
        if user_code is None or address is None or device_code is None or not address.startswith("https://"):
            raise Malformed("a device code that cannot be read")
        return DeviceCode(
            user_code=user_code,
            verification_uri=address,
            device_code=device_code,
            interval=min(_seconds(document, "interval", _USUAL_INTERVAL), 60),
            expires_in=min(_seconds(document, "expires_in", 900), 3600),
            cookies="; ".join(_COOKIES.findall(reply.headers.get("set-cookie", ""))),
        )

    async def device_tokens(
        self, client_id: str, client_secret: str | None, device_code: str, cookies: str = ""
    ) -> Tokens | None:
        """Ask whether the owner has typed the user code; None: not yet. `cookies` are those of the `DeviceCode`.

        Raises:
            CredentialDead: they refused, or the code has expired; the detail is Microsoft's word for it.
            PlatformError: Microsoft cannot be asked.
        """
        grant = {"grant_type": _DEVICE_GRANT, "device_code": device_code}
        url = f"{_TOKEN}?{urlencode({'client_id': client_id})}"
        reply = await self._ask(url, grant | _app(client_id, client_secret), cookies)
        if reply.status in _REFUSALS and _word(reply) in _PENDING:
            return None
        return self._tokens(reply)

    async def _ask(self, url: str, form: Mapping[str, str], cookies: str = "") -> Reply:
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        if cookies:
            headers["Cookie"] = cookies
        body = urlencode(form, errors="replace").encode("ascii")
        return await self._transport.request("POST", url, headers=headers, content=body, budget=self._budget)

    def _tokens(self, reply: Reply) -> Tokens:
        document = self._granted(reply)
        access = tolerant.sendable(tolerant.entry(document, "access_token"))
        if access is None:
            raise Malformed("tokens that cannot be read")
        refresh = tolerant.sendable(tolerant.entry(document, "refresh_token"))
        return Tokens(
            access_token=access,
            refresh_token=refresh,
            issued=self._clock.now(),
            expires_in=_seconds(document, "expires_in", _USUAL_SECONDS),
            refresh_expires_in=int(REFRESH_LIFETIME.total_seconds()) if refresh else None,
            token_type=tolerant.sendable(tolerant.entry(document, "token_type")) or "bearer",
            scope=tolerant.text(tolerant.entry(document, "scope")) or "",
            user_id=tolerant.sendable(tolerant.entry(document, "user_id")),
        )

    def _granted(self, reply: Reply) -> Any:
        """Read an answer that grants something.

        Raises:
            CredentialDead: it refuses, with one of the words that only the owner can mend.
            Unavailable: it refuses without such a word: not the credential's fault as far as is known.
            Malformed: it is something else.
        """
        if reply.status == _OK:
            return reply.json()
        word = _word(reply) if reply.status in _REFUSALS else None
        if word is not None and word in _DEAD | _ENDED:
            raise CredentialDead(word)
        if reply.status in (401, 403):
            raise Unavailable(f"status {reply.status} from the sign-in")
        raise Malformed(f"status {reply.status} from the sign-in")


def read_redirect(text: str, state: str) -> str:
    """Take the code out of the redirected address, which the owner pasted or a browser brought.

    Raises:
        ValueError: it holds no code for this sign-in; the text says why and quotes nothing.
    """
    try:
        query = parse_qs(urlsplit(text.strip()).query, keep_blank_values=True, max_num_fields=50)
    except ValueError:
        raise ValueError("That is not an address.") from None
    if "error" in query:
        raise ValueError(_REDIRECT_ERRORS.get(query["error"][0], "Microsoft did not let the sign-in through."))
    code = tolerant.sendable(query.get("code", [""])[0])
    if code is None:
        raise ValueError("There is no code in it: paste the whole address that the browser ended at.")
    if not hmac.compare_digest(query.get("state", [""])[0].encode(errors="replace"), state.encode()):
        raise ValueError("It belongs to another sign-in: use the newest link.")
    return code


_REDIRECT_ERRORS: Final = {
    "access_denied": "The sign-in was declined in the browser.",
    "unauthorized_client": "The app is not registered for personal Microsoft accounts, or it has no secret.",
    "invalid_request": "The app does not know this redirect address.",
}


def _app(client_id: str, client_secret: str | None) -> dict[str, str]:
    return {"client_id": client_id} | ({"client_secret": client_secret} if client_secret else {})


def _seconds(document: Any, name: str, usual: int) -> int:
    seconds = tolerant.whole(tolerant.entry(document, name))
    return usual if seconds is None or seconds < 1 else min(seconds, _LONGEST_SECONDS)


def _word(reply: Reply) -> str | None:
    """Say the word of OAuth in an error's body, if there is one."""
    try:
        return tolerant.sendable(tolerant.entry(reply.json(), "error"))
    except Malformed:
        return None
