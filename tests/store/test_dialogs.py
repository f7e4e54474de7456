"""The collection of open dialogs."""

import asyncio
from datetime import datetime, timedelta

import pytest

from gub.store.dialogs import LIFETIME_SECONDS, DialogStates, open_dialogs
from gub.store.documents import Database
from gub.store.store import Store
from tests.support.clock import FakeClock

KEY = "9:-1001:1"


async def test_a_dialog_is_kept_as_it_was_saved_until_it_is_ended(store: Store) -> None:
    assert await store.dialogs.get(KEY) is None
    opened = await store.dialogs.open(KEY, "adding", "name", {"a": {"b": [1, "$x"]}})
    assert await store.dialogs.get(KEY) == opened
    saved = await store.dialogs.save(KEY, step="xbox", data={"name": "$Ann.x"}, prompt=5, taken=4)
    assert saved is not None
    assert (saved.kind, saved.step, saved.prompts, saved.taken) == ("adding", "xbox", (5,), 4)
    assert saved.data == {"a": {"b": [1, "$x"]}, "name": "$Ann.x"}
    again = await store.dialogs.save(KEY, prompt=6)
    assert again is not None
    assert (again.step, again.data, again.prompts, again.taken) == ("xbox", saved.data, (5, 6), 4)
    assert await store.dialogs.delete(KEY)
    assert not await store.dialogs.delete(KEY)
    assert await store.dialogs.save(KEY, step="psn") is None
    assert await store.dialogs.get(KEY) is None, "what is over is not begun again by saving it"


async def test_thirty_savings_at_once_lose_nothing_of_each_other(store: Store) -> None:
    await store.dialogs.open(KEY, "adding", "name", {})
    await asyncio.gather(*(store.dialogs.save(KEY, data={f"k{n}": n}, prompt=n) for n in range(30)))
    stored = await store.dialogs.get(KEY)
    assert stored is not None
    assert stored.data == {f"k{n}": n for n in range(30)}
    assert sorted(stored.prompts) == list(range(30))


@pytest.mark.parametrize("field", ["a.b", "$set", "", "a\x00"])
async def test_a_field_of_the_data_is_named_as_in_code(store: Store, field: str) -> None:
    await store.dialogs.open(KEY, "adding", "name", {})
    with pytest.raises(ValueError, match="field"):
        await store.dialogs.save(KEY, data={field: 1})


async def test_those_of_one_beginning_come_last_touched_first(database: Database) -> None:
    clock = FakeClock()
    dialogs = DialogStates(database, clock)
    for name in ("a", "b", "c"):
        await dialogs.open(f"9:1:1:{name}", "adding", "name", {})
        await clock.advance(1)
    for other in ("9:1:11:a", "9:11:1:a", "99:1:1:a", "9:1:1"):
        await dialogs.open(other, "adding", "name", {})
    await dialogs.save("9:1:1:a", step="xbox")
    assert [one.key[-1] for one in await dialogs.of("9:1:1")] == ["a", "c", "b"]


async def test_of_two_touched_in_the_same_moment_that_which_asked_last_comes_first(database: Database) -> None:
    dialogs = DialogStates(database, FakeClock())
    for name, prompts in (("a", (3, 7)), ("b", (2, 9)), ("c", (4,))):
        await dialogs.open(f"9:1:1:{name}", "adding", "name", {})
        for prompt in prompts:
            await dialogs.save(f"9:1:1:{name}", prompt=prompt)
    assert [one.key[-1] for one in await dialogs.of("9:1:1")] == ["b", "a", "c"]


async def test_an_abandoned_dialog_expires_a_day_after_it_was_touched(store: Store, database: Database) -> None:
    await store.dialogs.open(KEY, "adding", "name", {})
    (document,) = await database["dialogs"].find().to_list()
    assert isinstance(document["touched_at"], datetime)
    assert document["chat_id"] == -1001
    information = await database["dialogs"].index_information()
    assert information["touched_at_ttl"]["expireAfterSeconds"] == LIFETIME_SECONDS == 86_400


async def test_an_expired_dialog_is_over_before_the_server_deletes_it(database: Database) -> None:
    clock = FakeClock(FakeClock().now() + timedelta(days=3650))  # or the server would be first
    dialogs = DialogStates(database, clock)
    await dialogs.open(f"{KEY}:x", "adding", "name", {})
    await clock.advance(LIFETIME_SECONDS - 1)
    assert await dialogs.save(f"{KEY}:x", step="xbox") is not None
    await clock.advance(LIFETIME_SECONDS - 1)
    assert len(await dialogs.of(KEY)) == 1
    await clock.advance(1)
    assert await dialogs.get(f"{KEY}:x") is None
    assert await dialogs.of(KEY) == []
    assert await dialogs.save(f"{KEY}:x", step="psn") is None


@pytest.mark.parametrize("key", ["", "1:2", "a:b:c"])
async def test_a_dialogs_key_has_its_form(store: Store, key: str) -> None:
    with pytest.raises(ValueError, match=r"key|invalid literal"):
        await store.dialogs.open(key, "adding", "name", {})


async def test_dialogs_have_a_client_of_their_own(store: Store, mongo_uri: str, database_name: str) -> None:
    await store.dialogs.open(KEY, "adding", "name", {})
    alone = open_dialogs(mongo_uri, database_name, FakeClock())
    assert await alone.get(KEY) is not None
    await alone.close()
    await store.dialogs.close()
    assert await store.dialogs.get(KEY) is not None
