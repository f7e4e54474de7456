"""Forgetting a person or a chat for good: whatever happens meanwhile, and wherever the process dies."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast

import pytest

from gub.clock import SystemClock
from gub.domain.errors import DomainError
from gub.domain.values import ChatFacts, Joining, KnownUser
from gub.services.chats import ChatBook
from gub.services.groups import Groups
from gub.services.invited import Invited
from gub.services.languages import Languages
from gub.services.privacy import Privacy
from gub.store.documents import Database
from gub.store.mongo import connect
from gub.store.store import Store, open_store
from gub.store.vault import Vault
from tests.store.named import ACCOUNT, ANN, BOB, CEM, NAMES, SQUAD, fill
from tests.store.stepping import Died, Stepper, SteppingClient
from tests.support.clock import FakeClock
from tests.support.scan import naming

MOST_OPERATIONS = 200
STRIDE = 3
"""Every operation takes half a minute: a third of them goes through every collection as well."""


async def is_in(chat_id: int, user_id: int) -> bool:
    """Everybody is everywhere."""
    return bool(chat_id and user_id)


@dataclass
class Scene:
    """The service on a database of which each operation is told, and that may die."""

    store: Store
    database: Database
    stepper: Stepper
    chats: ChatBook
    privacy: Privacy
    groups: Groups

    async def clear(self) -> None:
        """Begin anew, with Ann everywhere, and a group of hers that nobody else is in."""
        for name in await self.database.list_collection_names():
            if name != "schema_migrations":
                await self.database[name].delete_many({})
        await fill(self.database)
        await self.groups.create(SQUAD, ANN, "hers", None, None, joining=Joining.OPEN)

    async def dies_at(self, operation: int, doing: Any) -> bool:
        self.stepper.die_at(operation)
        try:
            await doing
        except Died:
            return True
        finally:
            self.stepper.die_at(None)
        return False


@pytest.fixture
async def scene(mongo_uri: str, database_name: str) -> AsyncIterator[Scene]:
    await (await open_store(mongo_uri, database_name, clock=SystemClock(), vault=Vault.open_())).close()
    client, plain, stepper = connect(mongo_uri), connect(mongo_uri), Stepper()
    stepping = cast("Any", SteppingClient(client, stepper))
    store = Store.on(stepping, database_name, SystemClock(), Vault.open_())
    clock, invited = FakeClock(), Invited(store, asyncio.Event())
    chats, languages = ChatBook(store, clock, invited), Languages(store, clock)
    made = Privacy(store, invited, chats, languages, clock)
    scene = Scene(store, plain[database_name], stepper, chats, made, Groups(store, invited, clock))
    await scene.clear()
    yield scene
    await client.close()
    await plain.close()


async def test_d86_wherever_the_process_dies_the_next_start_forgets_the_rest(scene: Scene):
    """Once the wish is written down, which is the first thing that is written, it comes true."""
    for operation in range(0, MOST_OPERATIONS, STRIDE):
        await scene.clear()
        if not await scene.dies_at(operation, scene.privacy.erase(ANN, is_in)):
            break
        if await scene.database.deletions.count_documents({}):
            await scene.privacy.resume(is_in)
            assert await naming(scene.database, *NAMES, ACCOUNT) == {}, scene.stepper.done[-3:]
        elif await naming(scene.database, *NAMES, ACCOUNT):
            assert set(await scene.store.users.get_many([ANN])) == {ANN}, "nothing was touched without a wish"
    else:
        pytest.fail("it takes more operations than that")
    assert operation > 30
    assert await naming(scene.database, *NAMES, ACCOUNT) == {}
    assert await scene.database.deletions.count_documents({}) == 0


async def test_wherever_the_process_dies_a_chat_is_forgotten_by_the_next(scene: Scene):
    for operation in range(MOST_OPERATIONS):
        await scene.clear()
        if not await scene.dies_at(operation, scene.privacy.erase_chat(SQUAD)):
            break
        if await scene.database.deletions.count_documents({}):
            await scene.privacy.resume(is_in)
            assert await naming(scene.database, SQUAD, ACCOUNT) == {}, scene.stepper.done[-3:]
    else:
        pytest.fail("it takes more operations than that")
    assert operation > 10
    assert await naming(scene.database, SQUAD, ACCOUNT) == {}
    assert await naming(scene.database, ANN), "who she is, is not the chat's"


@pytest.mark.parametrize("seed", range(12))
async def test_whatever_others_do_meanwhile_they_lose_nothing_and_she_is_forgotten(scene: Scene, seed: int):
    """Somebody claims an entry that she keeps, somebody joins the group that nobody else was in, she asks twice."""
    brother = await scene.database.statususers.find_one({"display_name": "Brother"}) or {}
    hers = await scene.store.notifygroups.by_name(SQUAD, "hers")
    assert hers is not None

    async def join() -> bool:
        with suppress(DomainError):
            return (await scene.groups.join(hers, CEM)).changed
        return False

    doings = [
        scene.privacy.erase(ANN, is_in),
        scene.store.statususers.claim(str(brother["_id"]), SQUAD, CEM),
        join(),
        scene.privacy.erase(ANN, is_in),
    ]
    chance = random.Random(seed)  # noqa: S311 - the order of a story
    order = [chance.randrange(100) for _ in range(1000)]
    _, claimed, joined, _ = await scene.stepper.together(doings, order)
    assert await naming(scene.database, *NAMES, ACCOUNT) == {}, scene.stepper.done
    group = await scene.store.notifygroups.by_name(SQUAD, "hers")
    assert (group is not None and group.creator_id == CEM and CEM in group.members) if joined else group is None
    kept = await scene.database.statususers.find_one({"display_name": "Brother"})
    if claimed is not None and claimed.person_id == CEM:
        assert kept is not None
        assert (kept["user_id"], kept["person_id"]) == (CEM, CEM)
    else:
        assert kept is None
    assert await scene.database.deletions.count_documents({}) == 0


async def test_who_is_met_again_is_kept_again_at_once(scene: Scene):
    """What was remembered as written is not, once it is deleted."""
    ann = KnownUser(ANN, "Annabella", username="Ann_Plays")
    private = ChatFacts(ANN, "private")
    await scene.database.departures.delete_many({})
    await scene.chats.seen(private, [ann], None, used=True)
    await scene.privacy.erase(ANN, is_in)
    assert await naming(scene.database, *NAMES) == {}
    await scene.chats.seen(private, [ann], None, used=True)
    assert set(await naming(scene.database, *NAMES)) == {"users", "chats"}


async def test_an_export_says_where_things_are_and_what_it_is(scene: Scene):
    found = await scene.privacy.export(ANN)
    assert found["user_id"] == ANN
    assert found["made_at"] == "2026-11-22T18:00:00+00:00"
    assert {one["name"]: one["chat"] for one in found["notify_groups"]} == dict.fromkeys(
        ("hers", "quiz", "war"), "Squad"
    )
    assert str(BOB) not in str(found)
