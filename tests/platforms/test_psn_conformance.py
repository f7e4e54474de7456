"""The client and the simulated PlayStation were written apart, each from what is known of it; here they meet."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from gub.domain.credentials import PsnCredential
from gub.domain.presence import Status
from gub.platforms.errors import CredentialDead, Malformed, NotFound, PlatformError, RateLimited, Unavailable
from gub.platforms.psn import PsnClient, psn_budgets
from gub.platforms.transport import Transport
from gub.sandbox.psn import NPSSO, Psn, PsnApi
from tests.platforms.clocks import SkippingClock
from tests.platforms.psn_answers import MemoryShelf


@pytest.fixture
def psn(clock: SkippingClock) -> Psn:
    return Psn(clock)


@pytest.fixture
async def gateway(psn: Psn) -> AsyncIterator[str]:
    api = PsnApi(psn)

    async def handle(request: web.Request) -> web.StreamResponse:
        return await api.handle(request.match_info["host"], request.match_info["path"], request)

    app = web.Application()
    app.router.add_route("*", "/platforms/{host}/{path:.*}", handle)
    async with TestServer(app, host="127.0.0.1") as server:
        yield str(server.make_url("/platforms"))


@pytest.fixture
def shelf() -> MemoryShelf:
    return MemoryShelf(PsnCredential(NPSSO, None, grant="g"))


@asynccontextmanager
async def a_client(gateway: str, shelf: MemoryShelf, clock: SkippingClock) -> AsyncIterator[PsnClient]:
    transport = Transport(gateway, clock)
    client = PsnClient(transport, psn_budgets(clock), shelf, clock)
    try:
        yield client
    finally:
        await client.aclose()
        await transport.aclose()


@pytest.fixture
async def client(gateway: str, shelf: MemoryShelf, clock: SkippingClock) -> AsyncIterator[PsnClient]:
    async with a_client(gateway, shelf, clock) as client:
        yield client


async def test_everybody_is_what_the_panel_says(client: PsnClient, psn: Psn) -> None:
    def add(name: str, oddity: str = "none", **facts: str) -> str:
        account = psn.add_account(name, **facts)  # type: ignore[arg-type]
        psn.set_presence(account.id, oddity=oddity)
        return account.id

    playing = add("Playing", game="Tetris Effect")
    psn.set_presence(playing, activity="In the desert")
    expected = {
        playing: (Status.PLAYING, "Tetris Effect", "In the desert", "PS5"),
        add("Online", state="online"): (Status.ONLINE, None, None, "PS5"),
        add("Offline"): (Status.OFFLINE, None, None, None),
        add("Phone", "mobile_app", state="online"): (Status.PHONE, None, None, "MOBILE_APP"),
        add("Computer", "pspc", game="Tetris Effect"): (Status.PLAYING, "Tetris Effect", None, "PSPC"),
        add("Older", "ps4_on_ps5", game="Tetris Effect"): (Status.PLAYING, "Tetris Effect", None, "PS5"),
        add("Busy", "busy", state="online"): (Status.ONLINE, None, None, "PS5"),
        add("Nameless", "no_platform", state="online"): (Status.ONLINE, None, None, None),
        add("Bare", "no_platform_info", state="online"): (Status.ONLINE, None, None, None),
        add("Future", "unknown_platform", state="online"): (Status.ONLINE, None, None, "PS6"),
        add("NoGames", "empty_games", state="online"): (Status.ONLINE, None, None, "PS5"),
        add("Seen", "last_seen_online", state="online"): (Status.ONLINE, None, None, "PS5"),
        add("NeverSeen", "no_last_seen"): (Status.OFFLINE, None, None, None),
        add("Private", "private", game="Tetris Effect"): (Status.PRIVATE, None, None, None),
        add("Omitted", "omitted", state="online"): (Status.PRIVATE, None, None, None),
        "1234": (Status.PRIVATE, None, None, None),
    }
    malformed = add("Malformed", "malformed", state="online")
    found = await client.presences([*expected, malformed])
    assert {one: (it.status, it.title, it.activity, it.device) for one, it in found.items()} == expected
    assert psn.counts["batch"] == 1
    assert psn.counts["presence"] == 0


async def test_when_somebody_was_last_there_is_told(client: PsnClient, psn: Psn, clock: SkippingClock) -> None:
    nova = psn.add_account("Nova", state="online")
    psn.set_presence(nova.id, state="offline")
    left = clock.now()
    await clock.sleep(3600)
    assert (await client.presences([nova.id]))[nova.id].last_seen == left


async def test_the_whole_chain_is_walked_once_and_then_by_refresh_tokens(
    client: PsnClient, psn: Psn, shelf: MemoryShelf, clock: SkippingClock
) -> None:
    psn.rotating = True
    nova = psn.add_account("Nova", state="online")
    await client.presences([nova.id])
    ends = shelf.kept[0].refresh_expires_at
    for _ in range(3):
        await clock.sleep(86400)
        assert (await client.presences([nova.id]))[nova.id].status is Status.ONLINE
    assert (psn.counts["authorize"], psn.counts["code"], psn.counts["refresh"]) == (1, 1, 3)
    assert len({each.refresh_token for each in shelf.kept}) == 4
    assert {each.refresh_expires_at for each in shelf.kept} == {ends}


async def test_twenty_at_once_with_an_expired_token_cause_one_refresh(
    client: PsnClient, psn: Psn, shelf: MemoryShelf
) -> None:
    ids = [psn.add_account(f"p{number:02}", state="online").id for number in range(20)]
    await client.sign_in()
    psn.expire_access_tokens()
    found = await asyncio.gather(*(client.presences([one]) for one in ids))
    assert all(it.status is Status.ONLINE for each in found for it in each.values())
    assert (psn.counts["refresh"], len(shelf.kept)) == (1, 2)


async def test_after_a_restart_the_npsso_is_left_alone(
    gateway: str, client: PsnClient, psn: Psn, shelf: MemoryShelf, clock: SkippingClock
) -> None:
    psn.rotating = True
    await client.probe()
    psn.expire_npsso()
    await clock.sleep(7200)
    await client.sign_in()
    for _ in range(2):
        async with a_client(gateway, shelf, clock) as reborn:
            await clock.sleep(7200)
            await reborn.probe()
    assert (psn.counts["authorize"], psn.counts["refresh"]) == (1, 3)


async def test_sixty_days_on_the_npsso_signs_in_anew_or_is_dead(
    client: PsnClient, psn: Psn, shelf: MemoryShelf, clock: SkippingClock
) -> None:
    await client.probe()
    await clock.sleep(timedelta(days=61).total_seconds())
    await client.probe()
    assert psn.counts["authorize"] == 2
    psn.expire_npsso()
    await clock.sleep(timedelta(days=61).total_seconds())
    with pytest.raises(CredentialDead, match="the NPSSO has expired"):
        await client.probe()
    assert shelf.dead == 1
    shelf.credential = PsnCredential(psn.new_npsso(), None, grant="new")
    await client.probe()


async def test_new_terms_are_told_apart(client: PsnClient, psn: Psn) -> None:
    psn.fail("tosua")
    with pytest.raises(CredentialDead, match="terms of service"):
        await client.sign_in()


async def test_accounts_are_found_by_name(client: PsnClient, psn: Psn) -> None:
    nova = psn.add_account("Nova")
    renamed = psn.add_account("Supernova")
    psn.set_presence(renamed.id, oddity="renamed")
    assert renamed.first_id is not None
    assert (await client.look_up("NOVA")).account_id == nova.id
    assert (await client.look_up("nova")).name == "Nova"
    assert (await client.look_up(renamed.first_id)).name == "Supernova"
    with pytest.raises(NotFound):
        await client.look_up("nobody")
    assert psn.counts["search"] == 0


async def test_the_search_finds_whom_the_profile_does_not_tell_of(
    client: PsnClient, psn: Psn, clock: SkippingClock
) -> None:
    nova = psn.add_account("Nova")
    psn.add_account("NovaOne")
    for kind in ("500", "403", "html", "garbage", "drop", "400"):
        psn.fail(kind, where="profile")
        assert await client.look_up("nova") == await client.look_up("nova"), kind
        assert (await client.look_up("nova")).account_id == nova.id
        await clock.sleep(60)
    assert psn.counts["search"] == 6
    psn.fail("500", where="profile")
    psn.fail("persisted_query", where="search")
    with pytest.raises(Unavailable):
        await client.look_up("nova")


async def test_d61_somebody_private_spoils_no_batch(client: PsnClient, psn: Psn) -> None:
    ids = [psn.add_account(f"p{number:02}", state="online").id for number in range(40)]
    psn.set_presence(ids[17], oddity="private_batch")
    for _ in range(2):
        found = await client.presences(ids)
        assert [one for one in ids if found[one].status is Status.PRIVATE] == [ids[17]]
        assert sum(it.status is Status.ONLINE for it in found.values()) == 39
    assert psn.requests[-1].status == 200


async def test_batches_forbidden_for_a_while_cost_nobody_their_answer(client: PsnClient, psn: Psn) -> None:
    ids = [psn.add_account(f"p{number:02}", state="online").id for number in range(4)]
    psn.fail("batch_403", times=-1)
    assert {it.status for it in (await client.presences(ids)).values()} == {Status.ONLINE}
    psn.clear_faults()
    assert {it.status for it in (await client.presences(ids)).values()} == {Status.ONLINE}


async def test_two_hundred_and_one_accounts_take_three_requests(client: PsnClient, psn: Psn) -> None:
    ids = [psn.add_account(f"p{number:03}", game=f"game {number}").id for number in range(201)]
    found = await client.presences(ids)
    assert [found[one].title for one in ids] == [f"game {number}" for number in range(201)]
    assert psn.counts["batch"] == 3


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("429", RateLimited),
        ("429_told", RateLimited),
        ("401", Unavailable),
        ("500", Unavailable),
        ("503", Unavailable),
        ("down", Unavailable),
        ("drop", Unavailable),
        ("html", Malformed),
        ("garbage", Malformed),
    ],
)
async def test_every_fault_is_a_typed_error_and_passes(
    client: PsnClient, psn: Psn, clock: SkippingClock, kind: str, error: type[PlatformError]
) -> None:
    nova = psn.add_account("Nova", state="online")
    await client.sign_in()
    psn.fail(kind, times=-1, where="presence")
    with pytest.raises(error):
        await client.presences([nova.id])
    psn.clear_faults()
    await clock.sleep(60)
    psn.fail("503", times=2, where="presence")
    assert (await client.presences([nova.id]))[nova.id].status is Status.ONLINE


SIGN_IN_FAULTS = [
    *(("authorize", kind) for kind in ("429", "400", "403", "500", "html", "garbage", "drop")),
    *(("token", kind) for kind in ("429", "400", "401", "403", "500", "html", "garbage", "drop", "invalid_grant")),
]


@pytest.mark.parametrize("fault", SIGN_IN_FAULTS)
async def test_no_fault_of_the_sign_in_kills_a_credential(
    client: PsnClient, psn: Psn, shelf: MemoryShelf, clock: SkippingClock, fault: tuple[str, str]
) -> None:
    part, kind = fault
    psn.fail(kind, where=part)
    with pytest.raises(PlatformError) as caught:
        await client.sign_in()
    assert not isinstance(caught.value, CredentialDead)
    assert shelf.dead == 0
    await clock.sleep(301)
    await client.probe()
