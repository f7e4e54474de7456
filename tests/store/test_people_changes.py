"""Status users: each change is one conditional operation, whatever else happens to the same person at once."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from bson import ObjectId

from gub.domain.errors import AlreadyClaimed, LastAccount, LimitReached, NameTaken, NotAllowed
from gub.domain.limits import STATUS_USERS_PER_CHAT
from gub.domain.values import Account, Platform, StatusUser, Visibility
from gub.store.documents import Database
from gub.store.statususers import SCHEMA
from gub.store.store import Store

CHAT, OTHER_CHAT, NEW_CHAT = -1001234567890123, -1001234567890124, -1001234567890999
KEEPER, PERSON, STRANGER = 7, 8, 9
XBOX = Account(Platform.XBOX, "2533274812345678", "AnnX")
PSN = Account(Platform.PSN, "6515971742264256071", "ann-psn")
STEAM = Account(Platform.STEAM, "76561197960287930", "ann")
NOBODYS = ["", "x", "0" * 24]


def accounts(*given: Account) -> Mapping[Platform, Account]:
    return {account.platform: account for account in given}


async def a_person(store: Store, name: str = "Ann", *given: Account, chat_id: int = CHAT, **more: Any) -> StatusUser:
    return await store.statususers.add(chat_id, KEEPER, name, accounts(*(given or (XBOX,))), "Friends", **more)


async def outcomes(doings: Sequence[Awaitable[Any]]) -> list[Any]:
    return await asyncio.gather(*doings, return_exceptions=True)


def refused(found: Sequence[Any], kind: type[Exception]) -> int:
    """Say how many were refused like this; nothing else may have gone wrong."""
    assert all(isinstance(each, kind) for each in found if isinstance(each, BaseException))
    return sum(isinstance(each, kind) for each in found)


async def test_a_person_is_added_with_what_is_known(store: Store, database: Database) -> None:
    added = await a_person(store, "Ann", XBOX, STEAM, person_id=PERSON, visibility=Visibility.PLAYING)
    expected = StatusUser(
        added.id, CHAT, KEEPER, "Ann", accounts(XBOX, STEAM), "Friends", Visibility.PLAYING, person_id=PERSON
    )
    assert added == expected == await store.statususers.find(added.id)
    plain = await a_person(store, "Bob")
    assert (plain.visibility, plain.person_id) == (Visibility.EVERYONE, None)
    stored = await database[SCHEMA.name].find_one({"_id": ObjectId(plain.id)})
    assert stored is not None
    assert not {"visibility", "person_id"} & stored.keys()


async def test_a_confirm_that_is_repeated_adds_once(store: Store) -> None:
    id_ = store.statususers.new_id()
    assert len({id_, store.statususers.new_id()}) == 2
    made = await asyncio.gather(*(a_person(store, "Ann", id=id_) for _ in range(30)))
    assert {person.id for person in made} == {id_}
    assert await store.statususers.of_chat(CHAT) == [made[0]]
    renamed = await store.statususers.rename(id_, CHAT, "Anna")
    assert await a_person(store, "Ann", id=id_) == renamed, "as they are now"
    with pytest.raises(NameTaken):
        await a_person(store, "ANNA", id=store.statususers.new_id())


async def test_a_confirm_is_repeated_after_the_chat_moved_and_when_it_is_full(store: Store) -> None:
    id_ = store.statususers.new_id()
    await a_person(store, "Ann", id=id_)
    await store.life.migrate(CHAT, NEW_CHAT)
    again = await a_person(store, "Ann", id=id_)
    assert (again.id, again.chat_id) == (id_, NEW_CHAT)
    for number in range(STATUS_USERS_PER_CHAT - 1):
        await a_person(store, f"P{number}", chat_id=NEW_CHAT)
    assert await a_person(store, "Ann", id=id_, chat_id=NEW_CHAT) == again
    with pytest.raises(LimitReached):
        await a_person(store, "one more", id=store.statususers.new_id(), chat_id=NEW_CHAT)


async def test_an_id_that_is_none_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="new_id"):
        await a_person(store, id="$ne")


async def test_a_person_is_renamed_to_any_free_name(store: Store) -> None:
    ann, bob = await a_person(store, "Ann"), await a_person(store, "Bob")
    for taken in ("Bob", "BOB", "bOb"):
        with pytest.raises(NameTaken):
            await store.statususers.rename(ann.id, CHAT, taken)
    assert await store.statususers.rename(ann.id, CHAT, "ANN") == replace(ann, display_name="ANN")
    assert await store.statususers.rename(ann.id, CHAT, "Ann_2") == replace(ann, display_name="Ann_2")
    assert await store.statususers.get(bob.id, CHAT) == bob
    await a_person(store, "Ann", chat_id=OTHER_CHAT)


async def test_d26_of_thirty_who_want_one_name_at_once_one_gets_it(store: Store) -> None:
    people = [await a_person(store, f"P{number}") for number in range(30)]
    found = await outcomes(
        [store.statususers.rename(person.id, CHAT, "ANN" if n % 2 else "ann") for n, person in enumerate(people)]
    )
    assert refused(found, NameTaken) == 29
    names = [person.display_name.lower() for person in await store.statususers.of_chat(CHAT)]
    assert len(set(names)) == 30
    assert names.count("ann") == 1


async def test_d23_a_name_is_kept_as_the_domain_passed_it(store: Store) -> None:
    """Which names are names is `gub.domain.names`' business; here each is its own, whatever is in it."""
    ann = await a_person(store, "Ann")
    for name in ("a\tb", "a\nb", "a b", "a", "$ne", ".*"):
        renamed = await store.statususers.rename(ann.id, CHAT, name)
        assert renamed is not None
        assert renamed.display_name == name


async def test_an_account_takes_the_place_of_its_platforms(store: Store) -> None:
    ann = await a_person(store, "Ann", XBOX)
    other = Account(Platform.XBOX, "2533274899999999", "Other")
    assert await store.statususers.set_account(ann.id, CHAT, other) == replace(ann, accounts=accounts(other))
    assert await store.statususers.set_account(ann.id, CHAT, PSN) == replace(ann, accounts=accounts(other, PSN))


async def test_an_account_is_unlinked_and_the_last_stays(store: Store, database: Database) -> None:
    ann = await a_person(store, "Ann", XBOX, PSN, STEAM)
    assert await store.statususers.unlink(ann.id, CHAT, Platform.PSN) == replace(ann, accounts=accounts(XBOX, STEAM))
    assert await store.statususers.unlink(ann.id, CHAT, Platform.PSN) == replace(ann, accounts=accounts(XBOX, STEAM))
    only = replace(ann, accounts=accounts(STEAM))
    assert await store.statususers.unlink(ann.id, CHAT, Platform.XBOX) == only
    with pytest.raises(LastAccount):
        await store.statususers.unlink(ann.id, CHAT, Platform.STEAM)
    assert await store.statususers.unlink(ann.id, CHAT, Platform.XBOX) == only, "there is none to take away"
    stored = await database[SCHEMA.name].find_one({})
    assert stored is not None
    assert not {"xbox_account_id", "xbox_gamertag", "psn_account_id", "psn_online_id"} & stored.keys()


@pytest.mark.parametrize("held", [(XBOX, PSN), (PSN, STEAM), (STEAM, XBOX), (XBOX, PSN, STEAM)])
async def test_all_accounts_unlinked_at_once_leave_one(store: Store, held: tuple[Account, ...]) -> None:
    for number in range(10):
        person = await a_person(store, f"P{number}", *held)
        found = await outcomes(
            [store.statususers.unlink(person.id, CHAT, account.platform) for account in held for _ in range(3)]
        )
        after = await store.statususers.get(person.id, CHAT)
        assert after is not None
        assert len(after.accounts) == 1
        assert refused(found, LastAccount) == 3


async def test_a_claim_is_the_first_ones(store: Store) -> None:
    ann = await a_person(store)
    claimed = replace(ann, person_id=PERSON)
    assert await store.statususers.claim(ann.id, CHAT, PERSON) == claimed
    assert await store.statususers.claim(ann.id, CHAT, PERSON) == claimed, "told twice it is told once"
    with pytest.raises(AlreadyClaimed):
        await store.statususers.claim(ann.id, CHAT, STRANGER)
    assert await store.statususers.unclaim(ann.id, CHAT, PERSON) == ann
    assert await store.statususers.unclaim(ann.id, CHAT, PERSON) == ann
    assert await store.statususers.claim(ann.id, CHAT, STRANGER) == replace(ann, person_id=STRANGER)


async def test_only_the_claim_that_is_meant_is_undone(store: Store) -> None:
    ann = await a_person(store)
    claimed = await store.statususers.claim(ann.id, CHAT, STRANGER)
    with pytest.raises(NotAllowed):
        await store.statususers.unclaim(ann.id, CHAT, PERSON)
    assert await store.statususers.get(ann.id, CHAT) == claimed


async def test_a_claim_of_somebody_who_is_not_shown_to_everyone_is_kept_if_that_is_wanted(store: Store) -> None:
    ann = await a_person(store)
    await store.statususers.claim(ann.id, CHAT, PERSON)
    for less in (Visibility.HIDDEN, Visibility.PLAYING):
        await store.statususers.set_visibility(ann.id, CHAT, less)
        with pytest.raises(NotAllowed):
            await store.statususers.unclaim(ann.id, CHAT, PERSON, only_if_shown=True)
    await store.statususers.set_visibility(ann.id, CHAT, Visibility.EVERYONE)
    assert await store.statususers.unclaim(ann.id, CHAT, PERSON, only_if_shown=True) == ann


async def test_of_fifty_who_claim_at_once_one_is_it(store: Store) -> None:
    ann = await a_person(store)
    found = await outcomes([store.statususers.claim(ann.id, CHAT, user) for user in range(100, 150)])
    assert refused(found, AlreadyClaimed) == 49
    (winner,) = [each for each in found if isinstance(each, StatusUser)]
    assert await store.statususers.get(ann.id, CHAT) == winner


async def test_visibility_is_stored_when_it_is_not_everyone(store: Store, database: Database) -> None:
    ann = await a_person(store)
    for visibility in Visibility:
        assert await store.statususers.set_visibility(ann.id, CHAT, visibility) == replace(ann, visibility=visibility)
    await store.statususers.set_visibility(ann.id, CHAT, Visibility.EVERYONE)
    assert await database[SCHEMA.name].count_documents({"visibility": {"$exists": True}}) == 0


async def test_visibility_is_the_keepers_until_the_person_is_known(store: Store) -> None:
    ann = await a_person(store)
    people = store.statususers
    with pytest.raises(NotAllowed):
        await people.set_visibility(ann.id, CHAT, Visibility.HIDDEN, by=PERSON)
    assert await people.set_visibility(ann.id, CHAT, Visibility.PLAYING, by=KEEPER) is not None
    await people.claim(ann.id, CHAT, PERSON)
    hidden = await people.set_visibility(ann.id, CHAT, Visibility.HIDDEN, by=PERSON)
    with pytest.raises(NotAllowed):
        await people.set_visibility(ann.id, CHAT, Visibility.EVERYONE, by=KEEPER)
    assert await people.get(ann.id, CHAT) == hidden
    assert await people.set_visibility(NOBODYS[2], CHAT, Visibility.HIDDEN, by=PERSON) is None


async def test_a_keeper_never_undoes_what_the_person_chooses_at_the_same_time(store: Store) -> None:
    for number in range(10):
        ann = await a_person(store, f"P{number}")

        async def choose(person: StatusUser = ann) -> None:
            await store.statususers.claim(person.id, CHAT, PERSON)
            await store.statususers.set_visibility(person.id, CHAT, Visibility.HIDDEN, by=PERSON)

        keeping = [store.statususers.set_visibility(ann.id, CHAT, Visibility.EVERYONE, by=KEEPER) for _ in range(10)]
        refused(await outcomes([*keeping[:5], choose(), *keeping[5:]]), NotAllowed)
        after = await store.statususers.get(ann.id, CHAT)
        assert after is not None
        assert after.visibility is Visibility.HIDDEN


async def test_d28_only_the_one_that_is_named_is_changed_or_deleted(store: Store) -> None:
    ann, bob = await a_person(store, "Ann", XBOX, PSN), await a_person(store, "Bob", XBOX, PSN)
    await change_all(store, ann.id, CHAT)
    assert await store.statususers.delete(ann.id, CHAT)
    assert await store.statususers.of_chat(CHAT) == [bob]


async def change_all(store: Store, id_: str, chat_id: int) -> list[StatusUser | None]:
    people = store.statususers
    return [
        await people.rename(id_, chat_id, "Else"),
        await people.set_account(id_, chat_id, STEAM),
        await people.unlink(id_, chat_id, Platform.XBOX),
        await people.set_visibility(id_, chat_id, Visibility.HIDDEN),
        await people.set_visibility(id_, chat_id, Visibility.HIDDEN, by=KEEPER),
        await people.claim(id_, chat_id, PERSON),
        await people.unclaim(id_, chat_id, PERSON),
        await people.get(id_, chat_id),
    ]


@pytest.mark.parametrize("id_", NOBODYS)
async def test_d30_one_that_was_deleted_meanwhile_is_nobody(store: Store, id_: str) -> None:
    ann = await a_person(store, "Ann", XBOX, PSN)
    assert await change_all(store, ann.id, OTHER_CHAT) == [None] * 8, "a person of another chat is nobody's either"
    assert await store.statususers.find(ann.id) == ann
    assert await store.statususers.delete(ann.id, CHAT)
    assert not await store.statususers.delete(ann.id, CHAT)
    for gone in (ann.id, id_):
        assert await change_all(store, gone, CHAT) == [None] * 8
        assert await store.statususers.find(gone) is None
    assert await store.statususers.of_chat(CHAT) == []


async def test_d30_nothing_brings_back_one_that_is_deleted_at_the_same_time(store: Store, database: Database) -> None:
    for number in range(10):
        ann = await a_person(store, f"P{number}", XBOX, PSN)
        changing = [change_all(store, ann.id, CHAT) for _ in range(5)]
        found = await outcomes([*changing[:3], store.statususers.delete(ann.id, CHAT), *changing[3:]])
        assert not [each for each in found if isinstance(each, BaseException)]
    assert await database[SCHEMA.name].count_documents({}) == 0


@pytest.mark.parametrize("crowded", [False, True])
async def test_d35_who_a_person_is_and_when_they_are_shown_moves_with_the_chat(store: Store, crowded: bool) -> None:
    ann = await a_person(store, "Ann", XBOX, person_id=PERSON, visibility=Visibility.HIDDEN)
    if crowded:
        await a_person(store, "ann", chat_id=NEW_CHAT)
    await store.life.migrate(CHAT, NEW_CHAT)
    moved = await store.statususers.find(ann.id)
    assert moved == replace(ann, chat_id=NEW_CHAT, display_name="Ann_2" if crowded else "Ann")
