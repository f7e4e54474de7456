from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.scenarios.conftest import platforms, psn, sim, steam, world, xbox
from tests.support.outages import Outages

__all__ = ["platforms", "psn", "sim", "steam", "world", "xbox"]


@pytest.fixture
async def outages(tmp_path: Path) -> AsyncIterator[Outages]:
    """A database of the soak's own, that can go away."""
    server = Outages(tmp_path / "db")
    await server.start()
    yield server
    await server.aclose()
