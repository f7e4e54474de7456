"""The load balancer of the tests does what an operator's proxy does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus

import aiohttp
from aiohttp import web
from yarl import URL

from tests.support.balancer import Balancer

Handler = Callable[[web.Request], Awaitable[web.Response]]


@asynccontextmanager
async def worker(handler: Handler) -> AsyncIterator[int]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


async def echo(request: web.Request) -> web.Response:
    text = f"{request.method} {request.raw_path} {request.headers.get('X-Secret')} {await request.text()}"
    return web.Response(status=HTTPStatus.CREATED, text=text, headers={"Retry-After": "2"})


async def refuse(_: web.Request) -> web.Response:
    return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE)


async def _post(balancer: Balancer) -> tuple[int, str, str | None]:
    async with (
        aiohttp.ClientSession() as http,
        http.post(URL(f"{balancer.url}/a%20b?c=%2F", encoded=True), data="body", headers={"X-Secret": "s"}) as answer,
    ):
        return answer.status, await answer.text(), answer.headers.get("Retry-After")


async def test_requests_go_round_and_arrive_as_they_were_sent() -> None:
    async with worker(echo) as one, worker(echo) as two, Balancer([one, two]) as balancer:
        for _ in range(4):
            assert await _post(balancer) == (HTTPStatus.CREATED, "POST /a%20b?c=%2F s body", "2")
        assert balancer.taken == {one: 2, two: 2}


async def test_what_a_worker_cannot_take_goes_to_another() -> None:
    async with worker(echo) as dead:
        pass
    async with worker(refuse) as busy, worker(echo) as well, Balancer([dead, busy, well]) as balancer:
        assert [(await _post(balancer))[0] for _ in range(3)] == [HTTPStatus.CREATED] * 3
        assert balancer.taken == {well: 3}


async def test_a_frozen_worker_is_waited_for_no_longer_than_the_patience() -> None:
    thaw = asyncio.Event()

    async def frozen(_: web.Request) -> web.Response:
        await thaw.wait()
        return web.Response()

    async with worker(frozen) as cold, worker(echo) as well, Balancer([cold, well], patience=0.05) as balancer:
        assert (await _post(balancer))[0] == HTTPStatus.CREATED
        thaw.set()


async def test_with_no_worker_left_it_says_502() -> None:
    async with worker(refuse) as busy, Balancer([busy]) as balancer:
        assert (await _post(balancer))[0] == HTTPStatus.BAD_GATEWAY
        balancer.workers.clear()
        assert (await _post(balancer))[0] == HTTPStatus.BAD_GATEWAY
