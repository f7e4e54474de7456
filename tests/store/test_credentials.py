"""Credentials: what the owner gives replaces what was there, what is renewed is kept once, nothing undoes either."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from gub.domain.credentials import CredentialState, CredentialStatus, PsnCredential, XboxCredential
from gub.domain.values import Platform
from gub.store.credentials import SCHEMA
from gub.store.documents import Database
from gub.store.store import Store
from tests.store.credentials import CLIENT_SECRET, DAY, NOW, NPSSO, STEAM_KEY, give_all, tokens

LATER = NOW + timedelta(hours=1)


async def state_of(store: Store, platform: Platform) -> CredentialState:
    (state,) = [each for each in await store.credentials.states() if each.platform is platform]
    return state


async def test_what_the_owner_gives_is_read_back(store: Store) -> None:
    assert (await store.credentials.xbox(), await store.credentials.psn()) == (None, None)
    assert await store.credentials.steam_key() is None
    await give_all(store)
    xbox, psn = await store.credentials.xbox(), await store.credentials.psn()
    assert xbox is not None
    assert psn is not None
    assert xbox == XboxCredential("an-id", CLIENT_SECRET, tokens("x0"), xbox.grant, 1)
    assert psn == PsnCredential(NPSSO, tokens("p0"), psn.grant, 1)
    assert await store.credentials.steam_key() == STEAM_KEY
    assert len({xbox.grant, psn.grant, ""}) == 3
    assert [state.platform for state in await store.credentials.states()] == [
        Platform.PSN,
        Platform.STEAM,
        Platform.XBOX,
    ]


async def test_a_public_client_has_no_secret(store: Store, database: Database) -> None:
    await store.credentials.set_xbox("an-id", CLIENT_SECRET, tokens("a"), NOW, NOW + DAY)
    await store.credentials.set_xbox("an-id", None, tokens("b", days=None), NOW)
    xbox = await store.credentials.xbox()
    assert xbox is not None
    assert (xbox.client_secret, xbox.revision) == (None, 2)
    stored = await database[SCHEMA.name].find_one({"platform": "xbox"})
    assert stored is not None
    assert not {"client_secret", "secret_expires_at", "expires_at"} & stored.keys()


async def test_a_new_credential_takes_the_old_ones_marks_with_it(store: Store) -> None:
    credentials = store.credentials
    await credentials.set_xbox("an-id", CLIENT_SECRET, tokens("a"), NOW, NOW + 700 * DAY)
    first = await credentials.xbox()
    assert first is not None
    await credentials.warned(Platform.XBOX, NOW)
    await credentials.secret_warned(Platform.XBOX, NOW)
    assert await credentials.died(Platform.XBOX, first.grant, LATER)
    await credentials.dead_told(Platform.XBOX, LATER)
    assert await state_of(store, Platform.XBOX) == CredentialState(
        platform=Platform.XBOX,
        status=CredentialStatus.DEAD,
        checked_at=LATER,
        expires_at=NOW + 90 * DAY,
        secret_expires_at=NOW + 700 * DAY,
        warned_at=NOW,
        secret_warned_at=NOW,
        dead_told_at=LATER,
    )
    await credentials.set_xbox("an-id", "another", tokens("b"), LATER)
    assert await state_of(store, Platform.XBOX) == CredentialState(
        platform=Platform.XBOX, status=CredentialStatus.OK, checked_at=LATER, expires_at=NOW + 90 * DAY
    )
    second = await credentials.xbox()
    assert second is not None
    assert (second.grant != first.grant, second.revision) == (True, 2)


async def test_a_steam_key_is_unproved_until_it_is_marked(store: Store) -> None:
    await store.credentials.set_steam_key(STEAM_KEY)
    await store.credentials.mark(Platform.STEAM, CredentialStatus.DEAD, NOW)
    await store.credentials.dead_told(Platform.STEAM, NOW)
    await store.credentials.set_steam_key(STEAM_KEY.lower())
    assert await state_of(store, Platform.STEAM) == CredentialState(Platform.STEAM, CredentialStatus.UNPROVED)
    await store.credentials.mark(Platform.STEAM, CredentialStatus.OK, NOW)
    assert await state_of(store, Platform.STEAM) == CredentialState(Platform.STEAM, CredentialStatus.OK, NOW)


async def test_what_died_and_lives_again_is_told_when_it_dies_again(store: Store) -> None:
    """`dead_told_at` lasts as long as the death that it tells of, whichever way the credential comes to life."""
    await give_all(store)
    xbox = await store.credentials.xbox()
    assert xbox is not None
    await store.credentials.dead_told(Platform.XBOX, NOW)
    assert (await state_of(store, Platform.XBOX)).dead_told_at is None
    for platform in (Platform.XBOX, Platform.STEAM):
        await store.credentials.mark(platform, CredentialStatus.DEAD, NOW)
        await store.credentials.dead_told(platform, NOW)
        assert (await state_of(store, platform)).dead_told_at == NOW
    await store.credentials.keep_xbox(xbox, tokens("x1"), LATER)
    kept = await state_of(store, Platform.XBOX)
    assert (kept.status, kept.dead_told_at) == (CredentialStatus.DEAD, NOW)  # tokens alone are no proof of life
    for platform in (Platform.XBOX, Platform.STEAM):
        await store.credentials.mark(platform, CredentialStatus.OK, LATER)
    for platform in (Platform.XBOX, Platform.STEAM):
        assert (await state_of(store, platform)).dead_told_at is None


async def test_kept_tokens_say_until_when_they_last(store: Store) -> None:
    await give_all(store)
    await store.credentials.warned(Platform.PSN, NOW)
    psn = await store.credentials.psn()
    assert psn is not None
    kept = await store.credentials.keep_psn(psn, tokens("p1", issued=LATER, days=60), LATER)
    assert kept == PsnCredential(NPSSO, tokens("p1", issued=LATER, days=60), psn.grant, 2)
    assert await state_of(store, Platform.PSN) == CredentialState(
        Platform.PSN, CredentialStatus.OK, LATER, LATER + 60 * DAY, warned_at=NOW
    )
    await store.credentials.keep_psn(kept, tokens("p2", days=None), LATER)
    assert (await state_of(store, Platform.PSN)).expires_at is None


@pytest.mark.parametrize("again", [False, True])
async def test_fifty_renewals_of_one_credential_store_one(store: Store, again: bool) -> None:
    await give_all(store)
    if again:
        await give_all(store)
    xbox, psn = await store.credentials.xbox(), await store.credentials.psn()
    assert xbox is not None
    assert psn is not None
    for of, keep in ((xbox, store.credentials.keep_xbox), (psn, store.credentials.keep_psn)):
        renewals: list[Any] = [keep(of, tokens(f"r{number}"), NOW) for number in range(50)]  # type: ignore[operator]
        kept = await asyncio.gather(*renewals)
        assert len({(each.tokens.access_token, each.tokens.refresh_token, each.revision) for each in kept}) == 1
        assert kept[0].revision == of.revision + 1
        assert kept[0].tokens == tokens(kept[0].tokens.access_token.removeprefix("test-access-"))
        assert kept[0].grant == of.grant


async def test_a_renewal_that_was_stored_unheard_gets_its_own_tokens_when_repeated(store: Store) -> None:
    """The answer to the write was lost: the keeper stores the same tokens again."""
    await give_all(store)
    xbox = await store.credentials.xbox()
    assert xbox is not None
    first = await store.credentials.keep_xbox(xbox, tokens("x1"), NOW)
    assert await store.credentials.keep_xbox(xbox, tokens("x1"), LATER) == first


async def test_a_renewal_of_the_old_never_overwrites_what_the_owner_gives(store: Store) -> None:
    """At once with fifty renewals, and after it: the new grant stands, also where its revision comes to the same."""
    await give_all(store)
    old = await store.credentials.xbox()
    assert old is not None
    kept = await asyncio.gather(
        *(store.credentials.keep_xbox(old, tokens(f"r{number}"), NOW) for number in range(25)),
        store.credentials.set_xbox("new-id", "new", tokens("new"), NOW),
        *(store.credentials.keep_xbox(old, tokens(f"s{number}"), NOW) for number in range(25)),
    )
    now = await store.credentials.xbox()
    assert now is not None
    assert (now.client_id, now.client_secret, now.tokens) == ("new-id", "new", tokens("new"))
    assert now.grant != old.grant
    assert {each.grant for each in kept if each is not None} <= {old.grant, now.grant}
    assert await store.credentials.keep_xbox(old, tokens("late"), LATER) == now
    assert not await store.credentials.died(Platform.XBOX, old.grant, LATER)
    assert await store.credentials.remove(Platform.XBOX)
    await store.credentials.set_xbox("newest-id", "newest", tokens("newest"), NOW)
    newest = await store.credentials.xbox()
    assert newest is not None
    assert newest.revision == old.revision
    assert await store.credentials.keep_xbox(old, tokens("late"), LATER) == newest


async def test_what_is_removed_while_it_is_renewed_stays_removed(store: Store, database: Database) -> None:
    await give_all(store)
    xbox, psn = await store.credentials.xbox(), await store.credentials.psn()
    assert xbox is not None
    assert psn is not None
    await asyncio.gather(
        *(store.credentials.keep_xbox(xbox, tokens(f"r{number}"), NOW) for number in range(20)),
        store.credentials.remove(Platform.XBOX),
        *(store.credentials.keep_xbox(xbox, tokens(f"s{number}"), NOW) for number in range(20)),
    )
    await store.credentials.remove(Platform.PSN)
    assert await store.credentials.keep_xbox(xbox, tokens("late"), NOW) is None
    assert await store.credentials.keep_psn(psn, tokens("late"), NOW) is None
    for platform in (Platform.XBOX, Platform.PSN):
        assert not await store.credentials.died(platform, xbox.grant, NOW)
        await store.credentials.mark(platform, "ok", NOW)
        await store.credentials.warned(platform, NOW)
        await store.credentials.secret_warned(platform, NOW)
        await store.credentials.dead_told(platform, NOW)
    assert await database[SCHEMA.name].count_documents({}) == 1


async def test_only_what_is_stored_can_die(store: Store) -> None:
    """A renewal that was refused because another process was first says nothing of the tokens that one stored."""
    await give_all(store)
    xbox = await store.credentials.xbox()
    assert xbox is not None
    await store.credentials.keep_xbox(xbox, tokens("x1"), NOW)
    assert not await store.credentials.died(Platform.XBOX, "another", LATER)
    assert not await store.credentials.died(Platform.XBOX, "", LATER)
    assert not await store.credentials.died(Platform.XBOX, xbox.grant, LATER, revision=xbox.revision)
    assert (await state_of(store, Platform.XBOX)).status is CredentialStatus.OK
    assert await store.credentials.died(Platform.XBOX, xbox.grant, LATER, revision=xbox.revision + 1)
    assert await store.credentials.died(Platform.XBOX, xbox.grant, LATER)
    assert (await state_of(store, Platform.XBOX)).status is CredentialStatus.DEAD


async def test_of_two_owners_giving_at_once_one_credential_is_whole(store: Store, database: Database) -> None:
    await asyncio.gather(
        *(store.credentials.set_xbox(f"id-{n}", f"secret-{n}", tokens(f"x{n}"), NOW) for n in range(20))
    )
    xbox = await store.credentials.xbox()
    assert xbox is not None
    number = xbox.client_id.removeprefix("id-")
    assert (xbox.client_secret, xbox.tokens, xbox.revision) == (f"secret-{number}", tokens(f"x{number}"), 20)
    assert await database[SCHEMA.name].count_documents({}) == 1


async def test_a_status_of_another_gub_counts_as_unproved(store: Store, database: Database) -> None:
    await database[SCHEMA.name].insert_many(
        [{"platform": "psn", "npsso": NPSSO, "status": "resting"}, {"platform": "stadia", "status": "dead"}]
    )
    assert Counter(state.status for state in await store.credentials.states()) == {CredentialStatus.UNPROVED: 1}
