"""The simulated Xbox Live's players and what the page is told of them."""

import json

import pytest

from gub.sandbox.xbox import ODDITIES, OFFER, Xbox
from tests.support.clock import FakeClock


def test_every_change_is_told(clock: FakeClock):
    told: list[int] = []
    xbox = Xbox(clock, on_change=lambda: told.append(1))
    account = xbox.add_account("Nova")
    xbox.set_presence(account.id, game="Fortnite")
    xbox.fail("slow", times=-1, delay=3)
    xbox.clear_faults()
    assert len(told) == 4


def test_the_page_is_told_everything(xbox: Xbox):
    account = xbox.add_account("Major#881", game="fortnite")
    xbox.fail("429", where="profile", times=-1, delay=3)
    state = xbox.state()
    assert state["accounts"] == [
        {
            "id": account.id,
            "name": "Major#881",
            "gamertag": "Major881",
            "modern": "Major",
            "suffix": "881",
            "state": "online",
            "game": "Fortnite",
            "game_id": "1739947436",
            "device": "Scarlett",
            "activity": None,
            "oddity": "none",
        }
    ]
    assert state["faults"] == [{"target": "xbox", "kind": "429", "times": -1, "delay": 3, "where": "profile"}]
    assert ["two_devices", ODDITIES["two_devices"]] in list(state["oddities"])
    assert state["fault_kinds"] == list(OFFER.kinds)
    json.dumps(state)


def test_a_renamed_player_keeps_the_id(xbox: Xbox):
    account = xbox.add_account("Nova")
    xbox.add_account("Taken")
    xbox.set_presence(account.id, name="Star#12")
    assert (account.gamertag, account.unique) == ("Star12", "Star#12")
    with pytest.raises(ValueError, match="taken"):
        xbox.set_presence(account.id, name="taken")


def test_what_will_not_do_is_refused(xbox: Xbox):
    taken = xbox.add_account("Nova")
    for gamertag in (" ", "a/b", "Žluťoučký", "x" * 16, "A#b", "Twelve Chars#123456"):
        with pytest.raises(ValueError, match=r"gamertag|suffix"):
            xbox.add_account(gamertag)
    with pytest.raises(ValueError, match="too long"):
        xbox.add_account("Twelve12345", modern="TwelveLetter", suffix="12345")
    with pytest.raises(ValueError, match="16 digits"):
        xbox.add_account("X", xuid="12")
    with pytest.raises(ValueError, match="XUID is taken"):
        xbox.add_account("X", xuid=taken.id)
    with pytest.raises(ValueError, match="gamertag is taken"):
        xbox.add_account("NOVA")
    with pytest.raises(ValueError, match="no such state"):
        xbox.add_account("X", state="dancing")
    with pytest.raises(ValueError, match="no such device"):
        xbox.add_account("X", device="Toaster")
    with pytest.raises(ValueError, match="no such oddity"):
        xbox.set_presence(taken.id, oddity="odd")
    with pytest.raises(ValueError, match="no such Xbox account"):
        xbox.set_presence("1", state="online")
    with pytest.raises(ValueError, match="no such fault"):
        xbox.fail("rain")
    with pytest.raises(ValueError, match="no such part"):
        xbox.fail("429", where="roof")
    with pytest.raises(ValueError, match="only at: login"):
        xbox.fail("invalid_grant", where="presence")
    with pytest.raises(ValueError, match="only at: xsts"):
        xbox.fail("xerr_233", where="user")
    with pytest.raises(ValueError, match="positive"):
        xbox.fail("429", times=0)
    assert list(xbox.accounts) == [taken.id]
