"""psnawp, an independent client, signs in to and reads from the simulated PlayStation Network as from the real one."""

import pytest
from psnawp_api import PSNAWP
from psnawp_api.core.psnawp_exceptions import (
    PSNAWPAuthenticationError,
    PSNAWPForbiddenError,
    PSNAWPNotFoundError,
    PSNAWPTooManyRequestsError,
)
from psnawp_api.models.search import SearchDomain

from gub.sandbox.psn import Psn
from tests.outside.psnawp_client import gateway_fixture, outside_fixture, psn_fixture, run  # noqa: F401 - fixtures


async def test_it_signs_in_and_knows_whose_account_it_is(outside: PSNAWP, psn: Psn):
    me = outside.me()
    assert await run(lambda: me.account_id) == psn.service.id
    assert await run(lambda: me.online_id) == psn.service.online_id
    assert await run(me.get_account_devices) == []
    assert dict(psn.counts) == {"authorize": 1, "code": 1, "me": 2, "profiles": 1}
    tokens = outside.authenticator.token_response
    assert tokens is not None
    assert (tokens["expires_in"], tokens["refresh_token_expires_in"]) == (3599, 5183999)


async def test_it_renews_its_tokens(outside: PSNAWP, psn: Psn):
    await run(lambda: outside.me().account_id)
    psn.rotating = True
    tokens = outside.authenticator.token_response
    assert tokens is not None
    tokens["access_token_expires_at"] = 0.0
    before = tokens["refresh_token"]
    assert await run(lambda: outside.me().account_id) == psn.service.id
    assert (psn.counts["authorize"], psn.counts["refresh"]) == (1, 1)
    renewed = outside.authenticator.token_response
    assert renewed is not None
    assert renewed["refresh_token"] != before


async def test_it_sees_that_the_npsso_has_expired(outside: PSNAWP, psn: Psn):
    psn.expire_npsso()
    with pytest.raises(PSNAWPAuthenticationError, match="npsso code has expired"):
        await run(lambda: outside.me().account_id)
    psn.tokens.npsso_works = True
    psn.fail("tosua")
    with pytest.raises(PSNAWPAuthenticationError, match="Something went wrong"):
        await run(lambda: outside.me().account_id)


async def test_it_finds_people_by_their_names_and_ids(outside: PSNAWP, psn: Psn):
    account = psn.add_account("OldName")
    psn.set_presence(account.id, name="NewName")
    by_name = await run(lambda: outside.user(online_id="oldname"))
    assert (by_name.account_id, by_name.online_id) == (account.id, "NewName")
    by_id = await run(lambda: outside.user(account_id=account.id))
    assert by_id.online_id == "NewName"
    assert (await run(by_id.profile))["isMe"] is False
    legacy = await run(by_name.get_profile_legacy)
    assert legacy["profile"]["presences"][0]["onlineStatus"] == "offline"
    with pytest.raises(PSNAWPNotFoundError, match="nobody does not exist"):
        await run(lambda: outside.user(online_id="nobody"))
    with pytest.raises(PSNAWPNotFoundError, match="Account ID 12 does not exist"):
        await run(lambda: outside.user(account_id="12"))


async def test_it_searches_page_by_page(outside: PSNAWP, psn: Psn):
    for number in range(30):
        psn.add_account(f"Nova_{number:02}")
    exact = psn.add_account("Nova")
    hits = await run(lambda: list(outside.search("nova", SearchDomain.USERS, limit=100)))
    ids = [hit["result"]["accountId"] for hit in hits]
    assert len(ids) == len(set(ids)) == 33
    assert set(psn.accounts) <= set(ids)
    assert hits[-1]["result"]["onlineId"] == exact.online_id
    assert psn.counts["search"] == 2


async def test_it_reads_presences_alone_and_in_a_batch(outside: PSNAWP, psn: Psn):
    playing = psn.add_account("Nova", game="Returnal")
    shy = psn.add_account("Shy")
    psn.set_presence(shy.id, oddity="private")
    user = await run(lambda: outside.user(online_id="Nova"))
    alone = (await run(user.get_presence))["basicPresence"]
    assert alone["gameTitleInfoList"][0]["titleName"] == "Returnal"
    batch = await run(lambda: outside.me().get_presences([playing.id, shy.id]))
    assert batch == {"basicPresences": [alone]}
    assert psn.requests[-1].path.endswith("/users//basicPresences"), "this is how psnawp writes it"
    hidden = await run(lambda: outside.user(online_id="Shy"))
    with pytest.raises(PSNAWPForbiddenError, match="not allowed to check the presence of user Shy"):
        await run(hidden.get_presence)


async def test_it_is_told_of_too_many_requests(outside: PSNAWP, psn: Psn):
    await run(lambda: outside.me().account_id)
    psn.fail("429", where="profile")
    with pytest.raises(PSNAWPTooManyRequestsError, match="Rate limit exceeded"):
        await run(lambda: outside.user(online_id="Nova"))
