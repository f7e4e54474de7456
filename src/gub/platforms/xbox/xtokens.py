"""The two tokens that Xbox Live makes of a Microsoft account's access token, and the requests for them."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from gub.clock import Clock
from gub.platforms import tolerant
from gub.platforms.errors import Malformed, Unavailable
from gub.platforms.limiter import Budget
from gub.platforms.reply import Reply
from gub.platforms.transport import Transport
from gub.platforms.xbox.refusals import refusal

RENEWED_AHEAD: Final = timedelta(minutes=5)

_USER: Final = "https://user.auth.xboxlive.com/user/authenticate"
_XSTS: Final = "https://xsts.auth.xboxlive.com/xsts/authorize"
_HEADERS: Final = {
    "x-xbl-contract-version": "1",
    "Content-Type": "application/json",
    "Accept": "application/json",
}
_OK: Final = 200
_UNAUTHORISED: Final = 401


class TokenRefused(Unavailable):
    """Xbox Live refuses the token that the new one was to be made of; nothing is known against the account."""


@dataclass(frozen=True, slots=True)
class XToken:
    """A user token or an XSTS token. `uhs` is the user hash that stands beside the token in a request."""

    token: str = field(repr=False)
    uhs: str = field(repr=False)
    not_after: datetime

    def is_usable(self, now: datetime) -> bool:
        """Say whether it works still."""
        return self.not_after > now

    def is_due(self, now: datetime) -> bool:
        """Say whether it is to be renewed."""
        return self.not_after - now < RENEWED_AHEAD

    @property
    def authorization(self) -> str:
        """Say what stands in the header Authorization; of use for an XSTS token alone."""
        return f"XBL3.0 x={self.uhs};{self.token}"


class XTokenDesk:
    """Asks for tokens; keeps none. Every method raises PlatformError, TokenRefused among them."""

    def __init__(self, transport: Transport, budget: Budget, clock: Clock) -> None:
        """Count every request against `budget`."""
        self._transport = transport
        self._budget = budget
        self._clock = clock

    async def user_token(self, access_token: str, deadline: float) -> XToken:
        """Turn an access token into a user token. `d=` says that the token is for an app registered with Microsoft."""
        properties = {"AuthMethod": "RPS", "SiteName": "user.auth.xboxlive.com", "RpsTicket": f"d={access_token}"}
        return await self._ask(_USER, "http://auth.xboxlive.com", properties, deadline)

    async def xsts_token(self, user_token: XToken, deadline: float) -> XToken:
        """Turn a user token into one that Xbox Live's services take."""
        properties = {"UserTokens": [user_token.token], "SandboxId": "RETAIL"}
        return await self._ask(_XSTS, "http://xboxlive.com", properties, deadline)

    async def _ask(self, url: str, party: str, properties: dict[str, Any], deadline: float) -> XToken:
        body = {"RelyingParty": party, "TokenType": "JWT", "Properties": properties}
        content = json.dumps(body).encode("ascii")
        reply = await self._transport.request(
            "POST", url, headers=_HEADERS, content=content, budget=self._budget, deadline=deadline
        )
        refused = refusal(reply)
        if refused is not None:
            raise refused
        if reply.status == _UNAUTHORISED:
            raise TokenRefused("status 401 from the sign-in to Xbox Live")
        if reply.status != _OK:
            raise Malformed(f"status {reply.status} from the sign-in to Xbox Live")
        return self._read(reply)

    def _read(self, reply: Reply) -> XToken:
        document = reply.json()
        token = tolerant.sendable(tolerant.entry(document, "Token"))
        people = tolerant.entry(document, "DisplayClaims", "xui")
        uhs = tolerant.sendable(tolerant.entry(people[0], "uhs")) if isinstance(people, list) and people else None
        not_after = tolerant.instant(tolerant.entry(document, "NotAfter"))
        if token is None or uhs is None or not_after is None:
            raise Malformed("a token of Xbox Live that cannot be read")
        return XToken(token, uhs, not_after)
