"""A chat's move and its end, over every collection; cut short anywhere, repeated, at once."""

import asyncio
import random
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from bson import ObjectId

from gub.clock import SystemClock
from gub.domain.boards import Board
from gub.domain.calls import Call
from gub.domain.errors import NameTaken
from gub.domain.limits import CALL_COOLDOWN
from gub.domain.presence import Status
from gub.domain.presence_changes import PresenceChange
from gub.domain.spells import Spell
from gub.domain.starts import Sessions
from gub.domain.values import ChatFacts, Joining
from gub.domain.watches import Watch, WatchKind
from gub.store import boards
from gub.store.chat_life import ChatLife
from gub.store.documents import Database
from gub.store.notifygroups import ClaimResult
from gub.store.ringing import Job, Kind
from gub.store.store import Store, open_store
from tests.store.crashing import Crash, Crashing

OLD, NEW, OTHER = -4001, -1001000000001, -4002
NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
STEPS = 7


async def fill(store: Store, database: Database, chat_id: int, *, names: str = "") -> None:
    await store.chats.remember(ChatFacts(chat_id, "group", f"Friends{names}"), thread_id=3)
    for name in ("Ann", "Bob"):
        await store.statususers.add(chat_id, 1, name + names, {}, "Friends")
    for number, name in enumerate(("War", "Peace")):
        group = await store.notifygroups.create(chat_id, 1, name + names, None, Joining.OPEN, None)
        await database["notifygroupinvitation"].insert_many(
            [
                {"notify_group_id": ObjectId(group.id), "chat_id": chat_id, "actively_invited": [5], "message_id": 9}
                | {"created_by_message": number, "revision": 1, "accepted": [6]},
                {"notify_group_id": ObjectId(group.id), "actively_invited": [6]},
            ]
        )
    await store.dialogs.open(f"9:{chat_id}:1", "adding", "name", {})
    await store.dialogs.open(f"9:1:1:private{names}{chat_id % 7}", "adding", "name", {"chat_id": chat_id})
    await store.departures.record(chat_id, NOW)
    job = Job(f"call{names}{chat_id % 7}", Kind.CALL, chat_id, None, "f" * 24, None, (2, 3), SystemClock().now())
    await store.ringing.start(job, "worker")
    await store.watches.add(Watch("", chat_id, 5, WatchKind.ON, "a" * 24))
    now = SystemClock().now()
    called = Call("", chat_id, "f" * 24, "War", 1, now, now, command_id=7, coming=(1,))
    await store.calls.posted(await store.calls.begin(called), chat_id, 8, [2])
    await store.boards.place(Board(boards.key_of(chat_id, 3), chat_id, 3, 1, 12, 11, "digest"))
    await store.starts.keep(None, Sessions(f"{-chat_id:024x}", 1, chat_id, {"hades": Spell(lasts=True)}))
    await store.history.add([PresenceChange(f"{-chat_id:024x}", 1, chat_id, NOW, Status.ONLINE)])


async def everything(database: Database) -> dict[str, list[str]]:
    """Give what is stored, without ids and times, in an order of its own."""

    def plain(document: dict[str, Any]) -> str:
        kept = sorted((name, value) for name, value in document.items() if name not in VOLATILE)
        return re.sub("'[0-9a-f]{24}'", "an id", repr(kept))

    names = ["chats", "statususers", "notifygroups", "notifygroupinvitation", "dialogs", "departures", "ringing"]
    names += ["presencechanges", "boards", "calls", "watches", "starts"]
    return {name: sorted([plain(each) async for each in database[name].find()]) for name in names}


VOLATILE = {"opened_at", "closes_at", "created_at", "stored_at", "joined_at", "touched_at", "started_at", "finished_at"}


async def test_everything_moves(store: Store, database: Database) -> None:
    await fill(store, database, OLD)
    await fill(store, database, OTHER)
    others = await everything(database)
    await store.life.migrate(OLD, NEW)
    after = await everything(database)
    assert str(OLD) not in repr(after)
    assert {job.chat_id for job in await store.ringing.all()} == {NEW, OTHER}
    assert await store.chats.get(NEW) == ChatFacts(NEW, "supergroup", "Friends")
    assert [group.name for group in await store.notifygroups.of_chat(NEW)] == ["Peace", "War"]
    assert [person.display_name for person in await store.statususers.of_chat(NEW)] == ["Ann", "Bob"]
    moved = await store.dialogs.get(f"9:{NEW}:1")
    assert moved is not None
    assert moved.step == "name"
    assert await store.life.successor(OLD) == NEW
    assert await store.life.successor(NEW) is None
    assert {name: len(found) for name, found in after.items()} == {name: len(found) for name, found in others.items()}
    assert await store.departures.left_at(OTHER) == NOW


async def test_a_private_dialog_about_the_chat_follows(store: Store) -> None:
    await store.dialogs.open("9:1:1:x", "adding", "name", {"chat_id": OLD, "step": 2})
    await store.life.migrate(OLD, NEW)
    moved = await store.dialogs.get("9:1:1:x")
    assert moved is not None
    assert moved.data == {"chat_id": NEW, "step": 2}


async def test_telling_it_twice_or_thrice_at_once_is_telling_it_once(store: Store, database: Database) -> None:
    await fill(store, database, OLD)
    await fill(store, database, NEW)
    await asyncio.gather(*(store.life.migrate(OLD, NEW) for _ in range(3)))
    once = await everything(database)
    await store.life.migrate(OLD, NEW)
    assert await everything(database) == once
    names = [group.name for group in await store.notifygroups.of_chat(NEW)]
    assert sorted(names) == ["Peace", "Peace_2", "War", "War_2"]
    people = [person.display_name for person in await store.statususers.of_chat(NEW)]
    assert sorted(people) == ["Ann", "Ann_2", "Bob", "Bob_2"]
    assert await store.chats.count() == 1
    assert str(OLD) not in repr(once)


async def test_the_new_chat_gets_what_only_the_old_one_knows(store: Store, database: Database) -> None:
    await store.chats.remember(ChatFacts(OLD, "group", "Old title"), thread_id=3)
    await database["chats"].update_one({"chat_id": OLD}, {"$set": {"language": "de", "settings": {"a": 1}}})
    await store.chats.remember(ChatFacts(NEW, "supergroup", "New title"))
    await store.life.migrate(OLD, NEW)
    (chat,) = await database["chats"].find().to_list()
    assert (chat["title"], chat["language"], chat["settings"], chat["thread_id"]) == ("New title", "de", {"a": 1}, 3)


async def test_a_departure_ends_when_the_new_chat_is_known_and_moves_when_not(store: Store) -> None:
    await store.departures.record(OLD, NOW)
    await store.life.migrate(OLD, NEW)
    assert (await store.departures.left_at(OLD), await store.departures.left_at(NEW)) == (None, NOW)
    await store.departures.cancel(NEW)
    await store.departures.record(OTHER, NOW)
    await store.chats.remember(ChatFacts(NEW - 1, "supergroup"))
    await store.life.migrate(OTHER, NEW - 1)
    assert (await store.departures.left_at(OTHER), await store.departures.left_at(NEW - 1)) == (None, None)


async def test_invitations_are_to_be_posted_anew_in_the_supergroup(store: Store, database: Database) -> None:
    """A message of the old group cannot be edited there, and the same number is another one."""
    await fill(store, database, OLD)
    await asyncio.gather(*(store.life.migrate(OLD, NEW) for _ in range(3)))
    stale = await store.invitations.stale()
    assert [(each.chat_id, each.message_id, each.revision, each.accepted) for each in stale] == [
        (NEW, None, 2, (6,))
    ] * 2
    assert await database["notifygroupinvitation"].count_documents({"created_by_message": {"$exists": True}}) == 0


@pytest.mark.parametrize("crowded", [False, True])
async def test_message_ids_do_not_move_for_they_start_anew(store: Store, database: Database, crowded: bool) -> None:
    """The same number in the supergroup is another message, and another command."""
    group = await store.notifygroups.create(OLD, 1, "War", None, Joining.OPEN, None, message_id=7)
    await store.notifygroups.claim_call(group.id, OLD, 1, NOW, CALL_COOLDOWN, message_id=8)
    await store.statususers.add(OLD, 1, "Ann", {}, "Friends", message_id=9)
    invitation = {"notify_group_id": ObjectId(group.id), "chat_id": OLD, "message_id": 10, "actively_invited": [5]}
    await database["notifygroupinvitation"].insert_one(invitation)
    if crowded:
        await fill(store, database, NEW)
    await store.life.migrate(OLD, NEW)
    with pytest.raises(NameTaken):
        await store.notifygroups.create(NEW, 1, "War", None, Joining.OPEN, None, message_id=7)
    with pytest.raises(NameTaken):
        await store.statususers.add(NEW, 1, "Ann", {}, "Friends", message_id=9)
    claim = await store.notifygroups.claim_call(group.id, NEW, 1, NOW, CALL_COOLDOWN, message_id=8)
    assert claim.result is ClaimResult.TOO_SOON
    assert await database["notifygroupinvitation"].count_documents({"message_id": 10}) == 0
    assert await database["notifygroupinvitation"].count_documents({"_id": invitation["_id"], "chat_id": NEW}) == 1


async def test_a_chat_to_itself_is_left_alone(store: Store, database: Database) -> None:
    await fill(store, database, OLD)
    before = await everything(database)
    await store.life.migrate(OLD, OLD)
    assert await everything(database) == before


class CutShort(ChatLife):
    """Ends in a crash after that many writes."""

    def __init__(self, database: Database, after: int) -> None:
        super().__init__(Crashing(database, after), SystemClock())  # type: ignore[arg-type]


@pytest.mark.parametrize("crowded", [False, True])
async def test_cut_short_after_any_write_it_is_finished_later(store: Store, database: Database, crowded: bool) -> None:
    async def start_over() -> None:
        for name in (*await everything(database), "migrations"):
            await database[name].delete_many({})
        await fill(store, database, OLD)
        if crowded:
            await fill(store, database, NEW)

    await start_over()
    await store.life.migrate(OLD, NEW)
    expected = await everything(database)
    writes = 0
    while True:
        await start_over()
        try:
            await CutShort(database, writes).migrate(OLD, NEW)
        except Crash:
            assert await store.life.resume() == (1 if writes > 0 else 0)
            if writes > 0:  # before the first write nobody knows of it; Telegram tells it again
                assert await everything(database) == expected, writes
            assert await database["migrations"].count_documents({"finished_at": None}) == 0
            writes += 1
        else:
            break
    assert writes >= STEPS


async def test_a_move_that_was_cut_short_is_finished_at_the_next_start(
    store: Store, database: Database, mongo_uri: str, database_name: str
) -> None:
    await fill(store, database, OLD)
    with pytest.raises(Crash):
        await CutShort(database, 3).migrate(OLD, NEW)
    restarted = await open_store(mongo_uri, database_name, clock=SystemClock())
    await restarted.close()
    assert str(OLD) not in repr(await everything(database))


async def test_purging_deletes_everything_of_the_chat_and_nothing_else(store: Store, database: Database) -> None:
    await fill(store, database, OTHER, names="x")
    others = await everything(database)
    await fill(store, database, OLD)
    assert await store.life.purge(OLD) > 0
    assert await everything(database) == others
    assert await store.life.purge(OLD) == 0


async def test_the_invariants_hold_after_random_interleavings(store: Store, database: Database) -> None:
    """One document a chat and a name; every member and group still in some chat; nothing left in the old one."""
    dice = random.Random(7)  # noqa: S311 - which interleaving is tried is no secret
    await fill(store, database, OLD)
    groups = {group.id: group.name for group in await store.notifygroups.of_chat(OLD)}

    async def touch() -> None:
        chat_id, user = dice.choice([OLD, NEW]), dice.randrange(2, 9)
        for group_id in groups:
            await store.notifygroups.join(group_id, chat_id, user)
            if dice.random() < 0.3:
                await store.notifygroups.leave(group_id, chat_id, user)
        await store.chats.remember(ChatFacts(NEW, "supergroup", "Friends"))

    await asyncio.gather(*(touch() for _ in range(30)), *(store.life.migrate(OLD, NEW) for _ in range(3)))
    await store.life.migrate(OLD, NEW)
    assert await store.notifygroups.of_chat(OLD) == []
    after = {group.id: group.name for group in await store.notifygroups.of_chat(NEW)}
    assert after == groups
    assert await store.chats.count() == 1
    for group in await store.notifygroups.of_chat(NEW):
        stored = await database["notifygroups"].find_one({"_id": ObjectId(group.id)})
        assert stored is not None
        assert len(stored["members"]) == len(set(stored["members"]))
