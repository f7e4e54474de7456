"""Asks the simulated Xbox Live over real HTTP, request by request, as its documents say."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx
from aiohttp import web
from aiohttp.test_utils import TestServer

from gub.sandbox.xbox import XBOX_CLIENT_ID, XBOX_CLIENT_SECRET, Xbox, XboxApi

SCOPE = "Xboxlive.signin Xboxlive.offline_access"
REDIRECT = "http://localhost/auth/callback"
AUTHORIZE = "/login.live.com/oauth20_authorize.srf"
TOKEN = "/login.live.com/oauth20_token.srf"
CONNECT = "/login.live.com/oauth20_connect.srf"
USER = "/user.auth.xboxlive.com/user/authenticate"
XSTS = "/xsts.auth.xboxlive.com/xsts/authorize"
PROFILE = "/profile.xboxlive.com"
BATCH = "/userpresence.xboxlive.com/users/batch"
SUGGEST = "/usersearch.xboxlive.com/suggest"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


@asynccontextmanager
async def serving(xbox: Xbox) -> AsyncIterator[str]:
    """Serve it as the sandbox does: `GATEWAY/HOST/PATH`, the path as it was sent."""
    api = XboxApi(xbox)

    async def handle(request: web.Request) -> web.StreamResponse:
        host, _, path = request.rel_url.raw_path.removeprefix("/").partition("/")
        return await api.handle(host, path, request)

    app = web.Application()
    app.router.add_route("*", "/{host}/{path:.*}", handle)
    async with TestServer(app, host="127.0.0.1") as server:
        yield str(server.make_url("")).rstrip("/")


class Asker:
    """A client that sends just what it is told."""

    def __init__(self, http: httpx.AsyncClient, xbox: Xbox) -> None:
        self.http = http
        self.xbox = xbox
        self.authorization = ""

    async def token(self, grant_type: str, **fields: str) -> httpx.Response:
        usual = {"client_id": XBOX_CLIENT_ID, "client_secret": XBOX_CLIENT_SECRET, "scope": SCOPE}
        form = {name: value for name, value in {**usual, "grant_type": grant_type, **fields}.items() if value}
        return await self.http.post(TOKEN, data=form)

    async def refresh(self, refresh_token: str, **fields: str) -> httpx.Response:
        return await self.token("refresh_token", refresh_token=refresh_token, **fields)

    async def user(self, access_token: str, prefix: str = "d=", version: str = "1") -> httpx.Response:
        properties = {"AuthMethod": "RPS", "SiteName": "user.auth.xboxlive.com", "RpsTicket": prefix + access_token}
        body = {"RelyingParty": "http://auth.xboxlive.com", "TokenType": "JWT", "Properties": properties}
        return await self.http.post(USER, json=body, headers={"x-xbl-contract-version": version})

    async def xsts(self, user_token: str, sandbox: str = "RETAIL", version: str = "1") -> httpx.Response:
        properties = {"UserTokens": [user_token], "SandboxId": sandbox}
        body = {"RelyingParty": "http://xboxlive.com", "TokenType": "JWT", "Properties": properties}
        return await self.http.post(XSTS, json=body, headers={"x-xbl-contract-version": version})

    async def sign_in(self) -> dict[str, Any]:
        """Go through the whole chain; give XSTS's answer."""
        oauth = result(await self.refresh(self.xbox.issue_refresh_token()))
        user = result(await self.user(oauth["access_token"]))
        xsts = result(await self.xsts(user["Token"]))
        self.authorization = f"XBL3.0 x={xsts['DisplayClaims']['xui'][0]['uhs']};{xsts['Token']}"
        return xsts

    def headers(self, version: str = "3", **changes: str | None) -> dict[str, str]:
        usual: dict[str, str | None] = {
            "Authorization": self.authorization,
            "x-xbl-contract-version": version,
            "Accept": "application/json",
            "Accept-Language": "en-US",
        }
        changed = {**usual, **{name.replace("_", "-"): value for name, value in changes.items()}}
        return {name: value for name, value in changed.items() if value is not None}

    async def batch(self, users: Sequence[str], level: str = "all", **members: Any) -> httpx.Response:
        return await self.http.post(BATCH, json={"users": users, "level": level, **members}, headers=self.headers())

    async def record(self, xuid: str, level: str = "all") -> dict[str, Any]:
        (found,) = result(await self.batch([xuid], level))
        assert found["xuid"] == xuid
        return dict(found)

    async def profile(self, who: str, settings: str = "Gamertag", version: str = "3") -> httpx.Response:
        url = f"{PROFILE}/users/{who}/profile/settings"
        return await self.http.get(url, params={"settings": settings}, headers=self.headers(version))

    async def suggest(self, text: str) -> httpx.Response:
        return await self.http.get(SUGGEST, params={"q": text}, headers=self.headers("1"))


def result(response: httpx.Response) -> Any:
    assert response.status_code == 200, (response.status_code, response.text)
    return response.json()


def error(response: httpx.Response) -> str:
    assert response.status_code == 400
    return str(response.json()["error"])


@asynccontextmanager
async def asking(xbox: Xbox) -> AsyncIterator[Asker]:
    async with serving(xbox) as url, httpx.AsyncClient(base_url=url) as http:
        for name in ("Accept", "Accept-Language"):
            http.headers.pop(name, None)
        yield Asker(http, xbox)
