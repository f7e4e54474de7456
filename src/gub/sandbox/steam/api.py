"""The simulated Steam's HTTP face: paths, parameters, answers and error pages of the real one."""

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from gub.sandbox.answered import Answered
from gub.sandbox.faults import Fault
from gub.sandbox.steam.accounts import Steam, SteamAccount
from gub.sandbox.steam.games import title_of

API_HOST = "api.steampowered.com"
SHOP_HOST = "store.steampowered.com"
HOSTS = frozenset({API_HOST, SHOP_HOST})

_MAX_IDS = 100
_VISIBLE, _NOT_VISIBLE = 3, 1
_DROPPED = 0
_KEY_TEXT = "Access is denied. Retrying will not help. Please verify your <pre>key=</pre> parameter."
_PARAMETER_TEXT = "Please verify that all required parameters are being sent"
_PLAIN_TEXT = {
    404: ("Not Found", "The requested URL was not found on this server."),
    405: ("Method Not Allowed", "This API must be called with the GET HTTP method"),
    429: ("Too Many Requests", "You have been rate limited."),
    500: ("Internal Server Error", "An internal error occurred."),
    502: ("Bad Gateway", "The server encountered a temporary error."),
    503: ("Service Unavailable", "The server is temporarily unable to service your request."),
}
_STATUS_OF_FAULT = {"429": 429, "500": 500, "502": 502, "503": 503, "down": 503}
_NO_AVATAR = "fef49e7fa7e1997310d705b2a6158ff8dc1cdfeb"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer before it is put on the wire."""

    status: int
    json: object = None
    html: str | None = None

    def response(self) -> web.Response:
        """Build what aiohttp sends. Steam's answers carry no Retry-After."""
        if self.html is not None:
            return web.Response(status=self.status, text=self.html, content_type="text/html")
        return web.json_response(self.json, status=self.status)


def page(status: int, title: str, text: str) -> Reply:
    """Give one of Steam's HTML error pages, to the letter of the real ones."""
    html = f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{text}</body></html>"
    return Reply(status, html=html)


def error(status: int) -> Reply:
    """Give the error page of that status."""
    if status == web.HTTPForbidden.status_code:
        return page(status, "Forbidden", _KEY_TEXT)
    if status == web.HTTPUnauthorized.status_code:
        return page(status, "Unauthorized", _KEY_TEXT)
    if status == web.HTTPBadRequest.status_code:
        return page(status, "Bad Request", _PARAMETER_TEXT)
    return page(status, *_PLAIN_TEXT[status])


@dataclass(slots=True)
class SteamApi:
    """Answers for `HOSTS`. Mount `handle` where the platform gateway's requests arrive."""

    steam: Steam

    async def handle(self, host: str, path: str, request: web.Request) -> web.StreamResponse:
        """Answer one request that was meant for `https://HOST/PATH`."""
        route = "/" + path.strip("/")
        fault = self.steam.faults.take()
        if fault is not None and fault.kind == "slow":
            await self.steam.clock.sleep(fault.delay)
        if fault is not None and fault.kind == "drop":
            self._log(host, route, request.query, _DROPPED)
            if request.transport is not None:
                request.transport.close()
            return web.Response()
        reply = self._faulty(fault) or self._answer(host, route, request)
        self._log(host, route, request.query, reply.status)
        return reply.response()

    @staticmethod
    def _faulty(fault: Fault | None) -> Reply | None:
        if fault is None or fault.kind == "slow":
            return None
        if fault.kind == "html":
            return Reply(200, html="<!DOCTYPE html><html><body>Steam is down for maintenance</body></html>")
        if fault.kind == "garbage":
            return Reply(200, html='{"response":{"players":[{"steamid":"7656119')
        return error(_STATUS_OF_FAULT.get(fault.kind) or int(fault.kind))

    def _answer(self, host: str, route: str, request: web.Request) -> Reply:
        answers = {
            (API_HOST, "/ISteamUser/GetPlayerSummaries/v2"): self._summaries,
            (API_HOST, "/ISteamUser/GetPlayerSummaries/v0002"): self._summaries,
            (API_HOST, "/ISteamUser/ResolveVanityURL/v1"): self._vanity,
            (API_HOST, "/ISteamUser/ResolveVanityURL/v0001"): self._vanity,
            (SHOP_HOST, "/api/appdetails"): self._app_details,
        }
        answer = answers.get((host, route))
        if answer is None:
            return error(404)
        if request.method not in {"GET", "HEAD"}:
            return error(405)
        if host == API_HOST:
            key = request.query.get("key", "")
            if not key:
                return error(401)
            if key != self.steam.key:
                return error(403)
        return answer(request.query)

    def _summaries(self, query: Mapping[str, str]) -> Reply:
        asked = [text for text in query.get("steamids", "").split(",") if text]
        # The real Steam documents 100 and says nothing of more; refusing makes a client that asks for more noticed.
        if not asked or len(asked) > _MAX_IDS:
            return error(400)
        known = [self.steam.accounts[one] for one in dict.fromkeys(asked) if one in self.steam.accounts]
        return Reply(200, {"response": {"players": [_summary(one) for one in reversed(known)]}})

    def _vanity(self, query: Mapping[str, str]) -> Reply:
        wanted = query.get("vanityurl", "")
        if not wanted:
            return error(400)
        account = self.steam.by_vanity(wanted) if query.get("url_type", "1") == "1" else None
        if account is None:
            return Reply(200, {"response": {"success": 42, "message": "No match"}})
        return Reply(200, {"response": {"steamid": account.id, "success": 1}})

    @staticmethod
    def _app_details(query: Mapping[str, str]) -> Reply:
        game_id = query.get("appids", "")
        if not game_id.isdigit():  # also several ids at once, which the shop takes for prices only
            return Reply(400, None)
        title = title_of(game_id)
        if title is None:
            return Reply(200, {game_id: {"success": False}})
        data = {"type": "game", "name": title, "steam_appid": int(game_id), "required_age": 0, "is_free": False}
        return Reply(200, {game_id: {"success": True, "data": data}})

    def _log(self, host: str, route: str, query: Mapping[str, str], status: int) -> None:
        params = tuple((name, value) for name, value in query.items() if name != "key")
        self.steam.log(Answered(host, route, params, status, self.steam.clock.now()))


def _summary(account: SteamAccount) -> dict[str, object]:
    """Build one player of GetPlayerSummaries, with just the members that Steam gives in that state."""
    address = f"id/{account.vanity}/" if account.vanity else f"profiles/{account.id}/"
    avatar = f"https://avatars.steamstatic.com/{_NO_AVATAR}"
    player: dict[str, object] = {
        "steamid": account.id,
        "communityvisibilitystate": _NOT_VISIBLE if account.private else _VISIBLE,
        "profilestate": 1,
        "personaname": account.name,
        "profileurl": f"https://steamcommunity.com/{address}",
        "avatar": f"{avatar}.jpg",
        "avatarmedium": f"{avatar}_medium.jpg",
        "avatarfull": f"{avatar}_full.jpg",
        "avatarhash": _NO_AVATAR,
        "personastate": 0 if account.private else account.state.value,
        "personastateflags": 0,
    }
    if account.private:
        return player
    player["commentpermission"] = 1
    player["primaryclanid"] = "103582791429521408"
    if account.created is not None:
        player["timecreated"] = int(account.created.timestamp())
    if account.last_logoff is not None:
        player["lastlogoff"] = int(account.last_logoff.timestamp())
    if account.game_id is not None and not account.game_hidden:
        player["gameid"] = account.game_id
        if not account.untitled:
            player["gameextrainfo"] = account.game
    return player
