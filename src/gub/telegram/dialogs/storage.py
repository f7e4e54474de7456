"""Dialog state for aiogram, in MongoDB.

Not aiogram's own PyMongoStorage: that one closes the client it is given, keeps abandoned dialogs for ever, turns a
dot in a key of the data into a nested field, and does not know bots and destinies apart (seen in aiogram 3.31).
"""

from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import quote

from aiogram.exceptions import DataNotDictLikeError
from aiogram.fsm.state import State
from aiogram.fsm.storage.base import DEFAULT_DESTINY, BaseStorage, StateType, StorageKey

_ESCAPES = {"%": "%25", ".": "%2E", "$": "%24", "\x00": "%00"}


class Dialog(Protocol):
    """One dialog as it is stored."""

    @property
    def state(self) -> str | None:
        """Name the step it is at."""

    @property
    def data(self) -> dict[str, Any]:
        """Give what was said so far."""


class DialogStates(Protocol):
    """What is asked of the store; `gub.store.dialogs` has it."""

    async def get(self, key: str) -> Dialog:
        """Give the dialog, an empty one if there is none."""

    async def set_state(self, key: str, state: str | None) -> None:
        """Set the state; the data stays."""

    async def set_data(self, key: str, data: Mapping[str, Any]) -> None:
        """Replace the data; the state stays."""

    async def update_data(self, key: str, data: Mapping[str, Any]) -> dict[str, Any]:
        """Merge into the data in one step; give all of it."""


class MongoDialogStorage(BaseStorage):
    """Keeps dialogs in the store; each belongs to one user in one chat (and topic) of one bot."""

    def __init__(self, states: DialogStates) -> None:
        """Take the dialogs of the store, which have a client of their own (`gub.store.dialogs.open_dialogs`)."""
        self._states = states

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        """Set the state, or with None take it away."""
        await self._states.set_state(dialog_key(key), state.state if isinstance(state, State) else state)

    async def get_state(self, key: StorageKey) -> str | None:
        """Give the state."""
        return (await self._states.get(dialog_key(key))).state

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        """Replace the data."""
        if not isinstance(data, Mapping):
            raise DataNotDictLikeError(f"Data must be a dict or dict-like object, got {type(data).__name__}")
        await self._states.set_data(dialog_key(key), _escaped(data))

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        """Give the data, a new dict each time."""
        return _unescaped((await self._states.get(dialog_key(key))).data)

    async def update_data(self, key: StorageKey, data: Mapping[str, Any]) -> dict[str, Any]:
        """Merge into the data, so that two updates at once lose nothing of each other; give all of it."""
        if not data:
            return await self.get_data(key)
        return _unescaped(await self._states.update_data(dialog_key(key), _escaped(data)))

    async def close(self) -> None:
        """Do nothing: who opened the dialogs closes them, when the last handler is done.

        aiogram's dispatcher calls this first of all at its shutdown, while handlers still run.
        """


def dialog_key(key: StorageKey) -> str:
    """Write a key as the store wants it: `bot:chat:user`, then what else tells dialogs apart."""
    parts = [str(key.bot_id), str(key.chat_id), str(key.user_id)]
    if key.thread_id:
        parts.append(f"thread={key.thread_id}")
    if key.business_connection_id:
        parts.append(f"business={quote(key.business_connection_id, safe='')}")
    if key.destiny != DEFAULT_DESTINY:
        parts.append(f"destiny={quote(key.destiny, safe='')}")
    return ":".join(parts)


def _escaped(data: Mapping[str, Any]) -> dict[str, Any]:
    """Spell the keys, at every depth, so that MongoDB sees neither a path nor an operator in them."""
    return {_spell(key): _inside(value, _escaped) for key, value in data.items()}


def _unescaped(data: Mapping[str, Any]) -> dict[str, Any]:
    return {_unspell(key): _inside(value, _unescaped) for key, value in data.items()}


def _inside(value: Any, change: Any) -> Any:
    if isinstance(value, Mapping):
        return change(value)
    if isinstance(value, list | tuple):
        return [_inside(item, change) for item in value]
    return value


def _spell(key: str) -> str:
    return "".join(_ESCAPES.get(character, character) for character in key)


def _unspell(key: str) -> str:
    for character, escape in reversed(_ESCAPES.items()):
        key = key.replace(escape, character)
    return key
