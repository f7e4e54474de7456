"""A client of the simulated PlayStation Network, and how its answers are read."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from aiohttp import web
from aiohttp.test_utils import TestServer

from gub.sandbox.psn import NPSSO, Psn, PsnApi
from gub.sandbox.psn.oauth import BASIC, CLIENT_ID, REDIRECT_URI
from gub.sandbox.psn.search import FIRST_PAGE

AUTHORIZE = "/ca.account.sony.com/api/authz/v3/oauth/authorize"
TOKEN = "/ca.account.sony.com/api/authz/v3/oauth/token"
NPSSO_PAGE = "/ca.account.sony.com/api/v1/ssocookie"
ME = "/dms.api.playstation.com/api/v1/devices/accounts/me"
LEGACY = "/us-prof.np.community.playstation.net/userProfile/v1/users"
USERS_1 = "/m.np.playstation.com/api/userProfile/v1/internal/users"
USERS_2 = "/m.np.playstation.com/api/userProfile/v2/internal/users"
BATCH = f"{USERS_2}/basicPresences"
GRAPHQL = "/m.np.playstation.com/api/graphql/v1/op"
SCOPE = "psn:mobile.v2.core psn:clientapp"
PLATFORMS = "PS4,PS5,MOBILE_APP,PSPC"
ASKING = {"type": "primary", "platforms": PLATFORMS, "withOwnGameTitleInfo": "true"}
AT_AUTHORIZE = {
    "access_type": "offline",
    "client_id": CLIENT_ID,
    "redirect_uri": REDIRECT_URI,
    "response_type": "code",
    "scope": SCOPE,
}


class Caller:
    """A client that signs in as the mobile app does."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self.tokens: dict[str, Any] = {}

    async def authorize(self, npsso: str | None = NPSSO, **changed: str) -> httpx.Response:
        cookie = {} if npsso is None else {"Cookie": f"npsso={npsso}"}
        return await self.http.get(AUTHORIZE, params=AT_AUTHORIZE | changed, headers=cookie)

    async def code(self) -> str:
        answer = parse_qs(urlsplit((await self.authorize()).headers["location"]).query)
        return answer["code"][0]

    async def token(self, basic: str = BASIC, **form: str) -> httpx.Response:
        return await self.http.post(TOKEN, data={"token_format": "jwt", **form}, headers={"Authorization": basic})

    async def redeem(self, code: str) -> httpx.Response:
        return await self.token(code=code, grant_type="authorization_code", redirect_uri=REDIRECT_URI)

    async def refresh(self, refresh_token: object = None) -> httpx.Response:
        token = str(refresh_token or self.tokens["refresh_token"])
        return await self.token(refresh_token=token, grant_type="refresh_token", scope=SCOPE)

    async def sign_in(self) -> None:
        reply = await self.redeem(await self.code())
        assert reply.status_code == 200, reply.text
        self.tokens = reply.json()

    async def get(self, path: str, params: dict[str, str] | None = None, **changed: str | None) -> httpx.Response:
        usual = {
            "Authorization": f"Bearer {self.tokens.get('access_token')}",
            "Accept-Language": "en-US",
            "Country": "US",
        }
        headers = {name: value for name, value in (usual | changed).items() if value is not None}
        return await self.http.get(path, params=params, headers=headers)

    async def presence(self, account_id: str) -> httpx.Response:
        return await self.get(f"{USERS_2}/{account_id}/basicPresences", ASKING)

    async def batch(self, *ids: str, path: str = BATCH) -> httpx.Response:
        return await self.get(path, ASKING | {"accountIds": ",".join(ids)})

    async def profile2(self, online_id: str, fields: str = "accountId,onlineId,currentOnlineId") -> httpx.Response:
        return await self.get(f"{LEGACY}/{online_id}/profile2", {"fields": fields})

    async def search(self, term: str, operation: str = "metGetContextSearchResults", **changed: str) -> httpx.Response:
        variables = {"searchTerm": term, "searchContext": "MobileUniversalSearchSocial", "displayTitleLocale": "en-US"}
        extensions = {"persistedQuery": {"version": 1, "sha256Hash": FIRST_PAGE}}
        params = {
            "operationName": operation,
            "variables": json.dumps(variables),
            "extensions": json.dumps(extensions),
        } | changed
        headers = {"apollographql-client-name": "PlayStationApp-Android", "Content-Type": "application/json"}
        return await self.get(GRAPHQL, params, **headers)


@asynccontextmanager
async def calling(psn: Psn) -> AsyncIterator[Caller]:
    """Serve this network, and call it without having signed in."""
    api = PsnApi(psn)

    async def handle(request: web.Request) -> web.StreamResponse:
        host, _, path = request.rel_url.raw_path.removeprefix("/").partition("/")
        return await api.handle(host, path, request)

    app = web.Application()
    app.router.add_route("*", "/{all:.*}", handle)
    async with TestServer(app) as server, httpx.AsyncClient(base_url=str(server.make_url("/"))) as client:
        yield Caller(client)


def only(reply: httpx.Response) -> dict[str, Any]:
    """The presence of a single answer."""
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()["basicPresence"]
    return found


def entries(reply: httpx.Response) -> list[dict[str, Any]]:
    assert reply.status_code == 200, reply.text
    found: list[dict[str, Any]] = reply.json()["basicPresences"]
    return found


def found(reply: httpx.Response) -> list[tuple[str, str]]:
    """The online ids and account ids of a search."""
    assert reply.status_code == 200, reply.text
    (page,) = reply.json()["data"]["universalContextSearch"]["results"]
    return [(one["result"]["onlineId"], one["result"]["accountId"]) for one in page["searchResults"]]
