"""One server on one port: the Bot API, the platforms, the page and what the page asks."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urlsplit

from aiohttp import web

from gub.sandbox.control import Control, Controller, Platforms
from gub.sandbox.telegram.errors import WorldError
from gub.sandbox.telegram.http import LARGEST_BODY, BotApi
from gub.sandbox.telegram.world import World

PAGE = Path(__file__).parent / "page"
SHUTDOWN = 1.0
"""Real seconds that calls under way get when the server stops."""
_COME_BACK = b"retry: 500\n\n"
"""A page that lost the sandbox asks for it twice a second (a browser by itself: every three to five seconds)."""


class SimServer:
    """Serves a world on 127.0.0.1. Used as `async with`, or by `start` and `aclose`; closes the world with it."""

    def __init__(
        self,
        world: World,
        *,
        platforms: Platforms | None = None,
        controller: Controller | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.world = world
        self.control = Control(world, platforms, controller)
        self._platforms = platforms
        self._host = host
        self._port = port
        self._runner: web.AppRunner | None = None

    @property
    def port(self) -> int:
        """The port it listens on, once started."""
        return self._port

    @property
    def url(self) -> str:
        """Its base URL: the page, and GUB_TELEGRAM_API."""
        return f"http://{self._host}:{self._port}"

    @property
    def gateway(self) -> str:
        """GUB_PLATFORM_GATEWAY."""
        return f"{self.url}/platforms"

    def app(self) -> web.Application:
        """Build the application."""
        app = web.Application(client_max_size=LARGEST_BODY, middlewares=[_own_page_only])
        app.on_response_prepare.append(_ask_again)
        app.add_routes(BotApi(self.world).routes())
        app.add_routes(
            [
                web.get("/sandbox/state", self._state),
                web.get("/sandbox/events", self._events),
                web.post("/sandbox/act/{action}", self._act),
                web.get("/sandbox/files/{id}", self._file),
                web.route("*", "/platforms/{host}/{path:.*}", self._platform),
                web.get("/", self._index),
            ]
        )
        if PAGE.is_dir():
            app.router.add_static("/", PAGE)
        return app

    async def start(self) -> Self:
        """Listen. OSError when the port is taken."""
        runner = web.AppRunner(self.app(), access_log=None, shutdown_timeout=SHUTDOWN)
        await runner.setup()
        site = web.TCPSite(runner, self._host, self._port)
        try:
            await site.start()
        except OSError:
            await runner.cleanup()
            raise
        self._runner = runner
        self._port = runner.addresses[0][1]
        return self

    async def aclose(self) -> None:
        """Stop listening and end the world."""
        await self.world.aclose()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    # -- handlers

    async def _index(self, request: web.Request) -> web.StreamResponse:
        del request
        page = PAGE / "index.html"
        if not page.is_file():
            return web.Response(text="This sandbox has no page. Its state is at /sandbox/state.")
        return web.FileResponse(page, headers={"Cache-Control": "no-cache"})

    async def _state(self, request: web.Request) -> web.Response:
        del request
        return _json(200, self.control.state())

    async def _act(self, request: web.Request) -> web.Response:
        try:
            data = _object(await request.read())
            return _json(200, await self.control.act(request.match_info["action"], data))
        except (WorldError, ValueError) as error:
            return _json(400, {"error": str(error)})

    async def _file(self, request: web.Request) -> web.Response:
        """Give a file that the bot sent, to be saved and never to be shown: it is the bot's, not the page's."""
        file = self.world.files.get(request.match_info["id"])
        if file is None:
            raise web.HTTPNotFound(text="There is no such file.")
        headers = {
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}",
            "X-Content-Type-Options": "nosniff",
        }
        return web.Response(body=file.content, content_type="application/octet-stream", headers=headers)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Tell the revision after every change; many changes at once are told once."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        revision = -1
        try:
            await response.write(_COME_BACK)
            while not self.world.closing:
                revision = await self.world.changed(revision)
                await response.write(f'data: {{"revision": {revision}}}\n\n'.encode())
        except ConnectionError:  # the page was closed
            return response
        return response

    async def _platform(self, request: web.Request) -> web.StreamResponse:
        if self._platforms is None:
            raise web.HTTPNotFound(text="This sandbox has no simulated platforms.")
        # The raw path, byte for byte: what the bot wrote is what the platform gets.
        _, _, rest = request.rel_url.raw_path.partition("/platforms/")
        host, _, path = rest.partition("/")
        return await self._platforms.handle(request, host, path)


async def _ask_again(request: web.Request, response: web.StreamResponse) -> None:
    """Let the browser ask whether a file changed: old and new modules of the page would not fit together."""
    del request
    response.headers.setdefault("Cache-Control", "no-cache")


@web.middleware
async def _own_page_only(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Refuse what another site's page sends: a browser names the page's origin."""
    origin = request.headers.get("Origin")
    if request.path.startswith("/sandbox/") and origin is not None and urlsplit(origin).netloc != request.host:
        return _json(403, {"error": "Only the sandbox's own page may do this: open it from this address."})
    return await handler(request)


def _object(body: bytes) -> dict[str, Any]:
    try:
        data = json.loads(body or b"{}")
    except ValueError:
        raise WorldError("The body is not JSON: send a JSON object.") from None
    if not isinstance(data, dict):
        raise WorldError("Send a JSON object.")
    try:
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise WorldError(
            "There is half a character in it (a lone surrogate), which no app of Telegram's sends."
        ) from None
    return data


def _json(status: int, body: dict[str, Any]) -> web.Response:
    return web.Response(
        status=status,
        text=json.dumps(body, ensure_ascii=False),
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )
