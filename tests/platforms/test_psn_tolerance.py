"""Whatever JSON stands in whatever field: nothing but typed errors comes out, and nobody else's answer changes."""

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from gub.domain.credentials import PsnCredential
from gub.domain.presence import AccountPresence
from gub.platforms import tolerant
from gub.platforms.errors import PlatformError
from gub.platforms.psn import PsnClient, psn_budgets
from gub.platforms.transport import Transport
from tests.platforms.clocks import SkippingClock
from tests.platforms.psn_answers import NOVA, NPSSO, ORBIT, MemoryShelf, game, presence, tokens

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([2**31, 2**63, 10**400, -1])
    | st.floats()
    | st.text(max_size=30)
    | st.text(alphabet=st.characters(categories=["Cs", "Cf", "Nd", "Cc"]), max_size=5)
    | st.sampled_from(["online", "offline", "availableToPlay", "busy", "unavailable", "MOBILE_APP", "PS4", NOVA, ORBIT])
    | st.datetimes().map(lambda moment: moment.isoformat())
)
names = st.sampled_from(
    [
        "accountId",
        "availability",
        "primaryPlatformInfo",
        "gameTitleInfoList",
        "lastAvailableDate",
        "lastOnlineDate",
        "onlineStatus",
        "platform",
        "titleName",
        "npTitleId",
        "launchPlatform",
        "format",
        "gameStatus",
    ]
)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names | st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)
damaged = st.dictionaries(names, anything, min_size=1).map(
    lambda changes: presence(ORBIT, gameTitleInfoList=game("Invaders")) | changes
)


class World:
    """One client on a transport that answers what it is told."""

    def __init__(self, *replies: tuple[int, bytes, Mapping[str, str]], signed_in: bool = True) -> None:
        self.clock = SkippingClock()
        answers = iter(replies)

        def respond(_: httpx.Request) -> httpx.Response:
            status, body, headers = next(answers, (200, b"{}", {}))
            return httpx.Response(status, stream=httpx.ByteStream(body), headers=headers)

        self.transport = Transport(None, self.clock, inner=httpx.MockTransport(respond))
        shelf = MemoryShelf(PsnCredential(NPSSO, tokens(self.clock.now()) if signed_in else None))
        self.client = PsnClient(self.transport, psn_budgets(self.clock), shelf, self.clock)

    async def __aenter__(self) -> PsnClient:
        return self.client

    async def __aexit__(self, *_: object) -> None:
        await self.client.aclose()
        await self.transport.aclose()


async def ask(*replies: tuple[int, Any]) -> Mapping[str, AccountPresence]:
    async with World(*((status, json.dumps(body).encode(), {}) for status, body in replies)) as client:
        return await client.presences([NOVA, ORBIT])


def of(*items: Any) -> tuple[int, Any]:
    return 200, {"basicPresences": list(items)}


@settings(max_examples=200)
@given(st.one_of(damaged, anything), st.booleans())
def test_a_damaged_entry_costs_only_itself(item: Any, first: bool) -> None:
    good = presence(NOVA, gameTitleInfoList=game("Invaders", gameStatus="In lobby"))
    if tolerant.digits(tolerant.entry(item, "accountId")) == NOVA:
        first = False  # two entries of one account: the first counts
    found = asyncio.run(ask(of(item, good) if first else of(good, item)))
    alone = asyncio.run(ask(of(good)))
    assert found[NOVA] == alone[NOVA]
    assert set(found) <= {NOVA, ORBIT}
    for one, it in found.items():
        assert it.account_id == one
        assert it.last_seen is None or it.last_seen <= SkippingClock().now()
        json.dumps([it.title, it.title_id, it.activity, it.device], ensure_ascii=False).encode()


@settings(max_examples=150)
@given(
    st.sampled_from([200, 400, 401, 403, 404, 414, 418]),
    anything
    | anything.map(lambda inner: {"basicPresences": inner})
    | anything.map(lambda inner: {"basicPresence": inner})
    | anything.map(lambda inner: {"error": inner})
    | anything.map(lambda inner: {"error": {"code": inner}}),
    anything.map(lambda inner: {"basicPresence": inner}) | anything.map(lambda inner: {"error": inner}),
)
def test_a_damaged_answer_is_a_typed_error(status: int, document: Any, alone: Any) -> None:
    with suppress(PlatformError):
        found = asyncio.run(ask((status, document), (status, alone), (status, alone)))
        assert set(found) <= {NOVA, ORBIT}


@settings(max_examples=50)
@given(st.integers(200, 599), st.binary(max_size=50))
def test_bytes_that_are_no_answer_are_a_typed_error(status: int, body: bytes) -> None:
    async def check() -> None:
        async with World(*[(status, body, {})] * 20) as client:
            with suppress(PlatformError):
                await client.presences([NOVA, ORBIT])

    asyncio.run(check())


@settings(max_examples=100)
@given(
    st.sampled_from([200, 403, 404, 410]),
    anything | anything.map(lambda inner: {"profile": inner}) | anything.map(lambda inner: {"error": inner}),
    anything
    | anything.map(lambda inner: {"data": {"universalContextSearch": {"results": inner}}})
    | anything.map(lambda inner: {"data": {"universalContextSearch": {"results": [{"searchResults": inner}]}}}),
)
def test_a_damaged_look_up_is_a_typed_error_or_an_account(status: int, profile: Any, found: Any) -> None:
    async def check() -> None:
        replies = ((status, json.dumps(profile).encode(), {}), (200, json.dumps(found).encode(), {}))
        async with World(*replies) as client:
            with suppress(PlatformError):
                account = await client.look_up("nova")
                assert account.account_id.isdigit()
                assert account.name.encode()

    asyncio.run(check())


@settings(max_examples=100)
@given(
    st.sampled_from([200, 302, 400, 401, 403]),
    anything
    | st.fixed_dictionaries({"error": anything, "error_code": anything, "error_description": anything})
    | st.fixed_dictionaries({"access_token": anything, "expires_in": anything, "refresh_token_expires_in": anything}),
    st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), max_size=40)
    | st.sampled_from(["?code=x", "?error=login_required&error_code=x", "://[", "?&=&error_code=4165"]),
    st.booleans(),
)
def test_a_damaged_sign_in_is_a_typed_error(status: int, document: Any, location: str, damaged_code: bool) -> None:
    code = {"location": "com.scee.psxandroid.scecompcall://redirect" + ("" if damaged_code else "?code=c") + location}
    body = json.dumps(document).encode()

    async def check() -> None:
        replies = ((302, b"", code), (status, body, {}), (200, b'{"accountId": "1"}', {}))
        async with World(*replies, signed_in=False) as client:
            with suppress(PlatformError):
                await client.sign_in()

    asyncio.run(check())
