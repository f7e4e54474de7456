"""What a container engine asks: whether the bot answers."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from gub.health import serving
from gub.healthy import is_healthy
from gub.settings import Address
from tests.scenarios.running import free_port


@pytest.fixture
async def answer() -> AsyncIterator[tuple[str, list[int]]]:
    """Where something listens that answers with the last of these statuses."""
    statuses = [200]

    async def healthz(_request: web.Request) -> web.Response:
        return web.Response(status=statuses[-1])

    app = web.Application()
    app.router.add_get("/healthz", healthz)
    async with serving(app, Address("127.0.0.1", 0), "GUB_HTTP_LISTEN") as at:
        yield f"{at.host}:{at.port}", statuses


async def test_it_is_as_healthy_as_it_says(answer: tuple[str, list[int]]) -> None:
    listen, statuses = answer
    assert await asyncio.to_thread(is_healthy, listen)
    assert await asyncio.to_thread(is_healthy, f"0.0.0.0:{listen.rpartition(':')[2]}")
    statuses.append(503)
    assert not await asyncio.to_thread(is_healthy, listen)


@pytest.mark.parametrize("listen", ["", "127.0.0.1", "127.0.0.1:no", "nowhere.invalid:80", None])
async def test_where_nobody_answers_it_is_not(listen: str | None) -> None:
    assert not await asyncio.to_thread(is_healthy, listen if listen is not None else f"127.0.0.1:{free_port()}")
