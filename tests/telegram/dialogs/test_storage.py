"""Dialog state for aiogram on a real MongoDB wire server."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from aiogram.exceptions import DataNotDictLikeError
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.base import StorageKey
from hypothesis import given
from hypothesis import strategies as st

from gub.clock import SystemClock
from gub.store.dialogs import chat_of, open_dialogs
from gub.store.store import Store
from gub.telegram.dialogs.storage import MongoDialogStorage, _escaped, _unescaped, dialog_key

KEY = StorageKey(bot_id=123456, chat_id=-100123, user_id=7)


class Adding(StatesGroup):
    name = State()


@pytest.fixture
async def storage(store: Store, mongo_uri: str, database_name: str) -> AsyncIterator[MongoDialogStorage]:
    """A storage on a client of its own, on a database whose schema `store` has made."""
    assert store
    dialogs = open_dialogs(mongo_uri, database_name, SystemClock())
    yield MongoDialogStorage(dialogs)
    await dialogs.close()


async def test_state_and_data_are_kept_apart_from_each_other(storage: MongoDialogStorage) -> None:
    assert (await storage.get_state(KEY), await storage.get_data(KEY)) == (None, {})
    await storage.set_state(KEY, Adding.name)
    await storage.set_data(KEY, {"name": "Player1", "ids": [1, 2**40]})
    assert (await storage.get_state(KEY), await storage.get_data(KEY)) == (
        "Adding:name",
        {"name": "Player1", "ids": [1, 2**40]},
    )
    await storage.set_state(KEY, None)
    assert (await storage.get_state(KEY), (await storage.get_data(KEY))["name"]) == (None, "Player1")
    await storage.set_state(KEY, "plain")
    await storage.set_data(KEY, {})
    assert (await storage.get_state(KEY), await storage.get_data(KEY)) == ("plain", {})
    assert await storage.get_value(KEY, "name", "nobody") == "nobody"


async def test_a_new_process_goes_on_with_the_dialog(
    storage: MongoDialogStorage, mongo_uri: str, database_name: str
) -> None:
    await storage.set_state(KEY, Adding.name)
    await storage.set_data(KEY, {"name": "Player1"})
    dialogs = open_dialogs(mongo_uri, database_name, SystemClock())
    other = MongoDialogStorage(dialogs)
    assert (await other.get_state(KEY), await other.get_data(KEY)) == ("Adding:name", {"name": "Player1"})
    await dialogs.close()


async def test_none_is_disturbed_by_another(storage: MongoDialogStorage) -> None:
    keys = [
        KEY,
        replace(KEY, bot_id=654321),
        replace(KEY, chat_id=-100124),
        replace(KEY, user_id=8),
        replace(KEY, thread_id=7),
        replace(KEY, destiny="scenes_history"),
        replace(KEY, thread_id=7, destiny="scenes_history"),
        replace(KEY, business_connection_id="7"),
    ]
    assert len({dialog_key(key) for key in keys}) == len(keys)
    for number, key in enumerate(keys):
        await storage.set_data(key, {"number": number})
    assert [(await storage.get_data(key))["number"] for key in keys] == list(range(len(keys)))


HOSTILE: dict[str, Any] = {
    "a.b": 1,
    "$set": {"$inc": 1, "x.y": [{"$where": "1", ".": 2}]},
    "$a.$b": "$$ROOT",
    "100%": "%2E",
    "%2E": "dot?",
    "": "empty",
}


async def test_keys_and_values_that_look_like_paths_and_operators_are_kept(storage: MongoDialogStorage) -> None:
    await storage.set_data(KEY, HOSTILE)
    assert await storage.get_data(KEY) == HOSTILE
    assert await storage.update_data(KEY, {"a.b": {"$x": "$a"}, "a": 3}) == {**HOSTILE, "a.b": {"$x": "$a"}, "a": 3}
    assert (await storage.get_data(KEY))["a.b"] == {"$x": "$a"}


async def test_updates_at_once_lose_nothing_of_each_other(storage: MongoDialogStorage) -> None:
    await asyncio.gather(*(storage.update_data(KEY, {f"key.{n}": n}) for n in range(20)))
    assert await storage.get_data(KEY) == {f"key.{n}": n for n in range(20)}
    assert await storage.update_data(KEY, {}) == await storage.get_data(KEY)


async def test_what_is_given_out_is_not_what_is_kept(storage: MongoDialogStorage) -> None:
    await storage.set_data(KEY, {"list": [1]})
    (await storage.get_data(KEY))["list"].append(2)
    assert await storage.get_data(KEY) == {"list": [1]}


async def test_data_must_be_a_mapping(storage: MongoDialogStorage) -> None:
    with pytest.raises(DataNotDictLikeError):
        await storage.set_data(KEY, [1])  # type: ignore[arg-type]


def test_the_key_is_of_the_form_that_follows_a_migration() -> None:
    key = replace(KEY, thread_id=5, business_connection_id="a:b", destiny="x:y")
    assert dialog_key(key) == "123456:-100123:7:thread=5:business=a%3Ab:destiny=x%3Ay"
    assert chat_of(dialog_key(key)) == -100123


VALUES = st.recursive(
    st.none() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(alphabet="a.$%25E0\x00"), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.text(alphabet="a.$%25E04\x00"), VALUES))
def test_spelling_keys_is_undone_and_leaves_neither_path_nor_operator(data: dict[str, Any]) -> None:
    spelled = _escaped(data)
    assert _unescaped(spelled) == data
    assert not any(character in key for key in spelled for character in ".$\x00")
