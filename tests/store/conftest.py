"""The raw database beside the store, for tests that look underneath or write as other programs do."""

from collections.abc import AsyncIterator

import pytest

from gub.store.documents import Database
from gub.store.mongo import connect


@pytest.fixture
async def database(mongo_uri: str, database_name: str) -> AsyncIterator[Database]:
    """The database of the test, as a driver gives it; empty unless `store` was asked for first."""
    client = connect(mongo_uri)
    yield client[database_name]
    await client.close()
