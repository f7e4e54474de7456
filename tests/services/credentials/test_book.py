"""Credentials are proved against the platform's whole chain before they are stored, and nothing else is."""

from datetime import timedelta

import pytest

from gub.domain.credentials import CredentialState, CredentialStatus, PsnCredential, XboxCredential
from gub.domain.errors import CredentialInvalid, PlatformTrouble
from gub.domain.values import Platform
from gub.sandbox.psn import NPSSO
from gub.sandbox.steam import STEAM_KEY
from gub.sandbox.xbox import XBOX_CLIENT_SECRET
from gub.services.credentials import Credentials, XboxApp
from gub.store.store import Store
from gub.store.vault import Vault
from tests.services.credentials.conftest import APP, Platforms

OTHER_KEY = "f" * 32
OTHER_NPSSO = "Other0npsso" + "x" * 53


async def state_of(store: Store, platform: Platform):
    return next((state for state in await store.credentials.states() if state.platform is platform), None)


async def test_a_key_that_steam_accepts_is_stored(store: Store, credentials: Credentials) -> None:
    await credentials.set_steam_key(f" {STEAM_KEY}\n")
    assert await store.credentials.steam_key() == STEAM_KEY
    state = await state_of(store, Platform.STEAM)
    assert state is not None
    assert state.status is CredentialStatus.OK


@pytest.mark.parametrize(("kind", "reason"), [(None, "credential_dead"), ("503", "unavailable")])
async def test_a_key_that_is_not_proved_replaces_nothing(
    store: Store, credentials: Credentials, platforms: Platforms, kind: str | None, reason: str
) -> None:
    await store.credentials.set_steam_key(OTHER_KEY)
    if kind is not None:
        platforms.steam.fail(kind, times=5)
    with pytest.raises(PlatformTrouble) as caught:
        await credentials.set_steam_key("0" * 32)
    assert caught.value.reason == reason
    assert "0" * 32 not in repr(caught.value)
    assert await store.credentials.steam_key() == OTHER_KEY


@pytest.mark.parametrize("key", ["", "abc", "g" * 32, OTHER_KEY + "0", "token\nsecond"])
async def test_what_is_no_key_is_not_even_tried(credentials: Credentials, platforms: Platforms, key: str) -> None:
    with pytest.raises(CredentialInvalid):
        await credentials.set_steam_key(key)
    assert not platforms.steam.requests


async def read(store: Store, platform: Platform) -> XboxCredential | PsnCredential:
    found = await (store.credentials.xbox() if platform is Platform.XBOX else store.credentials.psn())
    assert found is not None
    return found


async def given(
    store: Store, credentials: Credentials, platforms: Platforms, platform: Platform
) -> XboxCredential | PsnCredential:
    """Give the bot a working credential."""
    if platform is Platform.XBOX:
        await platforms.give_xbox(credentials)
    else:
        await credentials.set_psn(NPSSO)
    return await read(store, platform)


@pytest.mark.parametrize("text", [NPSSO, f'  {{"npsso":"{NPSSO}"}}\n'])
async def test_an_npsso_is_stored_with_the_tokens_that_came_of_it(
    store: Store, credentials: Credentials, platforms: Platforms, text: str
) -> None:
    await credentials.set_psn(text)
    stored = await store.credentials.psn()
    assert stored is not None
    assert stored.npsso == NPSSO
    assert stored.tokens is not None
    assert stored.tokens.refresh_token
    state = await state_of(store, Platform.PSN)
    assert state is not None
    assert state.status is CredentialStatus.OK
    assert state.expires_at is not None
    assert timedelta(days=59) < state.expires_at - platforms.clock.now() < timedelta(days=61)
    assert platforms.psn.counts["authorize"] == platforms.psn.counts["code"] == 1


@pytest.mark.parametrize(
    ("kind", "reason", "detail"),
    [
        ("4165", "credential_dead", "the NPSSO has expired"),
        ("tosua", "credential_dead", "terms of service to accept"),
        ("500", "unavailable", None),
    ],
)
async def test_an_npsso_that_is_not_proved_replaces_nothing(
    store: Store, credentials: Credentials, platforms: Platforms, *, kind: str, reason: str, detail: str | None
) -> None:
    await credentials.set_psn(NPSSO)
    before = await store.credentials.psn()
    platforms.psn.fail(kind, where="authorize", times=5)
    with pytest.raises(PlatformTrouble) as caught:
        await credentials.set_psn(NPSSO)
    assert caught.value.reason == reason
    assert detail is None or caught.value.detail == detail
    assert await store.credentials.psn() == before


@pytest.mark.parametrize(
    "text", ["", "short", '{"npsso": 5}', '{"error":"invalid_grant","error_code":20}', "{", "[" * 9999]
)
async def test_what_is_no_npsso_is_not_even_tried(credentials: Credentials, platforms: Platforms, text: str) -> None:
    with pytest.raises(CredentialInvalid) as caught:
        await credentials.set_psn(text)
    assert caught.value.problem
    assert not platforms.psn.requests


async def test_a_sign_in_to_xbox_is_proved_to_its_end_and_stored(
    store: Store, credentials: Credentials, platforms: Platforms
) -> None:
    ends = platforms.clock.now() + timedelta(days=100)
    await platforms.give_xbox(credentials, XboxApp(APP.client_id, APP.client_secret, APP.redirect_uri, ends))
    stored = await store.credentials.xbox()
    assert stored is not None
    assert (stored.client_id, stored.client_secret) == (APP.client_id, XBOX_CLIENT_SECRET)
    state = await state_of(store, Platform.XBOX)
    assert state is not None
    assert (state.status, state.secret_expires_at) == (CredentialStatus.OK, ends)
    assert state.expires_at is not None
    assert state.expires_at - platforms.clock.now() > timedelta(days=89)
    assert {request.host for request in platforms.xbox.requests} >= {
        "login.live.com",
        "user.auth.xboxlive.com",
        "xsts.auth.xboxlive.com",
        "profile.xboxlive.com",
    }
    app = await credentials.xbox_app()
    assert app is not None
    assert app.secret_expires_at == ends


@pytest.mark.parametrize(
    ("kind", "where", "detail"),
    [
        ("invalid_client", "login", "invalid_client"),
        ("invalid_grant", "login", "invalid_grant"),
        ("xerr_233", "xsts", "the Microsoft account has no Xbox profile"),
        ("xerr_234", "xsts", "Xbox Live has new terms of service to accept"),
    ],
)
async def test_a_sign_in_that_is_refused_on_the_way_stores_nothing(
    store: Store, credentials: Credentials, platforms: Platforms, *, kind: str, where: str, detail: str
) -> None:
    platforms.xbox.fail(kind, where=where, times=5)
    with pytest.raises(PlatformTrouble) as caught:
        await platforms.give_xbox(credentials)
    assert (caught.value.reason, caught.value.detail) == ("credential_dead", detail)
    assert await store.credentials.xbox() is None


async def test_an_answer_to_another_sign_in_is_not_taken(credentials: Credentials, platforms: Platforms) -> None:
    begun = credentials.begin_xbox(APP)
    strange = platforms.xbox.authorise("another-state", APP.redirect_uri)
    with pytest.raises(CredentialInvalid, match="xbox"):
        await credentials.finish_xbox(APP, strange, begun.state)
    assert not platforms.xbox.counts


async def test_a_sign_in_without_a_lasting_token_is_not_stored(
    store: Store, credentials: Credentials, platforms: Platforms
) -> None:
    begun = credentials.begin_xbox(APP)
    redirected = platforms.xbox.authorise(begun.state, APP.redirect_uri, frozenset({"xboxlive.signin"}))
    with pytest.raises(PlatformTrouble) as caught:
        await credentials.finish_xbox(APP, redirected, begun.state)
    assert caught.value.detail == "no refresh token"
    assert await store.credentials.xbox() is None


@pytest.mark.parametrize("client_id", ["", "two words", "x" * 101, "ident\nity"])
def test_what_is_no_app_gets_no_address(credentials: Credentials, client_id: str) -> None:
    with pytest.raises(CredentialInvalid):
        credentials.begin_xbox(XboxApp(client_id, "secret", APP.redirect_uri))


async def test_checking_marks_what_is_dead_and_what_lives(
    store: Store, credentials: Credentials, platforms: Platforms
) -> None:
    await credentials.set_psn(NPSSO)
    await credentials.set_steam_key(STEAM_KEY)
    await platforms.give_xbox(credentials)
    platforms.psn.expire_access_tokens()
    platforms.psn.revoke_refresh_tokens()
    platforms.psn.expire_npsso()
    await credentials.check(Platform.XBOX)
    await credentials.check(Platform.STEAM)
    with pytest.raises(PlatformTrouble) as caught:
        await credentials.check(Platform.PSN)
    assert caught.value.detail == "the NPSSO has expired"
    statuses = {state.platform: state.status for state in await store.credentials.states()}
    assert statuses == {
        Platform.XBOX: CredentialStatus.OK,
        Platform.PSN: CredentialStatus.DEAD,
        Platform.STEAM: CredentialStatus.OK,
    }


@pytest.mark.parametrize("platform", [Platform.XBOX, Platform.PSN])
async def test_one_that_came_to_life_is_as_good_as_a_new_one(
    store: Store, credentials: Credentials, platforms: Platforms, platform: Platform
) -> None:
    """So that whoever had given it up, also in another process, takes it up at once."""
    before = await given(store, credentials, platforms, platform)
    await store.credentials.died(platform, before.grant, platforms.clock.now())
    await credentials.check(platform)
    after = await read(store, platform)
    assert after.grant != before.grant
    assert after.tokens == before.tokens
    state = await state_of(store, platform)
    assert state is not None
    assert state.status is CredentialStatus.OK


@pytest.mark.parametrize("platform", [Platform.XBOX, Platform.PSN])
async def test_what_came_to_life_never_takes_the_place_of_what_was_given_meanwhile(
    monkeypatch, store: Store, credentials: Credentials, platforms: Platforms, platform: Platform
) -> None:
    before = await given(store, credentials, platforms, platform)
    await store.credentials.died(platform, before.grant, platforms.clock.now())
    states = store.credentials.states

    async def removed_meanwhile() -> list[CredentialState]:
        known = await states()
        await store.credentials.remove(platform)
        return known

    monkeypatch.setattr(store.credentials, "states", removed_meanwhile)
    await credentials.check(platform)
    assert await states() == []


async def test_an_npsso_that_is_lost_hinders_no_revival(
    store: Store, credentials: Credentials, platforms: Platforms
) -> None:
    """The predecessor's databases have tokens alone, too."""
    before = await given(store, credentials, platforms, Platform.PSN)
    await store.credentials._collection.update_one({"platform": "psn"}, {"$unset": {"npsso": ""}})
    await store.credentials.died(Platform.PSN, before.grant, platforms.clock.now())
    await credentials.check(Platform.PSN)
    assert (await read(store, Platform.PSN)).grant != before.grant


async def test_one_refusal_of_steams_key_is_told_and_is_no_death(
    store: Store, credentials: Credentials, platforms: Platforms
) -> None:
    """home-assistant/core#179440: Steam refuses good keys for minutes, and the owners would be told of a death."""
    await credentials.set_steam_key(STEAM_KEY)
    platforms.steam.key = OTHER_KEY
    with pytest.raises(PlatformTrouble) as caught:
        await credentials.check(Platform.STEAM)
    assert caught.value.reason == "credential_dead"
    state = await state_of(store, Platform.STEAM)
    assert state is not None
    assert state.status is CredentialStatus.OK


@pytest.mark.parametrize("platform", list(Platform))
async def test_without_a_credential_nothing_is_asked(credentials: Credentials, platform: Platform) -> None:
    with pytest.raises(PlatformTrouble) as caught:
        await credentials.check(platform)
    assert caught.value.reason == "no_credential"


async def test_one_that_cannot_be_decrypted_is_said_to_be_that(
    store: Store, credentials: Credentials, platforms: Platforms
) -> None:
    store.credentials._vault = Vault(["the first passphrase"])
    await credentials.set_steam_key(STEAM_KEY)
    await credentials.set_psn(NPSSO)
    await platforms.give_xbox(credentials)
    store.credentials._vault = Vault(["another passphrase"])
    for one in await credentials.standings():
        assert one.unreadable is not None
        assert "another GUB_SECRET_KEY" in one.unreadable
        with pytest.raises(PlatformTrouble) as caught:
            await credentials.check(one.platform)
        assert caught.value.reason == "wrong_secret_key"
    await credentials.set_psn(NPSSO)
    assert (await store.credentials.psn()) is not None


async def test_removed_is_gone(credentials: Credentials) -> None:
    await credentials.set_psn(NPSSO)
    assert await credentials.remove(Platform.PSN)
    assert not await credentials.remove(Platform.PSN)
    assert [one.platform for one in await credentials.standings() if one.state is not None] == []
