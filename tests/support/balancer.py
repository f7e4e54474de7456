"""A small load balancer before the workers of a test, as an operator's proxy stands before theirs."""

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from http import HTTPStatus
from types import TracebackType
from typing import Final, Self

import aiohttp
from aiohttp import web
from yarl import URL

from gub.telegram.intake.webhook import MAX_BODY

_PATIENCE = 3.0
_HOP_BY_HOP: Final = frozenset(
    {"connection", "content-length", "host", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"}
)
_TRY_ANOTHER: Final = frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT})


class Balancer:
    """Hands each request to the next worker in turn, and to another one when that cannot take it.

    A worker cannot take a request when it does not listen, breaks the connection, says 502, 503 or 504, or (because it
    is frozen) says nothing within `patience` seconds. With none left the answer is 502. `workers` may be changed while
    it runs; `taken` counts what each port answered.
    """

    def __init__(self, ports: Sequence[int], *, patience: float = _PATIENCE) -> None:
        self.workers = list(ports)
        self.taken: Counter[int] = Counter()
        self._turn = itertools.count()
        self._timeout = aiohttp.ClientTimeout(total=patience)
        self._http: aiohttp.ClientSession | None = None
        self._runner: web.AppRunner | None = None
        self._port = 0

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def port(self) -> int:
        return self._port

    async def __aenter__(self) -> Self:
        # Kept connections of a worker that was killed would fail a request each before they are given up.
        self._http = aiohttp.ClientSession(
            timeout=self._timeout, connector=aiohttp.TCPConnector(force_close=True), auto_decompress=False
        )
        app = web.Application(client_max_size=2 * MAX_BODY)
        app.router.add_route("*", "/{path:.*}", self._pass_on)
        # A delivery whose sender has gone is given up: so does a proxy.
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._runner is not None
        assert self._http is not None
        await self._runner.cleanup()
        await self._http.close()

    async def _pass_on(self, request: web.Request) -> web.Response:
        body = await request.read()
        for port in self._in_turn():
            answer = await self._ask(port, request, body)
            if answer is not None and answer.status not in _TRY_ANOTHER:
                self.taken[port] += 1
                return answer
        return web.Response(status=HTTPStatus.BAD_GATEWAY)

    def _in_turn(self) -> Iterator[int]:
        workers = list(self.workers)
        first = next(self._turn)
        for number in range(len(workers)):
            yield workers[(first + number) % len(workers)]

    async def _ask(self, port: int, request: web.Request, body: bytes) -> web.Response | None:
        assert self._http is not None
        url = URL(f"http://127.0.0.1:{port}{request.raw_path}", encoded=True)
        try:
            async with self._http.request(
                request.method, url, data=body, headers=_passed_on(request.headers.items()), allow_redirects=False
            ) as answer:
                return web.Response(
                    status=answer.status, body=await answer.read(), headers=_passed_on(answer.headers.items())
                )
        except (TimeoutError, aiohttp.ClientError, OSError):
            return None


def _passed_on(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers if name.lower() not in _HOP_BY_HOP]
