"""Keeps one credential signed in: one renewal for all who wait, tokens stored before they are used."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Generic, Protocol, TypeVar

import structlog

from gub.clock import Clock
from gub.domain.credentials import Tokens
from gub.domain.values import Platform
from gub.platforms.errors import CredentialDead, NoCredential, PlatformError
from gub.platforms.waiting import stop_all, wait_for_all

log = structlog.get_logger(__name__)

RENEWED_AHEAD: Final = timedelta(seconds=300)
"""Tokens with less time left are renewed; while that fails they are used to their end."""

DEAD_RETRIED_AFTER: Final = 6 * 3600.0
"""A dead credential is tried again so rarely: the owner may have accepted new terms with it."""

_RESTS: Final = (30.0, 60.0, 120.0, 300.0, 900.0)
# Sony shuts out whoever keeps knocking at its token page (FunkeyFlo/ps5-mqtt#385), so failures are followed by rests.
_CLOSING_SECONDS: Final = 10.0


class Credential(Protocol):
    """What the keeper asks of a credential."""

    @property
    def tokens(self) -> Tokens | None:
        """Give the tokens stored with it."""

    @property
    def grant(self) -> str:
        """Name what the owner gave; a new one is another."""


C = TypeVar("C", bound=Credential)
Given_contra = TypeVar("Given_contra", bound=Credential, contravariant=True)


class Shelf(Protocol[C]):
    """Where a credential is kept. Every method may raise `PlatformError`, when the shelf cannot be reached."""

    async def read(self) -> C | None:
        """Give what is stored now."""

    async def keep(self, of: C, tokens: Tokens) -> C:
        """Store tokens renewed from this very credential; give what is stored then: somebody else may have been first.

        Raises:
            NoCredential: it was removed meanwhile.
        """

    async def died(self, of: C) -> None:
        """Note that the platform refuses this credential for good."""


class Renewer(Protocol[Given_contra]):
    """Gets new tokens from the platform."""

    async def renew(self, credential: Given_contra) -> Tokens:
        """Ask for tokens, by the refresh token or whatever else the credential holds.

        Raises:
            CredentialDead: the platform refuses all of it; only the owner can mend that.
            PlatformError: it cannot be asked now.
        """


@dataclass(frozen=True, slots=True)
class _Trouble:
    """Why nothing is asked with a grant until a time by `Clock.monotonic`."""

    grant: str
    error: PlatformError
    until: float


class TokenKeeper(Generic[C]):
    """One for each credential. It reads the shelf each time, so that what the owner changes holds at once."""

    def __init__(self, platform: Platform, shelf: Shelf[C], renewer: Renewer[C], clock: Clock) -> None:
        """Nothing is asked yet."""
        self._platform = platform
        self._shelf = shelf
        self._renewer = renewer
        self._clock = clock
        self._renewing: asyncio.Task[C] | None = None
        self._unsaved: tuple[C, Tokens] | None = None
        self._refused: str | None = None
        self._trouble: _Trouble | None = None
        self._failures = 0

    async def stored(self) -> C:
        """Give the credential as it is stored, signed in or not.

        Raises:
            NoCredential: there is none.
            CredentialDead: the platform refused it, not long ago.
            PlatformError: the shelf cannot be reached.
        """
        credential = await self._shelf.read()
        if credential is None:
            raise NoCredential(f"no {self._platform} credential")
        if self._trouble is not None and isinstance(self._trouble.error, CredentialDead):
            self._check_rest(credential)
        return credential

    async def signed_in(self) -> tuple[C, Tokens]:
        """Give the credential and tokens that work now, renewed if need be, once for all who ask meanwhile.

        Raises:
            NoCredential: there is none.
            CredentialDead: the platform refuses it.
            PlatformError: the platform cannot be asked now.
        """
        credential = await self.stored()
        tokens = credential.tokens
        if tokens is not None and not self._is_due(tokens):
            return credential, tokens
        try:
            credential = await self._renewed(credential)
        except CredentialDead:
            raise
        except PlatformError:
            if tokens is None or not self._is_usable(tokens):
                raise
            return credential, tokens
        if credential.tokens is None:
            raise NoCredential("the credential changed under way")
        return credential, credential.tokens

    def refused(self, tokens: Tokens) -> None:
        """Note that a service refused this access token before its time: it is renewed at the next wish for one."""
        self._refused = tokens.access_token

    async def aclose(self) -> None:
        """Let a renewal that is under way come to its end, which stores its tokens; not for longer than is bearable."""
        if self._renewing is None:
            return
        renewing = self._renewing
        await wait_for_all({renewing}, _CLOSING_SECONDS, self._clock)
        await stop_all([renewing])

    def _is_usable(self, tokens: Tokens) -> bool:
        return tokens.access_token != self._refused and tokens.expires_at > self._clock.now()

    def _is_due(self, tokens: Tokens) -> bool:
        return not self._is_usable(tokens) or tokens.expires_at - self._clock.now() < RENEWED_AHEAD

    async def _renewed(self, credential: C) -> C:
        """Join the renewal under way or begin one. It goes on when whoever waits is gone: its tokens must be kept."""
        if self._renewing is None:
            self._check_rest(credential)
            self._renewing = asyncio.create_task(self._renew())
            self._renewing.add_done_callback(self._ended)
        return await asyncio.shield(self._renewing)

    def _check_rest(self, credential: C) -> None:
        if self._trouble is None or self._trouble.grant != credential.grant:
            return
        left = self._trouble.until - self._clock.monotonic()
        if left > 0:
            raise type(self._trouble.error)(self._trouble.error.detail, left)

    def _ended(self, task: "asyncio.Task[C]") -> None:
        self._renewing = None
        if not task.cancelled():
            task.exception()  # looked at: whoever asked may have gone

    async def _renew(self) -> C:
        # Read again: whoever asked may have read before the renewal that has just ended.
        credential = await self.stored()
        if credential.tokens is not None and not self._is_due(credential.tokens):
            return credential
        try:
            of, tokens = await self._new_tokens(credential)
            self._unsaved = (of, tokens)
            stored = await self._shelf.keep(of, tokens)
        except NoCredential:
            self._unsaved = None
            raise
        except CredentialDead as error:
            self._rest(credential, error, DEAD_RETRIED_AFTER)
            log.warning("credential is dead", platform=str(self._platform), detail=error.detail)
            await self._shelf.died(credential)
            raise
        except PlatformError as error:
            rest = _RESTS[min(self._failures, len(_RESTS) - 1)]
            self._failures += 1
            self._rest(credential, error, max(error.retry_after or 0.0, rest))
            raise
        self._unsaved = self._refused = self._trouble = None
        self._failures = 0
        log.info("signed in anew", platform=str(self._platform), until=tokens.expires_at.isoformat())
        return stored

    async def _new_tokens(self, credential: C) -> tuple[C, Tokens]:
        """Get tokens, unless there are some that only could not be stored yet."""
        if self._unsaved is not None and self._unsaved[0].grant == credential.grant:
            return self._unsaved
        return credential, await self._renewer.renew(credential)

    def _rest(self, credential: C, error: PlatformError, seconds: float) -> None:
        self._trouble = _Trouble(credential.grant, error, self._clock.monotonic() + seconds)
