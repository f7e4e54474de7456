"""The Bot API over HTTP: reading calls, failing as scripted, answering."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from aiohttp import web

from gub.sandbox.telegram.bots import Bot
from gub.sandbox.telegram.errors import ApiError, bad_request
from gub.sandbox.telegram.faults import Fault
from gub.sandbox.telegram.methods.call import Answer, Call
from gub.sandbox.telegram.methods.registry import method_of
from gub.sandbox.telegram.models import Request, SimFile
from gub.sandbox.telegram.params import Params, as_strings
from gub.sandbox.telegram.world import World

LARGEST_BODY = 50 * 1024 * 1024
_TOKEN_LIMIT = 80
_BAD_GATEWAY = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n"
    "<hr><center>nginx/1.18.0</center>\r\n</body>\r\n</html>\r\n"
)


class BotApi:
    """Answers `/bot<token>/<method>`."""

    def __init__(self, world: World) -> None:
        self._world = world
        world.on_inline = self.call_inline

    def routes(self) -> list[web.RouteDef]:
        """Say what is to be served."""
        return [web.route("*", "/bot{token}/{method:.*}", self.handle)]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one call, or fail as the world's faults say."""
        method = request.match_info["method"].strip("/")
        try:
            params, files = await _read(request)
        except ApiError as error:
            return _refusal(error)
        entry = Request(method, params, self._world.clock.now().timestamp())
        self._world.requests.append(entry)
        self._world.touch()
        fault = self._world.faults.take(method, params.get("chat_id", ""))
        response = await self._respond(request, entry, files, fault)
        entry.status = response.status if response is not None else 0
        self._world.touch()
        if response is None:
            return _cut(request)
        return response

    async def call_inline(self, bot: Bot, values: dict[str, Any]) -> None:
        """Carry out a call that a webhook's answer holds; nobody hears its result (WebhookActor.cpp, handle)."""
        method = str(values.pop("method", ""))
        if method.lower().startswith("get") or method.lower() in ("setwebhook", "deletewebhook", "close", "logout"):
            return
        entry = Request(method, as_strings(values), self._world.clock.now().timestamp())
        self._world.requests.append(entry)
        entry.status = (await self._carry_out(bot, entry, {})).status

    async def _respond(
        self, request: web.Request, entry: Request, files: Mapping[str, SimFile], fault: Fault | None
    ) -> web.Response | None:
        """Build the answer; None: cut the connection."""
        kind = "" if fault is None else fault.kind
        if fault is not None and (error := fault.error()) is not None:
            entry.description = error.description
            return _refusal(error)
        if kind == "502_html":
            return web.Response(status=HTTPStatus.BAD_GATEWAY, text=_BAD_GATEWAY, content_type="text/html")
        if kind == "drop_before":
            return None
        if fault is not None and kind == "slow":
            await self._world.clock.sleep(fault.delay)
        response = await self._authorized(request.match_info["token"], entry, files)
        if fault is not None and kind == "slow_after":
            self._world.touch()
            await self._world.clock.sleep(fault.delay)
        if kind == "garbage":
            return web.Response(text='{"ok":true,"result":{"message_', content_type="application/json")
        return None if kind == "drop_after" else response

    async def _authorized(self, token: str, entry: Request, files: Mapping[str, SimFile]) -> web.Response:
        if token.startswith("0") or ":" not in token or len(token) > _TOKEN_LIMIT:
            return _refusal(ApiError(401, "Unauthorized: invalid token specified"), entry)
        bot = self._world.bot_of_token(token)
        if bot is None:
            return _refusal(ApiError(401, "Unauthorized"), entry)
        return await self._carry_out(bot, entry, files)

    async def _carry_out(self, bot: Bot, entry: Request, files: Mapping[str, SimFile]) -> web.Response:
        try:
            result = await method_of(entry.method)(Call(self._world, bot, Params(entry.params), files))
        except ApiError as error:
            return _refusal(error, entry)
        body: dict[str, Any] = {"ok": True, "result": result}
        if isinstance(result, Answer):
            body |= {"result": result.result, "description": result.description}
        return _answer(HTTPStatus.OK, body)


async def _read(request: web.Request) -> tuple[dict[str, str], dict[str, SimFile]]:
    """Read the arguments from the query, and from a form, a multipart or a JSON body; and the files in it."""
    params = dict(request.query)
    files: dict[str, SimFile] = {}
    try:
        if request.content_type == "application/json":
            body = await request.read()
            value = json.loads(body) if body.strip() else {}
            if not isinstance(value, dict):
                raise bad_request("can't parse JSON: expected an Object")
            params |= as_strings(value)
        elif request.can_read_body:
            for name, field in (await request.post()).items():
                if isinstance(field, web.FileField):
                    mime = field.content_type or "application/octet-stream"
                    files[name] = SimFile(field.filename, mime, field.file.read())
                params[name] = field if isinstance(field, str) else f"attach://{name}"
    except UnicodeDecodeError:
        raise bad_request("strings must be encoded in UTF-8") from None
    except ValueError:
        raise bad_request("can't parse the body of the request") from None
    for text in params.values():
        _check_utf8(text)
    return params, files


def _check_utf8(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise bad_request("strings must be encoded in UTF-8") from None


def _answer(status: int, body: dict[str, Any]) -> web.Response:
    text = json.dumps(body, ensure_ascii=False)
    try:
        encoded = text.encode()
    except UnicodeEncodeError:  # half a surrogate pair, in an update delivered raw: JSON can carry it escaped
        encoded = json.dumps(body).encode()
    return web.Response(status=status, body=encoded, content_type="application/json", charset="utf-8")


def _refusal(error: ApiError, entry: Request | None = None) -> web.Response:
    if entry is not None:
        entry.description = error.description
    return _answer(error.code, error.body())


def _cut(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
