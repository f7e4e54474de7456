from collections.abc import AsyncIterator

import pytest

from gub.domain.credentials import XboxCredential
from gub.platforms.transport import Transport
from gub.platforms.xbox import XboxClient, xbox_budgets
from tests.platforms.clocks import SkippingClock
from tests.platforms.server import Server, running_server
from tests.platforms.shelf import FakeShelf
from tests.platforms.xbox_answers import Xbox, a_credential


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


@pytest.fixture
def xbox(server: Server) -> Xbox:
    xbox = Xbox()
    server.handler = xbox
    return xbox


@pytest.fixture
def xbox_shelf() -> FakeShelf[XboxCredential]:
    return FakeShelf(a_credential())


@pytest.fixture
async def xbox_client(
    transport: Transport, clock: SkippingClock, xbox_shelf: FakeShelf[XboxCredential]
) -> AsyncIterator[XboxClient]:
    client = XboxClient(transport, xbox_budgets(clock), xbox_shelf, clock)
    yield client
    await client.aclose()
