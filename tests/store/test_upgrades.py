"""The schema and the upgrades: twice, at once, interrupted, from another GUB."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from pymongo.errors import OperationFailure

from gub.clock import SystemClock
from gub.store import leases
from gub.store.documents import Database
from gub.store.errors import DatabaseTooNew, SchemaConflict, StoreRefused, UpgradeBusy
from gub.store.leases import leased
from gub.store.schema import SCHEMAS
from gub.store.store import Store, open_store
from gub.store.upgrades import UPGRADES, Upgrade, upgrade
from tests.support.clock import FakeClock


async def shape(database: Database) -> dict[str, Any]:
    options = {each["name"]: each["options"] async for each in await database.list_collections()}
    indexes = {schema.name: await database[schema.name].index_information() for schema in SCHEMAS}
    return {"options": options, "indexes": indexes}


async def test_opening_again_changes_nothing(
    store: Store, database: Database, mongo_uri: str, database_name: str
) -> None:
    assert await store.chats.count() == 0
    before = await shape(database)
    records = await database["schema_migrations"].find().to_list()
    again = await open_store(mongo_uri, database_name, clock=SystemClock())
    await again.close()
    assert await shape(database) == before
    assert await database["schema_migrations"].find().to_list() == records
    assert [(record["_id"], record["checksum"]) for record in records] == [
        (step.number, step.checksum) for step in UPGRADES
    ]
    assert await database["leases"].count_documents({}) == 0


async def test_six_open_an_empty_database_at_once(database: Database, mongo_uri: str, database_name: str) -> None:
    opening = [open_store(mongo_uri, database_name, clock=SystemClock()) for _ in range(6)]
    stores = await asyncio.gather(*opening)
    for store in stores:
        await store.close()
    assert await database["schema_migrations"].count_documents({}) == len(UPGRADES)


async def test_an_older_validator_is_replaced(
    store: Store, database: Database, mongo_uri: str, database_name: str
) -> None:
    assert await store.chats.count() == 0
    before = await shape(database)
    await database.command("collMod", "chats", validator={}, validationLevel="strict")
    again = await open_store(mongo_uri, database_name, clock=SystemClock())
    await again.close()
    assert await shape(database) == before


class Steps:
    """Upgrades that count how often they ran, and may fail once."""

    def __init__(self) -> None:
        self.ran: list[int] = []
        self.fails = False

    def upgrades(self) -> tuple[Upgrade, ...]:
        return tuple(Upgrade(number, f"step {number}", self.step(number)) for number in (1, 2))

    def step(self, number: int) -> Any:
        async def apply(_: Database) -> dict[str, int]:
            await asyncio.sleep(0)
            if self.fails and number == 2:
                self.fails = False
                raise OperationFailure("no")
            self.ran.append(number)
            return {}

        return apply


async def test_upgrades_run_once_in_order_however_many_start(database: Database) -> None:
    steps = Steps()
    done = await asyncio.gather(*(upgrade(database, SystemClock(), steps.upgrades()) for _ in range(5)))
    assert steps.ran == [1, 2]
    assert sum(len(each) for each in done) == 2


async def test_an_upgrade_that_failed_is_done_next_time_and_the_lease_is_free(database: Database) -> None:
    steps = Steps()
    steps.fails = True
    with pytest.raises(OperationFailure):
        await upgrade(database, SystemClock(), steps.upgrades())
    applied = await upgrade(database, SystemClock(), steps.upgrades())
    assert [step.number for step in applied] == [2]
    assert steps.ran == [1, 2]


async def test_a_lease_whose_holder_died_expires(database: Database) -> None:
    clock = FakeClock()
    await database[leases.SCHEMA.name].insert_one(
        {"_id": "schema", "holder": "dead", "expires_at": clock.now() + timedelta(seconds=30)}
    )
    steps = Steps()
    upgrading = asyncio.create_task(upgrade(database, clock, steps.upgrades()))
    await clock.until_sleeping()
    assert steps.ran == []
    await clock.advance(29)
    await clock.until_sleeping()
    assert steps.ran == []
    await clock.advance(1)  # wakes it at 29.2, before the end
    await clock.until_sleeping()
    await clock.advance(0.2)
    await asyncio.wait_for(upgrading, 10)
    assert steps.ran == [1, 2]


async def test_waiting_for_a_lease_ends(database: Database) -> None:
    clock = FakeClock()
    async with leased(database, clock, "x", term=timedelta(hours=1), wait=timedelta(0)) as lease:
        assert await lease.try_take()
        with pytest.raises(UpgradeBusy):
            async with leased(database, clock, "x", term=timedelta(hours=1), wait=timedelta(0)):
                pytest.fail("two hold one lease")
    async with leased(database, clock, "x", term=timedelta(hours=1), wait=timedelta(0)):
        pass


async def test_a_database_of_a_newer_gub_is_left_alone(
    store: Store, database: Database, mongo_uri: str, database_name: str
) -> None:
    record = {"name": "later", "checksum": "x", "at": SystemClock().now()}
    assert await store.chats.count() == 0
    await database["schema_migrations"].insert_one({"_id": 9999, **record})
    with pytest.raises(DatabaseTooNew, match="9999"):
        await open_store(mongo_uri, database_name, clock=SystemClock())


async def test_an_upgrade_with_another_past_is_told(database: Database) -> None:
    await upgrade(database, SystemClock(), [Upgrade(1, "one thing", UPGRADES[0].apply)])
    with pytest.raises(DatabaseTooNew):
        await upgrade(database, SystemClock(), [Upgrade(1, "another thing", UPGRADES[0].apply)])


async def test_duplicates_that_came_after_the_upgrade_are_settled_too(
    store: Store, database: Database, mongo_uri: str, database_name: str
) -> None:
    assert await store.chats.count() == 0
    await database["notifygroups"].drop_index("chat_name")
    await database["notifygroups"].insert_many(
        [{"chat_id": 1, "creator_id": 1, "name": name} for name in ("a" * 32, "A" * 32)]
    )
    again = await open_store(mongo_uri, database_name, clock=SystemClock())
    names = [group.name for group in await again.notifygroups.of_chat(1)]
    await again.close()
    assert sorted(names) == ["A" * 30 + "_2", "a" * 32]


async def test_two_credentials_of_one_platform_are_reported_not_chosen(
    database: Database, mongo_uri: str, database_name: str
) -> None:
    await database["credentials"].insert_many([{"platform": "psn", "npsso": "1"}, {"platform": "psn", "npsso": "2"}])
    with pytest.raises(SchemaConflict, match="credentials"):
        await open_store(mongo_uri, database_name, clock=SystemClock())
    assert await database["credentials"].count_documents({}) == 2


async def test_an_index_in_another_form_is_reported(database: Database, mongo_uri: str, database_name: str) -> None:
    await database["chats"].create_index([("chat_id", -1)], name="chat_id")
    with pytest.raises(SchemaConflict, match="chats"):
        await open_store(mongo_uri, database_name, clock=SystemClock())


@pytest.mark.parametrize("uri", ["nonsense", "mongodb://", "mongodb://user:hunter2@[::1", "mongodb://h/?w=x&foo"])
async def test_an_address_that_is_none_is_told_without_quoting_it(uri: str) -> None:
    with pytest.raises(StoreRefused) as caught:
        await open_store(uri, "gub", clock=SystemClock(), wait=0.1)
    assert "hunter2" not in str(caught.value)


async def test_a_database_name_that_is_none_is_told(mongo_uri: str) -> None:
    with pytest.raises(StoreRefused, match="GUB_MONGODB_DATABASE"):
        await open_store(mongo_uri, "a b.c", clock=SystemClock())
