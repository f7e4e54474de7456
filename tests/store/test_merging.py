"""An export into a database that is not empty: what is there stays, what is missing comes."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gub.clock import SystemClock
from gub.failure import Failure
from gub.maintenance import export_database, merge_database
from gub.settings import Settings, load
from gub.store.mongo import connect
from gub.store.store import Store, open_store
from gub.store.turns import Turns
from tests.support.mongo import database_name, mongo_uri, other_database_name, store

__all__ = ["database_name", "mongo_uri", "other_database_name", "store"]

CHAT = -100
CLOCK = SystemClock()


@pytest.fixture
def source(mongo_uri: str, database_name: str) -> Settings:
    return load({"GUB_MONGODB_URI": mongo_uri, "GUB_MONGODB_DATABASE": database_name}, None)


@pytest.fixture
def target(mongo_uri: str, other_database_name: str) -> Settings:
    return load({"GUB_MONGODB_URI": mongo_uri, "GUB_MONGODB_DATABASE": other_database_name}, None)


@pytest.fixture
async def base(mongo_uri: str, other_database_name: str) -> Any:
    """The database to merge into, with its schema, a chat and a group."""
    opened = await open_store(mongo_uri, other_database_name, clock=CLOCK)
    await opened.close()
    client = connect(mongo_uri)
    found = client[other_database_name]
    await found["chats"].insert_one({"chat_id": CHAT, "type": "group", "title": "as it is here"})
    await found["notifygroups"].insert_one(
        {"chat_id": CHAT, "creator_id": 1, "name": "warzone", "members": [1, 9], "invited": []}
    )
    yield found
    await client.close()


async def _exported(store: Store, source: Settings, tmp_path: Path) -> Path:
    base = store.chats._collection.database
    await base["chats"].insert_many([{"chat_id": CHAT, "type": "group", "title": "as it was"}, {"chat_id": -200}])
    groups = [
        {"chat_id": CHAT, "creator_id": 1, "name": "Warzone", "members": [1], "invited": [5]},
        {"chat_id": -200, "creator_id": 2, "name": "Raid", "members": [2], "invited": [6]},
    ]
    keys = (await base["notifygroups"].insert_many(groups)).inserted_ids
    await base["notifygroupinvitation"].insert_many(
        [
            {"notify_group_id": key, "initially_invited": [asked], "actively_invited": [asked], "chat_id": chat_id}
            for key, asked, chat_id in zip(keys, (5, 6), (CHAT, -200), strict=True)
        ]
    )
    await export_database(source, CLOCK, tmp_path / "export", lambda _line: None, secrets=False)
    return tmp_path / "export"


async def _contents(base: Any) -> dict[str, Any]:
    names = sorted(await base.list_collection_names())
    leave = {"leases", "schema_migrations"}
    return {name: await base[name].find({}).sort("_id", 1).to_list() for name in names if name not in leave}


async def test_what_is_there_stays_what_is_missing_comes_and_again_changes_nothing(
    store: Store, source: Settings, target: Settings, base: Any, tmp_path: Path
) -> None:
    export = await _exported(store, source, tmp_path)
    said: list[str] = []
    await merge_database(target, CLOCK, export, said.append)
    assert "chats: 1 added, 1 were there and stay" in said
    assert "notifygroups: 1 added, 1 were there and stay" in said
    here = await base["notifygroups"].find({}).sort("chat_id", 1).to_list()
    assert [(group["chat_id"], group["name"], group["members"], group["invited"]) for group in here] == [
        (-200, "Raid", [2], [6]),
        (CHAT, "warzone", [1, 9], []),
    ]
    assert (await base["chats"].find_one({"chat_id": CHAT}))["title"] == "as it is here"
    # The invitation into the group that stayed behind is over, so it asks nobody.
    open_ones = await base["notifygroupinvitation"].find({"ended": None}).to_list()
    assert [one["chat_id"] for one in open_ones] == [-200]
    before = await _contents(base)
    again: list[str] = []
    await merge_database(target, CLOCK, export, again.append)
    assert "chats: 0 added, 2 were there and stay" in again
    assert await _contents(base) == before


async def test_an_old_departure_costs_no_chat_that_gub_is_in_by_now(
    store: Store, source: Settings, target: Settings, base: Any, tmp_path: Path
) -> None:
    long_ago = CLOCK.now() - timedelta(days=60)
    departed = store.chats._collection.database["departures"]
    await departed.insert_many([{"_id": CHAT, "at": long_ago}, {"_id": -300, "at": CLOCK.now()}])
    await export_database(source, CLOCK, tmp_path / "export", lambda _line: None, secrets=False)
    await merge_database(target, CLOCK, tmp_path / "export", lambda _line: None)
    assert (await base["chats"].find_one({"chat_id": CHAT}))["title"] == "as it is here"
    assert [one["_id"] async for one in base["departures"].find({})] == [-300]


async def test_beside_a_bot_nothing_is_merged(
    store: Store, source: Settings, target: Settings, base: Any, tmp_path: Path
) -> None:
    export = await _exported(store, source, tmp_path)
    before = await _contents(base)
    turns = Turns(base, CLOCK)
    turns._holder = type(turns._holder)("a bot", "elsewhere", 1)
    assert await turns.take(42)
    with pytest.raises(Failure, match="in use"):
        await merge_database(target, CLOCK, export, lambda _line: None)
    assert await _contents(base) == before


async def test_an_export_of_another_version_is_refused(
    store: Store, source: Settings, target: Settings, base: Any, tmp_path: Path
) -> None:
    await store.chats._collection.database["schema_migrations"].delete_one({"_id": 2})
    export = await _exported(store, source, tmp_path)
    with pytest.raises(Failure, match="another version"):
        await merge_database(target, CLOCK, export, lambda _line: None)
    assert await base["chats"].count_documents({}) == 1


async def test_files_that_were_changed_are_refused(
    store: Store, source: Settings, target: Settings, base: Any, tmp_path: Path
) -> None:
    export = await _exported(store, source, tmp_path)
    path = export / "chats.jsonl"
    path.write_text(path.read_text().replace("as it was", "as it is."))
    with pytest.raises(Failure, match="Nothing was imported"):
        await merge_database(target, CLOCK, export, lambda _line: None)
    assert await base["chats"].count_documents({}) == 1
