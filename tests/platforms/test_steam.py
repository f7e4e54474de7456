from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from gub.domain.errors import AccountTextInvalid
from gub.domain.presence import Status
from gub.domain.steam_ids import FIRST_ID64
from gub.domain.values import Account, Platform
from gub.platforms.errors import (
    CredentialDead,
    Malformed,
    NoCredential,
    NotFound,
    PlatformError,
    RateLimited,
    Unavailable,
)
from gub.platforms.limiter import Budget
from gub.platforms.steam import BUDGET, SteamClient
from gub.platforms.steam.refusals import SPELL_SECONDS
from gub.platforms.transport import Transport
from tests.platforms.clocks import SkippingClock
from tests.platforms.server import Server, answer
from tests.platforms.steam_answers import FORBIDDEN, KEY, NOVA, ORBIT, UNAUTHORIZED, Steam, player, players


class Keys:
    def __init__(self) -> None:
        self.value: str | None = KEY

    async def __call__(self) -> str | None:
        return self.value


@pytest.fixture
def keys() -> Keys:
    return Keys()


@pytest.fixture
async def client(transport: Transport, clock: SkippingClock, keys: Keys) -> AsyncIterator[SteamClient]:
    client = SteamClient(transport, Budget(BUDGET, clock), keys, clock)
    yield client
    await client.aclose()


async def test_one_request_for_a_hundred_matched_by_id(server: Server, client: SteamClient) -> None:
    ids = [str(FIRST_ID64 + number) for number in range(1, 251)]
    server.handler = Steam(
        *(player(one, gameid=str(index), gameextrainfo=f"game {index}") for index, one in enumerate(ids, 1))
    )
    found = await client.presences([*ids, *ids])
    assert len(server.seen) == 3
    assert list(found) == ids
    assert {one: presence.title for one, presence in found.items()} == {
        one: f"game {index}" for index, one in enumerate(ids, 1)
    }
    assert all(presence.account_id == one for one, presence in found.items())


async def test_the_request_is_the_documented_one(server: Server, client: SteamClient) -> None:
    server.handler = Steam()
    await client.presences([NOVA, ORBIT])
    assert server.seen[0].target == (
        f"/platforms/api.steampowered.com/ISteamUser/GetPlayerSummaries/v2/?key={KEY}&steamids={NOVA},{ORBIT}"
    )


async def test_what_each_answer_means(server: Server, client: SteamClient, clock: SkippingClock) -> None:
    logoff = datetime.fromtimestamp(1795000000, UTC)
    assert logoff < clock.now()
    cases = [
        ({"personastate": 0}, (Status.OFFLINE, None, False, False, logoff)),
        ({"personastate": 0, "lastlogoff": None}, (Status.OFFLINE, None, False, False, None)),
        ({"personastate": 0, "lastlogoff": 10**30}, (Status.OFFLINE, None, False, False, None)),
        ({"personastate": 1}, (Status.ONLINE, None, False, False, clock.now())),
        ({"personastate": 2}, (Status.ONLINE, None, True, False, clock.now())),
        ({"personastate": 3}, (Status.AWAY, None, False, True, clock.now())),
        ({"personastate": 4}, (Status.AWAY, None, False, True, clock.now())),
        ({"personastate": 5}, (Status.ONLINE, None, False, False, clock.now())),
        ({"personastate": 6}, (Status.ONLINE, None, False, False, clock.now())),
        ({"personastate": 99}, (Status.UNKNOWN, None, False, False, logoff)),
        ({"gameid": "730", "gameextrainfo": "CS 2"}, (Status.PLAYING, "CS 2", False, False, clock.now())),
        (
            {"personastate": 4, "gameid": "730", "gameextrainfo": "CS\u200b 2"},
            (Status.PLAYING, "CS 2", False, True, clock.now()),
        ),
        ({"gameextrainfo": "Not on Steam"}, (Status.PLAYING, "Not on Steam", False, False, clock.now())),
        ({"communityvisibilitystate": 1, "personastate": 0}, (Status.PRIVATE, None, False, False, None)),
        ({"communityvisibilitystate": 1, "personastate": 6}, (Status.PRIVATE, None, False, False, None)),
        ({"communityvisibilitystate": 2, "gameid": "730"}, (Status.PRIVATE, None, False, False, None)),
    ]
    ids = [str(FIRST_ID64 + number) for number in range(1, len(cases) + 1)]
    server.handler = Steam(*(player(one, **facts) for one, (facts, _) in zip(ids, cases, strict=True)))
    found = await client.presences(ids)
    for one, (facts, expected) in zip(ids, cases, strict=True):
        it = found[one]
        assert (it.status, it.title, it.busy, it.away, it.last_seen) == expected, facts
        assert it.fetched_at == clock.now()
        assert (it.stale, it.since, it.platform) == (False, None, Platform.STEAM)


async def test_who_is_missing_is_unknown_and_who_cannot_be_read_is_left_out(
    server: Server, client: SteamClient
) -> None:
    third = "76561198000000003"
    server.handler = lambda _: players(
        None, [], "x", {"personaname": "nobody"}, player(ORBIT, personastate=[]), player("1"), player(NOVA)
    )
    found = await client.presences([NOVA, ORBIT, third, "no id", "9" * 17, ""])
    assert found[NOVA].status is Status.ONLINE
    assert ORBIT not in found
    for one in (third, "no id", "9" * 17, ""):
        assert found[one].status is Status.UNKNOWN
        assert not found[one].unanswered
    assert f"&steamids={NOVA},{ORBIT},{third}" in server.seen[0].target


async def test_nothing_to_ask_asks_nothing(server: Server, client: SteamClient) -> None:
    assert await client.presences([]) == {}
    assert (await client.presences(["zero"]))["zero"].status is Status.UNKNOWN
    assert server.seen == []


async def test_a_hundred_that_fails_costs_only_itself(server: Server, client: SteamClient) -> None:
    ids = [str(FIRST_ID64 + number) for number in range(1, 202)]
    server.script.extend([players(player(ids[0])), answer(400)])
    found = await client.presences(ids)
    assert list(found) == ids[:100]
    server.script.append(answer(400))
    with pytest.raises(Malformed):
        await client.presences(ids)


async def test_a_game_without_a_name_is_looked_up_in_the_store_once(server: Server, client: SteamClient) -> None:
    steam = Steam(player(NOVA, gameid="730"), player(ORBIT, gameid=730))
    steam.apps["730"] = "Counter-Strike 2"
    server.handler = steam
    found = await client.presences([NOVA, ORBIT])
    # The clock of this test lets no time for the store at all: the title serves the next question.
    assert {it.status for it in found.values()} == {Status.PLAYING}
    await server.until_seen(2)
    while (await client.presences([NOVA]))[NOVA].title is None:
        pass
    found = await client.presences([NOVA, ORBIT])
    assert {it.title for it in found.values()} == {"Counter-Strike 2"}
    assert {it.title_id for it in found.values()} == {"730"}
    assert sum("appdetails" in seen.target for seen in server.seen) == 1


@pytest.mark.parametrize(
    ("text", "account_id", "name"),
    [
        (NOVA, NOVA, "nova"),
        (f"https://steamcommunity.com/profiles/{NOVA}/games?tab=all", NOVA, "nova"),
        ("Nova", NOVA, "nova"),
        ("https://steamcommunity.com/id/nova", NOVA, "nova"),
        (str(int(NOVA) - FIRST_ID64), NOVA, "nova"),
        ("12345678", ORBIT, ORBIT),
        ("1234567", ORBIT, ORBIT),
    ],
)
async def test_look_up(server: Server, client: SteamClient, text: str, account_id: str, name: str) -> None:
    server.handler = Steam(
        player(NOVA, personaname="\u200bn\u200dova\ufeff"),
        player(ORBIT, personaname="\u2060"),
        vanity={"nova": NOVA, "12345678": ORBIT, "1234567": ORBIT},
    )
    assert await client.look_up(text) == Account(Platform.STEAM, account_id, name)


@pytest.mark.parametrize("text", ["nobody", "76561198000000009", "99999999"])
async def test_looking_up_nobody(server: Server, client: SteamClient, text: str) -> None:
    server.handler = Steam()
    with pytest.raises(NotFound):
        await client.look_up(text)


async def test_what_cannot_be_an_account_is_not_asked_about(server: Server, client: SteamClient) -> None:
    with pytest.raises(AccountTextInvalid):
        await client.look_up("https://steamcommunity.com/groups/valve")
    assert server.seen == []


@pytest.mark.parametrize("response", [{}, {"success": 1}, {"success": 1, "steamid": "7"}, {"success": 5}, [], None, 7])
async def test_a_vanity_answer_that_makes_no_sense(server: Server, client: SteamClient, response: object) -> None:
    server.handler = lambda _: answer(200, {"response": response})
    with pytest.raises(Malformed):
        await client.look_up("nova")


@pytest.mark.parametrize("refusal", [FORBIDDEN, UNAUTHORIZED], ids=["403", "401"])
async def test_a_few_refusals_are_a_false_alarm_and_those_that_go_on_are_not(
    server: Server, client: SteamClient, clock: SkippingClock, refusal: bytes
) -> None:
    """home-assistant/core#179440, #179321."""
    server.handler = lambda _: refusal
    for _ in range(2):
        with pytest.raises(Unavailable):
            await client.presences([NOVA])
        await clock.advance(SPELL_SECONDS)
    server.script.append(players(player(NOVA)))
    await client.presences([NOVA])
    for _ in range(2):
        with pytest.raises(Unavailable):
            await client.presences([NOVA])
        await clock.advance(SPELL_SECONDS)
    with pytest.raises(CredentialDead):
        await client.presences([NOVA])
    asked = len(server.seen)
    with pytest.raises(CredentialDead):
        await client.presences([NOVA])
    assert len(server.seen) == asked
    await clock.advance(901)
    server.script.append(players(player(NOVA)))
    await client.presences([NOVA])


async def test_a_maintenance_of_minutes_kills_no_key_in_however_lively_a_chat(
    server: Server, client: SteamClient, clock: SkippingClock
) -> None:
    """home-assistant/core#179440: false alarms several times a day."""
    server.handler = lambda _: FORBIDDEN
    for _ in range(int(SPELL_SECONDS / 20)):
        with pytest.raises(Unavailable):
            await client.presences([NOVA])
        await clock.advance(20)
    with pytest.raises(CredentialDead):
        await client.presences([NOVA])


async def test_a_new_key_is_tried_at_once(server: Server, client: SteamClient, keys: Keys) -> None:
    server.handler = lambda _: FORBIDDEN
    with pytest.raises(CredentialDead):
        await client.probe()
    with pytest.raises(CredentialDead):
        await client.presences([NOVA])
    keys.value = "F" * 32
    server.handler = Steam(player(NOVA))
    await client.presences([NOVA])
    await client.probe()


async def test_a_429_between_refusals_clears_the_key(server: Server, client: SteamClient) -> None:
    """Steam answers 403 to an address that ignored its 429s, whatever the key."""
    server.script.extend([FORBIDDEN, FORBIDDEN, answer(429, Retry_After="100"), FORBIDDEN])
    expected = [Unavailable, Unavailable, RateLimited]
    for error in expected:
        with pytest.raises(error):
            await client.presences([NOVA])
    with pytest.raises(RateLimited):  # the 429 holds everybody for as long as it said
        await client.presences([NOVA])


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (answer(403, "<html>blocked</html>"), Unavailable),
        (answer(401, {}), Unavailable),
        (answer(400, "<h1>Bad Request</h1>Please verify that all required parameters are being sent"), Malformed),
        (answer(404), Malformed),
        (answer(302, Location="https://steamcommunity.com/"), Malformed),
        (answer(200, "<html>maintenance</html>"), Malformed),
        (answer(200, ""), Malformed),
        (answer(200, "[]"), Malformed),
        (answer(200, {"response": {}}), Malformed),
        (answer(429, Retry_After="61"), RateLimited),
        (answer(503), Unavailable),
        (None, Unavailable),
    ],
)
async def test_every_other_answer_is_a_typed_error_and_no_proof_against_the_key(
    server: Server, client: SteamClient, reply: bytes | None, error: type[PlatformError]
) -> None:
    server.handler = lambda _: reply
    with pytest.raises(error) as caught:
        await client.presences([NOVA])
    assert not isinstance(caught.value, CredentialDead)
    assert KEY not in f"{caught.value!r}{caught.value.__context__!r}"


async def test_without_a_key_nothing_is_asked(server: Server, client: SteamClient, keys: Keys) -> None:
    keys.value = None
    for asking in (client.presences([NOVA]), client.probe(), client.look_up(NOVA)):
        with pytest.raises(NoCredential):
            await asking
    assert server.seen == []


async def test_a_key_that_holds_anything_stays_inside_its_parameter(
    server: Server, client: SteamClient, keys: Keys
) -> None:
    keys.value = "a&b=c#d /é\r\n"
    server.handler = Steam()
    await client.presences([NOVA])
    assert f"?key=a%26b%3Dc%23d%20%2F%C3%A9%0D%0A&steamids={NOVA}" in server.seen[0].target


async def test_the_daily_budget_is_kept(server: Server, transport: Transport, clock: SkippingClock) -> None:
    server.handler = Steam()
    client = SteamClient(transport, Budget([(1, 86_400.0)], clock), Keys(), clock)
    await client.presences([NOVA])
    with pytest.raises(RateLimited) as caught:
        await client.presences([NOVA])
    assert caught.value.retry_after == pytest.approx(timedelta(days=1).total_seconds())
    assert len(server.seen) == 1


async def test_a_look_up_is_given_up_while_somebody_still_waits(
    server: Server, client: SteamClient, clock: SkippingClock
) -> None:
    server.handler = lambda _: answer(429)
    with pytest.raises(RateLimited):
        await client.look_up("nova")
    assert clock.monotonic() <= 8.0
