from collections.abc import AsyncIterator

import pytest

from gub.domain.credentials import XboxCredential
from gub.domain.values import Platform
from gub.platforms.keeper import TokenKeeper
from tests.platforms.keeper.renewals import Keeper, Renewals, Shelf, some_tokens
from tests.support.clock import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def shelf(clock: FakeClock) -> Shelf:
    return Shelf(XboxCredential("client", "client-secret", some_tokens(clock, -1), "grant-1"))


@pytest.fixture
def renewals(clock: FakeClock) -> Renewals:
    return Renewals(clock)


@pytest.fixture
async def keeper(shelf: Shelf, renewals: Renewals, clock: FakeClock) -> AsyncIterator[Keeper]:
    keeper = TokenKeeper(Platform.XBOX, shelf, renewals, clock)
    yield keeper
    renewals.gate.set()
    await keeper.aclose()
