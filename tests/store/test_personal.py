"""What each collection holds of one person: all of it is found, shown to them, and forgotten; nobody else's is."""

from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId

from gub.store.deletions import Subject
from gub.store.documents import Database
from gub.store.personal import EXCEPTIONS, PARTS, Person
from gub.store.personal.part import speaks_of
from gub.store.schema import SCHEMAS
from gub.store.store import Store
from tests.store.named import ACCOUNT, ANN, BOB, BOBS, CEM, CEMS, NAMES, SQUAD, fill
from tests.support.scan import naming


@pytest.fixture
async def filled(store: Store, database: Database) -> Store:
    await fill(database)
    return store


def test_d86_every_collection_is_shown_and_forgotten_or_says_why_not():
    """A new collection: write a part for it (gub/store/personal), or say in EXCEPTIONS why it names nobody."""
    parts = [part.collection for part in PARTS]
    assert len(parts) == len(set(parts))
    assert set(parts).isdisjoint(EXCEPTIONS)
    assert {*parts, *EXCEPTIONS} == {schema.name for schema in SCHEMAS}
    assert len({part.heading for part in PARTS}) == len(PARTS)


async def test_a_person_is_found_in_everything_that_has_a_part(filled: Store, database: Database):
    """Else a part would be shown to forget what was never there."""
    assert set(await naming(database, *NAMES)) | {"presences"} == {part.collection for part in PARTS}
    records = await filled.personal.records(await filled.personal.meet(ANN))
    assert {heading for heading, found in records.items() if found} == {part.heading for part in PARTS}


async def test_d86_nothing_names_a_person_that_was_forgotten(filled: Store, database: Database):
    person = await filled.personal.meet(ANN)
    assert await filled.personal.erase(person)
    assert await naming(database, *NAMES, ACCOUNT) == {}
    assert await filled.personal.erase(person) == 0, "and then there is nothing left to do"


async def test_what_is_others_stays(filled: Store, database: Database):
    await filled.personal.erase(await filled.personal.meet(ANN))
    people = await filled.statususers.of_chat(SQUAD)
    assert [(one.display_name, one.keeper_id, one.person_id) for one in people] == [
        ("Bobby", BOB, BOB),
        ("Cem", BOB, None),
    ], "who is somebody is their own keeper from then on"
    groups = await filled.notifygroups.of_chat(SQUAD)
    assert [(one.name, one.members, one.invited) for one in groups] == [
        ("quiz", (BOB,), (CEM,)),
        ("war", (BOB,), (CEM,)),
    ]
    (war,) = (one for one in groups if one.name == "war")
    assert set(war.mutes) == {BOB}
    invitations = await database.notifygroupinvitation.find().sort("_id", 1).to_list()
    assert [one.get("inviter_id") for one in invitations] == [BOB, None]
    assert [one["initially_invited"] for one in invitations] == [[CEM], [CEM]]
    assert invitations[1]["declined"] == [BOB]
    assert [one["stale"] for one in invitations] == [True, True], "their messages name her as well"
    assert (await database.ringing.find_one({}) or {})["left"] == [BOB]
    assert [one["_id"] async for one in database.dialogs.find({})] == [f"1:{BOB}:{BOB}:e"]
    assert [one["_id"] async for one in database.presences.find({})] == [f"steam:{BOBS}"]
    assert [(one["people"], one.get("what")) async for one in database.respects.find({})] == [([BOB], None)]
    assert [one["user_id"] async for one in database.presencechanges.find({})] == [BOB]
    assert [one["user_id"] async for one in database.starts.find({})] == [BOB]
    assert [one["user_id"] async for one in database.donations.find({})] == [BOB]
    assert [one["owner_id"] async for one in database.announcements.find({})] == [CEM]
    assert [one["chat_id"] async for one in database.announcementtargets.find({})] == [BOB]
    assert await filled.chats.exists(SQUAD)
    assert set(await filled.users.get_many([ANN, BOB])) == {BOB}


async def test_what_others_keep_of_the_same_account_stays_seen(filled: Store, database: Database):
    await database.statususers.insert_one(
        {"user_id": CEM, "chat_id": -7, "display_name": "A", "steam_account_id": int(ACCOUNT)}
    )
    await filled.personal.erase(await filled.personal.meet(ANN))
    assert await database.presences.count_documents({"_id": f"steam:{ACCOUNT}"}) == 1


async def test_an_export_has_what_is_theirs_and_no_others_accounts_or_ids(filled: Store):
    records = await filled.personal.records(await filled.personal.meet(ANN))
    text = str(records)
    for others in (BOB, CEM, BOBS, CEMS, "bro", "bob_plays"):
        assert str(others) not in text.replace("Brother", "")
    by_name = {one["display_name"]: one for one in records["status_lists"]}
    assert by_name["Annabella"]["you"] == ["are this person"]
    assert by_name["Annabella"]["accounts"] == {"steam": {"id": ACCOUNT, "name": None}}
    assert by_name["Brother"]["platforms"] == ["psn"]
    assert by_name["Bobby"]["you"] == ["look after this entry"]
    (war,) = (one for one in records["notify_groups"] if one["name"] == "war")
    assert (war["you"], war["members"], war["muted_until"]) == (["are a member"], 2, "for good")
    assert [one["you"] for one in records["invitations"]] == [
        ["invited others", "were invited", "are asked", "declined"],
        ["were invited", "accepted"],
    ]
    assert [one["account_id"] for one in records["last_seen"]] == [ACCOUNT]
    assert [(one["status"], one["title"]) for one in records["history"]] == [("playing", "Hades")]
    assert [one["playing_or_just_played"] for one in records["starts"]] == [[{"game": "hades", "lasts": True}]]
    assert len(records["open_dialogs"]) == 2
    (you,) = records["you"]
    assert (you["id"], you["first_name"], you["username"]) == (ANN, "Annabella", "Ann_Plays")


async def test_what_there_is_of_a_person_is_counted(filled: Store):
    found = await filled.personal.traces(await filled.personal.meet(ANN))
    assert (found.on_lists, found.kept, found.kept_of_others) == (1, 2, 1)
    assert (found.member_of, found.made, found.asked, found.invited, found.donations) == (1, 0, 1, 1, 1)


async def test_who_claims_an_entry_in_that_moment_keeps_it(filled: Store, database: Database):
    """Between reading an entry and deleting it, somebody may say that it is them."""
    (brother,) = [one for one in await filled.statususers.of_chat(SQUAD) if one.display_name == "Brother"]
    person = await filled.personal.meet(ANN)
    real = database.statususers.delete_one

    async def claimed_first(which: dict[str, Any]) -> Any:
        if which["_id"] == ObjectId(brother.id):
            await filled.statususers.claim(brother.id, SQUAD, CEM)
        return await real(which)

    part = PARTS[0](database)
    part._documents = _Replaced(part._documents, delete_one=claimed_first)  # type: ignore[assignment]
    await part.erase(person)
    await filled.personal.erase(person)
    kept = await filled.statususers.get(brother.id, SQUAD)
    assert kept is not None
    assert (kept.keeper_id, kept.person_id) == (CEM, CEM)


@pytest.mark.parametrize(
    ("members", "goes"), [([ANN], True), ([], True), (None, True), ([ANN, CEM], False), ([CEM], False)]
)
async def test_only_a_group_that_nobody_else_is_in_is_deleted(
    store: Store, database: Database, members: list[int] | None, *, goes: bool
):
    """At the very moment: somebody may have joined since it was read."""
    group = {"_id": ObjectId(), "chat_id": SQUAD, "creator_id": ANN, "name": "hers"}
    await database.notifygroups.insert_one(group | ({} if members is None else {"members": members}))
    assert not await store.personal.made.delete_forsaken(str(group["_id"]), BOB), "it is not Bob's"
    assert await store.personal.made.delete_forsaken(str(group["_id"]), ANN) is goes
    assert await database.notifygroups.count_documents({}) == (not goes)


async def test_a_wish_keeps_what_is_deleted_before_it_is_fulfilled(store: Store, database: Database):
    await store.deletions.ask(Subject.PERSON, ANN, ["@ann"], ["steam:1"])
    again = await store.deletions.ask(Subject.PERSON, ANN, ["@anna"], [])
    assert (again.names, again.accounts) == (("@ann", "@anna"), ("steam:1",))
    await store.deletions.ask(Subject.CHAT, SQUAD, [], [])
    assert [(one.kind, one.subject) for one in await store.deletions.under_way()] == [
        (Subject.PERSON, ANN),
        (Subject.CHAT, SQUAD),
    ]
    await store.deletions.fulfilled(Subject.PERSON, ANN)
    await store.deletions.fulfilled(Subject.CHAT, SQUAD)
    assert await database.deletions.count_documents({}) == 0


def test_a_username_is_no_part_of_a_longer_one():
    person = Person(ANN, ("@ann",))
    for text in ("@ann", "hi @Ann!", "@anna @ann", f"{ANN}"):
        assert speaks_of({"a": [text]}, person), text
    for text in ("@anna", "ann", "@ann_b", f"1{ANN}", timedelta(1), True, None, 1.5):
        assert not speaks_of({"a": [text]}, person), text
    assert speaks_of({str(ANN): 1}, person)


class _Replaced:
    """A collection of which one operation is another."""

    def __init__(self, collection: Any, **operations: Any) -> None:
        self._collection = collection
        self._operations = operations

    def __getattr__(self, name: str) -> Any:
        return self._operations.get(name) or getattr(self._collection, name)
