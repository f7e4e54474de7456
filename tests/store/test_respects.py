"""Respects: each person once, by whatever interleaving, and no message that does not end."""

import asyncio

import pytest

from gub.domain.respects import Paid
from gub.store.documents import Database
from gub.store.store import Store


@pytest.fixture
async def paid(store: Store) -> str:
    """Respects under message 11 of chat -5, which 1 asked for by message 10."""
    begun = await store.respects.begin(-5, 10, 1, "my last life")
    await store.respects.posted(begun.id, 11)
    return begun.id


async def test_the_same_command_begins_once(store: Store, paid: str) -> None:
    again = await store.respects.begin(-5, 10, 1, "my last life")
    assert (again.id, again.message_id) == (paid, 11)
    assert (await store.respects.begin(-6, 10, None, None)).people == ()


async def test_everybody_counts_once(store: Store, paid: str) -> None:
    told = await asyncio.gather(*(store.respects.pay(paid, -5, user) for user in (2, 2, 1, 3)))
    assert sorted(told) == [Paid.ALREADY, Paid.ALREADY, Paid.DONE, Paid.DONE]
    found = await store.respects.get(paid)
    assert found is not None
    assert sorted(found.people) == [1, 2, 3]
    assert found.revision == 2


async def test_it_holds_so_many_and_says_so(store: Store, database: Database, paid: str) -> None:
    await database["respects"].update_one({}, {"$set": {"people": list(range(1, 1000))}})
    assert await store.respects.pay(paid, -5, 2000) is Paid.DONE
    assert await store.respects.pay(paid, -5, 2001) is Paid.FULL
    assert await store.respects.pay(paid, -5, 5) is Paid.ALREADY


async def test_another_chat_has_no_part_in_it(store: Store, paid: str) -> None:
    assert await store.respects.pay(paid, -6, 2) is Paid.GONE
    assert await store.respects.pay("no id", -5, 2) is Paid.GONE
    assert await store.respects.pay("a" * 24, -5, 2) is Paid.GONE


async def test_it_is_shown_anew_until_what_was_shown_is_what_it_is(store: Store, paid: str) -> None:
    assert await store.respects.stale(10) == []
    await store.respects.pay(paid, -5, 2)
    (seen,) = await store.respects.stale(10)
    await store.respects.pay(paid, -5, 3)
    await store.respects.shown(paid, seen.revision)
    (seen,) = await store.respects.stale(10)
    assert seen.people == (1, 2, 3)
    await store.respects.shown(paid, seen.revision)
    assert await store.respects.stale(10) == []


async def test_what_has_no_message_yet_is_not_to_be_shown_anew(store: Store) -> None:
    begun = await store.respects.begin(-5, 10, 1, None)
    await store.respects.pay(begun.id, -5, 2)
    assert await store.respects.stale(10) == []
    await store.respects.posted(begun.id, 11)
    assert len(await store.respects.stale(10)) == 1


async def test_they_go_after_a_week_with_their_chat_and_when_it_becomes_a_supergroup(
    store: Store, database: Database, paid: str
) -> None:
    indexes = await database["respects"].index_information()
    assert indexes["stored_at_ttl"]["expireAfterSeconds"] == 7 * 24 * 3600
    await store.life.migrate(-5, -1005)
    assert await store.respects.get(paid) is None
    again = await store.respects.begin(-6, 10, 1, None)
    await store.life.purge(-6)
    assert await store.respects.get(again.id) is None


async def test_a_person_who_is_forgotten_is_nowhere_in_them(store: Store, database: Database, paid: str) -> None:
    theirs = await store.respects.begin(-5, 20, 2, "@bob and @bobby")
    named = await store.respects.begin(-5, 30, None, "for @Bob, who fell")
    other = await store.respects.begin(-5, 40, None, "for @bobby")
    await store.respects.pay(paid, -5, 2)
    await database["users"].insert_one({"_id": 2, "first_name": "Bob", "username": "Bob", "username_key": "bob"})
    person = await store.personal.meet(2)
    records = (await store.personal.records(person))["respects"]
    assert [record.get("what") for record in records] == [None, "@bob and @bobby", None]
    await store.personal.erase(person)
    assert await store.respects.get(theirs.id) is None
    left = [await store.respects.get(one) for one in (paid, named.id, other.id)]
    assert [one and (one.people, one.what) for one in left] == [((1,), "my last life"), ((), None), ((), "for @bobby")]
    assert {one.id for one in await store.respects.stale(10)} == {paid}
