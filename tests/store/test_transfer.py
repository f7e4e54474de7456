"""Exports and imports: what is in them, what is refused, and a kill in the middle."""

import asyncio
import hashlib
import json
import os
import signal
import stat
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from bson import Int64, ObjectId

from gub.clock import SystemClock
from gub.store.documents import Database
from gub.store.errors import DatabaseTooNew, ImportUnfinished, TransferError
from gub.store.inspection import inspect
from gub.store.mongo import connect
from gub.store.processes import Holder
from gub.store.store import Store, open_store
from gub.store.transfer import importing
from gub.store.transfer.exporting import export
from gub.store.transfer.files import checked_export
from gub.store.transfer.importing import fill
from gub.store.transfer.lines import from_line, to_line
from gub.store.transfer.manifest import COLLECTIONS
from gub.store.turns import Turns
from gub.store.upgrades import UPGRADES

CHAT = Int64(-1001234567890123)
NOW = datetime(2025, 11, 22, 19, 30, 1, 234000, tzinfo=UTC)
SECRETS = (
    "the-client-secret",
    "the-access-token",
    "the-refresh-token",
    "the-npsso",
    "enc:the-api-key",
    "a-later-field",
)
HOSTILE = ("$where", "a.b", "\u202e\u2028\n\t\0 \U0001f469\u200d\U0001f467", '"}\n{"_id":1}', "{'$gt': ''}", "\\u0000")


async def filled(database: Database, people: int = 20) -> None:
    """Write something into every collection that lasts, and into those that do not."""
    group = ObjectId()
    await database.statususers.insert_many(
        [
            {"chat_id": CHAT, "user_id": 1001, "group_name": None, "display_name": f"{number}{HOSTILE[number % 6]}"}
            | {"steam_account_id": "76561197960287930", "created_at": NOW + timedelta(milliseconds=number)}
            for number in range(people)
        ]
    )
    invited = [Int64(2**53 + 1), "@bob"]
    await database.notifygroups.insert_one(
        {"_id": group, "chat_id": CHAT, "creator_id": 1001, "name": "war", "description": HOSTILE[3]}
        | {"members": [1001, Int64(2**40)], "invited": invited, "joining": "open"}
    )
    await database.notifygroupinvitation.insert_one(
        {"notify_group_id": group, "initially_invited": invited, "actively_invited": invited, "expires_at": NOW}
        | {"accepted": [1001], "unfinished": [1001], "stale": True, "revision": 3, "ended": "revoked"}
    )
    await database.credentials.insert_many(
        [
            {"platform": "xbox", "client_id": "an-id", "client_secret": SECRETS[0], "status": "ok"}
            | {"tokens": {"access_token": SECRETS[1], "refresh_token": SECRETS[2], "expires_in": 3600}},
            {"platform": "psn", "npsso": SECRETS[3], "checked_at": NOW},
            {"platform": "steam", "api_key": SECRETS[4], "new_secret": SECRETS[5]},
        ]
    )
    await database.users.insert_one({"_id": Int64(2**40), "first_name": HOSTILE[2], "username": "B", "seen_at": NOW})
    await database.chats.insert_one({"chat_id": CHAT, "settings": {"a": {"$gt": 1}, "x.y": 1.5}, "title": HOSTILE[0]})
    await database.departures.insert_one({"_id": Int64(-5), "at": NOW})
    await database.migrations.insert_one({"_id": Int64(-7), "to": CHAT, "started_at": NOW, "finished_at": NOW})
    touched = SystemClock().now()  # the rest is swept away by the server
    dialog = {"_id": "1:2:3", "chat_id": 2, "state": "s", "data": {"text": HOSTILE[3], "n": None}}
    await database.dialogs.insert_one(dialog | {"touched_at": touched})
    await database.inbox.insert_one({"_id": "1:9", "bot_id": 1, "update_id": 9, "state": "new", "body": "{}"})
    ringing = {"_id": "2:7", "kind": "call", "chat_id": 2, "group_id": str(group), "left": [1001]}
    await database.ringing.insert_one(ringing | {"created_at": touched})


async def everything(database: Database) -> dict[str, Any]:
    return {name: await database[name].find().sort("_id", 1).to_list() for name in COLLECTIONS}


@pytest.fixture
async def target(mongo_uri: str):
    """An empty database beside that of the test."""
    client = connect(mongo_uri)
    name = f"gub_test_{uuid4().hex[:12]}"
    yield client[name]
    await client.drop_database(name)
    await client.close()


@pytest.fixture
async def exported(mongo_uri: str, store: Store, database: Database, tmp_path: Path) -> Path:
    """An export with secrets of a database with something in it."""
    assert await store.chats.count() == 0
    await filled(database)
    await export(mongo_uri, database.name, tmp_path / "out", SystemClock(), secrets=True, wait=30)
    return tmp_path / "out"


async def import_(mongo_uri: str, target: Database, path: Path) -> bool:
    done = await fill(mongo_uri, target.name, checked_export(path), SystemClock(), wait=30)
    await (await open_store(mongo_uri, target.name, clock=SystemClock())).close()
    return not done.was_there


async def test_a_round_trip_gives_the_same_documents(mongo_uri, database, target, exported) -> None:
    assert await import_(mongo_uri, target, exported)
    before = await everything(database)
    assert await everything(target) == before
    assert isinstance((await target.users.find_one({}))["_id"], Int64)
    assert sum(map(len, before.values())) == 20 + len(UPGRADES) + 10
    assert await target.inbox.count_documents({}) == 0
    assert await target.ringing.count_documents({}) == 0, "nobody is called together for a game of last month"
    assert (await inspect(mongo_uri, target.name, SystemClock(), wait=30)).is_current


async def test_another_round_gives_the_same_bytes(mongo_uri, target, exported, tmp_path) -> None:
    await import_(mongo_uri, target, exported)
    await export(mongo_uri, target.name, tmp_path / "again", SystemClock(), secrets=True, wait=30)
    for name in COLLECTIONS:
        assert (tmp_path / "again" / f"{name}.jsonl").read_bytes() == (exported / f"{name}.jsonl").read_bytes()


async def test_files_are_for_this_user_alone(exported) -> None:
    assert stat.S_IMODE(exported.stat().st_mode) == 0o700
    assert {stat.S_IMODE(each.stat().st_mode) for each in exported.iterdir()} == {0o600}
    assert len(list(exported.iterdir())) == len(COLLECTIONS) + 1


async def test_no_secret_is_in_an_export_that_was_not_asked_for_them(
    mongo_uri, store, database, target, tmp_path
) -> None:
    assert await store.chats.count() == 0
    await filled(database)
    done = await export(mongo_uri, database.name, tmp_path / "out", SystemClock(), wait=30)
    assert done.waiting == 1
    found = b"".join(each.read_bytes() for each in (tmp_path / "out").iterdir())
    assert [secret for secret in SECRETS if secret.encode() in found] == []
    await import_(mongo_uri, target, tmp_path / "out")
    (left,) = await target.credentials.find({}, {"_id": 0}).to_list()
    assert left == {"platform": "xbox", "client_id": "an-id"}


def _resealed(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    found = json.loads((path / "manifest.json").read_text())
    change(found)
    (path / "manifest.json").write_text(json.dumps(found))


def _replace(path: Path, content: bytes) -> None:
    """Write another file for a collection, and a manifest that means it."""
    path.write_bytes(content)
    part = {"documents": content.count(b"\n"), "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    _resealed(path.parent, lambda found: found["collections"].update({path.stem: part}))


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[content.index(b"76561197960287930")] ^= 1
    path.write_bytes(content)


def _link(path: Path) -> None:
    path.rename(path.parent.parent / "elsewhere")
    path.symlink_to(path.parent.parent / "elsewhere")


BREAKAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "a byte": (lambda path: _flip(path / "statususers.jsonl"), "statususers.jsonl is damaged"),
    "a line cut": (lambda path: os.truncate(path / "chats.jsonl", 30), "chats.jsonl is damaged"),
    "a line less": (lambda path: os.truncate(path / "chats.jsonl", 0), "chats.jsonl is damaged"),
    "no file": (lambda path: (path / "users.jsonl").unlink(), "has no users.jsonl"),
    "no manifest": (lambda path: (path / "manifest.json").unlink(), "has no manifest.json"),
    "a file more": (lambda path: (path / "other\n.jsonl").touch(), r"not the export's: 'other\\n.jsonl'"),
    "a link": (lambda path: _link(path / "users.jsonl"), "users.jsonl is damaged"),
    "a directory": (lambda path: [(path / "users.jsonl").unlink(), (path / "users.jsonl").mkdir()], "damaged"),
    "no directory": (lambda path: path.rename(path.parent / "moved"), "has no manifest.json"),
    "not JSON": (lambda path: (path / "manifest.json").write_text("{"), "not JSON"),
    "too deep": (lambda path: (path / "manifest.json").write_text("[" * 100_000), "not JSON"),
    "of another program": (lambda path: _resealed(path, lambda found: found.update(format="x")), "not that of an"),
    "another version": (lambda path: _resealed(path, lambda found: found.update(version=2)), "format version"),
    "a path out": (
        lambda path: _resealed(path, lambda found: found["collections"].update({"../users": {}})),
        "does not know",
    ),
    "a file's name": (
        lambda path: _resealed(path, lambda found: found["collections"]["users"].update(file="../x")),
        "manifest.json is damaged: users",
    ),
    "a server's collection": (
        lambda path: _resealed(path, lambda found: found["collections"].update({"system.users": {}})),
        "does not know",
    ),
    "other upgrades": (lambda path: _resealed(path, lambda found: found.update(upgrades=[1])), "other upgrades"),
    "no upgrades": (lambda path: _resealed(path, lambda found: found.pop("upgrades")), "damaged: upgrades"),
    "an operator as id": (
        lambda path: _replace(path / "users.jsonl", b'{"_id":{"$gt":{"$numberInt":"1"}}}\n'),
        "users.jsonl is damaged, line 1: It is not a document with an id",
    ),
    "an operator as field": (lambda path: _replace(path / "users.jsonl", b'{"_id":1,"$set":{}}\n'), "cannot have"),
    "nonsense": (lambda path: _replace(path / "users.jsonl", b'{"_id":{"$oid":"x"}}\n'), "not Extended JSON"),
    "deep nonsense": (lambda path: _replace(path / "users.jsonl", b'{"_id":' * 99_999 + b"\n"), "not Extended JSON"),
    "a NUL in a name": (lambda path: _replace(path / "users.jsonl", b'{"_id":1,"\\u0000":1}\n'), "can hold"),
    "no end": (lambda path: _replace(path / "users.jsonl", b'{"_id":1}\n{"_id":2}'), "cut short"),
}


@pytest.mark.parametrize("breakage", BREAKAGES)
async def test_an_export_that_is_not_whole_is_refused_in_one_line(exported, breakage) -> None:
    breaking, why = BREAKAGES[breakage]
    breaking(exported)
    with pytest.raises(TransferError, match=why) as refused:
        checked_export(exported)
    assert "\n" not in str(refused.value)


async def test_an_export_of_a_later_gub_is_refused_before_anything_is_written(mongo_uri, target, exported) -> None:
    record = b'{"_id":99,"name":"of a later day","checksum":"x","at":{"$date":1}}\n'
    _replace(exported / "schema_migrations.jsonl", record)
    _resealed(exported, lambda found: found.update(upgrades=[99]))
    with pytest.raises(DatabaseTooNew, match="upgrade 99"):
        await fill(mongo_uri, target.name, checked_export(exported), SystemClock(), wait=30)
    assert await target.list_collection_names() == []


async def test_files_that_change_after_they_were_checked_do_not_finish(mongo_uri, target, exported) -> None:
    checked = checked_export(exported)
    _flip(exported / "statususers.jsonl")
    with pytest.raises(TransferError, match="damaged"):
        await fill(mongo_uri, target.name, checked, SystemClock(), wait=30)
    with pytest.raises(ImportUnfinished, match="same"):
        await open_store(mongo_uri, target.name, clock=SystemClock())
    with pytest.raises(ImportUnfinished):
        await inspect(mongo_uri, target.name, SystemClock(), wait=30)
    with pytest.raises(ImportUnfinished):
        await export(mongo_uri, target.name, exported.parent / "half", SystemClock(), wait=30)


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from gub.clock import SystemClock
from gub.store.transfer import importing
from gub.store.transfer.files import checked_export

async def put(collection, batch, *, put=importing._put):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
    await put(collection, batch)

importing._BATCH, importing._put, left = 3, put, int(sys.argv[4])
asyncio.run(importing.fill(sys.argv[1], sys.argv[2], checked_export(Path(sys.argv[3])), SystemClock(), wait=30))
"""


@pytest.mark.parametrize("batches", [1, 6, 15])
async def test_a_killed_import_is_finished_by_the_next(mongo_uri, database, target, exported, batches) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", KILLED, mongo_uri, target.name, str(exported), str(batches)
    )
    assert await process.wait() == -signal.SIGKILL
    with pytest.raises(ImportUnfinished):
        await open_store(mongo_uri, target.name, clock=SystemClock())
    assert await import_(mongo_uri, target, exported)
    assert await everything(target) == await everything(database)


async def test_a_half_filled_database_takes_no_other_export(mongo_uri, database, target, exported) -> None:
    checked = checked_export(exported)
    whole = (exported / "chats.jsonl").read_bytes()
    os.truncate(exported / "chats.jsonl", 0)
    with pytest.raises(TransferError, match="damaged"):
        await fill(mongo_uri, target.name, checked, SystemClock(), wait=30)
    (exported / "chats.jsonl").write_bytes(whole)
    other = exported.parent / "other"
    await export(mongo_uri, database.name, other, SystemClock(), wait=30)
    with pytest.raises(TransferError, match="from another export"):
        await import_(mongo_uri, target, other)
    assert await import_(mongo_uri, target, exported)
    assert await everything(target) == await everything(database)


async def test_the_same_import_again_changes_nothing(mongo_uri, target, exported) -> None:
    assert await import_(mongo_uri, target, exported)
    await target.chats.update_one({}, {"$set": {"title": "changed since"}})
    before = await everything(target)
    assert not await import_(mongo_uri, target, exported)
    assert await everything(target) == before


async def test_a_database_with_something_in_it_is_refused(mongo_uri, database, target, exported) -> None:
    await (await open_store(mongo_uri, target.name, clock=SystemClock())).close()
    await target.departures.insert_one({"_id": 1, "at": NOW})
    before = await everything(target)
    with pytest.raises(TransferError, match=r"not empty \(departures\): nothing was imported"):
        await import_(mongo_uri, target, exported)
    assert await everything(target) == before
    await target.departures.delete_many({})
    assert await import_(mongo_uri, target, exported)
    assert await everything(target) == await everything(database)


async def test_a_database_that_a_bot_uses_is_refused(mongo_uri, target, exported) -> None:
    bot = Turns(target, SystemClock(), Holder("a", "elsewhere", 12))
    assert await bot.take(42)
    with pytest.raises(TransferError, match=r"in use \(process 12 on elsewhere\)"):
        await import_(mongo_uri, target, exported)
    await bot.give_back(42)
    assert await import_(mongo_uri, target, exported)


async def test_a_bot_that_comes_meanwhile_keeps_the_import_from_ending(
    mongo_uri, target, exported, monkeypatch
) -> None:
    async def joined(*arguments: Any, put=importing._put) -> None:
        await put(*arguments)
        assert await Turns(target, SystemClock(), Holder("a", "elsewhere", 12)).take(42)
        monkeypatch.setattr(importing, "_put", put)

    monkeypatch.setattr(importing, "_put", joined)
    with pytest.raises(TransferError, match="in use"):
        await import_(mongo_uri, target, exported)
    with pytest.raises(ImportUnfinished):
        await open_store(mongo_uri, target.name, clock=SystemClock())


async def test_a_directory_with_something_in_it_is_refused(mongo_uri, database, tmp_path) -> None:
    (tmp_path / "mine").write_text("dear")
    with pytest.raises(TransferError, match="not empty"):
        await export(mongo_uri, database.name, tmp_path, SystemClock(), wait=30)
    with pytest.raises(TransferError, match="cannot be used"):
        await export(mongo_uri, database.name, tmp_path / "mine", SystemClock(), wait=30)
    assert (tmp_path / "mine").read_text() == "dear"


async def test_a_document_without_extended_json_is_told_and_leaves_no_files(
    mongo_uri, store, database, tmp_path
) -> None:
    assert await store.chats.count() == 0
    await database.chats.insert_one({"chat_id": 1, "settings": {"$numberLong": "5"}})
    with pytest.raises(TransferError, match="A document of chats cannot be exported"):
        await export(mongo_uri, database.name, tmp_path / "out", SystemClock(), wait=30)
    assert list((tmp_path / "out").iterdir()) == []


async def test_what_changes_while_it_is_exported_is_settled_by_the_import(
    mongo_uri, store, database, target, tmp_path
) -> None:
    """As if read in the middle: a name and a username that went to another, a chat that moved."""
    for name in ("statususers", "users"):
        await database[name].drop_indexes()
    person = {"user_id": 1, "chat_id": -7, "group_name": None}
    await database.statususers.insert_many([person | {"display_name": name} for name in ("Bob", "bob")])
    await database.users.insert_many(
        [
            {"_id": number, "first_name": "x", "username": "bob", "username_key": "bob"}
            | {"seen_at": NOW + timedelta(seconds=number % 2)}
            for number in (1, 2)
        ]
    )
    moved = SystemClock().now() + timedelta(seconds=1)
    await database.migrations.insert_one({"_id": -7, "to": -8, "started_at": moved, "finished_at": moved})
    assert await store.chats.count() == 0
    await export(mongo_uri, database.name, tmp_path / "out", SystemClock(), wait=30)
    assert await import_(mongo_uri, target, tmp_path / "out")
    people = await target.statususers.find().sort("_id", 1).to_list()
    assert [(each["chat_id"], each["display_name"]) for each in people] == [(-8, "Bob"), (-8, "bob_2")]
    assert [each.get("username") for each in await target.users.find().sort("_id", 1).to_list()] == ["bob", None]
    assert (await target.migrations.find_one({}))["finished_at"] is not None


async def test_documents_of_the_predecessor_are_upgraded_by_the_import(mongo_uri, database, target, tmp_path) -> None:
    await database.statususers.insert_one(
        {"user_id": 1, "chat_id": 2, "group_name": None, "display_name": "Bob", "xbox_account_id": 2533274800000000}
    )
    await export(mongo_uri, database.name, tmp_path / "out", SystemClock(), wait=30)
    await (await open_store(mongo_uri, target.name, clock=SystemClock())).close()
    assert await import_(mongo_uri, target, tmp_path / "out")
    assert (await target.statususers.find_one({}))["xbox_account_id"] == "2533274800000000"


@pytest.mark.parametrize("value", [{"$date": 1}, {"$uuid": "x"}, {"$oid": "0" * 24}, {"$gt": 1}])
def test_a_line_reads_as_what_was_written_or_is_not_written(value) -> None:
    try:
        line = to_line({"_id": 1, "value": value})
    except TransferError:
        return
    assert from_line(line) == {"_id": 1, "value": value}
