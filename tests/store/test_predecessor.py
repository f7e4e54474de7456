"""Documents as the predecessor, and shells, left them: they work as they are, and an upgrade brings them to the seed.

Facts of that time: account ids as numbers, absent keys, nulls, `issued` as ISO text with and without a zone, doubles.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bson import Int64
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from gub.clock import SystemClock
from gub.domain.credentials import CredentialStatus, PsnCredential
from gub.domain.errors import LastAccount
from gub.domain.values import Account, Platform
from gub.store.credentials import SCHEMA
from gub.store.documents import Database
from gub.store.inspection import inspect
from gub.store.normalising import seeds_types, what_is_left
from gub.store.store import Store, open_store
from gub.store.tokens import tokens_of
from gub.store.vault import Vault
from tests.store.credentials import NOW, NPSSO, tokens

CHAT = -1001234567890123
ISSUED = datetime(2022, 10, 1, 12, 30, 0, 250000, tzinfo=UTC)
TOKENS = {
    "token_type": "bearer",
    "expires_in": 3600,
    "scope": "Xboxlive.signin Xboxlive.offline_access",
    "access_token": "test-access-0",
    "refresh_token": "test-refresh-0",
    "user_id": "test-user-0",
    "issued": ISSUED,
}
XBOX = {"platform": "xbox", "client_id": "an-id", "client_secret": "test-secret", "tokens": TOKENS}
ABSENT = "(absent)"

ODD_TOKENS: list[dict[str, Any]] = [
    {},
    {"issued": "2022-10-01T12:30:00.250"},
    {"issued": "2022-10-01T12:30:00.250000+00:00"},
    {"issued": "2022-10-01T14:30:00.250000+02:00"},
    {"issued": "2022-10-01T12:30:00.250Z"},
    {"expires_in": 3600.0},
    {"expires_in": Int64(3600)},
    {"user_id": ABSENT},
    {"user_id": None},
    {"user_id": 2533274812345678},
    {"token_type": ABSENT, "scope": None},
]


def xbox_with(change: dict[str, Any]) -> dict[str, Any]:
    changed = {name: value for name, value in (TOKENS | change).items() if value is not ABSENT}
    return XBOX | {"tokens": changed}


async def opened(uri: str, name: str, vault: Vault | None = None) -> Store:
    return await open_store(uri, name, clock=SystemClock(), vault=vault)


@pytest.mark.parametrize("upgraded", [False, True])
@pytest.mark.parametrize("change", ODD_TOKENS, ids=str)
async def test_d74_the_predecessors_credential_works_as_it_is_and_upgraded(
    store: Store, database: Database, change: dict[str, Any], upgraded: bool
) -> None:
    await database[SCHEMA.name].insert_one(xbox_with(change))
    if upgraded:
        await seeds_types(database)
        assert await seeds_types(database) == {}, "once is enough"
    xbox = await store.credentials.xbox()
    assert xbox is not None
    assert xbox.tokens is not None
    assert (xbox.client_id, xbox.client_secret, xbox.grant, xbox.revision) == ("an-id", "test-secret", "", 0)
    assert (xbox.tokens.access_token, xbox.tokens.refresh_token) == ("test-access-0", "test-refresh-0")
    assert (xbox.tokens.issued, xbox.tokens.expires_at) == (ISSUED, ISSUED + timedelta(hours=1))
    assert (xbox.tokens.token_type, xbox.tokens.refresh_expires_at) == ("bearer", None)
    renewed = await store.credentials.keep_xbox(xbox, tokens("x1"), NOW)
    assert renewed is not None
    assert (renewed.tokens, renewed.grant, renewed.revision) == (tokens("x1"), "", 1)
    (state,) = await store.credentials.states()
    assert state.status is CredentialStatus.OK


async def test_the_upgrade_brings_credentials_to_the_seeds_types(
    database: Database, mongo_uri: str, database_name: str
) -> None:
    odd = {"issued": "2022-10-01T12:30:00.250", "expires_in": 3600.0, "user_id": 2533274812345678, "scope": None}
    await database[SCHEMA.name].insert_many(
        [xbox_with(odd), {"platform": "psn", "npsso": NPSSO, "client_id": None, "tokens": None}]
    )
    with capture_logs() as logs:
        store = await opened(mongo_uri, database_name)
    await store.close()
    (done,) = [step for step in store.upgraded if step.number == 3]
    assert (done.changed, done.left) == ({"credentials": 2}, ())
    assert not [entry for entry in logs if entry["log_level"] == "warning"]
    stored = await database[SCHEMA.name].find({}, {"_id": 0}).sort("platform", 1).to_list()
    expected = {name: value for name, value in TOKENS.items() if name != "scope"} | {"user_id": "2533274812345678"}
    assert stored == [{"platform": "psn", "npsso": NPSSO}, XBOX | {"tokens": expected}]
    assert type(stored[1]["tokens"]["expires_in"]) is int


class Overtaken:
    """A database in which a renewal comes between reading a credential and changing it."""

    def __init__(self, database: Database, renew: Callable[[], Awaitable[object]]) -> None:
        self._database = database
        self._renew = renew

    def __getitem__(self, name: str) -> Any:
        return self if name == SCHEMA.name else self._database[name]

    def find(self, which: dict[str, Any]) -> Any:
        return self._database[SCHEMA.name].find(which)

    async def update_one(self, *arguments: Any) -> Any:
        await self._renew()
        return await self._database[SCHEMA.name].update_one(*arguments)


async def test_the_upgrade_leaves_what_is_renewed_meanwhile(store: Store, database: Database) -> None:
    """A bot may run while another one upgrades: what was read is changed only while it is that."""
    await database[SCHEMA.name].insert_one(xbox_with({"issued": "2022-10-01T12:30:00"}))
    of = await store.credentials.xbox()
    assert of is not None
    overtaken = Overtaken(database, lambda: store.credentials.keep_xbox(of, tokens("x1"), NOW))
    assert await seeds_types(overtaken) == {}  # type: ignore[arg-type]
    after = await store.credentials.xbox()
    assert after is not None
    assert after.tokens == tokens("x1")


async def test_what_no_upgrade_can_mend_is_said_without_quoting_it(
    database: Database, mongo_uri: str, database_name: str
) -> None:
    await database[SCHEMA.name].insert_many(
        [
            {"platform": "xbox", "client_secret": "test-secret", "tokens": TOKENS | {"issued": "last Tuesday"}},
            {"platform": "psn", "npsso": None},
            {"platform": "stadia"},
        ]
    )
    person = {"chat_id": CHAT, "user_id": 7}
    await database["statususers"].insert_many(
        [
            person | {"display_name": "1", "xbox_gamertag": "Hidden Tag", "psn_account_id": 6515971742264256071},
            person | {"display_name": "2", "psn_account_id": "hidden-id"},
            person | {"display_name": "3", "xbox_account_id": None, "psn_online_id": ""},
        ]
    )
    with capture_logs() as logs:
        store = await opened(mongo_uri, database_name)
    (done,) = [step for step in store.upgraded if step.number == 3]
    assert [line.partition(": ")[0] for line in done.left] == ["credentials"] * 4 + ["statususers"] * 3
    text = "\n".join(done.left)
    for word in (
        "xbox lacks",
        "psn lacks",
        "does not know",
        "when they were issued",
        "and not its id",
        "not of digits",
    ):
        assert word in text
    assert "without any account" in text
    for hidden in ("Hidden", "hidden", "test-", "stadia", "Tuesday"):
        assert hidden not in text
    assert [entry["problem"] for entry in logs if entry["log_level"] == "warning"] == list(done.left)
    assert (await inspect(mongo_uri, database_name, SystemClock(), wait=30)).left == done.left
    assert await store.credentials.xbox() is None
    assert await store.credentials.psn() is None
    assert [state.platform for state in await store.credentials.states()] == [Platform.PSN, Platform.XBOX]
    await store.close()


async def test_a_seed_document_of_each_platform_works_alone(store: Store, database: Database) -> None:
    await database[SCHEMA.name].insert_many([XBOX, {"platform": "psn", "npsso": NPSSO}, {"platform": "steam"}])
    psn = await store.credentials.psn()
    assert psn == PsnCredential(NPSSO, None)
    assert await store.credentials.steam_key() is None
    kept = await store.credentials.keep_psn(psn, tokens("p1"), NOW)
    assert kept == PsnCredential(NPSSO, tokens("p1"), "", 1)
    xbox = await store.credentials.xbox()
    assert xbox is not None
    assert await store.credentials.died(Platform.XBOX, xbox.grant, NOW, revision=xbox.revision)
    assert await store.credentials.keep_xbox(xbox, tokens("x1"), NOW) is not None
    assert await what_is_left(database) == [
        "credentials: that of steam lacks what it is for: `gub credentials steam` takes another"
    ]


async def test_tokens_that_do_not_say_when_they_were_issued_are_due_at_once(store: Store, database: Database) -> None:
    for issued in (ABSENT, None, "last Tuesday", 5, [], datetime(9999, 12, 31, tzinfo=UTC)):
        await database[SCHEMA.name].delete_many({})
        await database[SCHEMA.name].insert_one(xbox_with({"issued": issued}))
        xbox = await store.credentials.xbox()
        assert xbox is not None
        assert xbox.tokens is not None
        assert xbox.tokens.expires_at < NOW


@pytest.mark.parametrize("missing", ["access_token", "refresh_token"])
async def test_tokens_without_one_of_the_two_are_of_use(store: Store, database: Database, missing: str) -> None:
    await database[SCHEMA.name].insert_one(xbox_with({missing: ABSENT, "issued": NOW}))
    xbox = await store.credentials.xbox()
    assert xbox is not None
    assert xbox.tokens is not None
    assert (xbox.tokens.refresh_token is None) == (missing == "refresh_token")
    assert (xbox.tokens.expires_at > NOW) == (missing == "refresh_token")


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.datetimes(timezones=st.just(UTC)),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=4,
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from([*TOKENS, "refresh_expires_in"]), anything) | anything)
def test_any_tokens_are_read_without_an_error(document: Any) -> None:
    found = tokens_of(document)
    if found is not None:
        assert found.expires_at >= found.issued
        assert found.refresh_expires_at is None or found.refresh_expires_at >= found.issued
        assert found.access_token not in repr(found) or len(found.access_token) < 12


async def test_d70_accounts_of_old_are_read_and_upgraded(
    database: Database, mongo_uri: str, database_name: str
) -> None:
    person = {"chat_id": CHAT, "user_id": 7, "group_name": "of old"}
    await database["statususers"].insert_many(
        [
            person | {"display_name": "Int", "xbox_account_id": Int64(2533274812345678), "xbox_gamertag": "A"},
            person | {"display_name": "Null", "xbox_account_id": None, "xbox_gamertag": None, "psn_account_id": "1"},
        ]
    )
    store = await opened(mongo_uri, database_name)
    (done,) = [step for step in store.upgraded if step.number == 3]
    assert (done.changed, done.left) == ({"statususers": 2}, ())
    first, second = await store.statususers.of_chat(CHAT)
    assert first.accounts == {Platform.XBOX: Account(Platform.XBOX, "2533274812345678", "A")}
    assert second.accounts == {Platform.PSN: Account(Platform.PSN, "1", "1")}
    steam = Account(Platform.STEAM, "76561197960287930", "s")
    changed = await store.statususers.set_account(first.id, CHAT, steam)
    assert changed is not None
    assert set(changed.accounts) == {Platform.XBOX, Platform.STEAM}
    stored = await database["statususers"].find_one({"display_name": "Null"})
    assert stored is not None
    assert not {"xbox_account_id", "xbox_gamertag"} & stored.keys()
    await store.close()


@pytest.mark.parametrize("absent", [{}, {"xbox_account_id": None, "xbox_gamertag": None}, {"steam_account_id": ""}])
async def test_d65_a_person_with_psn_alone_can_be_edited(
    store: Store, database: Database, absent: dict[str, Any]
) -> None:
    person = {"chat_id": CHAT, "user_id": 7, "display_name": "Ann", "psn_account_id": 6515971742264256071}
    await database["statususers"].insert_one(person | {"psn_online_id": "ann-psn"} | absent)
    (ann,) = await store.statususers.of_chat(CHAT)
    assert set(ann.accounts) == {Platform.PSN}
    assert await store.statususers.rename(ann.id, CHAT, "Anna") is not None
    with pytest.raises(LastAccount):
        await store.statususers.unlink(ann.id, CHAT, Platform.PSN)
    xbox = Account(Platform.XBOX, "2533274812345678", "AnnX")
    assert await store.statususers.set_account(ann.id, CHAT, xbox) is not None
    left = await store.statususers.unlink(ann.id, CHAT, Platform.PSN)
    assert left is not None
    assert left.accounts == {Platform.XBOX: xbox}


async def test_a_secret_stored_as_a_number_is_encrypted_as_text(
    database: Database, mongo_uri: str, database_name: str
) -> None:
    store = await opened(mongo_uri, database_name, Vault(["a passphrase"]))
    await database[SCHEMA.name].insert_one(xbox_with({"user_id": 2533274812345678}))
    assert await store.credentials.reencrypt() == 1
    stored = await database[SCHEMA.name].find_one({})
    assert stored is not None
    assert stored["tokens"]["user_id"].startswith("enc:")
    xbox = await store.credentials.xbox()
    assert xbox is not None
    assert xbox.tokens is not None
    assert xbox.tokens.user_id == "2533274812345678"
    await store.close()
