"""What the clients see of the store: its silence is one of their errors, what cannot be decrypted is none."""

import pytest
from pymongo.errors import AutoReconnect
from structlog.testing import capture_logs

from gub.domain.credentials import CredentialStatus, Tokens
from gub.domain.values import Platform
from gub.platforms.errors import NoCredential, Unavailable, Unreadable
from gub.services.credentials.shelves import PsnShelf, SteamKey, XboxShelf
from gub.store.store import Store
from gub.store.vault import Vault
from tests.support.clock import START, FakeClock

TOKENS = Tokens("access-test", "refresh-test", START, 3600, 86_400)
NEWER = Tokens("access-newer", "refresh-newer", START, 3600, 86_400)


@pytest.fixture
async def shelves(store: Store) -> list:
    await store.credentials.set_xbox("client", "secret-test", TOKENS, START)
    await store.credentials.set_psn("n" * 64, TOKENS, START)
    return [XboxShelf(store.credentials, FakeClock()), PsnShelf(store.credentials, FakeClock())]


async def test_tokens_are_kept_until_somebody_was_faster(shelves) -> None:
    for shelf in shelves:
        first = await shelf.read()
        assert (await shelf.keep(first, NEWER)).tokens == NEWER
        assert (await shelf.keep(first, TOKENS)).tokens == NEWER


async def test_removed_meanwhile_stays_removed(store: Store, shelves) -> None:
    for shelf, platform in zip(shelves, (Platform.XBOX, Platform.PSN), strict=True):
        of = await shelf.read()
        await store.credentials.remove(platform)
        with pytest.raises(NoCredential):
            await shelf.keep(of, NEWER)
        assert await shelf.read() is None


async def test_only_what_was_refused_is_dead(store: Store, shelves) -> None:
    for shelf in shelves:
        of = await shelf.read()
        await shelf.keep(of, NEWER)
        await shelf.died(of)
        assert {state.status for state in await store.credentials.states()} == {CredentialStatus.OK}
    for shelf in shelves:
        await shelf.died(await shelf.read())
    assert {state.status for state in await store.credentials.states()} == {CredentialStatus.DEAD}


async def test_what_cannot_be_decrypted_is_an_error_and_is_said_once(store: Store) -> None:
    store.credentials._vault = Vault(["the first passphrase"])
    await store.credentials.set_xbox("client", "secret-test", TOKENS, START)
    await store.credentials.set_psn("n" * 64, TOKENS, START)
    await store.credentials.set_steam_key("a" * 32)
    store.credentials._vault = Vault.open_()
    with capture_logs() as logs:
        for read in (
            XboxShelf(store.credentials, FakeClock()).read,
            PsnShelf(store.credentials, FakeClock()).read,
            SteamKey(store.credentials),
        ):
            for _ in range(2):
                with pytest.raises(Unreadable):
                    await read()
    assert [entry["platform"] for entry in logs] == ["xbox", "psn", "steam"]
    assert "secret-test" not in str(logs)


async def test_tokens_that_cannot_be_kept_for_a_wrong_key_are_an_error_of_the_platforms(store: Store, shelves) -> None:
    """The keeper then holds on to them; another process has encrypted what is stored with a key of its own."""
    read = [await shelf.read() for shelf in shelves]
    store.credentials._vault = Vault(["another passphrase"])
    await store.credentials.reencrypt()
    store.credentials._vault = Vault.open_()
    for shelf, of in zip(shelves, read, strict=True):
        with pytest.raises(Unavailable):
            await shelf.keep(of, NEWER)
        with pytest.raises(Unreadable):
            await shelf.read()


async def test_a_database_that_is_away_is_an_error_of_the_platforms(store: Store, monkeypatch) -> None:
    async def away(*_arguments: object) -> None:
        raise AutoReconnect("somewhere")

    for name in ("xbox", "psn", "steam_key"):
        monkeypatch.setattr(store.credentials, name, away)
    for read in (
        XboxShelf(store.credentials, FakeClock()).read,
        PsnShelf(store.credentials, FakeClock()).read,
        SteamKey(store.credentials),
    ):
        with pytest.raises(Unavailable):
            await read()
