"""A database that is gone after so many writes."""

from collections.abc import Awaitable, Callable
from typing import Any

from gub.store.documents import Database


class Crash(Exception):
    pass


class Crashing:
    """A database whose collections fail every write after the first few."""

    def __init__(self, database: Database, writes: int) -> None:
        self._database = database
        self.left = writes

    def __getitem__(self, name: str) -> Any:
        return CrashingCollection(self, self._database[name])


class CrashingCollection:
    def __init__(self, owner: Crashing, collection: Any) -> None:
        self._owner = owner
        self._collection = collection

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._collection, name)
        return self._counted(method) if name.startswith(("update", "insert", "delete")) else method

    def _counted(self, method: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def write(*arguments: Any, **options: Any) -> Any:
            if self._owner.left == 0:
                raise Crash
            self._owner.left -= 1
            return await method(*arguments, **options)

        return write
