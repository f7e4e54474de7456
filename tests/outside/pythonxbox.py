"""python-xbox, a client library of others, led to a simulator: it knows no other hosts than the real ones."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from pythonxbox.api.client import XboxLiveClient
from pythonxbox.authentication.manager import AuthenticationManager

from gub.sandbox.xbox import XBOX_CLIENT_ID, XBOX_CLIENT_SECRET

REDIRECT = "http://localhost/auth/callback"


class ToGateway(httpx.AsyncBaseTransport):
    """Sends `https://HOST/PATH?QUERY` to `GATEWAY/HOST/PATH?QUERY`."""

    def __init__(self, gateway: str) -> None:
        self._gateway = httpx.URL(gateway)
        self._inner = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        target = self._gateway.raw_path.rstrip(b"/") + b"/" + request.url.raw_host + request.url.raw_path
        request.url = self._gateway.copy_with(raw_path=target)
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


@asynccontextmanager
async def python_xbox(gateway: str, *, language: str | None = "en-US") -> AsyncIterator[XboxLiveClient]:
    """Give a client that has not signed in yet.

    `language` goes with every request: the presence service's documents require one, and the library sends none.
    """
    async with httpx.AsyncClient(transport=ToGateway(gateway)) as http:
        http.headers.pop("Accept-Language", None)
        if language is not None:
            http.headers["Accept-Language"] = language
        yield XboxLiveClient(AuthenticationManager(http, XBOX_CLIENT_ID, XBOX_CLIENT_SECRET, REDIRECT))
