"""Credentials at rest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gub.clock import SystemClock
from gub.domain.values import Platform
from gub.store.documents import Database
from gub.store.store import open_store
from gub.store.vault import Vault, WrongSecretKey

KEY = "0123456789ABCDEF0123456789ABCDEF"
LOCKED = Vault(["first secret"])


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_is_encrypted_is_decrypted(text: str) -> None:
    stored = LOCKED.encrypt(text)
    assert stored.startswith("enc:")
    assert LOCKED.decrypt(stored) == text


def test_rotation_encrypts_with_the_first_and_decrypts_with_all() -> None:
    old = LOCKED.encrypt(KEY)
    both = Vault(["second secret", "first secret"])
    assert both.decrypt(old) == KEY
    assert Vault(["second secret"]).decrypt(both.encrypt(KEY)) == KEY


@pytest.mark.parametrize("vault", [Vault(["another"]), Vault.open_(), Vault([])])
def test_a_wrong_key_is_told_without_the_secret(vault: Vault) -> None:
    stored = LOCKED.encrypt(KEY)
    with pytest.raises(WrongSecretKey, match="GUB_SECRET_KEY") as caught:
        vault.decrypt(stored)
    assert KEY not in str(caught.value)
    assert stored not in str(caught.value)


@pytest.mark.parametrize("damaged", ["enc:", "enc:x", "enc:\N{SNOWMAN}", LOCKED.encrypt(KEY)[:-4]])
def test_what_is_damaged_is_told(damaged: str) -> None:
    with pytest.raises(WrongSecretKey):
        LOCKED.decrypt(damaged)


def test_clear_values_pass(capsys: pytest.CaptureFixture[str]) -> None:
    assert LOCKED.decrypt(KEY) == KEY
    assert Vault.open_().encrypt(KEY) == KEY
    assert capsys.readouterr().out == ""


def test_it_never_shows_its_keys() -> None:
    assert repr(LOCKED) == "Vault(locked)"
    assert repr(Vault.open_()) == "Vault(open)"
    assert "first secret" not in repr(vars(LOCKED))


async def test_a_clear_credential_is_encrypted_when_next_written(
    database: Database, mongo_uri: str, database_name: str
) -> None:
    await database["credentials"].insert_one({"platform": "steam", "api_key": KEY, "status": "dead"})
    store = await open_store(mongo_uri, database_name, clock=SystemClock(), vault=LOCKED)
    assert await store.credentials.steam_key() == KEY
    await store.credentials.set_steam_key(KEY.lower())
    stored = await database["credentials"].find_one({"platform": "steam"})
    assert stored is not None
    assert stored["api_key"].startswith("enc:")
    assert "status" not in stored
    assert await store.credentials.steam_key() == KEY.lower()
    now = SystemClock().now()
    await store.credentials.mark(Platform.STEAM, "ok", now)
    (state,) = await store.credentials.states()
    assert (state.platform, state.status, state.checked_at) == (Platform.STEAM, "ok", now)
    assert KEY not in repr(state)
    assert await store.credentials.remove(Platform.STEAM)
    assert not await store.credentials.remove(Platform.STEAM)
    await store.credentials.mark(Platform.STEAM, "ok", now)
    assert await store.credentials.steam_key() is None
    assert await store.credentials.states() == []
    await store.close()
