"""The commands that look after the database, run as functions on a real one."""

from pathlib import Path

import pytest

from gub.clock import SystemClock
from gub.database import opened_store
from gub.failure import Failure
from gub.maintenance import (
    check_database,
    export_database,
    import_database,
    upgrade_database,
)
from gub.settings import Settings, load
from gub.store.mongo import connect
from tests.support.mongo import database_name, mongo_uri, store

__all__ = ["database_name", "mongo_uri", "store"]

SHAPE = "The database has the shape of this GUB."
GOOD = "Everything in it is as it must be."


@pytest.fixture
def settings(mongo_uri: str, database_name: str) -> Settings:
    return load({"GUB_MONGODB_URI": mongo_uri, "GUB_MONGODB_DATABASE": database_name}, None)


async def test_check_names_what_is_to_do_and_changes_nothing_and_upgrade_does_it(settings: Settings) -> None:
    for _ in range(2):
        said: list[str] = []
        with pytest.raises(Failure, match="gub db upgrade"):
            await check_database(settings, SystemClock(), said.append)
        assert "collection to make or to give its rule: notifygroups" in said
        assert "index to build: statususers.chat_display_name" in said or "collection to make" in said[2]
        assert any(line.startswith("upgrade to do: 1") for line in said)
    done: list[str] = []
    await upgrade_database(settings, SystemClock(), done.append)
    assert done[0].startswith("upgraded: 1")
    current: list[str] = []
    await check_database(settings, SystemClock(), current.append)
    await upgrade_database(settings, SystemClock(), current.append)
    assert current == [SHAPE, GOOD, SHAPE]


async def test_what_only_a_person_can_mend_is_said_by_the_upgrade_and_by_each_check(
    settings: Settings, mongo_uri: str, database_name: str
) -> None:
    client = connect(mongo_uri)
    await client[database_name]["credentials"].insert_one({"platform": "xbox", "client_secret": "test-secret"})
    await client.close()
    said: list[str] = []
    await upgrade_database(settings, SystemClock(), said.append)
    await check_database(settings, SystemClock(), said.append)
    problem = (
        "not as it should be: credentials: that of xbox lacks what it is for: `gub credentials xbox` takes another"
    )
    assert said.count(problem) == 2
    assert said[-3:] == [problem, SHAPE, GOOD]


KEY = "0123456789abcdef" * 2


def empty_beside(settings: Settings) -> Settings:
    """Name another database; the test drops it."""
    return settings.model_copy(update={"mongodb_database": settings.mongodb_database + "_new"})


@pytest.mark.parametrize("secrets", [False, True])
async def test_a_database_moves_by_export_and_import(mongo_uri, settings: Settings, store, tmp_path, secrets) -> None:
    await store.credentials.set_steam_key(KEY)
    await store.departures.record(-5, SystemClock().now())
    await store.inbox.add(42, [{"update_id": 1}])
    target, out = empty_beside(settings), tmp_path / "out"
    said: list[str] = []
    await export_database(settings, SystemClock(), out, said.append, secrets=secrets)
    assert f"credentials: {secrets:d}" in said
    assert any(line.startswith("Not in the export: updates") for line in said)
    assert (KEY in (out / "credentials.jsonl").read_text()) is secrets
    try:
        said.clear()
        await import_database(target, SystemClock(), out, said.append)
        assert said[-1] == f"Imported into the database {target.mongodb_database}."
        assert any("no secrets" in line for line in said) is not secrets
        said.clear()
        await import_database(target, SystemClock(), out, said.append)
        await check_database(target, SystemClock(), said.append)
        assert said == [
            "This export was imported into this database before: nothing was changed.",
            SHAPE,
            GOOD,
        ]
        async with opened_store(target, mongo_uri, SystemClock(), wait=30) as moved:
            assert await moved.credentials.steam_key() == (KEY if secrets else None)
    finally:
        client = connect(mongo_uri)
        await client.drop_database(target.mongodb_database)
        await client.close()


async def test_an_export_with_secrets_says_that_encrypted_ones_want_the_same_key(
    settings: Settings, store, tmp_path: Path
) -> None:
    await store.credentials.set_steam_key(KEY)
    said: list[str] = []
    await export_database(settings, SystemClock(), tmp_path, said.append, secrets=True)
    assert "only with the same GUB_SECRET_KEY" in "\n".join(said)


async def test_an_import_that_cannot_be_is_one_line(settings: Settings, store, tmp_path: Path) -> None:
    with pytest.raises(Failure, match=r"no manifest\.json: .*Nothing was imported\."):
        await import_database(settings, SystemClock(), tmp_path, print)
    await store.credentials.set_steam_key(KEY)
    await export_database(settings, SystemClock(), tmp_path, print, secrets=True)
    with pytest.raises(Failure, match=r"not empty \(credentials\)"):
        await import_database(settings, SystemClock(), tmp_path, print)
    with pytest.raises(Failure, match="not empty: name a new directory"):
        await export_database(settings, SystemClock(), tmp_path, print, secrets=True)
