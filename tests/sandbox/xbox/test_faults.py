"""The failures that the simulated Xbox Live commits when told."""

import json

import httpx
import pytest

from gub.sandbox.xbox import Xbox
from tests.sandbox.xbox.asker import Asker, result
from tests.support.clock import FakeClock


@pytest.mark.parametrize("kind", ["400", "401", "403", "429", "429_bare", "429_told", "500", "502", "503"])
async def test_a_fault_lasts_as_often_as_told_where_told(xbox: Xbox, ask: Asker, kind: str):
    xbox.fail(kind, where="presence", times=2, delay=7)
    for _ in range(2):
        assert (await ask.profile("me")).status_code == 200
        failed = await ask.batch(["1"])
        assert failed.status_code == int(kind[:3])
        assert failed.headers.get("Retry-After") == ("7" if kind == "429_told" else None)
    assert (await ask.batch(["1"])).status_code == 200


async def test_the_limits_body_may_be_missing(xbox: Xbox, ask: Asker):
    xbox.fail("429")
    assert (await ask.batch(["1"])).json() == {
        "version": 1,
        "currentRequests": 31,
        "maxRequests": 30,
        "periodInSeconds": 15,
        "limitType": "rate",
    }
    xbox.fail("429_bare")
    assert (await ask.batch(["1"])).content == b""


async def test_html_and_cut_json_come_with_200(xbox: Xbox, ask: Asker):
    for kind in ("html", "garbage"):
        xbox.fail(kind)
        with pytest.raises(json.JSONDecodeError):
            (await ask.batch(["1"])).json()


async def test_a_dropped_connection(xbox: Xbox, ask: Asker):
    xbox.fail("drop", where="profile")
    with pytest.raises(httpx.TransportError):
        await ask.profile("me")
    assert (xbox.requests[-1].call, xbox.requests[-1].status) == ("profile", 0)


async def test_down_lasts_until_cleared(xbox: Xbox, ask: Asker):
    xbox.fail("down", times=1)
    for _ in range(3):
        assert (await ask.batch(["1"])).status_code == 503
    assert xbox.state()["up"] is False
    xbox.clear_faults()
    assert xbox.state()["up"] is True
    result(await ask.batch(["1"]))


async def test_the_log_names_calls_and_counts_what_succeeded(xbox: Xbox, ask: Asker):
    xbox.fail("503", where="presence")
    for _ in range(2):
        await ask.batch(["1"])
    assert xbox.counts == {"refresh": 1, "user": 1, "xsts": 1, "presence": 1}
    last = xbox.requests[-1]
    assert (last.host, last.path, last.status, last.call) == (
        "userpresence.xboxlive.com",
        "/users/batch",
        200,
        "presence",
    )


async def test_the_real_limits_hold_when_wanted(xbox: Xbox, ask: Asker, clock: FakeClock):
    xbox.limited = True
    for _ in range(30):
        assert (await ask.batch(["1"])).status_code == 200
    await clock.advance(5)
    refused = await ask.batch(["1"])
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "10")
    assert (refused.json()["currentRequests"], refused.json()["periodInSeconds"]) == (31, 15)
    assert (await ask.profile("me")).status_code == 200
    await clock.advance(10)
    assert (await ask.batch(["1"])).status_code == 200


async def test_refused_requests_count_towards_the_longer_limit(xbox: Xbox, ask: Asker, clock: FakeClock):
    xbox.limited = True
    answers = [(await ask.profile("me")).status_code for _ in range(30)]
    assert answers == [200] * 10 + [429] * 20
    await clock.advance(15)
    refused = await ask.profile("me")
    assert (refused.json()["periodInSeconds"], refused.headers["Retry-After"]) == (300, "285")
    await clock.advance(285)
    assert (await ask.profile("me")).status_code == 200


async def test_a_fault_of_one_part_waits_for_that_part(xbox: Xbox, ask: Asker):
    xbox.fail("invalid_grant")
    xbox.fail("xerr_233")
    assert (await ask.batch(["1"])).status_code == 200
    assert (await ask.refresh(xbox.issue_refresh_token())).json()["error"] == "invalid_grant"
    assert (await ask.xsts("any")).json()["XErr"] == 2148916233
