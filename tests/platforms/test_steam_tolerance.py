"""Whatever JSON stands in whatever field: nothing but typed errors comes out, and nobody else's answer changes."""

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import httpx
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gub.domain.presence import AccountPresence
from gub.platforms import tolerant
from gub.platforms.errors import PlatformError
from gub.platforms.limiter import Budget
from gub.platforms.steam import SteamClient
from gub.platforms.transport import Transport
from tests.platforms.clocks import SkippingClock
from tests.platforms.steam_answers import KEY, NOVA, ORBIT, player

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([2**31, 2**63, 10**400, -1])
    | st.floats()
    | st.text(max_size=30)
    | st.text(alphabet=st.characters(categories=["Cs", "Cf", "Nd", "Cc"]), max_size=5)
)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
fields = st.sampled_from(
    ["steamid", "communityvisibilitystate", "personaname", "personastate", "gameid", "gameextrainfo", "lastlogoff"]
)
damaged = st.dictionaries(fields, anything, min_size=1).map(lambda changes: player(ORBIT) | changes)


async def ask(*bodies: bytes) -> Mapping[str, AccountPresence]:
    """Ask about both; the bodies are what Steam and then its store answer."""
    clock = SkippingClock()
    answers = iter(bodies)

    def respond(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=httpx.ByteStream(next(answers, b"{}")))

    async def key() -> str:
        return KEY

    transport = Transport(None, clock, inner=httpx.MockTransport(respond))
    client = SteamClient(transport, Budget([(100, 1.0)], clock), key, clock)
    try:
        return await client.presences([NOVA, ORBIT])
    finally:
        await client.aclose()
        await transport.aclose()


def body_of(*items: Any) -> bytes:
    return json.dumps({"response": {"players": list(items)}}).encode()


@settings(max_examples=150)
@given(st.one_of(damaged, anything), st.booleans())
@example(player(NOVA, gameid="999", personaname="somebody else's entry"), False)
def test_a_damaged_player_costs_only_themself(item: Any, first: bool) -> None:
    good = player(NOVA, gameid="730", gameextrainfo="Counter-Strike 2")
    if tolerant.digits(tolerant.entry(item, "steamid")) == NOVA:
        first = False  # two entries of one player: the first counts
    found = asyncio.run(ask(body_of(item, good) if first else body_of(good, item)))
    alone = asyncio.run(ask(body_of(good)))
    assert found[NOVA] == alone[NOVA]
    for presence in found.values():
        json.dumps([presence.title, presence.title_id, presence.account_id], ensure_ascii=False).encode()


@settings(max_examples=100)
@given(
    anything
    | anything.map(lambda inner: {"response": inner})
    | anything.map(lambda inner: {"response": {"players": inner}})
)
def test_a_damaged_answer_is_a_typed_error(document: Any) -> None:
    try:
        found = asyncio.run(ask(json.dumps(document).encode()))
    except PlatformError:
        return
    assert set(found) <= {NOVA, ORBIT}


@settings(max_examples=50)
@given(st.binary(max_size=50))
def test_bytes_that_are_no_answer_are_a_typed_error(body: bytes) -> None:
    with suppress(PlatformError):
        asyncio.run(ask(body))


@settings(max_examples=50)
@given(anything | st.builds(lambda inner: {"730": inner}, anything))
def test_a_damaged_store_costs_only_the_title(document: Any) -> None:
    found = asyncio.run(ask(body_of(player(NOVA, gameid="730")), json.dumps(document).encode()))
    assert found[NOVA].title_id == "730"


@given(anything)
def test_single_values_never_raise(value: Any) -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    text = tolerant.text(value)
    assert text is None or (0 < len(text) <= tolerant.LONGEST_TEXT and text.encode() and text == text.strip())
    moment = tolerant.moment(value, now)
    assert moment is None or moment <= now
    digits = tolerant.digits(value)
    assert digits is None or (digits.isascii() and digits.isdigit() and int(digits) > 0)
    tolerant.whole(value)
    tolerant.entry(value, "a", "b")
