"""What the tests of the simulated PlayStation Network share."""

from collections.abc import AsyncIterator

import pytest

from gub.sandbox.psn import Psn
from tests.sandbox.psn.caller import Caller, calling
from tests.support.clock import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def psn(clock: FakeClock) -> Psn:
    return Psn(clock)


@pytest.fixture
async def stranger(psn: Psn) -> AsyncIterator[Caller]:
    """A client that has not signed in."""
    async with calling(psn) as caller:
        yield caller


@pytest.fixture
async def caller(stranger: Caller) -> Caller:
    await stranger.sign_in()
    return stranger
