"""The simulated PlayStation Network's HTTP face: which call a request is, and what every call asks of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from aiohttp import web

from gub.sandbox.answered import Answered
from gub.sandbox.faults import Fault
from gub.sandbox.psn import presence, profiles
from gub.sandbox.psn.faults import BATCHES_ONLY
from gub.sandbox.psn.network import Psn
from gub.sandbox.psn.oauth import FORM, AccountServer
from gub.sandbox.psn.replies import Reply, bad_request, error, faulty, unauthorised
from gub.sandbox.psn.search import search

ACCOUNT_HOST: Final = "ca.account.sony.com"
API_HOST: Final = "m.np.playstation.com"
LEGACY_HOST: Final = "us-prof.np.community.playstation.net"
DEVICES_HOST: Final = "dms.api.playstation.com"
HOSTS: Final = frozenset({ACCOUNT_HOST, API_HOST, LEGACY_HOST, DEVICES_HOST})

_DROPPED: Final = 0
_USERS: Final = "/api/userProfile/v[12]/internal/users"


@dataclass(frozen=True, slots=True)
class Call:
    """One thing that can be asked: `name` is how it is counted, `part` where faults strike it."""

    name: str
    part: str
    host: str
    path: re.Pattern[str]
    method: str = "GET"


# The double slash in a batch's address is how psnawp writes it, and the real network answers it.
CALLS: Final = (
    Call("authorize", "authorize", ACCOUNT_HOST, re.compile("/api/authz/v3/oauth/authorize")),
    Call("token", "token", ACCOUNT_HOST, re.compile("/api/authz/v3/oauth/token"), "POST"),
    Call("npsso", "authorize", ACCOUNT_HOST, re.compile("/api/v1/ssocookie")),
    Call("me", "profile", DEVICES_HOST, re.compile("/api/v1/devices/accounts/me")),
    Call("profile2", "profile", LEGACY_HOST, re.compile("/userProfile/v1/users/([^/]+)/profile2")),
    Call("profiles", "profile", API_HOST, re.compile("/api/userProfile/v1/internal/users/([^/]+)/profiles")),
    Call("search", "search", API_HOST, re.compile("/api/graphql/v1/op")),
    Call("batch", "presence", API_HOST, re.compile(f"{_USERS}//?basicPresences")),
    Call("presence", "presence", API_HOST, re.compile(f"{_USERS}/([^/]+)/basicPresences")),
)


@dataclass(slots=True)
class PsnApi:
    """Answers for `HOSTS`. Mount `handle` where the platform gateway's requests arrive."""

    psn: Psn

    async def handle(self, host: str, path: str, request: web.Request) -> web.StreamResponse:
        """Answer one request that was meant for `https://HOST/PATH`; `path` is percent-encoded."""
        route = f"/{path.removeprefix('/')}"
        call, subject = _call(host, route)
        if call is None:
            self._log("", host, route, request, 404)
            return error(404, None, "Resource not found").response()
        name = await _counted_as(call, request)
        fault = self.psn.faults.take(call.part, but=() if call.name == "batch" else BATCHES_ONLY)
        if fault is not None and fault.kind == "slow":
            await self.psn.clock.sleep(fault.delay)
        if fault is not None and fault.kind == "drop":
            self._log(name, host, route, request, _DROPPED)
            if request.transport is not None:
                request.transport.close()
            return web.Response()
        reply = await self._answer(call, subject, request, fault)
        self._log(name, host, route, request, reply.status)
        return reply.response()

    async def _answer(self, call: Call, subject: str, request: web.Request, fault: Fault | None) -> Reply:
        at_sign_in = fault is not None and fault.kind in {"4165", "tosua"}
        told = None if fault is None or at_sign_in else faulty(fault, call.part)
        if told is not None:
            return told
        if request.method != call.method:
            return error(405, None, "Method Not Allowed", Allow=call.method)
        if call.host == ACCOUNT_HOST:
            return await self._sign_in(call, request, fault)
        refused = self._refused(call, request.headers)
        return refused or self._tell(call, subject, request)

    async def _sign_in(self, call: Call, request: web.Request, fault: Fault | None) -> Reply:
        server = AccountServer(self.psn.tokens)
        match call.name:
            case "authorize":
                return server.authorize(request, fault)
            case "token":
                return await server.token(request)
        return server.npsso()

    def _refused(self, call: Call, headers: Mapping[str, str]) -> Reply | None:
        """Check what every call of the API needs."""
        scheme, _, token = headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or not self.psn.tokens.admits(token):
            return unauthorised(legacy=call.host == LEGACY_HOST)
        missing = next((name for name in ("Accept-Language", "Country") if not headers.get(name)), None)
        return None if missing is None else bad_request(f"header: {missing}")

    def _tell(self, call: Call, subject: str, request: web.Request) -> Reply:
        query = request.query
        match call.name:
            case "me":
                return profiles.own_devices(self.psn)
            case "profile2":
                return profiles.profile2(self.psn, subject, query)
            case "profiles":
                return profiles.profile(self.psn, subject)
            case "search":
                return search(self.psn, query, request.headers)
            case "batch":
                return presence.batch(self.psn, query)
        return presence.single(self.psn, subject, query)

    def _log(self, name: str, host: str, route: str, request: web.Request, status: int) -> None:
        shown = () if host == ACCOUNT_HOST else tuple(request.query.items())
        self.psn.log(Answered(host, route, shown, status, self.psn.clock.now(), name))


def _call(host: str, route: str) -> tuple[Call | None, str]:
    """Say which call it is, and about whom."""
    for call in CALLS:
        match = call.path.fullmatch(route) if call.host == host else None
        if match is not None:
            return call, unquote(match[1]) if call.path.groups else ""
    return None, ""


async def _counted_as(call: Call, request: web.Request) -> str:
    """Tell a renewal of tokens from a sign-in: both are asked at one address."""
    if call.name != "token":
        return call.name
    form = await request.post() if request.content_type == FORM else {}
    return "refresh" if form.get("grant_type") == "refresh_token" else "code"
