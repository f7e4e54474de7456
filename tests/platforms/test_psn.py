import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from gub.domain.credentials import PsnCredential
from gub.domain.presence import Status
from gub.domain.values import Platform
from gub.platforms.errors import CredentialDead, Malformed, NoCredential, PlatformError, RateLimited, Unavailable
from gub.platforms.psn import PsnClient, psn_budgets
from gub.platforms.transport import Transport
from tests.platforms.clocks import SkippingClock
from tests.platforms.psn_answers import (
    BAD_TOKEN,
    BATCH,
    BLOCKED_PAGE,
    CODE_GIVEN,
    EXPIRED,
    INVALID_REFRESH,
    LIMITED,
    NOVA,
    NPSSO,
    ORBIT,
    THIRD,
    MemoryShelf,
    Psn,
    game,
    presence,
    presences,
    token_body,
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


def numbered(count: int) -> list[str]:
    return [str(2066273500000000000 + number) for number in range(1, count + 1)]


async def test_one_request_for_a_hundred_matched_by_id(server: Server, client: PsnClient) -> None:
    ids = numbered(250)
    psn = server.handler = Psn(*(presence(one, gameTitleInfoList=game(f"game {one}")) for one in ids))
    found = await client.presences([*ids, *ids])
    assert [len(batch) for batch in psn.batches] == [100, 100, 50]
    assert {one: it.title for one, it in found.items()} == {one: f"game {one}" for one in ids}
    assert all(it.account_id == one for one, it in found.items())
    assert (client.platform, client.batch_size) == (Platform.PSN, 100)


async def test_the_request_is_the_recorded_one(server: Server, client: PsnClient) -> None:
    server.handler = Psn(presence(NOVA), presence(ORBIT))
    await client.presences([NOVA, ORBIT])
    (seen,) = server.seen
    assert seen.target == (
        f"{BATCH}?type=primary&accountIds={NOVA}%2C{ORBIT}"
        "&platforms=PS4%2CPS5%2CMOBILE_APP%2CPSPC&withOwnGameTitleInfo=true"
    )
    assert seen.headers["authorization"] == "Bearer SecretAccess0"
    assert (seen.headers["accept-language"], seen.headers["country"]) == ("en-US", "US")


async def test_who_is_private_or_cannot_be_read_costs_only_themselves(server: Server, client: PsnClient) -> None:
    server.handler = Psn(presence(NOVA), presence(ORBIT, availability=[], primaryPlatformInfo=None))
    found = await client.presences([NOVA, ORBIT, THIRD, "no id", "9" * 20, ""])
    assert found[NOVA].status is Status.ONLINE
    assert ORBIT not in found
    assert found[THIRD].status is Status.PRIVATE
    for one in ("no id", "9" * 20, ""):
        assert found[one].status is Status.UNKNOWN
        assert not found[one].unanswered
    assert "no" not in server.seen[0].target.split("accountIds=")[1].split("&")[0]


async def test_nothing_to_ask_asks_nothing(server: Server, client: PsnClient) -> None:
    assert await client.presences([]) == {}
    assert (await client.presences(["zero"]))["zero"].status is Status.UNKNOWN
    assert server.seen == []


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (BLOCKED_PAGE, Unavailable),
        (answer(404), Malformed),
        (answer(302, b"", Location="https://x.example/"), Malformed),
        (answer(200, "<html>maintenance</html>"), Malformed),
        (answer(200, {"basicPresences": None}), Malformed),
        (answer(503), Unavailable),
        (LIMITED, RateLimited),
        (None, Unavailable),
    ],
)
async def test_every_trouble_is_a_typed_error(
    server: Server, client: PsnClient, reply: bytes | None, error: type[PlatformError]
) -> None:
    server.handler = lambda _: reply
    with pytest.raises(error):
        await client.presences([NOVA, ORBIT])


async def test_a_hundred_that_fails_costs_only_itself(server: Server, client: PsnClient) -> None:
    ids = numbered(150)
    server.script.extend([presences(*map(presence, ids[:100])), answer(200, "x")])
    assert list(await client.presences(ids)) == ids[:100]


# -- tokens


async def test_tokens_are_kept_before_they_are_used(server: Server, client: PsnClient, shelf: MemoryShelf) -> None:
    shelf.credential = PsnCredential(NPSSO, None, grant="g")
    psn = Psn(presence(NOVA))
    kept_at_the_question: list[int] = []

    def handler(seen: Seen) -> Answer:
        kept_at_the_question.append(len(shelf.kept))
        return psn(seen)

    server.handler = handler
    await client.presences([NOVA])
    assert kept_at_the_question == [0, 0, 1]
    assert psn.signed_in == ["npsso", "authorization_code"]
    assert server.seen[-1].headers["authorization"] == "Bearer SecretAccess2"


async def test_twenty_questions_with_an_expired_token_cause_one_refresh(
    server: Server, client: PsnClient, shelf: MemoryShelf, clock: SkippingClock
) -> None:
    shelf.credential = PsnCredential(NPSSO, tokens(clock.now(), age=4000), grant="g")
    psn = server.handler = Psn(*map(presence, numbered(20)))
    found = await asyncio.gather(*(client.presences([one]) for one in numbered(20)))
    assert all(it.status is Status.ONLINE for answers in found for it in answers.values())
    assert psn.signed_in == ["refresh_token"]
    assert len(shelf.kept) == 1


async def test_a_token_refused_before_its_time_is_renewed_once(
    server: Server, client: PsnClient, shelf: MemoryShelf
) -> None:
    server.script.append(BAD_TOKEN)
    psn = server.handler = Psn(presence(NOVA))
    assert (await client.presences([NOVA]))[NOVA].status is Status.ONLINE
    assert psn.signed_in == ["refresh_token"]
    assert len(shelf.kept) == 1


async def test_a_service_that_refuses_every_token_does_not_cause_one_renewal_after_another(
    server: Server, client: PsnClient, clock: SkippingClock
) -> None:
    psn = Psn(presence(NOVA))
    server.handler = lambda seen: psn(seen) if "oauth" in seen.target else BAD_TOKEN
    for _ in range(5):
        with pytest.raises(Unavailable):
            await client.presences([NOVA])
    assert psn.signed_in == ["refresh_token"]
    await clock.sleep(601)
    with pytest.raises(Unavailable):
        await client.presences([NOVA])
    assert psn.signed_in == ["refresh_token"] * 2


async def test_a_refused_refresh_token_and_npsso_are_told_once(
    server: Server, client: PsnClient, shelf: MemoryShelf, clock: SkippingClock
) -> None:
    shelf.credential = PsnCredential(NPSSO, tokens(clock.now(), age=4000), grant="g")
    server.script.extend([INVALID_REFRESH, EXPIRED])
    for _ in range(3):
        with pytest.raises(CredentialDead, match="the NPSSO has expired"):
            await client.presences([NOVA])
    assert (len(server.seen), shelf.dead) == (2, 1)
    shelf.credential = PsnCredential(NPSSO, None, grant="a new one")
    server.handler = Psn(presence(NOVA))
    assert (await client.presences([NOVA]))[NOVA].status is Status.ONLINE


async def test_d73_a_client_whose_first_sign_in_failed_is_whole(
    server: Server, client: PsnClient, shelf: MemoryShelf, clock: SkippingClock
) -> None:
    shelf.credential = PsnCredential(NPSSO, None, grant="g")
    server.script.append(answer(500))
    with pytest.raises(Unavailable):
        await client.sign_in()
    await clock.sleep(30)
    server.handler = Psn(presence(NOVA))
    await client.sign_in()
    assert (await client.presences([NOVA]))[NOVA].status is Status.ONLINE


async def test_without_a_credential_nothing_is_asked(server: Server, client: PsnClient, shelf: MemoryShelf) -> None:
    shelf.credential = None
    for asking in (client.presences([NOVA]), client.look_up("nova"), client.sign_in(), client.probe()):
        with pytest.raises(NoCredential):
            await asking
    assert server.seen == []


async def test_signing_in_costs_nothing_while_the_tokens_are_good(server: Server, client: PsnClient) -> None:
    await client.sign_in()
    assert server.seen == []


async def test_a_lock_out_of_the_sign_in_is_respected(
    server: Server, client: PsnClient, shelf: MemoryShelf, clock: SkippingClock
) -> None:
    shelf.credential = PsnCredential(NPSSO, None, grant="g")
    server.script.append(LIMITED)
    for _ in range(3):
        with pytest.raises(RateLimited):
            await client.sign_in()
    assert len(server.seen) == 1
    await clock.sleep(300)
    server.script.extend([CODE_GIVEN, answer(200, token_body())])
    await client.sign_in()
    assert shelf.kept[0].refresh_expires_at == clock.now() + timedelta(seconds=5183999)


async def test_a_sign_in_that_takes_all_the_time_is_no_limit_on_requests(
    server: Server, client: PsnClient, shelf: MemoryShelf, clock: SkippingClock
) -> None:
    shelf.credential = PsnCredential(NPSSO, None, grant="g")
    psn = Psn(presence(NOVA))

    def slow(seen: Seen) -> Answer:
        clock._elapsed += 16.0
        return psn(seen)

    server.handler = slow
    with pytest.raises(Unavailable, match="signing in"):
        await client.presences([NOVA])
    assert len(shelf.kept) == 1


async def test_a_probe_proves_the_whole_chain(server: Server, client: PsnClient, shelf: MemoryShelf) -> None:
    shelf.credential = PsnCredential(NPSSO, None, grant="g")
    psn = server.handler = Psn()
    await client.probe()
    assert psn.signed_in == ["npsso", "authorization_code"]
    assert server.seen[-1].target == "/platforms/dms.api.playstation.com/api/v1/devices/accounts/me"
    for reply in (answer(200, {}), answer(200, []), answer(404), answer(200, {"accountId": "me"})):
        server.script.append(reply)
        with pytest.raises(Malformed):
            await client.probe()


async def test_everything_counts_against_one_budget(server: Server, client: PsnClient, clock: SkippingClock) -> None:
    server.handler = Psn(presence(NOVA))
    for _ in range(100):
        await client.presences([NOVA])
    with pytest.raises(RateLimited):
        await client.presences([NOVA])
    with pytest.raises(RateLimited):
        await client.look_up("nova")
    assert len(server.seen) == 100
    await clock.sleep(900)
    await client.presences([NOVA])
