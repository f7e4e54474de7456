"""Faults of the simulated PlayStation Network."""

import asyncio
import json
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from gub.sandbox.psn import Psn
from tests.sandbox.psn.caller import (
    ME,
    Caller,
    entries,
    found,
    only,
)
from tests.support.clock import FakeClock


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("400", 400, 2281473),
        ("403", 403, 2281486),
        ("401", 401, None),
        ("429", 429, 2138635),
        ("429_told", 429, 2138635),
    ],
)
async def test_a_fault_lasts_as_often_as_told(caller: Caller, psn: Psn, kind: str, status: int, code: int | None):
    account = psn.add_account("Nova")
    psn.fail(kind, times=2, where="presence", delay=7)
    for _ in range(2):
        assert (await caller.profile2("Nova")).status_code == 200, "another part works"
        failed = await caller.presence(account.id)
        assert (failed.status_code, failed.json()["error"].get("code")) == (status, code)
        assert failed.headers.get("retry-after") == ("7" if kind == "429_told" else None)
    assert only(await caller.presence(account.id))


async def test_each_service_has_its_own_code_for_too_many_requests(caller: Caller, psn: Psn):
    psn.fail("429", times=5)
    limited = [await caller.profile2("Nova"), await caller.search("Nova"), await caller.presence("1")]
    assert [reply.json()["error"]["code"] for reply in limited] == [2105867, 2122251, 2138635]
    assert [(await caller.authorize()).status_code, (await caller.refresh()).status_code] == [429, 429]


async def test_faults_of_signing_in(stranger: Caller, psn: Psn):
    psn.fail("4165")
    assert "error_code=4165" in (await stranger.authorize()).headers["location"]
    psn.fail("tosua", times=2)
    for _ in range(2):
        redirect = parse_qs(urlsplit((await stranger.authorize()).headers["location"]).query)
        assert redirect["error_code"] == ["103"]
        assert "ToSUA" in redirect["error_description"][0]
    for kind in ("400", "403", "500"):
        psn.fail(kind, where="authorize")
        assert (await stranger.authorize()).status_code == int(kind)
    await stranger.sign_in()
    psn.fail("invalid_grant")
    assert (await stranger.refresh()).json()["error_code"] == 4159
    psn.fail("401", where="token")
    assert (await stranger.refresh()).json()["error"] == "invalid_client"
    assert (await stranger.refresh()).status_code == 200


async def test_a_batch_can_be_forbidden_as_a_whole(caller: Caller, psn: Psn):
    account = psn.add_account("Nova")
    psn.fail("batch_403")
    assert only(await caller.presence(account.id))
    assert (await caller.batch(account.id)).status_code == 403
    assert entries(await caller.batch(account.id))


async def test_the_query_of_the_search_may_be_gone(caller: Caller, psn: Psn):
    psn.fail("persisted_query", times=-1)
    assert (await caller.search("Nova")).json()["errors"][0]["message"] == "PersistedQueryNotFound"
    psn.clear_faults()
    assert found(await caller.search("Nova"))


async def test_html_and_cut_json_come_with_200(caller: Caller, psn: Psn):
    for kind in ("html", "garbage"):
        psn.fail(kind)
        broken = await caller.presence("1")
        assert broken.status_code == 200
        with pytest.raises(json.JSONDecodeError):
            broken.json()


async def test_a_dropped_connection(caller: Caller, psn: Psn):
    psn.fail("drop")
    with pytest.raises(httpx.TransportError):
        await caller.get(ME)
    assert psn.requests[-1].status == 0
    assert psn.counts["me"] == 0


async def test_a_slow_answer_takes_its_time(caller: Caller, psn: Psn, clock: FakeClock):
    psn.fail("slow", delay=5)
    assert psn.state()["up"] is True
    asking = asyncio.create_task(caller.get(ME))
    await clock.until_sleeping()
    await clock.advance(5)
    assert (await asking).status_code == 200


async def test_down_lasts_until_cleared(caller: Caller, psn: Psn):
    psn.fail("down", times=1)
    for _ in range(3):
        assert (await caller.get(ME)).status_code == 503
        assert (await caller.authorize()).status_code == 503
    assert psn.state()["up"] is False
    psn.clear_faults()
    assert (await caller.get(ME)).status_code == 200
