"""Our PlayStation client and psnawp read the same from one simulated network; ours stays signed in to it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from psnawp_api import PSNAWP

from gub.domain.credentials import PsnCredential
from gub.domain.presence import AccountPresence, Status
from gub.platforms.errors import CredentialDead, NotFound, RateLimited
from gub.platforms.psn import PsnClient, psn_budgets
from gub.platforms.transport import Transport
from gub.sandbox.psn import NPSSO, Psn
from tests.outside.psnawp_client import gateway_fixture, outside_fixture, psn_fixture, run  # noqa: F401 - fixtures
from tests.platforms.shelf import FakeShelf
from tests.support.clock import FakeClock


@pytest.fixture
def shelf() -> FakeShelf[PsnCredential]:
    return FakeShelf(PsnCredential(NPSSO, None))


def clock_of(psn: Psn) -> FakeClock:
    assert isinstance(psn.clock, FakeClock)
    return psn.clock


@pytest.fixture
async def ours(gateway: str, psn: Psn, shelf: FakeShelf[PsnCredential]) -> AsyncIterator[PsnClient]:
    transport = Transport(gateway, psn.clock)
    client = PsnClient(transport, psn_budgets(psn.clock), shelf, psn.clock)
    yield client
    await client.aclose()
    await transport.aclose()


async def test_psnawp_and_we_read_the_same_world_alike(outside: PSNAWP, ours: PsnClient, psn: Psn):
    """Names, account ids, availability, titles."""
    for name, changes in {
        "Playing": {"game": "Returnal"},
        "OldGame": {"game": "Bloodborne™", "oddity": "ps4_on_ps5"},
        "OnPc": {"game": "HELLDIVERS™ 2", "oddity": "pspc"},
        "Idle": {"state": "online"},
        "Busy": {"state": "online", "oddity": "busy"},
        "OnPhone": {"state": "online", "oddity": "mobile_app"},
        "Nowhere": {"state": "online", "oddity": "no_platform_info"},
        "Offline": {"state": "offline"},
        "Unseen": {"state": "offline", "oddity": "no_last_seen"},
        "Renamed": {"game": "Fortnite", "name": "Renamed2"},
        "Hidden": {"state": "online", "oddity": "private"},
    }.items():
        psn.set_presence(psn.add_account(name).id, **changes)
    for account in psn.accounts.values():
        theirs = await run(lambda name=account.online_id: outside.user(online_id=name))
        found = await ours.look_up(account.online_id.swapcase())
        assert (found.account_id, found.name) == (theirs.account_id, theirs.online_id)

    ids = list(psn.accounts)
    batch = await run(lambda: outside.me().get_presences(ids))
    raw = {one["accountId"]: one for one in batch["basicPresences"]}
    read = await ours.presences(ids)
    assert set(read) == set(ids)
    for account_id, presence in read.items():
        assert seen(presence) == told(raw.get(account_id)), psn.accounts[account_id].online_id


def seen(presence: AccountPresence) -> tuple[str, str | None, str | None]:
    """What we make of it: whether they are there, what they play, and where."""
    if presence.status is Status.PRIVATE:
        return "hidden", None, None
    if presence.status is Status.OFFLINE:
        return "unavailable", None, None
    if presence.status is Status.PHONE:
        return "availableToCommunicate", None, presence.device
    return "busy" if presence.busy else "availableToPlay", presence.title, presence.device


def told(raw: dict[str, Any] | None) -> tuple[str, str | None, str | None]:
    """What psnawp was told, in the network's own words."""
    if raw is None:
        return "hidden", None, None
    game = next(iter(raw.get("gameTitleInfoList", [])), {})
    device = game.get("launchPlatform") or raw.get("primaryPlatformInfo", {}).get("platform")
    gone = raw["availability"] == "unavailable"
    return raw["availability"], game.get("titleName"), None if gone else device


# -- our client's own chain, against the whole simulator


async def test_the_chain_from_the_npsso_to_a_probe(ours: PsnClient, psn: Psn, shelf: FakeShelf[PsnCredential]):
    await ours.probe()
    assert dict(psn.counts) == {"authorize": 1, "code": 1, "me": 1}
    (tokens,) = shelf.kept
    assert (tokens.expires_in, tokens.refresh_expires_in) == (3599, 5183999)


@pytest.mark.parametrize("rotating", [False, True])
async def test_twenty_callers_with_expired_tokens_cause_one_renewal(
    ours: PsnClient, psn: Psn, shelf: FakeShelf[PsnCredential], *, rotating: bool
):
    account = psn.add_account("Nova", game="Returnal")
    psn.rotating = rotating
    await ours.sign_in()
    await clock_of(psn).advance(3600)
    answers = await asyncio.gather(*(ours.presences([account.id]) for _ in range(20)))
    assert {found[account.id].title for found in answers} == {"Returnal"}
    assert (psn.counts["authorize"], psn.counts["refresh"], psn.counts["batch"]) == (1, 1, 20)
    assert len(shelf.kept) == 2
    assert shelf.kept[1].refresh_expires_in == 5183999 - 3600
    assert (shelf.kept[0].refresh_token != shelf.kept[1].refresh_token) is rotating


async def test_tokens_killed_before_their_time_are_mended(ours: PsnClient, psn: Psn):
    account = psn.add_account("Nova", game="Returnal")
    await ours.sign_in()
    psn.expire_access_tokens()
    assert (await ours.presences([account.id]))[account.id].status is Status.PLAYING
    assert (psn.counts["authorize"], psn.counts["refresh"]) == (1, 1)


async def test_the_npsso_is_used_again_only_when_nothing_else_works(ours: PsnClient, psn: Psn):
    await ours.sign_in()
    psn.revoke_refresh_tokens()
    psn.expire_access_tokens()
    await ours.probe()
    assert (psn.counts["authorize"], psn.counts["refresh"]) == (2, 0)


async def test_after_60_days_and_without_the_npsso_the_credential_is_dead(
    ours: PsnClient, psn: Psn, shelf: FakeShelf[PsnCredential]
):
    await ours.sign_in()
    psn.expire_npsso()
    await clock_of(psn).advance(5183999)
    with pytest.raises(CredentialDead, match="NPSSO has expired"):
        await ours.probe()
    assert shelf.deaths


async def test_terms_of_service_to_accept(ours: PsnClient, psn: Psn):
    psn.fail("tosua", times=-1)
    with pytest.raises(CredentialDead, match="terms of service"):
        await ours.probe()


@pytest.mark.parametrize("oddity", ["private", "private_batch"])
async def test_one_private_and_one_malformed_account_cost_nobody_else(ours: PsnClient, psn: Psn, oddity: str):
    ids = [psn.add_account(f"Nova{number}", game=f"Game {number}").id for number in range(40)]
    psn.set_presence(ids[7], oddity=oddity)
    psn.set_presence(ids[9], oddity="malformed")
    found = await ours.presences(ids)
    assert found[ids[7]].status is Status.PRIVATE
    assert found.get(ids[9]) is None
    others = {one: found[one].title for one in ids if one not in {ids[7], ids[9]}}
    assert others == {one: f"Game {number}" for number, one in enumerate(ids) if number not in {7, 9}}


async def test_the_search_helps_when_the_profile_page_does_not(ours: PsnClient, psn: Psn):
    account = psn.add_account("Nova")
    psn.add_account("Nova_Storm")
    psn.fail("html", where="profile", times=-1)
    assert (await ours.look_up("nova")).account_id == account.id
    assert psn.counts["search"] == 1


async def test_what_goes_wrong_with_a_look_up_is_told_apart(ours: PsnClient, psn: Psn):
    with pytest.raises(NotFound):
        await ours.look_up("Nobody")
    psn.fail("429_told", where="profile", delay=120, times=-1)
    with pytest.raises(RateLimited):
        await ours.look_up("Nobody")
