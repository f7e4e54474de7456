"""Keeps one Microsoft account signed in to Xbox Live, and asks Xbox Live's services in its name.

Three tokens stand on one another: Microsoft's access token (an hour; the keeper stores it), the user token (two weeks)
and the XSTS token (16 hours), which alone goes to the services. The upper two live in memory. So a login.live.com that
is down hurts nobody as long as the upper ones last.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from gub.clock import Clock
from gub.domain.credentials import Tokens, XboxCredential
from gub.platforms.errors import CredentialDead, NoCredential, PlatformError, Unavailable
from gub.platforms.keeper import TokenKeeper
from gub.platforms.limiter import Budget
from gub.platforms.reply import Reply
from gub.platforms.transport import TOTAL_SECONDS, Transport
from gub.platforms.waiting import stop_all
from gub.platforms.xbox.xtokens import TokenRefused, XToken, XTokenDesk

MISTRUSTED_SECONDS: Final = 300.0
"""After services refused even a wholly new chain of tokens, their 401s count for nothing for so long."""

_RESTS: Final = (5.0, 15.0, 30.0, 60.0, 300.0)
_UNAUTHORISED: Final = 401


class _Rung(IntEnum):
    """What is given up after a 401, one more each time."""

    XSTS = 0
    USER = 1
    OAUTH = 2


@dataclass(frozen=True, slots=True)
class _User:
    """A user token and what it was made of."""

    grant: str
    tokens: Tokens
    token: XToken


@dataclass(frozen=True, slots=True)
class _Signed:
    """An XSTS token and what it was made of."""

    user: _User
    xsts: XToken


@dataclass(frozen=True, slots=True)
class _Trouble:
    """Why no tokens are asked for with a grant until a time by `Clock.monotonic`."""

    grant: str
    error: PlatformError
    until: float


class XboxSession:
    """One for each credential. A new grant holds at once: the shelf is read at every request."""

    def __init__(
        self, transport: Transport, desk: XTokenDesk, keeper: TokenKeeper[XboxCredential], clock: Clock
    ) -> None:
        """Ask nothing yet."""
        self._transport = transport
        self._desk = desk
        self._keeper = keeper
        self._clock = clock
        self._user: _User | None = None
        self._signed: _Signed | None = None
        self._signing: asyncio.Task[_Signed] | None = None
        self._trouble: _Trouble | None = None
        self._failures = 0
        self._mistrusted_until = float("-inf")

    async def sign_in(self) -> None:
        """Renew what ends soon; Microsoft's tokens too, so that a consent that was taken back is noticed in an hour.

        Raises:
            CredentialDead: Microsoft or Xbox Live refuses the account; NoCredential: there is none.
            PlatformError: the next question would have no token.
        """
        # The account is checked before its tokens are renewed: one that Xbox Live refuses is not to be stored as well.
        await self._signed_in(self._clock.monotonic() + TOTAL_SECONDS)
        try:
            await self._keeper.signed_in()
        except (CredentialDead, NoCredential):
            raise
        except PlatformError:
            pass  # not needed before the user token ends; the keeper says in the log what is wrong

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        budget: Budget,
        deadline: float,
        content: bytes | None = None,
    ) -> Reply:
        """Ask a service; a token that it refuses is made anew, then the one below it, then the lowest, each once.

        Raises:
            CredentialDead: the account is refused; NoCredential: there is none.
            PlatformError: no usable answer; a 401 to wholly new tokens among them.
        """
        for rung in (*_Rung, None):
            signed = await self._signed_in(deadline)
            authorised = {**headers, "Authorization": signed.xsts.authorization}
            reply = await self._transport.request(
                method, url, headers=authorised, content=content, budget=budget, deadline=deadline
            )
            if reply.status != _UNAUTHORISED:
                return reply
            if self._clock.monotonic() < self._mistrusted_until:
                raise Unavailable("status 401, as shortly before with new tokens")
            if rung is not None:
                self._give_up(signed, rung)
        self._mistrusted_until = self._clock.monotonic() + MISTRUSTED_SECONDS
        raise Unavailable("status 401 with new tokens")

    async def aclose(self) -> None:
        """Stop signing in, but let a renewal of Microsoft's tokens end, which stores them."""
        if self._signing is not None:
            await stop_all([self._signing])
        await self._keeper.aclose()

    async def _signed_in(self, deadline: float) -> _Signed:
        """Give tokens that work, renewed if need be, once for all who ask meanwhile."""
        grant = (await self._keeper.stored()).grant
        signed = self._signed if self._signed is not None and self._signed.user.grant == grant else None
        now = self._clock.now()
        if signed is not None and not signed.xsts.is_due(now):
            return signed
        try:
            return await self._joined(grant, deadline)
        except (CredentialDead, NoCredential):
            raise
        except PlatformError:
            if signed is None or not signed.xsts.is_usable(now):
                raise
            return signed

    async def _joined(self, grant: str, deadline: float) -> _Signed:
        """Join the signing in under way or begin one; it goes on when whoever waits is gone."""
        if self._signing is None:
            self._check_rest(grant)
            self._signing = asyncio.create_task(self._sign_in())
            self._signing.add_done_callback(self._ended)
        signing = self._signing
        # Real time, as the transport's: what is waited for are its requests.
        await asyncio.wait({signing}, timeout=max(0.0, deadline - self._clock.monotonic()))
        if not signing.done() or signing.cancelled():
            raise Unavailable("the sign-in takes too long")
        return signing.result()

    def _check_rest(self, grant: str) -> None:
        if self._trouble is None or self._trouble.grant != grant:
            return
        left = self._trouble.until - self._clock.monotonic()
        if left > 0:
            raise type(self._trouble.error)(self._trouble.error.detail, left)

    def _ended(self, task: "asyncio.Task[_Signed]") -> None:
        self._signing = None
        if not task.cancelled():
            task.exception()  # looked at: whoever asked may have gone

    async def _sign_in(self) -> _Signed:
        credential = await self._keeper.stored()
        deadline = self._clock.monotonic() + TOTAL_SECONDS
        try:
            signed = await self._chain(credential.grant, deadline)
        except CredentialDead as error:
            await self._note_death(credential, error)
            raise
        except NoCredential:
            raise
        except PlatformError as error:
            rest = max(error.retry_after or 0.0, _RESTS[min(self._failures, len(_RESTS) - 1)])
            self._failures += 1
            self._trouble = _Trouble(credential.grant, error, self._clock.monotonic() + rest)
            raise
        self._signed, self._trouble, self._failures = signed, None, 0
        return signed

    async def _note_death(self, asked_with: XboxCredential, error: CredentialDead) -> None:
        # Read again: its tokens may have been renewed under way. Raises by itself when the keeper knows of the death.
        credential = await self._keeper.stored()
        if credential.grant != asked_with.grant:
            raise Unavailable("the credential was replaced under way") from None
        await self._keeper.died(credential, error)

    async def _chain(self, grant: str, deadline: float) -> _Signed:
        """Make an XSTS token of the user token; of a new one when Xbox Live refuses the one that we have."""
        user = await self._current_user(grant, deadline)
        try:
            return _Signed(user, await self._desk.xsts_token(user.token, deadline))
        except TokenRefused:
            self._user = None
        user = await self._new_user(deadline)
        return _Signed(user, await self._desk.xsts_token(user.token, deadline))

    async def _current_user(self, grant: str, deadline: float) -> _User:
        now = self._clock.now()
        user = self._user if self._user is not None and self._user.grant == grant else None
        if user is not None and not user.token.is_due(now):
            return user
        try:
            return await self._new_user(deadline)
        except (CredentialDead, NoCredential):
            raise
        except PlatformError:
            if user is None or not user.token.is_usable(now):
                raise
            return user

    async def _new_user(self, deadline: float) -> _User:
        """Make a user token of the access token; of a new one when Xbox Live refuses the one that we have."""
        credential, tokens = await self._keeper.signed_in()
        try:
            token = await self._desk.user_token(tokens.access_token, deadline)
        except TokenRefused:
            self._keeper.refused(tokens)
            credential, tokens = await self._keeper.signed_in()
            token = await self._user_token_at_last(tokens, deadline)
        self._user = _User(credential.grant, tokens, token)
        return self._user

    async def _user_token_at_last(self, tokens: Tokens, deadline: float) -> XToken:
        try:
            return await self._desk.user_token(tokens.access_token, deadline)
        except TokenRefused:
            # Microsoft has just given it: what is wrong is the app, such as one of the wrong kind
            # (OpenXbox/xbox-webapi-python#6), or Xbox Live itself. Microsoft refuses an app whose consent was taken
            # back, so this is no proof against a credential that worked.
            raise Unavailable("Xbox Live refuses the app's sign-in") from None

    def _give_up(self, signed: _Signed, rung: _Rung) -> None:
        """Forget what a service refused, unless somebody else has already made it anew."""
        if self._signed is signed:
            self._signed = None
        if rung >= _Rung.USER and self._user is signed.user:
            self._user = None
        if rung >= _Rung.OAUTH:
            self._keeper.refused(signed.user.tokens)
