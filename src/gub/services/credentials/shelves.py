"""Where the platforms' clients find their credentials: the store, or memory while one is being proved."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Generic, TypeVar

import structlog

from gub.clock import Clock
from gub.domain.credentials import PsnCredential, Tokens, XboxCredential
from gub.domain.values import Platform
from gub.platforms.errors import NoCredential, Unavailable
from gub.platforms.keeper import Shelf
from gub.store import credentials as stored
from gub.store.errors import WrongSecretKey
from gub.store.mongo import is_unavailable

log = structlog.get_logger(__name__)

C = TypeVar("C", XboxCredential, PsnCredential)


class MemoryShelf(Shelf[C], Generic[C]):
    """Holds a credential that is not stored (yet). `credential` has the newest tokens."""

    def __init__(self, credential: C) -> None:
        """Begin with this one."""
        self.credential: C = credential

    async def read(self) -> C | None:
        """See `Shelf`."""
        return self.credential

    async def keep(self, of: C, tokens: Tokens) -> C:
        """See `Shelf`."""
        self.credential = replace(of, tokens=tokens)
        return self.credential

    async def died(self, of: C) -> None:
        """See `Shelf`: nothing to note, whoever proves it hears of it."""


class XboxShelf(Shelf[XboxCredential]):
    """The stored Xbox credential."""

    def __init__(self, store: stored.Credentials, clock: Clock) -> None:
        """Read from `store` each time."""
        self._store = store
        self._clock = clock
        self._unreadable = _Unreadable(Platform.XBOX)

    async def read(self) -> XboxCredential | None:
        """See `Shelf`. One that cannot be decrypted counts as none, and is said in the log."""
        with _reached():
            try:
                return await self._store.xbox()
            except WrongSecretKey as error:
                self._unreadable.say(error)
                return None

    async def keep(self, of: XboxCredential, tokens: Tokens) -> XboxCredential:
        """See `Shelf`."""
        with _reached():
            return _there(await self._store.keep_xbox(of, tokens, self._clock.now()))

    async def died(self, of: XboxCredential) -> None:
        """See `Shelf`."""
        with _reached():
            await self._store.died(Platform.XBOX, of.grant, self._clock.now(), revision=of.revision)


class PsnShelf(Shelf[PsnCredential]):
    """The stored PSN credential."""

    def __init__(self, store: stored.Credentials, clock: Clock) -> None:
        """Read from `store` each time."""
        self._store = store
        self._clock = clock
        self._unreadable = _Unreadable(Platform.PSN)

    async def read(self) -> PsnCredential | None:
        """See `Shelf`. One that cannot be decrypted counts as none, and is said in the log."""
        with _reached():
            try:
                return await self._store.psn()
            except WrongSecretKey as error:
                self._unreadable.say(error)
                return None

    async def keep(self, of: PsnCredential, tokens: Tokens) -> PsnCredential:
        """See `Shelf`."""
        with _reached():
            return _there(await self._store.keep_psn(of, tokens, self._clock.now()))

    async def died(self, of: PsnCredential) -> None:
        """See `Shelf`."""
        with _reached():
            await self._store.died(Platform.PSN, of.grant, self._clock.now(), revision=of.revision)


class SteamKey:
    """Gives the Steam client the stored key. One that cannot be decrypted counts as none, and is said in the log."""

    def __init__(self, store: stored.Credentials) -> None:
        """Read from `store` each time, so that a new key works at once."""
        self._store = store
        self._unreadable = _Unreadable(Platform.STEAM)

    async def __call__(self) -> str | None:
        """Give the key of now; None when there is none that can be used.

        Raises:
            Unavailable: the database is away.
        """
        with _reached():
            try:
                return await self._store.steam_key()
            except WrongSecretKey as error:
                self._unreadable.say(error)
                return None


class _Unreadable:
    """Says what ails a credential once, not at every question of the client."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._said = ""

    def say(self, error: WrongSecretKey) -> None:
        problem = str(error)
        if problem != self._said:
            self._said = problem
            log.error("credential cannot be read", platform=str(self._platform), problem=problem)


@contextmanager
def _reached() -> Iterator[None]:
    """Make the database's silence one of the errors that a client may raise."""
    try:
        yield
    except Exception as error:
        if is_unavailable(error):
            raise Unavailable("the database is away") from error
        raise


def _there(credential: C | None) -> C:
    if credential is None:
        raise NoCredential("it was removed meanwhile")
    return credential
