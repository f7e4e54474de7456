import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from gub.domain.credentials import PsnCredential
from gub.domain.errors import AccountTextInvalid
from gub.domain.values import Account, Platform
from gub.platforms.errors import CredentialDead, Malformed, NotFound, PlatformError, Private, RateLimited, Unavailable
from gub.platforms.psn import PsnClient, psn_budgets
from gub.platforms.transport import Transport
from tests.platforms.clocks import SkippingClock
from tests.platforms.psn_answers import (
    BAD_TOKEN,
    BLOCKED_PAGE,
    EXPIRED,
    INVALID_REFRESH,
    LIMITED,
    NOVA,
    NPSSO,
    ORBIT,
    PRIVATE,
    PROFILES,
    SEARCH,
    UNKNOWN_USER,
    MemoryShelf,
    Psn,
    presence,
    tokens,
)
from tests.platforms.server import Answer, Seen, Server, answer


@pytest.fixture
def shelf(clock: SkippingClock) -> MemoryShelf:
    return MemoryShelf(PsnCredential(NPSSO, tokens(clock.now()), grant="g"))


@pytest.fixture
async def client(transport: Transport, clock: SkippingClock, shelf: MemoryShelf) -> AsyncIterator[PsnClient]:
    client = PsnClient(transport, psn_budgets(clock), shelf, clock)
    yield client
    await client.aclose()


def profile(**fields: Any) -> bytes:
    return answer(200, {"profile": {"onlineId": "Nova", "accountId": NOVA} | fields})


def results(*items: Any, **search: Any) -> bytes:
    domain = {"domain": "SocialAllAccounts", "searchResults": list(items)} | search
    return answer(200, {"data": {"universalContextSearch": {"results": [domain]}}})


def result(online_id: Any, account_id: Any) -> dict[str, Any]:
    return {"result": {"onlineId": online_id, "accountId": account_id}}


async def test_an_online_id_is_found_as_playstation_spells_it(server: Server, client: PsnClient) -> None:
    server.script.append(profile(onlineId="NoVa"))
    assert await client.look_up(" nova ") == Account(Platform.PSN, NOVA, "NoVa")
    assert server.seen[0].target == f"{PROFILES}/nova/profile2?fields=accountId%2ConlineId%2CcurrentOnlineId"
    assert server.seen[0].headers["authorization"] == "Bearer SecretAccess0"


async def test_who_was_renamed_is_found_by_the_old_name_and_told_by_the_new(server: Server, client: PsnClient) -> None:
    server.script.append(profile(currentOnlineId="Supernova"))
    assert await client.look_up("nova") == Account(Platform.PSN, NOVA, "Supernova")


@pytest.mark.parametrize("fields", [{"onlineId": None}, {"onlineId": 7, "currentOnlineId": []}])
async def test_d65_absent_names_are_no_trouble(server: Server, client: PsnClient, fields: dict[str, Any]) -> None:
    server.script.append(profile(**fields))
    assert await client.look_up("nova") == Account(Platform.PSN, NOVA, "nova")


async def test_a_text_that_is_no_online_id_is_not_asked_about(server: Server, client: PsnClient) -> None:
    with pytest.raises(AccountTextInvalid):
        await client.look_up("../me")
    assert server.seen == []


async def test_playstations_own_no_is_final(server: Server, client: PsnClient) -> None:
    server.script.append(UNKNOWN_USER)
    with pytest.raises(NotFound):
        await client.look_up("nope")
    assert len(server.seen) == 1


TROUBLES = [
    answer(404, "<html>gone</html>"),
    answer(410),
    BLOCKED_PAGE,
    PRIVATE,
    answer(500),
    answer(200, "<html></html>"),
    answer(200, {"profile": {"onlineId": "Nova"}}),
    answer(200, {"profile": None}),
    answer(200, []),
    answer(400, {"error": {"code": 2105341}}),
    None,
]


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_the_search_helps_out_when_the_profile_does_not_say(
    server: Server, client: PsnClient, trouble: bytes | None
) -> None:
    server.script.extend([trouble, results(result("nova-2", ORBIT), result("NOVA", NOVA))])
    assert await client.look_up("nova") == Account(Platform.PSN, NOVA, "NOVA")
    asked = urlsplit(server.seen[1].target)
    query = {name: values[0] for name, values in parse_qs(asked.query).items()}
    assert asked.path == SEARCH
    assert query["operationName"] == "metGetContextSearchResults"
    assert json.loads(query["variables"])["searchTerm"] == "nova"
    assert len(json.loads(query["extensions"])["persistedQuery"]["sha256Hash"]) == 64
    assert server.seen[1].headers["apollographql-client-name"] == "PlayStationApp-Android"
    assert server.seen[1].headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    "found",
    [
        results(),
        results(result("nova-2", NOVA), result("nov", ORBIT)),
        results(result("nova\u200b", NOVA), result("n\u043eva", NOVA)),
        results(result("nova", "no id"), result(["nova"], NOVA), None, {}, {"result": 7}),
        results(result("nova", NOVA), result("Nova", ORBIT)),
        results(searchResults=None),
        answer(200, {"errors": [{"message": "PersistedQueryNotFound"}]}),
        answer(200, {"data": {"universalContextSearch": {"results": [None, 7]}}}),
        answer(200, "x"),
        answer(500),
        PRIVATE,
        LIMITED,
        None,
    ],
)
async def test_d64_no_failing_look_up_is_a_success(
    server: Server, client: PsnClient, clock: SkippingClock, found: bytes | None
) -> None:
    """What the search does not say for certain leaves the profile's trouble standing, and never a wrong account."""
    for trouble, error in ((answer(500), Unavailable), (PRIVATE, Private), (answer(200, []), Malformed)):
        server.script.extend([trouble, found])
        with pytest.raises(error):
            await client.look_up("nova")
        await clock.sleep(60)


@pytest.mark.parametrize(
    ("replies", "error"),
    [
        ([LIMITED], RateLimited),
        ([answer(429, Retry_After="30")], RateLimited),
        ([BAD_TOKEN, INVALID_REFRESH, EXPIRED], CredentialDead),
    ],
)
async def test_d64_a_429_and_a_dead_credential_are_told_as_they_are(
    server: Server, client: PsnClient, replies: list[bytes], error: type[PlatformError]
) -> None:
    server.script.extend(replies)
    with pytest.raises(error):
        await client.look_up("nova")
    assert len(server.seen) == len(replies)


async def test_look_ups_leave_something_for_presence(server: Server, client: PsnClient, clock: SkippingClock) -> None:
    server.handler = Psn(presence(NOVA), names={"nova": NOVA})
    for _ in range(40):
        await client.look_up("nova")
    with pytest.raises(RateLimited):
        await client.look_up("nova")
    assert len(server.seen) == 40
    for _ in range(60):
        await client.presences([NOVA])
    await clock.sleep(900)
    await client.look_up("nova")


async def test_a_look_alike_is_not_an_exact_match(server: Server, client: PsnClient) -> None:
    server.script.extend([answer(500), results(result("\u212aova", ORBIT), result("Kova", NOVA))])  # a Kelvin sign
    assert await client.look_up("kova") == Account(Platform.PSN, NOVA, "Kova")


async def test_a_slow_sign_in_takes_nothing_from_the_look_up(
    server: Server, client: PsnClient, shelf: MemoryShelf, clock: SkippingClock
) -> None:
    shelf.credential = PsnCredential(NPSSO, None, grant="g")
    psn = Psn(names={"nova": NOVA})

    def slow(seen: Seen) -> Answer:
        clock._elapsed += 5.0 if "/oauth/" in seen.target else 0.0
        return psn(seen)

    server.handler = slow
    assert (await client.look_up("nova")).account_id == NOVA


async def test_whoever_looks_up_is_not_kept_by_a_sign_in_that_hangs(
    monkeypatch, server: Server, client: PsnClient, shelf: MemoryShelf
) -> None:
    """Sony's sign-in may take 40 seconds to fail, and nothing else is answered in that chat meanwhile."""
    monkeypatch.setattr("gub.platforms.psn.client.LOOK_UP_SECONDS", 0.1)
    shelf.credential = PsnCredential(NPSSO, None, grant="g")
    server.handler = Psn(names={"nova": NOVA})
    server.release.clear()
    async with asyncio.timeout(5):
        with pytest.raises(Unavailable, match="too long"):
            await client.look_up("nova")
    server.release.set()
    await client.sign_in()
    assert len(shelf.kept) == 1
