"""Where the platforms' clients find their credentials: the store, or memory while one is being proved."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager, nullcontext
from dataclasses import replace
from datetime import datetime
from typing import Generic, TypeVar

import structlog

from gub.clock import Clock
from gub.domain.credentials import PsnCredential, Tokens, XboxCredential
from gub.domain.values import Platform
from gub.platforms.errors import NoCredential, Unavailable, Unreadable
from gub.platforms.keeper import Shelf
from gub.store import credentials as stored
from gub.store.errors import WrongSecretKey
from gub.store.mongo import is_unavailable

log = structlog.get_logger(__name__)

C = TypeVar("C", XboxCredential, PsnCredential)
T = TypeVar("T")


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

    def renewing(self) -> AbstractAsyncContextManager[None]:
        """See `Shelf`: no other process knows of it."""
        return nullcontext()


class _StoredShelf(Shelf[C], Generic[C]):
    """A credential in the store, which is read each time."""

    def __init__(
        self,
        platform: Platform,
        store: stored.Credentials,
        clock: Clock,
        *,
        read: Callable[[], Awaitable[C | None]],
        keep: Callable[[C, Tokens, datetime], Awaitable[C | None]],
    ) -> None:
        self._platform = platform
        self._store = store
        self._clock = clock
        self._read: Callable[[], Awaitable[C | None]] = read
        self._keep: Callable[[C, Tokens, datetime], Awaitable[C | None]] = keep
        self._unreadable = _Unreadable(platform)

    async def read(self) -> C | None:
        """See `Shelf`. One that cannot be decrypted is said in the log.

        Raises:
            Unreadable: it cannot be decrypted.
        """
        return await self._unreadable.guarded(self._read)

    async def keep(self, of: C, tokens: Tokens) -> C:
        """See `Shelf`."""
        with _reached():
            try:
                kept = await self._keep(of, tokens, self._clock.now())
            except WrongSecretKey as error:
                self._unreadable.say(error)
                raise Unavailable("what is stored cannot be decrypted") from error
        if kept is None:
            raise NoCredential("it was removed meanwhile")
        return kept

    async def died(self, of: C) -> None:
        """See `Shelf`."""
        with _reached():
            await self._store.died(self._platform, of.grant, self._clock.now(), revision=of.revision)

    def renewing(self) -> AbstractAsyncContextManager[None]:
        """See `Shelf`."""
        return self._store.renewing(self._platform, self._clock)


class XboxShelf(_StoredShelf[XboxCredential]):
    """The stored Xbox credential."""

    def __init__(self, store: stored.Credentials, clock: Clock) -> None:
        """Take the store."""
        super().__init__(Platform.XBOX, store, clock, read=store.xbox, keep=store.keep_xbox)


class PsnShelf(_StoredShelf[PsnCredential]):
    """The stored PSN credential."""

    def __init__(self, store: stored.Credentials, clock: Clock) -> None:
        """Take the store."""
        super().__init__(Platform.PSN, store, clock, read=store.psn, keep=store.keep_psn)


class SteamKey:
    """Gives the Steam client the stored key. One that cannot be decrypted is said in the log."""

    def __init__(self, store: stored.Credentials) -> None:
        """Read from `store` each time, so that a new key works at once."""
        self._store = store
        self._unreadable = _Unreadable(Platform.STEAM)

    async def __call__(self) -> str | None:
        """Give the key of now; None when there is none.

        Raises:
            Unreadable: it cannot be decrypted.
            Unavailable: the database is away.
        """
        return await self._unreadable.guarded(self._store.steam_key)


class _Unreadable:
    """Says what ails a credential once, not at every question of the client."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._said = ""

    async def guarded(self, read: Callable[[], Awaitable[T]]) -> T:
        with _reached():
            try:
                return await read()
            except WrongSecretKey as error:
                self.say(error)
                raise Unreadable("what is stored cannot be decrypted") from error

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
