"""Keeps one credential signed in: one renewal for all who wait, tokens stored before they are used."""

import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Generic, Protocol, TypeVar

import structlog

from gub.clock import Clock
from gub.domain.credentials import Tokens
from gub.domain.values import Platform
from gub.platforms.errors import CredentialDead, NoCredential, PlatformError, RateLimited, Unavailable
from gub.platforms.waiting import stop_all, wait_for_all

log = structlog.get_logger(__name__)

RENEWED_AHEAD: Final = timedelta(seconds=300)
"""Tokens with less time left are renewed; while that fails they are used to their end."""

DEAD_RETRIED_AFTER: Final = 6 * 3600.0
"""A dead credential is tried again so rarely: the owner may have accepted new terms with it."""

# Failures are followed by rests, and limits by longer ones: Sony shuts out whoever keeps knocking at its token page
# (FunkeyFlo/ps5-mqtt#385), and the end of an outage should not be missed for long.
_RESTS: Final = (30.0, 60.0, 120.0)
_LONGER_RESTS: Final = (30.0, 60.0, 300.0, 900.0)
_CLOSING_SECONDS: Final = 10.0
# A renewal begins anew when it finds that the credential changed under way; not for ever.
_ROUNDS: Final = 3


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

    def renewing(self) -> AbstractAsyncContextManager[None]:
        """Hold back the renewals of other processes for the block, and wait for the one that is under way.

        When that takes too long, or nobody can be asked, the block is run all the same: two renewals at once cost a
        refusal, which the keeper takes for what it is.
        """


class Renewer(Protocol[Given_contra]):
    """Gets new tokens from the platform."""

    async def renew(self, credential: Given_contra) -> Tokens:
        """Ask for tokens, by the refresh token or whatever else the credential holds.

        Raises:
            CredentialDead: the platform refuses all of it; only the owner can mend that.
            PlatformError: it cannot be asked now.
        """


@dataclass(frozen=True, slots=True)
class _Trouble(Generic[C]):
    """Why nothing is asked with a credential until a time by `Clock.monotonic`."""

    of: C
    error: PlatformError
    until: float

    def concerns(self, credential: C) -> bool:
        """Say whether nobody has changed anything since: neither the owner nor another process."""
        return _same(self.of, credential)


class TokenKeeper(Generic[C]):
    """One for each credential. It reads the shelf each time, so that what the owner changes holds at once."""

    def __init__(self, platform: Platform, shelf: Shelf[C], renewer: Renewer[C], clock: Clock) -> None:
        """Nothing is asked yet."""
        self._platform = platform
        self._shelf = shelf
        self._renewer = renewer
        self._clock = clock
        self._renewing: asyncio.Task[tuple[C, Tokens]] | None = None
        self._unsaved: tuple[C, Tokens] | None = None
        self._refused: Tokens | None = None
        self._trouble: _Trouble[C] | None = None
        self._failures = 0
        self._closed = False

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

    async def signed_in(self, deadline: float | None = None) -> tuple[C, Tokens]:
        """Give the credential and tokens that work now, renewed if need be, once for all who ask meanwhile.

        Args:
            deadline: the latest `clock.monotonic()` at which tokens are of use; a renewal goes on behind it.

        Raises:
            NoCredential: there is none.
            CredentialDead: the platform refuses it.
            PlatformError: the platform cannot be asked now, or not in time.
        """
        credential = await self.stored()
        tokens = credential.tokens
        if tokens is not None and not self._is_due(tokens):
            return credential, tokens
        try:
            return await self._renewed(credential, deadline)
        except (CredentialDead, NoCredential):
            raise
        except PlatformError:
            if tokens is None or not self._is_usable(tokens):
                raise
            return credential, tokens

    def refused(self, tokens: Tokens) -> None:
        """Note that a service refused this access token before its time: it is renewed at the next wish for one."""
        self._refused = tokens

    async def died(self, of: C, error: CredentialDead) -> None:
        """Note that the platform refuses this credential for good, and ask nothing with it for a long time."""
        self._trouble = _Trouble(of, error, self._clock.monotonic() + DEAD_RETRIED_AFTER)
        log.warning("credential is dead", platform=str(self._platform), detail=error.detail)
        try:
            await self._shelf.died(of)
        except PlatformError as unreachable:
            log.warning("credential could not be marked dead", platform=str(self._platform), detail=unreachable.detail)

    async def aclose(self) -> None:
        """Let a renewal that is under way come to its end, which stores its tokens; not for longer than is bearable."""
        self._closed = True
        if self._renewing is not None:
            await self._see_through(self._renewing)
        if self._unsaved is not None:
            await self._see_through(asyncio.create_task(self._save(*self._unsaved)))

    async def _see_through(self, task: "asyncio.Task[Any]") -> None:
        await wait_for_all({task}, _CLOSING_SECONDS, self._clock)
        await stop_all([task])
        if task.cancelled() or (task.exception() is not None and self._unsaved is not None):
            log.warning("closing while new tokens could not be stored", platform=str(self._platform))

    def _is_usable(self, tokens: Tokens) -> bool:
        refused = self._refused is not None and tokens.access_token == self._refused.access_token
        return not refused and tokens.expires_at > self._clock.now()

    def _is_due(self, tokens: Tokens) -> bool:
        return not self._is_usable(tokens) or tokens.expires_at - self._clock.now() < RENEWED_AHEAD

    async def _renewed(self, credential: C, deadline: float | None) -> tuple[C, Tokens]:
        """Join the renewal under way or begin one. It goes on when whoever waits is gone: its tokens must be kept."""
        if self._renewing is None:
            self._check_rest(credential)
            if self._closed:
                raise Unavailable("closing")
            self._renewing = asyncio.create_task(self._renew())
            self._renewing.add_done_callback(self._ended)
        renewing = self._renewing
        # Real time, as the transport's: what is waited for are its requests.
        left = None if deadline is None else max(0.0, deadline - self._clock.monotonic())
        await asyncio.wait({renewing}, timeout=left)
        if not renewing.done():
            raise Unavailable("signing in takes too long")
        if renewing.cancelled():
            raise Unavailable("closing")
        return renewing.result()

    def _check_rest(self, credential: C) -> None:
        if self._trouble is None or not self._trouble.concerns(credential):
            return
        left = self._trouble.until - self._clock.monotonic()
        if left > 0:
            raise type(self._trouble.error)(self._trouble.error.detail, left)

    def _ended(self, task: "asyncio.Task[tuple[C, Tokens]]") -> None:
        self._renewing = None
        if not task.cancelled():
            task.exception()  # looked at: whoever asked may have gone

    async def _renew(self) -> tuple[C, Tokens]:
        async with self._shelf.renewing():
            return await self._renew_alone()

    async def _renew_alone(self) -> tuple[C, Tokens]:
        # Read again: whoever asked may have read before a renewal that has just ended, here or in another process.
        credential = await self.stored()
        if credential.tokens is not None and not self._is_due(credential.tokens):
            return credential, credential.tokens
        for _ in range(_ROUNDS):
            credential = await self._one_round(credential)
            # What just came in may have been renewed a while ago, by another process or before it could be stored.
            if credential.tokens is not None and self._is_usable(credential.tokens):
                return credential, credential.tokens
        raise Unavailable("tokens that end before they can be used")

    async def _one_round(self, credential: C) -> C:
        """Get tokens and store them; give what is stored then."""
        if self._unsaved is not None and self._unsaved[0].grant == credential.grant:
            return await self._save(*self._unsaved)
        try:
            tokens = await self._renewer.renew(credential)
        except CredentialDead as error:
            stored = await self._shelf.read()
            if stored is not None and not _same(stored, credential):
                return stored  # another process or the owner was first: the platform refused what is no longer ours
            await self.died(credential, error)
            raise
        except PlatformError as error:
            rests = _LONGER_RESTS if isinstance(error, RateLimited) else _RESTS
            rest = max(error.retry_after or 0.0, rests[min(self._failures, len(rests) - 1)])
            self._failures += 1
            self._trouble = _Trouble(credential, error, self._clock.monotonic() + rest)
            raise
        return await self._save(credential, tokens)

    async def _save(self, of: C, tokens: Tokens) -> C:
        """Store new tokens. Those that cannot be stored now are kept and wait for the next wish, without any rest."""
        self._unsaved = (of, tokens)
        try:
            stored = await self._shelf.keep(of, tokens)
        except NoCredential:
            self._unsaved = None
            raise
        self._unsaved = self._trouble = None
        self._failures = 0
        log.info("signed in anew", platform=str(self._platform), until=tokens.expires_at.isoformat())
        return stored


def _same(one: C, other: C) -> bool:
    return one.grant == other.grant and one.tokens == other.tokens
