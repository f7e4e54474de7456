"""A Bot API server that answers by script, and a way to let a fake clock run while real HTTP goes on."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from aiohttp import web

from tests.support.clock import FakeClock

T = TypeVar("T")

TOKEN = "123456:TEST-token"
Step = Callable[[web.Request], Awaitable[web.StreamResponse]]


def message(message_id: int = 1, chat_id: int = 7, text: str = "hi", **more: Any) -> dict[str, Any]:
    kind = {"type": "private"} if chat_id > 0 else {"type": "supergroup", "title": "T"}
    return {"message_id": message_id, "date": 1_700_000_000, "chat": {"id": chat_id, **kind}, "text": text, **more}


def ok(result: Any) -> Step:
    return answer(200, {"ok": True, "result": result})


def refuse(code: int, description: str, **parameters: Any) -> Step:
    body: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
    if parameters:
        body["parameters"] = parameters
    return answer(code, body)


def answer(status: int, body: Any, headers: dict[str, str] | None = None) -> Step:
    async def step(_request: web.Request) -> web.StreamResponse:
        if isinstance(body, bytes):
            return web.Response(status=status, body=body, content_type="text/html", headers=headers)
        text = json.dumps(body)
        return web.Response(status=status, text=text, content_type="application/json", headers=headers)

    return step


async def drop(request: web.Request) -> web.StreamResponse:
    """The request was read, and the connection breaks."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def drop_midway(request: web.Request) -> web.StreamResponse:
    """The answer begins, and the connection breaks."""
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"ok": tr')
    assert request.transport is not None
    request.transport.abort()
    return response


class Server:
    """Plays its steps one by one, then does `otherwise`: what Telegram would do, unless a test says so."""

    def __init__(self) -> None:
        self.base = ""
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.steps: list[Step] = []
        self.otherwise: Step = self._echo
        self._release = asyncio.Event()
        self._changed = asyncio.Condition()
        self._ids = 0

    def script(self, *steps: Step) -> None:
        self.steps += steps

    async def hang(self, _request: web.Request) -> web.StreamResponse:
        """Answer only when the server ends."""
        await self._release.wait()
        return web.Response(status=504)

    @property
    def methods(self) -> list[str]:
        return [method for method, _ in self.calls]

    @property
    def params(self) -> list[dict[str, Any]]:
        return [params for _, params in self.calls]

    async def until_called(self, times: int) -> None:
        async with self._changed:
            await asyncio.wait_for(self._changed.wait_for(lambda: len(self.calls) >= times), 10)

    async def _echo(self, _request: web.Request) -> web.StreamResponse:
        method, params = self.calls[-1]
        self._ids += 1
        if method in {"sendMessage", "editMessageText"}:
            sent = message(self._ids, int(params.get("chat_id", 7)), params["text"])
            return await ok(sent)(_request)
        if method == "getMe":
            return await ok({"id": 123456, "is_bot": True, "first_name": "GUB", "username": "gub_bot"})(_request)
        return await ok([] if method == "getUpdates" else True)(_request)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        params = {key: _plain(str(value)) for key, value in form.items()}
        async with self._changed:
            self.calls.append((request.match_info["method"], params))
            self._changed.notify_all()
        step = self.steps.pop(0) if self.steps else self.otherwise
        return await step(request)

    def release(self) -> None:
        self._release.set()


def _plain(value: str) -> Any:
    if value[:1] in {"{", "["} or value in {"true", "false"} or value.lstrip("-").isdigit():
        return json.loads(value)
    return value


@asynccontextmanager
async def serving() -> AsyncIterator[Server]:
    server = Server()
    app = web.Application()
    app.router.add_post("/bot{token}/{method}", server.handle)
    app.router.add_get("/file/bot{token}/{path:.*}", answer(404, b"nothing"))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield server
    finally:
        server.release()
        await runner.cleanup()


async def let_time_run(clock: FakeClock, work: Awaitable[T]) -> T:
    """Finish the work, letting time pass whenever it sleeps."""
    task = asyncio.ensure_future(work)
    try:
        while not task.done():
            asleep = asyncio.ensure_future(clock.until_sleeping())
            await asyncio.wait({task, asleep}, return_when=asyncio.FIRST_COMPLETED)
            if asleep.done():
                await clock.advance(_until_next(clock))
            else:
                asleep.cancel()
        return await task
    finally:
        task.cancel()


def _until_next(clock: FakeClock) -> float:
    due = min((due for due, _, future in clock._waiting if not future.done()), default=clock.monotonic())
    return due - clock.monotonic()
