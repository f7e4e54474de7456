"""What every call of the simulated PlayStation Network needs."""

import pytest

from tests.sandbox.psn.caller import BATCH, GRAPHQL, LEGACY, ME, USERS_1, USERS_2, Caller


@pytest.mark.parametrize(
    "path", [ME, f"{LEGACY}/me/profile2", f"{USERS_1}/1/profiles", GRAPHQL, BATCH, f"{USERS_2}/1/basicPresences"]
)
async def test_every_call_needs_a_token_and_the_two_headers(caller: Caller, path: str):
    for wrong in (None, "Bearer another", f"Basic {caller.tokens['access_token']}"):
        refused = await caller.get(path, Authorization=wrong)
        assert refused.status_code == 401
        assert isinstance(refused.json()["error"], dict)
    for header in ("Accept-Language", "Country"):
        assert header in (await caller.get(path, **{header: None})).json()["error"]["message"]
    assert (await caller.http.post(path)).status_code == 405


async def test_the_older_service_has_a_code_for_a_wrong_token(stranger: Caller):
    refused = await stranger.get(f"{LEGACY}/me/profile2")
    assert refused.json() == {"error": {"code": 2105857, "message": "Invalid access token"}}


async def test_nobody_answers_elsewhere(caller: Caller):
    for path in ("/m.np.playstation.com/api/nothing", "/dms.api.playstation.com/api/graphql/v1/op"):
        assert (await caller.get(path)).status_code == 404
