"""D74: no secret lies in the database in the clear once there is a GUB_SECRET_KEY, and no error or `repr` shows one."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from gub.clock import SystemClock
from gub.domain.values import Platform
from gub.store.credentials import SCHEMA
from gub.store.documents import Database
from gub.store.mongo import connect
from gub.store.sealing import SECRETS, TOKEN_SECRETS, sealed
from gub.store.store import Store
from gub.store.transfer.exporting import export
from gub.store.transfer.files import checked_export
from gub.store.transfer.importing import fill
from gub.store.vault import Vault, WrongSecretKey
from tests.store.credentials import (
    CLIENT_SECRET,
    NOW,
    NPSSO,
    STEAM_KEY,
    give_all,
    leaves,
    locked_store,
    secrets_of,
    tokens,
)

OLD, NEW = "the old passphrase", "the new passphrase"
BOT = 123456


async def documents(database: Database) -> list[dict[str, Any]]:
    return await database[SCHEMA.name].find().sort("platform", 1).to_list()


async def stored_secrets(database: Database) -> dict[str, str]:
    """Give whatever is stored under a secret field's name, by platform and dotted name."""
    found = {}
    for document in await documents(database):
        tokens_ = document.get("tokens") or {}
        parts = {name: document[name] for name in SECRETS if name in document}
        parts |= {f"tokens.{name}": tokens_[name] for name in TOKEN_SECRETS if name in tokens_}
        found |= {f"{document['platform']}.{name}": value for name, value in parts.items()}
    return found


async def put_in_the_clear(database: Database) -> None:
    """Write credentials as the predecessor did."""
    fields = {"token_type": "bearer", "expires_in": 3600, "scope": "s", "issued": NOW, "id_token": "test-identity"}

    def tokens_(mark: str) -> dict[str, Any]:
        secret = {"access_token": "access", "refresh_token": "refresh", "user_id": "user"}
        return fields | {name: f"test-{part}-{mark}" for name, part in secret.items()}

    await database[SCHEMA.name].insert_many(
        [
            {"platform": "xbox", "client_id": "an-id", "client_secret": CLIENT_SECRET, "tokens": tokens_("x0")},
            {"platform": "psn", "npsso": NPSSO, "tokens": tokens_("p0")},
            {"platform": "steam", "api_key": STEAM_KEY},
        ]
    )


async def test_d74_every_secret_field_is_encrypted(mongo_uri: str, database: Database, database_name: str) -> None:
    async with locked_store(mongo_uri, database_name, [OLD]) as store:
        await give_all(store)
        await check_nothing_is_in_the_clear(database, secrets_of())
        xbox, psn = await store.credentials.xbox(), await store.credentials.psn()
        assert xbox is not None
        assert psn is not None
        await store.credentials.keep_xbox(xbox, tokens("x1"), NOW)
        await store.credentials.keep_psn(psn, tokens("p1"), NOW)
        await check_nothing_is_in_the_clear(database, secrets_of() | secrets_of("1"))
        assert (await store.credentials.xbox()) == replace(xbox, tokens=tokens("x1"), revision=2)
        assert len(await stored_secrets(database)) == 1 + 3 + 1 + 3 + 1


async def check_nothing_is_in_the_clear(database: Database, secrets: set[str]) -> None:
    for document in await documents(database):
        texts = [str(leaf) for leaf in leaves(document)]
        assert not [text for text in texts if any(secret in text for secret in secrets)]
        if tokens_ := document.get("tokens"):
            assert isinstance(tokens_["expires_in"], int)
            assert tokens_["issued"] == NOW
            assert (tokens_["token_type"], tokens_["scope"]) == ("bearer", "Xboxlive.signin Xboxlive.offline_access")
    assert all(value.startswith("enc:") for value in (await stored_secrets(database)).values())


def test_all_the_secret_fields_are_sealed_and_no_other() -> None:
    assert {*SECRETS, *TOKEN_SECRETS} == {
        *("client_secret", "npsso", "api_key"),
        *("access_token", "refresh_token", "id_token", "user_id"),
    }
    given = {"client_id": "c", **dict.fromkeys(SECRETS, "s"), "gone": None}
    given["tokens"] = {"scope": "s", "expires_in": 1, **dict.fromkeys(TOKEN_SECRETS, "s")}
    kept = sealed(Vault([OLD]), given)
    assert kept.keys() == given.keys() - {"gone"}
    assert (kept["client_id"], kept["tokens"]["scope"], kept["tokens"]["expires_in"]) == ("c", "s", 1)
    values = [kept[name] for name in SECRETS] + [kept["tokens"][name] for name in TOKEN_SECRETS]
    assert all(value.startswith("enc:") for value in values)
    assert len(set(values)) == len(values), "equal secrets do not look equal"


async def test_clear_documents_are_read_and_encrypted_at_the_next_write(
    mongo_uri: str, database: Database, database_name: str
) -> None:
    async with locked_store(mongo_uri, database_name, [OLD]) as store:
        await put_in_the_clear(database)
        xbox, psn = await store.credentials.xbox(), await store.credentials.psn()
        assert xbox is not None
        assert psn is not None
        assert (xbox.client_secret, psn.npsso, await store.credentials.steam_key()) == (CLIENT_SECRET, NPSSO, STEAM_KEY)
        assert not any(value.startswith("enc:") for value in (await stored_secrets(database)).values())
        await store.credentials.keep_xbox(xbox, tokens("x1"), NOW)
        stored = await stored_secrets(database)
        assert all(stored[f"xbox.tokens.{name}"].startswith("enc:") for name in TOKEN_SECRETS if name != "id_token")
        assert "xbox.tokens.id_token" not in stored
        assert await store.credentials.reencrypt() == 3
        await check_nothing_is_in_the_clear_but_scope(database)
        assert (await store.credentials.psn()) == psn


async def check_nothing_is_in_the_clear_but_scope(database: Database) -> None:
    stored = await stored_secrets(database)
    assert "psn.tokens.id_token" in stored
    assert all(value.startswith("enc:") for value in stored.values())


@pytest.mark.parametrize("keys", [["another"], []])
async def test_a_wrong_key_is_a_clear_error_and_changes_nothing(
    mongo_uri: str, database: Database, database_name: str, keys: list[str]
) -> None:
    async with locked_store(mongo_uri, database_name, [OLD]) as store:
        await give_all(store)
    before = await documents(database)
    async with locked_store(mongo_uri, database_name, keys) as store:
        for read in (store.credentials.xbox, store.credentials.psn, store.credentials.steam_key):
            with pytest.raises(WrongSecretKey, match="GUB_SECRET_KEY") as caught:
                await read()
            assert not [secret for secret in secrets_of() if secret in str(caught.value)]
        assert len(await store.credentials.states()) == 3, "what is known of them is no secret"
        if keys:
            with pytest.raises(WrongSecretKey):
                await store.credentials.reencrypt()
        assert await documents(database) == before
        await store.credentials.set_steam_key(STEAM_KEY)
        assert await store.credentials.steam_key() == STEAM_KEY


async def test_one_that_cannot_be_opened_keeps_all_from_being_rewritten(
    mongo_uri: str, database: Database, database_name: str
) -> None:
    async with locked_store(mongo_uri, database_name, [OLD]) as store:
        await store.credentials.set_psn(NPSSO, tokens("p0"), NOW)
    async with locked_store(mongo_uri, database_name, ["lost"]) as store:
        await store.credentials.set_steam_key(STEAM_KEY)
    async with locked_store(mongo_uri, database_name, [OLD]) as store:
        await store.credentials.set_xbox("an-id", CLIENT_SECRET, tokens("x0"), NOW)
    before = await documents(database)
    async with locked_store(mongo_uri, database_name, [NEW, OLD]) as store:
        with pytest.raises(WrongSecretKey):
            await store.credentials.reencrypt()
    assert await documents(database) == before


async def test_rotating_leaves_the_new_key_enough(mongo_uri: str, database: Database, database_name: str) -> None:
    async with locked_store(mongo_uri, database_name, [OLD]) as store:
        await give_all(store)
        xbox, psn = await store.credentials.xbox(), await store.credentials.psn()
        states = await store.credentials.states()
    async with locked_store(mongo_uri, database_name, [NEW, OLD]) as store:
        for _ in range(2):
            before = await stored_secrets(database)
            assert await store.credentials.reencrypt() == 3
            after = await stored_secrets(database)
            assert before.keys() == after.keys()
            assert not set(before.values()) & set(after.values())
    async with locked_store(mongo_uri, database_name, [NEW]) as store:
        assert await store.credentials.xbox() == xbox, "neither grant nor revision changes"
        assert await store.credentials.psn() == psn
        assert await store.credentials.steam_key() == STEAM_KEY
        assert await store.credentials.states() == states
    async with locked_store(mongo_uri, database_name, [OLD]) as store:
        with pytest.raises(WrongSecretKey):
            await store.credentials.xbox()


async def test_without_a_key_nothing_is_rewritten(store: Store, database: Database) -> None:
    await give_all(store)
    before = await documents(database)
    assert await store.credentials.reencrypt() == 0
    assert await documents(database) == before


async def test_rotating_beside_renewals_undoes_none(mongo_uri: str, database_name: str) -> None:
    """Whatever comes first: the tokens renewed last are those stored, and the new key opens everything."""
    async with locked_store(mongo_uri, database_name, [OLD]) as store:
        await give_all(store)
    async with locked_store(mongo_uri, database_name, [NEW, OLD]) as store:

        async def renew(times: int) -> None:
            for number in range(times):
                of = await store.credentials.xbox()
                assert of is not None
                kept = await store.credentials.keep_xbox(of, tokens(f"r{number}"), NOW)
                assert kept is not None
                assert kept.tokens == tokens(f"r{number}")

        async def rotate(times: int) -> None:
            for _ in range(times):
                assert await store.credentials.reencrypt() == 3

        await asyncio.gather(renew(30), rotate(30), rotate(30))
    async with locked_store(mongo_uri, database_name, [NEW]) as store:
        xbox = await store.credentials.xbox()
        assert xbox is not None
        assert (xbox.client_secret, xbox.tokens, xbox.revision) == (CLIENT_SECRET, tokens("r29"), 31)


async def test_what_a_bot_of_the_old_key_renews_meanwhile_is_rewritten_too(
    mongo_uri: str, database_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        locked_store(mongo_uri, database_name, [OLD]) as bot,
        locked_store(mongo_uri, database_name, [NEW, OLD]) as store,
    ):
        await give_all(bot)
        collection = store.credentials._collection
        update_one = collection.update_one
        of = await bot.credentials.xbox()
        assert of is not None

        async def late(which: dict[str, Any], *arguments: Any, **options: Any) -> Any:
            monkeypatch.setattr(collection, "update_one", update_one)
            await bot.credentials.keep_xbox(of, tokens("x1"), NOW)
            return await update_one(which, *arguments, **options)

        monkeypatch.setattr(collection, "update_one", late)
        assert await store.credentials.reencrypt() == 3
    async with locked_store(mongo_uri, database_name, [NEW]) as store:
        xbox = await store.credentials.xbox()
        assert xbox is not None
        assert (xbox.client_secret, xbox.tokens, xbox.revision) == (CLIENT_SECRET, tokens("x1"), 2)


async def test_an_export_without_secrets_shows_none_and_nothing_known_of_them(
    mongo_uri: str, store: Store, database: Database, tmp_path: Path
) -> None:
    await give_all(store)
    await store.credentials.set_xbox("an-id", CLIENT_SECRET, tokens("x0"), NOW, NOW)
    for note in (store.credentials.warned, store.credentials.secret_warned):
        await note(Platform.XBOX, NOW)
    await store.credentials.mark(Platform.XBOX, "dead", NOW)
    await store.credentials.dead_told(Platform.XBOX, NOW)
    await export(mongo_uri, database.name, tmp_path / "out", SystemClock(), secrets=False, wait=30)
    checked = checked_export(tmp_path / "out")
    shown = [document for document, _ in checked.documents(SCHEMA.name)]
    assert [document.keys() - {"_id"} for document in shown] == [{"platform", "client_id"}]
    everything = "".join(path.read_text() for path in (tmp_path / "out").iterdir())
    assert not [secret for secret in secrets_of() if secret in everything]
    assert "grant" not in everything


@pytest.mark.parametrize("keys", [[OLD], []])
async def test_an_export_with_secrets_is_imported_whole(
    mongo_uri: str, database_name: str, other_database_name: str, tmp_path: Path, keys: list[str]
) -> None:
    async with locked_store(mongo_uri, database_name, keys) as store:
        await give_all(store)
        xbox, psn = await store.credentials.xbox(), await store.credentials.psn()
    await export(mongo_uri, database_name, tmp_path / "out", SystemClock(), secrets=True, wait=30)
    await fill(mongo_uri, other_database_name, checked_export(tmp_path / "out"), SystemClock(), wait=30)
    async with locked_store(mongo_uri, other_database_name, keys) as store:
        assert (await store.credentials.xbox(), await store.credentials.psn()) == (xbox, psn)
        assert await store.credentials.steam_key() == STEAM_KEY
    client = connect(mongo_uri)
    both = [await documents(client[name]) for name in (database_name, other_database_name)]
    await client.close()
    assert both[0] == both[1]


async def test_nothing_shows_a_secret(mongo_uri: str, database_name: str) -> None:
    with capture_logs() as logs:
        async with locked_store(mongo_uri, database_name, [OLD]) as store:
            await give_all(store)
            xbox, psn = await store.credentials.xbox(), await store.credentials.psn()
            assert xbox is not None
            kept = await store.credentials.keep_xbox(xbox, tokens("x1"), NOW)
            await store.credentials.reencrypt()
            shown = [xbox, psn, kept, await store.credentials.states(), store, store.credentials, store.inbox]
            text = repr((shown, xbox.tokens, [vars(store.credentials)], logs))
    assert not [secret for secret in secrets_of() | secrets_of("1") | {OLD} if secret in text]
    assert "an-id" in text


def update(number: int, text: str = NPSSO) -> dict[str, Any]:
    return {"update_id": number, "message": {"text": text}}


async def test_an_update_waits_encrypted(mongo_uri: str, database: Database, database_name: str) -> None:
    """An owner may send a secret to the bot in private: it lies in the inbox until it is handled."""
    async with locked_store(mongo_uri, database_name, [OLD]) as store:
        assert await store.inbox.add(BOT, [update(1), update(2)]) == [update(1), update(2)]
        assert await store.inbox.add(BOT, [update(1)]) == []
        bodies = [document["body"] for document in await database["inbox"].find().to_list()]
        assert all(body.startswith("enc:") and NPSSO not in body for body in bodies)
        await store.inbox.done(BOT, [1])
    async with locked_store(mongo_uri, database_name, [NEW, OLD]) as store:
        assert await store.inbox.pending(BOT) == [update(2)]


async def test_an_update_that_cannot_be_opened_costs_only_itself(
    mongo_uri: str, database: Database, database_name: str
) -> None:
    for number, keys in enumerate([[], [OLD], [NEW]], 1):
        async with locked_store(mongo_uri, database_name, keys) as store:
            await store.inbox.add(BOT, [update(number)])
    async with locked_store(mongo_uri, database_name, [NEW]) as store:
        with capture_logs() as logs:
            assert await store.inbox.pending(BOT) == [update(1), update(3)]
        assert [entry["id"] for entry in logs if entry["log_level"] == "warning"] == [f"{BOT}:2"]
        assert NPSSO not in repr(logs)
    async with locked_store(mongo_uri, database_name, [NEW, OLD]) as store:
        assert await store.inbox.pending(BOT) == [update(1), update(2), update(3)]
    assert await database["inbox"].count_documents({}) == 3
