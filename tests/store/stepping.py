"""A database each of whose operations waits for its turn: interleavings that are chosen, and deaths at any of them.

`Stepper` lets several things be done at once, one database operation at a time, in the order that it is told. A test
that fails does so again. It may also let the process die: from an operation on, nothing reaches the database.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextvars import ContextVar
from typing import Any, Self

from pymongo import AsyncMongoClient

_ACTOR: ContextVar[int] = ContextVar("actor", default=0)
_READING = frozenset({"find_one", "count_documents", "distinct", "aggregate"})
_WRITING = frozenset({"insert_one", "update_one", "update_many", "delete_one", "delete_many", "bulk_write"})


class Died(BaseException):
    """The process is dead: no code of it catches this."""


class Stepper:
    """Says whose turn it is, and when the process dies."""

    def __init__(self) -> None:
        self._waiting: dict[int, asyncio.Future[None]] = {}
        self._moved = asyncio.Event()
        self._stepping = False
        self._left: int | None = None
        self.done: list[str] = []
        """The operations since `die_at` or `together` began, for a test that fails."""

    def die_at(self, operation: int | None) -> None:
        """Die instead of the operation of that number, the first being 0, and at all that follow. None: live."""
        self._left = operation
        self.done.clear()

    async def turn(self, name: str) -> None:
        """Wait for the turn to do a database operation."""
        if self._left is not None:
            if self._left == 0:
                raise Died
            self._left -= 1
        if self._stepping:
            future = asyncio.get_running_loop().create_future()
            self._waiting[_ACTOR.get()] = future
            self._moved.set()
            await future
        self.done.append(f"{_ACTOR.get()} {name}")

    async def together(self, doings: Iterable[Coroutine[Any, Any, Any]], order: Iterable[int]) -> list[Any]:
        """Do all at once, in an interleaving by `order`; give the outcomes, errors among them, in their order."""
        self.done.clear()
        chosen = iter(order)
        self._stepping = True
        tasks = {actor: asyncio.create_task(self._act(actor, doing)) for actor, doing in enumerate(doings)}
        try:
            while unfinished := {actor for actor, task in tasks.items() if not task.done()}:
                self._moved.clear()
                if unfinished <= set(self._waiting):
                    ready = sorted(self._waiting)
                    self._waiting.pop(ready[next(chosen, 0) % len(ready)]).set_result(None)
                else:
                    await asyncio.wait_for(self._moved.wait(), 30)
        finally:
            self._stepping = False
        return await asyncio.gather(*tasks.values(), return_exceptions=True)

    async def _act(self, actor: int, doing: Coroutine[Any, Any, Any]) -> Any:
        _ACTOR.set(actor)
        try:
            return await doing
        finally:
            self._moved.set()
            asyncio.get_running_loop().call_soon(self._moved.set)  # once more, when the task is done


class SteppingClient:
    """A client that asks a stepper before each operation on a collection."""

    def __init__(self, client: AsyncMongoClient[dict[str, Any]], stepper: Stepper) -> None:
        self._client = client
        self._stepper = stepper

    def __getitem__(self, database: str) -> "_Database":
        return _Database(self._client[database], self._stepper)

    async def close(self) -> None:
        await self._client.close()


class _Database:
    def __init__(self, database: Any, stepper: Stepper) -> None:
        self._database = database
        self._stepper = stepper

    def __getitem__(self, collection: str) -> "_Collection":
        return _Collection(self._database[collection], self._stepper)


class _Collection:
    def __init__(self, collection: Any, stepper: Stepper) -> None:
        self._collection = collection
        self._stepper = stepper

    def find(self, *arguments: Any, **options: Any) -> "_Cursor":
        return _Cursor(self._collection.find(*arguments, **options), self._stepper, self._collection.name)

    def __getattr__(self, name: str) -> Any:
        if name not in _READING | _WRITING:
            raise AttributeError(name)  # what is not stepped through would be an operation that nothing interrupts

        async def operation(*arguments: Any, **options: Any) -> Any:
            await self._stepper.turn(f"{self._collection.name}.{name} {arguments}")
            return await getattr(self._collection, name)(*arguments, **options)

        return operation


class _Cursor:
    def __init__(self, cursor: Any, stepper: Stepper, collection: str) -> None:
        self._cursor = cursor
        self._stepper = stepper
        self._collection = collection

    def sort(self, *arguments: Any) -> Self:
        self._cursor.sort(*arguments)
        return self

    def limit(self, count: int) -> Self:
        self._cursor.limit(count)
        return self

    async def to_list(self) -> list[Any]:
        await self._stepper.turn(f"{self._collection}.find")
        found: list[Any] = await self._cursor.to_list()
        return found

    async def __aiter__(self) -> AsyncIterator[Any]:
        for document in await self.to_list():
            yield document
