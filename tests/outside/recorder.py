"""A recording proxy: what passes between a bot and the simulator, as it is on the wire."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

Json = Any
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
HOP = ("Content-Type", "Retry-After")


@dataclass(frozen=True)
class Answer:
    """One answer of the Bot API: the method asked, the HTTP status, the body (None when it is not JSON)."""

    method: str
    status: int
    body: Json


@dataclass
class Tape:
    """Everything recorded: answers in order, and the updates delivered, by long polling or webhook."""

    answers: list[Answer] = field(default_factory=list)
    updates: list[Json] = field(default_factory=list)

    def add(self, answer: Answer) -> None:
        self.answers.append(answer)
        if answer.method == "getUpdates" and isinstance(answer.body, dict) and answer.body.get("ok"):
            self.updates.extend(answer.body["result"])


class Recorder:
    """Stands between bot and simulator. `url` is what the bot takes for the Bot API server."""

    def __init__(self, api: str, session: aiohttp.ClientSession) -> None:
        self.tape = Tape()
        self.url = ""
        self._api = api
        self._session = session
        self._hooks: dict[str, str] = {}

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_route("*", "/bot{token}/{method}", self._call)
        app.router.add_post("/hook/{token}", self._push)
        return app

    async def _call(self, request: web.Request) -> web.Response:
        token, method = request.match_info["token"], request.match_info["method"]
        data, headers = await request.read(), {"Content-Type": request.headers.get("Content-Type", "text/plain")}
        if method == "setWebhook":
            data, headers = await self._redirected(request, token), {"Content-Type": "application/json"}
        target = f"{self._api}/bot{token}/{method}"
        async with self._session.request(
            request.method, target, params=request.query, data=data, headers=headers
        ) as answer:
            raw = await answer.read()
            kept = {name: answer.headers[name] for name in HOP if name in answer.headers}
            self.tape.add(Answer(method, answer.status, _decoded(raw)))
        return web.Response(status=answer.status, body=raw, headers=kept)

    async def _redirected(self, request: web.Request, token: str) -> bytes:
        """The setWebhook call with our address in place of the bot's."""
        if request.content_type == "application/json":
            params: dict[str, Json] = await request.json()
        else:
            params = {name: str(value) for name, value in (await request.post()).items()}
        self._hooks[token] = str(params["url"])
        return json.dumps({**params, "url": f"{self.url}/hook/{token}"}).encode()

    async def _push(self, request: web.Request) -> web.Response:
        raw = await request.read()
        self.tape.updates.append(json.loads(raw))
        headers = {"Content-Type": request.headers.get("Content-Type", "")}
        if SECRET_HEADER in request.headers:
            headers[SECRET_HEADER] = request.headers[SECRET_HEADER]
        hook = self._hooks[request.match_info["token"]]
        try:
            async with self._session.post(hook, data=raw, headers=headers) as answer:
                return web.Response(status=answer.status, body=await answer.read())
        except aiohttp.ClientConnectionError:
            return web.Response(status=502, text="the bot is not there")


def _decoded(raw: bytes) -> Json:
    try:
        return json.loads(raw)
    except ValueError:
        return None


@asynccontextmanager
async def recording(api: str) -> AsyncIterator[Recorder]:
    """A recorder in front of the Bot API server at `api`."""
    timeout = aiohttp.ClientTimeout(total=120)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        recorder = Recorder(api, session)
        runner = web.AppRunner(recorder.app(), shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        recorder.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield recorder
        finally:
            await runner.cleanup()
