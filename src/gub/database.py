"""Which database a command works on: the one of GUB_MONGODB_URI, or the embedded server in GUB_DATA_DIR."""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from gub.clock import Clock
from gub.failure import Failure
from gub.settings import Settings
from gub.store.embedded import EmbeddedError, EmbeddedServer, running_server
from gub.store.mongo import StoreUnavailable, connect, wait_until_up
from gub.store.store import Store, open_store
from gub.store.vault import Vault
from gub.store.watching import OnCommand

PATIENT = 30.0
BRISK = 5.0
"""Seconds to wait for the database to answer: when the bot starts with it, and when a person waits."""


@dataclass(frozen=True)
class Database:
    """Where the database is, and what keeps it alive while the command runs."""

    uri: str = field(repr=False)
    embedded: bool
    watch: Callable[[], Coroutine[Any, Any, None]] | None = None


@asynccontextmanager
async def database(settings: Settings, clock: Clock, *, share: bool) -> AsyncIterator[Database]:
    """Have a database for as long as the block runs.

    With `share` (short commands beside a running bot) the embedded server that already serves the directory is
    used; otherwise one is started and stopped again. Raises Failure with the reason.
    """
    if settings.mongodb_uri is not None:
        yield Database(settings.mongodb_uri.get_secret_value(), embedded=False)
        return
    if share and (uri := running_server(settings.data_dir)) is not None:
        yield Database(uri, embedded=True)
        return
    server = EmbeddedServer(settings.data_dir, clock=clock)
    try:
        uri = await server.start()
    except EmbeddedError as error:
        raise Failure(str(error)) from error
    try:
        yield Database(uri, embedded=True, watch=server.watch)
    finally:
        await server.stop()


@asynccontextmanager
async def opened_store(
    settings: Settings, uri: str, clock: Clock, *, wait: float, on_command: OnCommand | None = None
) -> AsyncIterator[Store]:
    """Open the store, schema applied and upgrades done, waiting for the server at most that many seconds.

    Raises Failure with the reason.
    """
    try:
        store = await open_store(
            uri, settings.mongodb_database, clock=clock, vault=_vault(settings), wait=wait, on_command=on_command
        )
    except StoreUnavailable as error:
        raise Failure(str(error)) from error
    try:
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def store_as_it_is(settings: Settings, uri: str, clock: Clock, *, wait: float) -> AsyncIterator[Store]:
    """Open the store to look at it: no schema is applied, no upgrade done. Raises Failure with the reason."""
    try:
        client = connect(uri)
    except StoreUnavailable as error:
        raise Failure(str(error)) from error
    store = Store.on(client, settings.mongodb_database, clock, _vault(settings))
    try:
        await wait_until_up(client, clock, wait)
        yield store
    except StoreUnavailable as error:
        raise Failure(str(error)) from error
    finally:
        await store.close()


def _vault(settings: Settings) -> Vault:
    return Vault([key.get_secret_value() for key in settings.secret_key])
