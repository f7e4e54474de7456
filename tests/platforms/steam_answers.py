"""Steam's answers, field by field as the real ones are, with invented values."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.platforms.server import Answer, Seen, answer

KEY = "0123456789ABCDEF0123456789ABCDEF"
NOVA = "76561198000000001"
ORBIT = "76561198000000002"

FORBIDDEN = answer(
    403,
    "<html><head><title>Forbidden</title></head><body><h1>Forbidden</h1>Access is denied. Retrying will not help. "
    "Please verify your <pre>key=</pre> parameter.</body></html>",
    Content_Type="text/html",
)
UNAUTHORIZED = answer(
    401,
    "<html><head><title>Unauthorized</title></head><body><h1>Unauthorized</h1>Access is denied. Retrying will not "
    "help. Please verify your <pre>key=</pre> parameter.</body></html>",
)


def player(id64: str, **facts: Any) -> dict[str, Any]:
    """A public profile that is online; `facts` change it, and None takes a field away."""
    fields = {
        "steamid": id64,
        "communityvisibilitystate": 3,
        "profilestate": 1,
        "personaname": f"player {id64[-1]}",
        "profileurl": f"https://steamcommunity.com/profiles/{id64}/",
        "personastate": 1,
        "lastlogoff": 1795000000,
        "personastateflags": 0,
    }
    return {name: value for name, value in (fields | facts).items() if value is not None}


def players(*items: Any) -> bytes:
    return answer(200, {"response": {"players": list(items)}})


class Steam:
    """A small Steam: answers summaries, vanity names and the store from what it is given."""

    def __init__(self, *people: dict[str, Any], vanity: Mapping[str, str] | None = None) -> None:
        self.people = {one["steamid"]: one for one in people}
        self.vanity = dict(vanity or {})
        self.apps: dict[str, str] = {}

    def __call__(self, seen: Seen) -> Answer:
        target = urlsplit(seen.target)
        query = {name: values[0] for name, values in parse_qs(target.query).items()}
        match target.path:
            case "/platforms/api.steampowered.com/ISteamUser/GetPlayerSummaries/v2/":
                ids = query["steamids"].split(",")
                assert len(ids) <= 100
                return players(*(self.people[one] for one in reversed(ids) if one in self.people))
            case "/platforms/api.steampowered.com/ISteamUser/ResolveVanityURL/v1/":
                found = self.vanity.get(query["vanityurl"].lower())
                no = {"success": 42, "message": "No match"}
                return answer(200, {"response": {"steamid": found, "success": 1} if found else no})
            case "/platforms/store.steampowered.com/api/appdetails":
                name = self.apps.get(query["appids"])
                details = {"success": True, "data": {"name": name}} if name else {"success": False}
                return answer(200, json.dumps({query["appids"]: details}))
            case _:
                return answer(404)
