"""What the tests of the simulated Xbox Live share."""

from collections.abc import AsyncIterator

import pytest

from gub.sandbox.xbox import Xbox
from tests.sandbox.xbox.asker import Asker, asking
from tests.support.clock import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def xbox(clock: FakeClock) -> Xbox:
    return Xbox(clock)


@pytest.fixture
async def ask(xbox: Xbox) -> AsyncIterator[Asker]:
    async with asking(xbox) as asker:
        await asker.sign_in()
        yield asker
