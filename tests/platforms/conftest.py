from collections.abc import AsyncIterator

import pytest

from gub.platforms.transport import Transport
from tests.platforms.clocks import SkippingClock
from tests.platforms.server import Server, running_server


@pytest.fixture
def clock() -> SkippingClock:
    return SkippingClock()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with running_server() as running:
        yield running


@pytest.fixture
async def transport(server: Server, clock: SkippingClock) -> AsyncIterator[Transport]:
    transport = Transport(f"{server.url}/platforms", clock)
    yield transport
    await transport.aclose()
