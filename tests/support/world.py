"""The simulated Telegram for tests: fixtures `world`, `sim`, `api`, and a client that speaks the Bot API raw.

Import the fixtures in a conftest: `from tests.support.world import api, sim, world  # noqa: F401`.
"""

import json
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Any, Self

import aiohttp
import pytest

from gub.clock import Clock, SystemClock
from gub.sandbox.server import SimServer
from gub.sandbox.telegram.state import TEST_TOKEN
from gub.sandbox.telegram.world import World


class Refused(AssertionError):
    """The Bot API said no where a test expected a result."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(f"{status}: {body.get('description')}")
        self.status = status
        self.description = body.get("description", "")
        self.parameters = body.get("parameters", {})


class Api:
    """Calls the Bot API over HTTP, as an urlencoded form with nested JSON, as aiogram does."""

    def __init__(self, url: str, token: str = TEST_TOKEN) -> None:
        self._base = f"{url}/bot{token}"
        self._http = aiohttp.ClientSession()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.close()

    async def raw(self, method: str, **request: Any) -> tuple[int, dict[str, Any]]:
        """POST with any aiohttp arguments; return the HTTP status and the JSON body."""
        async with self._http.post(f"{self._base}/{method}", **request) as response:
            return response.status, await response.json()

    async def __call__(self, method: str, **params: Any) -> Any:
        """Call a method and return its result. Refused when it is not `ok`."""
        form = {name: _form(value) for name, value in params.items() if value is not None}
        status, body = await self.raw(method, data=form)
        if not body["ok"]:
            assert status == body["error_code"]
            raise Refused(status, body)
        return body["result"]

    async def refusal(self, method: str, **params: Any) -> str:
        """Call a method that must be refused; return `CODE description`."""
        try:
            result = await self(method, **params)
        except Refused as refused:
            return f"{refused.status} {refused.description}"
        raise AssertionError(f"{method} was not refused: {result}")

    async def updates(self, offset: int = 0, **params: Any) -> list[dict[str, Any]]:
        """Fetch updates without waiting."""
        result: list[dict[str, Any]] = await self("getUpdates", offset=offset, **params)
        return result

    async def take(self, **params: Any) -> list[dict[str, Any]]:
        """Fetch all updates that wait, and confirm them."""
        updates = await self.updates(**params)
        if updates:
            await self.updates(offset=updates[-1]["update_id"] + 1)
        return updates


def _form(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return json.dumps(value)
    return str(value)


@pytest.fixture
def world_clock() -> Clock:
    """The world's clock; override it with a FakeClock to move time by hand."""
    return SystemClock()


@pytest.fixture
def world(world_clock: Clock) -> World:
    """A Telegram with one bot (`world.default_bot`) and nobody in it. `sim` serves and ends it."""
    return World(world_clock)


@pytest.fixture
async def sim(world: World) -> AsyncIterator[SimServer]:
    """The world served on 127.0.0.1, in this process."""
    async with SimServer(world) as server:
        yield server


@pytest.fixture
async def api(sim: SimServer) -> AsyncIterator[Api]:
    """The bot's side of the world."""
    async with Api(sim.url) as client:
        yield client
