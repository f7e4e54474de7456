"""Xbox Live's answers, field by field as the real ones are, with invented values."""

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from gub.domain.credentials import Tokens, XboxCredential
from tests.platforms.server import Answer, Seen, answer
from tests.support.clock import START

NOVA = "2533274800000001"
ORBIT = "2533274800000002"
THIRD = "2533274800000003"

CLIENT_ID = "00000000-test-test-test-000000000001"
CLIENT_SECRET = "SECRET-client"

UNKNOWN_GAMERTAG = answer(
    404,
    {"code": 28, "source": "Profile", "description": "The server found no data for the requested entity."},
)


def a_credential(grant: str = "grant-1", *, left: float = -1) -> XboxCredential:
    """What the owner stored; its access token works for `left` seconds more."""
    tokens = Tokens("SECRET-access-0", "SECRET-refresh-0", START, int(left), user_id="SECRET-user")
    return XboxCredential(CLIENT_ID, CLIENT_SECRET, tokens, grant)


def title(name: str, title_id: str = "1777860928", **facts: Any) -> dict[str, Any]:
    """A game in front, or whatever `facts` make of it; None takes a field away."""
    fields = {
        "id": title_id,
        "name": name,
        "placement": "Full",
        "state": "Active",
        "lastModified": "2026-11-22T17:05:00.7654321Z",
    }
    return {key: value for key, value in (fields | facts).items() if value is not None}


HOME = title("Home", "750323071", placement="Background")
XBOX_APP = title("Xbox App", "328178078")


def device(kind: str, *titles: Any) -> dict[str, Any]:
    return {"type": kind, "titles": list(titles)}


def person(xuid: str, *devices: Any, **facts: Any) -> dict[str, Any]:
    """Somebody online on these devices, offline without any; `facts` change it, and None takes a field away."""
    fields = {"xuid": xuid, "state": "Online" if devices else "Offline", "devices": list(devices) or None}
    return {key: value for key, value in (fields | facts).items() if value is not None}


def profile(xuid: str, classic: str, modern: str | None = None, suffix: str = "") -> dict[str, Any]:
    modern = modern or classic
    settings = {
        "Gamertag": classic,
        "ModernGamertag": modern,
        "ModernGamertagSuffix": suffix,
        "UniqueModernGamertag": f"{modern}#{suffix}" if suffix else modern,
    }
    return {
        "id": xuid,
        "hostId": xuid,
        "settings": [{"id": key, "value": value} for key, value in settings.items()],
        "isSponsoredUser": False,
    }


def xerr(number: int) -> bytes:
    return answer(401, {"Identity": "0", "XErr": number, "Message": "", "Redirect": "https://start.ui.xboxlive.com/"})


@dataclass
class Xbox:
    """A small Xbox Live with Microsoft's sign-in before it. Every token is numbered and has SECRET in it.

    `scripts` holds answers by part (login, user, xsts, profile, search, presence), given before any real one.
    """

    people: list[Any] = field(default_factory=list)
    profiles: list[Any] = field(default_factory=list)
    suggestions: list[str] = field(default_factory=list)
    scripts: dict[str, list[Answer]] = field(default_factory=dict)
    always: dict[str, Answer] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    bodies: dict[str, Any] = field(default_factory=dict)
    dead_tokens: set[str] = field(default_factory=set)
    not_after: dict[str, str] = field(
        default_factory=lambda: {"user": "2026-12-06T18:00:00.0000000Z", "xsts": "2026-11-23T10:00:00.0000000Z"}
    )

    def __call__(self, seen: Seen) -> Answer:
        target = urlsplit(seen.target)
        _, _, host, path = target.path.split("/", 3)
        part = {
            "login.live.com": "login",
            "user.auth.xboxlive.com": "user",
            "xsts.auth.xboxlive.com": "xsts",
            "profile.xboxlive.com": "profile",
            "usersearch.xboxlive.com": "search",
            "userpresence.xboxlive.com": "presence",
        }[host]
        self.counts[part] += 1
        if self.scripts.get(part):
            return self.scripts[part].pop(0)
        if part in self.always:
            return self.always[part]
        if part == "login":
            return self._login(seen)
        self.bodies[part] = json.loads(seen.body) if seen.body else None
        return self._token(part, seen) if part in ("user", "xsts") else self._service(part, unquote(path), seen)

    def _service(self, part: str, path: str, seen: Seen) -> Answer:
        if self._refused(seen.headers.get("authorization", "").removeprefix("XBL3.0 x=SECRET-uhs;")):
            return answer(401)
        if part == "presence":
            wanted = self.bodies[part]["users"]
            assert len(wanted) <= 1100
            return answer(200, list(reversed(self.people)))
        if part == "search":
            found = [{"text": "x", "result": {"id": one, "gamertag": "x", "score": 0.0}} for one in self.suggestions]
            return answer(200, {"results": found})
        return self._profile(path, seen)

    def _refused(self, token: str) -> bool:
        """A token is refused when it or one that it was made of is dead: `xsts-3<user-2<access-1`."""
        return not token.startswith("SECRET") or any(one in self.dead_tokens for one in token.split("<"))

    def _login(self, seen: Seen) -> Answer:
        form = {key: values[0] for key, values in parse_qs(seen.body.decode()).items()}
        self.bodies["login"] = form
        number = self.counts["login"]
        return answer(
            200,
            {
                "token_type": "bearer",
                "expires_in": 3600,
                "scope": "XboxLive.signin XboxLive.offline_access",
                "access_token": f"SECRET-access-{number}",
                "refresh_token": f"SECRET-refresh-{number}",
                "user_id": "SECRET-user",
            },
        )

    def _token(self, part: str, seen: Seen) -> Answer:
        assert seen.headers["x-xbl-contract-version"] == "1"
        properties = self.bodies[part]["Properties"]
        below = properties["RpsTicket"].removeprefix("d=") if part == "user" else properties["UserTokens"][0]
        if self._refused(below):
            return answer(401)
        return answer(
            200,
            {
                "IssueInstant": "2026-11-22T18:00:00.0000000Z",
                "NotAfter": self.not_after[part],
                "Token": f"SECRET-{part}-{self.counts[part]}<{below}",
                "DisplayClaims": {"xui": [{"uhs": "SECRET-uhs"}]},
            },
        )

    def _profile(self, path: str, seen: Seen) -> Answer:
        assert seen.headers["x-xbl-contract-version"] == "3"
        if path == "users/me/profile/settings":
            return answer(200, {"profileUsers": [profile("2535400000000000", "SvcAccount")]})
        if path == "users/batch/profile/settings":
            wanted = json.loads(seen.body)["userIds"]
            return answer(200, {"profileUsers": [one for one in self.profiles if one["id"] in wanted]})
        name = path.removeprefix("users/gt(").removesuffix(")/profile/settings").lower()
        found = [one for one in self.profiles if one["settings"][0]["value"].lower() == name]
        return answer(200, {"profileUsers": found}) if found else UNKNOWN_GAMERTAG
