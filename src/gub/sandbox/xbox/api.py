"""The simulated Xbox Live's HTTP face: which part answers, and the faults that come before any answer."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from gub.sandbox.answered import Answered
from gub.sandbox.faults import Fault
from gub.sandbox.xbox import login, presence, profile, sign_in
from gub.sandbox.xbox.faults import OAUTH_KINDS, XERR_KINDS
from gub.sandbox.xbox.limits import Excess
from gub.sandbox.xbox.state import Xbox
from gub.sandbox.xbox.wire import Call, Reply, Route, refusal

_PARTS: Final[Mapping[str, tuple[str, Callable[[Call], Route | None]]]] = {
    login.HOST: ("login", login.route),
    sign_in.USER_HOST: ("user", sign_in.user_route),
    sign_in.XSTS_HOST: ("xsts", sign_in.xsts_route),
    profile.PROFILE_HOST: ("profile", profile.profile_route),
    profile.SEARCH_HOST: ("search", profile.search_route),
    presence.HOST: ("presence", presence.route),
}
HOSTS: Final = frozenset(_PARTS)

_SECRET: Final = frozenset({"code", "client_secret", "refresh_token", "device_code", "state"})
_DROPPED: Final = 0
_LIMIT: Final = Excess(current=31, most=30, period=15, wait=0).as_json()


@dataclass(slots=True)
class XboxApi:
    """Answers for `HOSTS`. Mount `handle` where the platform gateway's requests arrive."""

    xbox: Xbox

    async def handle(self, host: str, path: str, request: web.Request) -> web.StreamResponse:
        """Answer one request that was meant for `https://HOST/PATH`; the path is best given as it was sent."""
        part, find_route = _PARTS[host]
        call = await Call.read(host, path, request)
        name, answer = find_route(call) or ("unknown", _unknown)
        fault = self.xbox.faults.take(part)
        if fault is not None and fault.kind == "slow":
            await self.xbox.clock.sleep(fault.delay)
        if fault is not None and fault.kind == "drop":
            self._log(call, name, _DROPPED)
            if request.transport is not None:
                request.transport.close()
            return web.Response()
        reply = faulty(fault, part) or self._limited(part) or answer(self.xbox, call)
        self._log(call, name, reply.status)
        return reply.response()

    def _limited(self, part: str) -> Reply | None:
        if not self.xbox.limited:
            return None
        excess = self.xbox.limits.count(part, self.xbox.clock.monotonic())
        if excess is None:
            return None
        return Reply(429, excess.as_json(), headers={"Retry-After": str(math.ceil(excess.wait))})

    def _log(self, call: Call, name: str, status: int) -> None:
        params = tuple((key, value) for key, value in call.query.items() if key not in _SECRET)
        self.xbox.log(Answered(call.host, call.path, params, status, self.xbox.clock.now(), name))


def _unknown(xbox: Xbox, call: Call) -> Reply:
    del xbox, call
    return Reply(404)


def faulty(fault: Fault | None, part: str) -> Reply | None:
    """Give the answer that a fault asks for at a part; None when there is none to give."""
    if fault is None or fault.kind == "slow":
        return None
    kind = fault.kind
    if kind in OAUTH_KINDS:
        return Reply(400, {"error": kind, "error_description": "The simulated server was told to say so."})
    if kind in XERR_KINDS:
        return sign_in.xerr(int(kind.removeprefix("xerr_")))
    told = {"Retry-After": str(int(fault.delay))}
    special = {
        "html": Reply(200, text="<!DOCTYPE html><html><body>Xbox Live is being looked after</body></html>"),
        "garbage": Reply(200, text='{"profileUsers":[{"id":"25332748', content_type="application/json"),
        "429": Reply(429, _LIMIT),
        "429_bare": Reply(429),
        "429_told": Reply(429, _LIMIT, headers=told),
        "down": _status(503, part),
    }
    return special.get(kind) or _status(int(kind), part)


def _status(status: int, part: str) -> Reply:
    if status >= web.HTTPInternalServerError.status_code:
        return Reply(status, text=f"<html><body><h1>{status}</h1></body></html>")
    if status == web.HTTPUnauthorized.status_code or part in {"user", "xsts"}:
        return Reply(status)
    if part == "login":
        return Reply(status, {"error": "invalid_request", "error_description": "The request is not valid."})
    return refusal(status, 4500, part.capitalize(), "The request was refused.")
