"""PlayStation's answers, field by field as the recorded ones are, with invented values; and a small PlayStation."""

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from gub.domain.credentials import PsnCredential, Tokens
from gub.platforms.errors import NoCredential
from tests.platforms.server import Answer, Seen, answer

NPSSO = "TestNpsso1234567" * 4
NOVA = "2066273500000000001"
ORBIT = "2066273500000000002"
THIRD = "2066273500000000003"

CA = "/platforms/ca.account.sony.com"
API = "/platforms/m.np.playstation.com"
PROFILES = "/platforms/us-prof.np.community.playstation.net/userProfile/v1/users"
ME = "/platforms/dms.api.playstation.com/api/v1/devices/accounts/me"
BATCH = f"{API}/api/userProfile/v2/internal/users/basicPresences"
SEARCH = f"{API}/api/graphql/v1/op"

PRIVATE = answer(403, {"error": {"referenceId": "r", "code": 2281486, "message": "Not permitted by access control"}})
BAD_ID = answer(400, {"error": {"referenceId": "r", "code": 2281473, "message": "Bad Request (path: accountId)"}})
UNKNOWN_USER = answer(404, {"error": {"code": 2105356, "message": "User not found (user: 'nope')"}})
BAD_TOKEN = answer(401, {"error": {"code": 2105857, "message": "Invalid access token"}})
LIMITED = answer(429, {"error": {"code": 2105867, "message": "Rate limit exceeded"}})
BLOCKED_PAGE = answer(403, "<html><head><title>Access Denied</title></head></html>", Content_Type="text/html")
INVALID_REFRESH = answer(
    400, {"error": "invalid_grant", "error_description": "Invalid refresh token", "error_code": 4159, "docs": "x"}
)


def redirect(location: str) -> bytes:
    return answer(302, b"", Location=location)


CODE_GIVEN = redirect("com.scee.psxandroid.scecompcall://redirect/?code=v3.SecretCode&cid=c")
EXPIRED = redirect(
    "https://my.account.sony.com/sonyacct/signin/?client_id=x&error=login_required&error_code=4165"
    "&error_description=User+is+not+authenticated"
)
TERMS = redirect(
    "https://my.account.sony.com/sonyacct/signin/?error=interaction_required&error_code=103&error_description=ToSUA"
)


def token_body(number: int = 1, **changes: Any) -> dict[str, Any]:
    fields = {
        "access_token": f"SecretAccess{number}",
        "token_type": "bearer",
        "expires_in": 3599,
        "scope": "psn:mobile.v2.core psn:clientapp",
        "id_token": f"SecretId{number}",
        "refresh_token": f"SecretRefresh{number}",
        "refresh_token_expires_in": 5183999,
    } | changes
    return {name: value for name, value in fields.items() if value is not None}


def tokens(now: datetime, *, age: float = 0.0, **changes: Any) -> Tokens:
    """Tokens of so many seconds ago."""
    fresh = Tokens("SecretAccess0", "SecretRefresh0", now - timedelta(seconds=age), 3599, 5183999)
    return replace(fresh, **changes)


def presence(account_id: str, **facts: Any) -> dict[str, Any]:
    """Somebody who is online on a PS5; `facts` change it, and None takes a field away."""
    fields = {
        "accountId": account_id,
        "availability": "availableToPlay",
        "primaryPlatformInfo": {"onlineStatus": "online", "platform": "PS5"},
    } | facts
    return {name: value for name, value in fields.items() if value is not None}


def game(title: str, **facts: Any) -> list[dict[str, Any]]:
    return [{"npTitleId": "PPSA01649_00", "titleName": title, "format": "PS5", "launchPlatform": "PS5"} | facts]


def presences(*items: Any) -> bytes:
    return answer(200, {"basicPresences": list(items)})


class MemoryShelf:
    """Keeps one credential; what was kept and declared dead can be looked at."""

    def __init__(self, credential: PsnCredential | None) -> None:
        self.credential = credential
        self.kept: list[Tokens] = []
        self.dead = 0

    async def read(self) -> PsnCredential | None:
        return self.credential

    async def keep(self, of: PsnCredential, tokens: Tokens) -> PsnCredential:
        if self.credential is None:
            raise NoCredential("gone")
        self.kept.append(tokens)
        self.credential = replace(of, tokens=tokens, revision=of.revision + 1)
        return self.credential

    async def died(self, of: PsnCredential) -> None:
        self.dead += of == self.credential

    def renewing(self) -> AbstractAsyncContextManager[None]:
        return nullcontext()


class Psn:
    """A small PlayStation. `refuses` says to which batches it answers with what instead."""

    def __init__(self, *people: dict[str, Any], names: Mapping[str, str] | None = None) -> None:
        self.people = {one["accountId"]: one for one in people}
        self.names = dict(names or {})
        self.private: set[str] = set()
        self.gone: set[str] = set()
        self.refuses: Callable[[list[str]], bytes | None] = lambda _: None
        self.batches: list[list[str]] = []
        self.singles: list[str] = []
        self.signed_in: list[str] = []

    def __call__(self, seen: Seen) -> Answer:
        target = urlsplit(seen.target)
        name = target.path.split("/")[-2]
        if target.path.startswith(CA):
            return self._sign_in(target.path, seen)
        if not seen.headers.get("authorization", "").startswith("Bearer "):
            return answer(401)
        if target.path == BATCH:
            return self._batch(parse_qs(target.query)["accountIds"][0].split(","))
        if target.path.endswith("/basicPresences"):
            return self._single(name)
        found = self.names.get(name.lower())
        profile = {"profile": {"onlineId": name, "accountId": found}} if target.path != ME else {"accountId": "1"}
        return answer(200, profile) if found or target.path == ME else UNKNOWN_USER

    def _sign_in(self, path: str, seen: Seen) -> Answer:
        if path.endswith("/authorize"):
            self.signed_in.append("npsso")
            return CODE_GIVEN if f"npsso={NPSSO}" in seen.headers.get("cookie", "") else EXPIRED
        self.signed_in.append(parse_qs(seen.body.decode())["grant_type"][0])
        return answer(200, token_body(len(self.signed_in)))

    def _batch(self, ids: list[str]) -> Answer:
        self.batches.append(ids)
        assert len(ids) <= 100
        if (refused := self.refuses(ids)) is not None:
            return refused
        return presences(*(self.people[one] for one in reversed(ids) if one in self.people))

    def _single(self, account_id: str) -> Answer:
        self.singles.append(account_id)
        if account_id in self.private:
            return PRIVATE
        if account_id in self.gone:
            return BAD_ID
        person = {name: value for name, value in self.people[account_id].items() if name != "accountId"}
        return answer(200, json.dumps({"basicPresence": person}))
