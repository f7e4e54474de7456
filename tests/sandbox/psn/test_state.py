"""What the simulated PlayStation Network remembers, and what the page is told of it."""

import json

import pytest

from gub.sandbox.psn import NPSSO, ODDITIES, OFFER, Psn
from tests.sandbox.psn.caller import SCOPE, Caller
from tests.support.clock import FakeClock


async def test_the_log_says_what_was_asked_but_no_secret(caller: Caller, psn: Psn):
    account = psn.add_account("Nova")
    await caller.batch(account.id)
    await caller.refresh()
    await caller.get("/m.np.playstation.com/api/nothing")
    batch = psn.requests[2]
    assert (batch.host, batch.path) == ("m.np.playstation.com", "/api/userProfile/v2/internal/users/basicPresences")
    assert (batch.call, batch.status, dict(batch.params)["accountIds"]) == ("batch", 200, account.id)
    assert psn.requests[0].params == (), "nothing of signing in is kept"
    assert [request.call for request in psn.requests] == ["authorize", "code", "batch", "refresh", ""]
    assert dict(psn.counts) == {"authorize": 1, "code": 1, "batch": 1, "refresh": 1}
    for secret in (NPSSO, *map(str, caller.tokens.values())):
        assert secret not in repr(list(psn.requests)) or secret in {"bearer", "3599", "5183999", SCOPE}


def test_every_change_is_told(clock: FakeClock):
    told: list[int] = []
    psn = Psn(clock, on_change=lambda: told.append(1))
    account = psn.add_account("Nova")
    psn.set_presence(account.id, game="Returnal")
    psn.fail("slow", times=-1, delay=3)
    psn.clear_faults()
    psn.expire_access_tokens()
    psn.revoke_refresh_tokens()
    psn.expire_npsso()
    psn.new_npsso()
    psn.rotating = True
    assert len(told) == 9


def test_what_will_not_do_is_refused(psn: Psn):
    taken = psn.add_account("Nova")
    refusals = [
        (lambda: psn.add_account("x"), "3 to 16"),
        (lambda: psn.add_account("1up"), "starts with a letter"),
        (lambda: psn.add_account("NOVA"), "ID is taken"),
        (lambda: psn.add_account("Another", account_id="12a"), "19 digits"),
        (lambda: psn.add_account("Another", account_id=str(2**63)), "19 digits"),
        (lambda: psn.add_account("Another", account_id=taken.id), "id is taken"),
        (lambda: psn.add_account("Another", account_id=psn.service.id), "id is taken"),
        (lambda: psn.add_account("Another", platform="Xbox"), "no such device"),
        (lambda: psn.add_account("Another", state="dancing"), "no such state"),
        (lambda: psn.set_presence(taken.id, state="dancing"), "no such state"),
        (lambda: psn.set_presence(taken.id, oddity="odd"), "no such oddity"),
        (lambda: psn.set_presence(taken.id, platform="Xbox"), "no such device"),
        (lambda: psn.set_presence(taken.id, name="a b"), "3 to 16"),
        (lambda: psn.set_presence("1", state="online"), "no such PlayStation account"),
        (lambda: psn.fail("rain"), "no such fault"),
        (lambda: psn.fail("429", where="xsts"), "no such part"),
        (lambda: psn.fail("4165", where="token"), "happens only at: authorize"),
        (lambda: psn.fail("401", where="authorize"), "everywhere but"),
        (lambda: psn.fail("429", times=0), "positive"),
    ]
    before = psn.state()
    for attempt, text in refusals:
        with pytest.raises(ValueError, match=text):
            attempt()
    assert psn.state() == before


def test_the_page_is_told_everything_it_offers(psn: Psn):
    account = psn.add_account("Nova", game="Returnal", platform="ps4")
    psn.fail("429", where="search", times=3)
    state = psn.state()
    assert state["accounts"] == [account.as_json()]
    assert (
        account.as_json().items()
        >= {
            "id": account.id,
            "name": "Nova",
            "state": "online",
            "game": "Returnal",
            "device": "PS4",
            "oddity": "none",
        }.items()
    )
    assert [value for value, _ in state["oddities"]] == list(ODDITIES)
    assert state["states"] == [["online", "Online"], ["offline", "Offline"]]
    assert state["fault_parts"] == ["*", *OFFER.parts]
    assert state["faults"] == [{"target": "psn", "kind": "429", "where": "search", "times": 3, "delay": 2.0}]
    json.dumps(state)
