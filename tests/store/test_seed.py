"""Documents written by the seed's schema alone are valid, are found, count for uniqueness, and work."""

from datetime import UTC, datetime, timedelta

import pytest
from bson import Int64, ObjectId
from pymongo.errors import WriteError

from gub.clock import SystemClock
from gub.domain.errors import NameTaken
from gub.domain.limits import CALL_COOLDOWN
from gub.domain.values import Account, ChatFacts, Joining, Platform
from gub.store.documents import Database
from gub.store.notifygroups import ClaimResult, JoinResult, LeaveResult
from gub.store.store import Store, open_store

CHAT = -1001234567890123
NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)

SEED = {
    "chats": {"chat_id": CHAT},
    "credentials": {
        "platform": "xbox",
        "client_id": "id",
        "client_secret": "secret",
        "tokens": {
            "token_type": "bearer",
            "expires_in": 3600,
            "scope": "Xboxlive.signin",
            "access_token": "a",
            "refresh_token": "r",
            "user_id": "u",
            "issued": NOW,
        },
    },
    "statususers": {
        "user_id": 7,
        "chat_id": CHAT,
        "group_name": None,
        "display_name": "Ann",
        "xbox_account_id": "2533274812345678",
        "xbox_gamertag": "AnnX",
        "psn_account_id": "6515971742264256071",
        "psn_online_id": "ann-psn",
    },
    "notifygroups": {
        "chat_id": CHAT,
        "creator_id": 7,
        "name": "War",
        "description": None,
        "members": [7, Int64(8)],
        "invited": [9, "@cyd"],
    },
    "notifygroupinvitation": {
        "notify_group_id": ObjectId(),
        "initially_invited": [9, "@cyd"],
        "actively_invited": ["@cyd"],
    },
}


async def write_seed(database: Database) -> None:
    for name, document in SEED.items():
        await database[name].insert_one(dict(document))


async def test_the_five_collections_of_the_seed_are_there_and_take_its_documents(
    store: Store, database: Database
) -> None:
    assert set(SEED) <= set(await database.list_collection_names())
    await write_seed(database)
    assert await store.chats.exists(CHAT)
    await database["credentials"].insert_one({"platform": "psn", "npsso": "n"})
    states = {state.platform: state.status for state in await store.credentials.states()}
    assert states == {Platform.PSN: "unproved", Platform.XBOX: "unproved"}


async def test_a_seed_group_is_found_called_joined_and_left(store: Store, database: Database) -> None:
    await write_seed(database)
    group = await store.notifygroups.by_name(CHAT, "wAR")
    assert group is not None
    assert (group.members, group.invited, group.joining) == ((7, 8), (9, "@cyd"), Joining.INVITE)
    groups = store.notifygroups
    assert await groups.join(group.id, CHAT, 10) is JoinResult.CLOSED
    assert await groups.join(group.id, CHAT, 10, only_open=False) is JoinResult.JOINED
    assert await groups.leave(group.id, CHAT, 8) is LeaveResult.LEFT
    claim = await groups.claim_call(group.id, CHAT, 10, NOW, CALL_COOLDOWN)
    assert claim.result is ClaimResult.CLAIMED
    with pytest.raises(NameTaken):
        await groups.create(CHAT, 1, "WAR", None, Joining.OPEN, None)


async def test_a_seed_person_is_read(store: Store, database: Database) -> None:
    await write_seed(database)
    (person,) = await store.statususers.of_chat(CHAT)
    assert person.accounts == {
        Platform.XBOX: Account(Platform.XBOX, "2533274812345678", "AnnX"),
        Platform.PSN: Account(Platform.PSN, "6515971742264256071", "ann-psn"),
    }
    with pytest.raises(NameTaken):
        await store.statususers.add(CHAT, 1, "ANN", {}, None)


async def test_what_gub_writes_has_the_seeds_names_and_types(store: Store, database: Database) -> None:
    steam = Account(Platform.STEAM, "76561197960287930", "player1")
    xbox = Account(Platform.XBOX, "2533274812345678", "AnnX")
    await store.chats.remember(ChatFacts(CHAT, "supergroup", "Friends"), thread_id=4)
    await store.statususers.add(CHAT, 7, "Ann", {Platform.STEAM: steam, Platform.XBOX: xbox}, "Friends")
    await store.notifygroups.create(CHAT, 7, "War", "at nine", Joining.OPEN, 4)
    await store.credentials.set_steam_key("0123456789ABCDEF0123456789ABCDEF")
    person = await database["statususers"].find_one({})
    group = await database["notifygroups"].find_one({})
    chat = await database["chats"].find_one({})
    key = await database["credentials"].find_one({})
    for found in (person, group, chat, key):
        assert found is not None
        assert isinstance(found.pop("_id"), ObjectId)
        found.pop("created_at", None)
        found.pop("joined_at", None)
    assert person == {
        "user_id": 7,
        "chat_id": CHAT,
        "group_name": "Friends",
        "display_name": "Ann",
        "steam_account_id": "76561197960287930",
        "steam_name": "player1",
        "xbox_account_id": "2533274812345678",
        "xbox_gamertag": "AnnX",
    }
    assert group == {
        "chat_id": CHAT,
        "creator_id": 7,
        "name": "War",
        "description": "at nine",
        "members": [7],
        "invited": [],
        "joining": "open",
        "thread_id": 4,
    }
    assert chat == {"chat_id": CHAT, "type": "supergroup", "title": "Friends", "thread_id": 4}
    assert isinstance(key.pop("grant"), str)
    assert key == {"platform": "steam", "api_key": "0123456789ABCDEF0123456789ABCDEF", "revision": 1}


async def test_documents_of_another_shape_are_refused(store: Store, database: Database) -> None:
    assert await store.chats.count() == 0
    for name, wrong in {
        "chats": {"chat_id": "12"},
        "notifygroups": {"chat_id": 1, "creator_id": 1, "name": 5},
        "statususers": {"chat_id": 1, "user_id": 1},
        "credentials": {"npsso": "n"},
        "notifygroupinvitation": {"actively_invited": []},
    }.items():
        with pytest.raises(WriteError):
            await database[name].insert_one(wrong)


async def test_a_database_of_the_predecessor_opens_as_it_is(
    database: Database, mongo_uri: str, database_name: str
) -> None:
    """Ids as numbers, absent keys, `issued` as text, the same chat twice, names that differ by case only."""
    await database["chats"].insert_many([{"chat_id": CHAT}, {"chat_id": CHAT, "title": "T"}, {"chat_id": 5}])
    await database["credentials"].insert_one({"platform": "xbox", "tokens": {"issued": "2022-10-01T00:00:00"}})
    groups = [{"chat_id": CHAT, "creator_id": 1, "name": name} for name in ("War", "war", "WAR", "war_2")]
    await database["notifygroups"].insert_many([*groups, {"chat_id": 5, "creator_id": 1, "name": "war"}])
    await database["statususers"].insert_many(
        [
            {"chat_id": CHAT, "user_id": 1, "display_name": "Ann", "xbox_account_id": 2533274812345678},
            {"chat_id": CHAT, "user_id": 2, "display_name": "ann", "xbox_gamertag": None, "psn_account_id": None},
        ]
    )
    for _ in range(2):
        store = await open_store(mongo_uri, database_name, clock=SystemClock())
        names = [group.name for group in await store.notifygroups.of_chat(CHAT)]
        people = await store.statususers.of_chat(CHAT)
        await store.close()
        assert sorted(names) == ["WAR_4", "War", "war_2", "war_3"]
        assert [person.display_name for person in people] == ["Ann", "ann_2"]
        assert people[0].accounts[Platform.XBOX].account_id == "2533274812345678"
        assert people[1].accounts == {}
        assert await database["chats"].count_documents({}) == 2
        assert await database["chats"].count_documents({"chat_id": CHAT, "title": "T"}) == 1
    stored = await database["statususers"].find_one({"display_name": "Ann"})
    assert stored is not None
    assert stored["xbox_account_id"] == "2533274812345678"


async def test_a_number_that_came_later_reads_as_text(store: Store, database: Database) -> None:
    person = {"chat_id": CHAT, "user_id": 1, "display_name": "Ann", "psn_account_id": Int64(6515971742264256071)}
    await database["statususers"].insert_one(person)
    (read,) = await store.statususers.of_chat(CHAT)
    assert read.accounts[Platform.PSN] == Account(Platform.PSN, "6515971742264256071", "6515971742264256071")


async def test_a_group_without_members_can_be_joined(store: Store, database: Database) -> None:
    await database["notifygroups"].insert_one({"chat_id": CHAT, "creator_id": 1, "name": "bare"})
    group = await store.notifygroups.by_name(CHAT, "bare")
    assert group is not None
    claim = await store.notifygroups.claim_call(group.id, CHAT, 1, NOW + timedelta(hours=1), CALL_COOLDOWN)
    assert claim.result is ClaimResult.CLAIMED
    assert await store.notifygroups.join(group.id, CHAT, 2, only_open=False) is JoinResult.JOINED
