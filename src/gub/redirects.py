"""The local end of a sign-in in the browser: serves the redirect address until the browser comes back to it."""

import asyncio
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import escape
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from gub.failure import Failure
from gub.health import serving
from gub.settings import Address

_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1"})
_ANSWERED_SECONDS: Final = 5.0

_PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>body{{font:18px/1.5 system-ui,sans-serif;max-width:32em;margin:15vh auto;padding:0 1em;color:#222;
background:#fafafa}}@media(prefers-color-scheme:dark){{body{{color:#ddd;background:#181818}}}}</style></head>
<body><h1>{title}</h1><p>{text}</p></body></html>
"""
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "Referrer-Policy": "no-referrer",
}


def can_be_served(redirect_uri: str) -> bool:
    """Say whether this machine itself can take the browser's answer at this address."""
    try:
        parts = urlsplit(redirect_uri)
        port = parts.port
    except ValueError:  # a port that is none, a bracket that is never closed
        return False
    return parts.scheme == "http" and parts.hostname in _LOOPBACK and port != 0


class Redirects:
    """Takes the browser's answer to one sign-in, and keeps the browser waiting until it is known what came of it."""

    def __init__(self, path: str, state: str) -> None:
        """Wait for an answer at this path that brings this word along; others are not for us."""
        self._path = path
        self._state = state
        self._came: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._outcome: asyncio.Future[tuple[str, str]] = asyncio.get_running_loop().create_future()
        self._shown = asyncio.Event()

    @classmethod
    @asynccontextmanager
    async def served(cls, redirect_uri: str, state: str) -> "AsyncIterator[Redirects]":
        """Serve the address, on this machine alone, while the block runs.

        Raises:
            Failure: its port cannot be had.
        """
        parts = urlsplit(redirect_uri)
        made = cls(parts.path or "/", state)
        app = web.Application()
        app.router.add_get("/{path:.*}", made._handle)
        async with _served(app, Address("127.0.0.1", parts.port or 80)):
            try:
                yield made
            finally:
                made._outcome.cancel()  # a browser that still waits must not hold up the end

    async def next(self) -> str:
        """Wait for the browser; give the address that it came to."""
        return await self._came

    async def answer(self, title: str, text: str) -> None:
        """Tell the browser what came of it; return when it has that, or has gone."""
        self._outcome.set_result((title, text))
        try:
            async with asyncio.timeout(_ANSWERED_SECONDS):
                await self._shown.wait()
        except TimeoutError:
            return

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        if request.path != self._path:
            raise web.HTTPNotFound
        given = request.query.get("state", "")
        if not hmac.compare_digest(given.encode(errors="replace"), self._state.encode()):
            return _page(
                "Not this sign-in", "This answer belongs to another sign-in. Open the newest link.", status=400
            )
        if not self._came.done():
            self._came.set_result(str(request.url))
        response = _page(*await asyncio.shield(self._outcome))
        try:
            await response.prepare(request)
            await response.write_eof()
        finally:
            self._shown.set()
        return response


@asynccontextmanager
async def _served(app: web.Application, at: Address) -> AsyncIterator[None]:
    serving_ = serving(app, at, "The browser's answer")
    try:
        await serving_.__aenter__()
    except Failure as failure:
        raise Failure(
            f"{failure} End what uses that port, or name another address that the app knows with --redirect-uri, "
            "or use --paste."
        ) from failure
    try:
        yield
    finally:
        await serving_.__aexit__(None, None, None)


def _page(title: str, text: str, status: int = 200) -> web.Response:
    page = _PAGE.format(title=escape(title), text=escape(text))
    return web.Response(text=page, status=status, content_type="text/html", headers=_HEADERS)
