"""Credentials for tests: tokens that look like tests, and the store under a vault of one's own."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from gub.clock import SystemClock
from gub.domain.credentials import Tokens
from gub.store.store import Store, open_store
from gub.store.vault import Vault

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
DAY = timedelta(days=1)
CLIENT_SECRET = "test-client-secret"
NPSSO = "test-npsso-" + "n" * 53
STEAM_KEY = "0123456789ABCDEF0123456789ABCDEF"


def tokens(mark: str, *, issued: datetime = NOW, days: int | None = 90) -> Tokens:
    """Tokens that are told apart by their mark."""
    return Tokens(
        access_token=f"test-access-{mark}",
        refresh_token=f"test-refresh-{mark}",
        issued=issued,
        expires_in=3600,
        refresh_expires_in=None if days is None else days * 86_400,
        scope="Xboxlive.signin Xboxlive.offline_access",
        user_id=f"test-user-{mark}",
    )


async def give_all(store: Store, mark: str = "0") -> None:
    """Store one credential a platform."""
    await store.credentials.set_xbox("an-id", CLIENT_SECRET, tokens(f"x{mark}"), NOW)
    await store.credentials.set_psn(NPSSO, tokens(f"p{mark}"), NOW)
    await store.credentials.set_steam_key(STEAM_KEY)


def secrets_of(mark: str = "0") -> set[str]:
    """All that `give_all` stored and nobody may see."""
    parts = {f"test-{part}-{platform}{mark}" for part in ("access", "refresh", "user") for platform in "xp"}
    return {CLIENT_SECRET, NPSSO, STEAM_KEY} | parts


def leaves(value: Any) -> Iterator[Any]:
    """Give whatever a document holds, however deep."""
    if isinstance(value, dict):
        for each in value.values():
            yield from leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from leaves(each)
    else:
        yield value


@asynccontextmanager
async def locked_store(uri: str, name: str, keys: Sequence[str]) -> AsyncIterator[Store]:
    """The store, with a vault of these keys."""
    store = await open_store(uri, name, clock=SystemClock(), vault=Vault(keys))
    try:
        yield store
    finally:
        await store.close()
