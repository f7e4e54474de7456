"""psnawp, an independent client of the PlayStation Network, pointed at a simulated one.

It has no option for that, keeps its pace in a database file under the temporary directory and leaves a thread behind;
all three are seen to here. It is synchronous: `run` what it does.

Fixtures, to be imported where they are used: `psn` (the simulated network), `gateway` (where it is served over HTTP),
`outside` (psnawp, not signed in yet).
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest
from psnawp_api import PSNAWP
from pyrate_limiter import BucketFactory, Duration, Rate
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter

from gub.sandbox.platforms import SimulatedPlatforms
from gub.sandbox.psn import NPSSO, Psn
from gub.sandbox.server import SimServer
from gub.sandbox.steam import Steam
from gub.sandbox.telegram.world import World
from tests.support.clock import FakeClock

T = TypeVar("T")

UNPACED = Rate(10_000, Duration.MINUTE)
TIMEOUT = 10.0
"""In seconds, for every request: psnawp itself would wait for ever."""


class ThroughGateway(HTTPAdapter):
    """Sends `https://HOST/PATH?QUERY` to `GATEWAY/HOST/PATH?QUERY`, path and query unchanged."""

    def __init__(self, gateway: str) -> None:
        super().__init__()
        self._gateway = gateway

    def send(self, request: PreparedRequest, *args: Any, **options: Any) -> Response:
        assert request.url
        request.url = f"{self._gateway}/{request.url.removeprefix('https://')}"
        return super().send(request, *args, **options | {"timeout": TIMEOUT, "proxies": None})


@contextmanager
def psnawp(gateway: str, npsso: str, directory: Path) -> Iterator[PSNAWP]:
    """Give a client that has not signed in yet; its files go to `directory`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(directory))
        patch.setattr(BucketFactory, "_leak_interval", 10)  # milliseconds: how soon its thread sees that it is closed
        client = PSNAWP(npsso, rate_limit=UNPACED)
    builder = client.authenticator.request_builder
    leaker = builder.limiter.bucket_factory._leaker
    assert leaker is not None
    thread = leaker._thread
    builder.session.mount("https://", ThroughGateway(gateway))
    try:
        yield client
    finally:
        builder.session.close()
        builder.limiter.close()
        if thread is not None:
            thread.join(TIMEOUT)
            assert not thread.is_alive()


async def run(work: Callable[[], T]) -> T:
    """Do what blocks in a thread."""
    return await asyncio.to_thread(work)


@pytest.fixture(name="psn")
def psn_fixture() -> Psn:
    return Psn(FakeClock())


@pytest.fixture(name="gateway")
async def gateway_fixture(psn: Psn) -> AsyncIterator[str]:
    platforms = SimulatedPlatforms(Steam(psn.clock), psn=psn)
    async with SimServer(World(psn.clock), platforms=platforms) as server:
        yield server.gateway


@pytest.fixture(name="outside")
def outside_fixture(gateway: str, tmp_path: Path) -> Iterator[PSNAWP]:
    with psnawp(gateway, NPSSO, tmp_path) as client:
        yield client
