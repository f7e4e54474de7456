"""A real server for tests: one a worker, a database of its own for each test.

GUB_TEST_MONGODB_URI names another server to use; otherwise the embedded one is started, exactly as GUB starts it. The
URIs say retryWrites=false: remembered writes make the embedded server slow after 10,000 (measured).
"""

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from gub.clock import SystemClock
from gub.store.embedded import EmbeddedServer
from gub.store.mongo import connect
from gub.store.store import Store, open_store
from gub.store.vault import Vault


@pytest.fixture(scope="session")
def mongo_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running server."""
    if given := os.environ.get("GUB_TEST_MONGODB_URI"):
        yield given
        return
    with embedded_server(tmp_path_factory.mktemp("mongo")) as server:
        yield for_tests(server.uri)


@pytest.fixture
async def database_name(mongo_uri: str) -> AsyncIterator[str]:
    """The name of a database that is gone after the test."""
    async with _passing_database(mongo_uri) as name:
        yield name


@pytest.fixture
async def other_database_name(mongo_uri: str) -> AsyncIterator[str]:
    """The name of another one."""
    async with _passing_database(mongo_uri) as name:
        yield name


@asynccontextmanager
async def _passing_database(mongo_uri: str) -> AsyncIterator[str]:
    name = f"gub_test_{uuid4().hex[:12]}"
    yield name
    client = connect(mongo_uri)
    try:
        await client.drop_database(name)
    finally:
        await client.close()


@pytest.fixture
async def store(mongo_uri: str, database_name: str) -> AsyncIterator[Store]:
    """A store on a database of its own, with the machine's clock and an open vault."""
    opened = await open_store(mongo_uri, database_name, clock=SystemClock(), vault=Vault.open_())
    yield opened
    await opened.close()


class embedded_server:  # noqa: N801 - used as a function, in a with statement
    """An embedded server whose event loop runs in a thread of its own, so that any test's loop may use it."""

    def __init__(self, directory: Path) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="embedded server", daemon=True)
        self._server = EmbeddedServer(directory, clock=SystemClock())

    def __enter__(self) -> EmbeddedServer:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._server.start(), self._loop).result(60)
        return self._server

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._server.stop(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


def for_tests(uri: str) -> str:
    """Give the URI with what tests add to it.

    serverMonitoringMode=poll: with streaming the driver opens a second monitoring connection after the first answer,
    and leaves its socket behind when the client is closed in that moment (PyMongo 4.20).
    """
    return f"{uri}{'&' if '?' in uri else '/?'}retryWrites=false&serverMonitoringMode=poll"
