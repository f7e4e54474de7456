"""All three simulated platforms behind one gateway, on a clock that skips whatever is slept."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from gub.platforms.transport import Transport
from gub.sandbox.platforms import SimulatedPlatforms
from gub.sandbox.psn import Psn
from gub.sandbox.server import SimServer
from gub.sandbox.steam import Steam
from gub.sandbox.telegram.world import World
from gub.sandbox.xbox import XBOX_CLIENT_ID, XBOX_CLIENT_SECRET, Xbox
from gub.services.credentials import REDIRECT_URI, Access, Credentials, XboxApp
from gub.services.credentials.xbox_app import XboxSignIn
from gub.store.store import Store
from tests.platforms.clocks import SkippingClock

APP = XboxApp(XBOX_CLIENT_ID, XBOX_CLIENT_SECRET, REDIRECT_URI)


@dataclass
class Platforms:
    """The simulated platforms, and the road to them."""

    clock: SkippingClock
    steam: Steam
    xbox: Xbox
    psn: Psn
    transport: Transport

    def sign_in(self) -> XboxSignIn:
        return XboxSignIn(Access.over(self.transport, self.clock))

    async def give_xbox(self, credentials: Credentials, app: XboxApp = APP) -> None:
        """Sign in as an owner does, by the redirected address."""
        begun = credentials.begin_xbox(app)
        await credentials.finish_xbox(app, self.xbox.authorise(begun.state, app.redirect_uri), begun.state)


@pytest.fixture
async def platforms() -> AsyncIterator[Platforms]:
    clock = SkippingClock()
    steam, xbox, psn = Steam(clock), Xbox(clock), Psn(clock)
    async with SimServer(World(clock), platforms=SimulatedPlatforms(steam, xbox, psn)) as sim:
        transport = Transport(sim.gateway, clock)
        yield Platforms(clock, steam, xbox, psn, transport)
        await transport.aclose()


@pytest.fixture
def credentials(store: Store, platforms: Platforms) -> Credentials:
    return Credentials(store.credentials, Access.over(platforms.transport, platforms.clock))
