"""What accounts were last seen doing is kept over restarts, and forgotten when nobody asks any more."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gub.domain.presence import Past, Status
from gub.domain.values import Platform
from gub.store.documents import Database
from gub.store.presences import LIFETIME_SECONDS, SCHEMA
from gub.store.store import Store
from gub.store.transfer.manifest import COLLECTIONS
from tests.store.credentials import NOW

PLAYING = Past(
    platform=Platform.XBOX,
    account_id="2533274812345678",
    status=Status.PLAYING,
    title="Halo",
    title_id="1144039928",
    since=NOW - timedelta(hours=1),
    last_seen=NOW,
    fetched_at=NOW,
)
OFFLINE = Past(Platform.PSN, PLAYING.account_id, Status.OFFLINE, None, None, None, None, NOW)
KEYS = [(past.platform, past.account_id) for past in (PLAYING, OFFLINE)]


async def test_what_was_noted_is_recalled(store: Store) -> None:
    await store.presences.note([])
    assert await store.presences.recall(KEYS) == {}
    await store.presences.note([PLAYING, OFFLINE])
    assert await store.presences.recall(KEYS) == {KEYS[0]: PLAYING, KEYS[1]: OFFLINE}
    assert await store.presences.recall([KEYS[1], (Platform.STEAM, "1"), KEYS[1]]) == {KEYS[1]: OFFLINE}
    assert await store.presences.recall([]) == {}


async def test_what_is_noted_takes_the_place_of_what_was(store: Store, database: Database) -> None:
    await store.presences.note([PLAYING])
    away = replace(PLAYING, status=Status.OFFLINE, title=None, title_id=None, since=None)
    await store.presences.note([PLAYING, away])
    assert await store.presences.recall(KEYS) == {KEYS[0]: away}
    (stored,) = await database[SCHEMA.name].find().to_list()
    assert not {"title", "title_id", "since"} & stored.keys()


async def test_many_are_noted_and_recalled_at_once(store: Store, database: Database) -> None:
    pasts = [replace(PLAYING, account_id=str(number)) for number in range(450)]
    await store.presences.note(pasts)
    assert await database[SCHEMA.name].count_documents({}) == 450
    found = await store.presences.recall([(past.platform, past.account_id) for past in pasts])
    assert found == {(past.platform, past.account_id): past for past in pasts}


async def test_noting_one_account_many_times_at_once_keeps_one(store: Store, database: Database) -> None:
    await asyncio.gather(*(store.presences.note([replace(PLAYING, title=f"Game {n}"), OFFLINE]) for n in range(30)))
    assert await database[SCHEMA.name].count_documents({}) == 2


async def test_it_is_forgotten_thirty_days_after_it_was_noted(store: Store, database: Database) -> None:
    await store.presences.note([PLAYING])
    information = await database[SCHEMA.name].index_information()
    assert information["noted_at_ttl"]["expireAfterSeconds"] == LIFETIME_SECONDS == 2_592_000
    assert information["noted_at_ttl"]["key"] == [("noted_at", 1)]
    (stored,) = await database[SCHEMA.name].find().to_list()
    assert stored["noted_at"] > NOW - timedelta(days=365)


@pytest.mark.parametrize("change", [{"status": "dancing"}, {"platform": "stadia"}, {"account_id": ""}])
async def test_what_another_gub_noted_otherwise_costs_only_itself(
    store: Store, database: Database, change: dict[str, Any]
) -> None:
    await store.presences.note([PLAYING, OFFLINE])
    await database[SCHEMA.name].update_one({"_id": "xbox:2533274812345678"}, {"$set": change})
    assert await store.presences.recall(KEYS) == {KEYS[1]: OFFLINE}


def test_it_is_no_part_of_an_export() -> None:
    """It is of a moment: the platforms are asked anew wherever the bot moves to."""
    assert SCHEMA.name not in COLLECTIONS


def stages(plan: Any) -> list[str]:
    """Give the stages of a plan, from the outside in."""
    if not isinstance(plan, dict):
        return []
    return [plan["stage"], *stages(plan.get("inputStage"))] if "stage" in plan else []


@pytest.mark.parametrize(
    ("collection", "wanted"),
    [
        (SCHEMA.name, {"_id": {"$in": ["xbox:1", "psn:2"]}}),
        ("credentials", {"platform": "xbox"}),
        ("statususers", {"_id": "x"}),
    ],
)
async def test_reading_never_scans(store: Store, database: Database, collection: str, wanted: dict[str, Any]) -> None:
    await store.presences.note([PLAYING, OFFLINE])
    await store.credentials.set_steam_key("0" * 32)
    plan = await database.command("explain", {"find": collection, "filter": wanted})
    found = stages(plan["queryPlanner"]["winningPlan"])
    assert found, plan
    assert "COLLSCAN" not in found
