"""What the tests of the intake share: an inbox in memory, handlers that remember, a getUpdates server."""

import asyncio
import copy
from collections import deque
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from gub.telegram.intake.inbox import Intake
from gub.telegram.intake.updates import RawUpdate
from tests.support.clock import FakeClock

BOT_ID = 123456
TOKEN = "123456:TEST-token"


def message(update_id: int, chat_id: int = 1, text: str = "hello") -> RawUpdate:
    """A message as Telegram sends it, no more than needed."""
    return {
        "update_id": update_id,
        "message": {"message_id": update_id, "date": 1, "chat": {"id": chat_id, "type": "private"}, "text": text},
    }


class Away(Exception):
    """The database cannot be reached."""


class Broken(Exception):
    """The database refuses for a lasting reason."""


class MemoryInbox:
    """The inbox's contract in memory. It outlives an intake, as the database outlives a process."""

    def __init__(self) -> None:
        self.bodies: dict[tuple[int, int], RawUpdate] = {}
        self.handled: set[tuple[int, int]] = set()
        self.adds: list[list[int]] = []
        self.dones: list[list[int]] = []
        self.away = False
        self.lose_answer = False  # the next add stores, and then the connection breaks
        self.refuses: Callable[[RawUpdate], bool] = lambda _raw: False
        self.gate = asyncio.Event()
        self.gate.set()
        self._uncertain: set[tuple[int, int]] = set()
        self.changed = asyncio.Condition()

    async def add(self, bot_id: int, updates: Sequence[RawUpdate]) -> list[RawUpdate]:
        self.adds.append([raw["update_id"] for raw in updates])
        await self._tell()
        await self.gate.wait()
        keys = [(bot_id, raw["update_id"]) for raw in updates]
        if self.away:
            raise Away
        if any(self.refuses(raw) for raw in updates):
            raise Broken
        fresh = []
        for key, raw in zip(keys, updates, strict=True):
            if key not in self.bodies or (key in self._uncertain and key not in self.handled):
                fresh.append(raw)
            self.bodies.setdefault(key, copy.deepcopy(raw))
        if self.lose_answer:
            self.lose_answer = False
            self._uncertain.update(keys)
            raise Away
        self._uncertain.difference_update(keys)
        await self._tell()
        return fresh

    async def done(self, bot_id: int, update_ids: Collection[int]) -> None:
        self.dones.append(list(update_ids))
        await self._tell()
        await self.gate.wait()
        if self.away:
            raise Away
        self.handled.update((bot_id, update_id) for update_id in update_ids)
        await self._tell()

    async def pending(self, bot_id: int, *, older: timedelta = timedelta(0)) -> list[RawUpdate]:
        del older  # whatever is here counts as old
        if self.away:
            raise Away
        return [self.bodies[key] for key in sorted(self.bodies) if key[0] == bot_id and key not in self.handled]

    async def until(self, predicate: Callable[["MemoryInbox"], bool]) -> None:
        async with asyncio.timeout(10), self.changed:
            await self.changed.wait_for(lambda: predicate(self))

    async def _tell(self) -> None:
        async with self.changed:
            self.changed.notify_all()


class Handler:
    """Remembers what it was given; can be made to wait or to fail at single updates."""

    def __init__(self) -> None:
        self.began: list[int] = []
        self.ended: list[int] = []
        self.raws: list[RawUpdate] = []
        self.holds: dict[int, asyncio.Event] = {}
        self.fails: dict[int, BaseException] = {}
        self.changed = asyncio.Condition()

    async def __call__(self, raw: RawUpdate) -> None:
        update_id = raw["update_id"]
        self.began.append(update_id)
        self.raws.append(raw)
        await self._tell()
        if (hold := self.holds.get(update_id)) is not None:
            await hold.wait()
        if (failure := self.fails.get(update_id)) is not None:
            raise failure
        self.ended.append(update_id)
        await self._tell()

    def hold(self, *update_ids: int) -> None:
        self.holds.update({update_id: asyncio.Event() for update_id in update_ids})

    def release(self, *update_ids: int) -> None:
        for update_id in update_ids or self.holds:
            self.holds[update_id].set()

    async def until(self, predicate: Callable[["Handler"], bool]) -> None:
        async with asyncio.timeout(10), self.changed:
            await self.changed.wait_for(lambda: predicate(self))

    async def _tell(self) -> None:
        async with self.changed:
            self.changed.notify_all()


class Delayed:
    """Remembers who was told of a delay."""

    def __init__(self) -> None:
        self.ids: list[int] = []

    async def __call__(self, raw: RawUpdate) -> None:
        self.ids.append(raw["update_id"])


def make_intake(
    inbox: Any, handler: Any, clock: FakeClock, *, delayed: Delayed | None = None, **options: Any
) -> Intake:
    return Intake(
        BOT_ID,
        inbox,
        handler,
        clock,
        is_unavailable=lambda error: isinstance(error, Away),
        on_delay=delayed or Delayed(),
        **options,
    )


@asynccontextmanager
async def running_intake(
    inbox: Any, handler: Any, clock: FakeClock, *, delayed: Delayed | None = None, **options: Any
) -> AsyncIterator[Intake]:
    """An intake that has recovered; closed at the end."""
    intake = make_intake(inbox, handler, clock, delayed=delayed, **options)
    await intake.recover()
    try:
        yield intake
    finally:
        await intake.aclose()


async def settle() -> None:
    """Let everything run that can run without input."""
    for _ in range(50):
        await asyncio.sleep(0)


class Telegram:
    """getUpdates over real HTTP, as Telegram does it: an offset confirms; a second poll ends the first with 409."""

    def __init__(self) -> None:
        self.waiting: list[Any] = []
        self.calls: list[tuple[str, dict[str, str]]] = []
        self.answers: deque[web.Response] = deque()
        self.changed = asyncio.Condition()
        self.refusals: dict[str, tuple[int, str]] = {}
        self._poll = 0

    def deliver(self, *updates: Any) -> None:
        self.waiting.extend(updates)

    def fail(self, status: int, description: str, **parameters: Any) -> None:
        """Answer the next getUpdates with this failure."""
        self.answers.append(_failure(status, description, parameters))

    def refuse(self, method: str, status: int, description: str) -> None:
        """Answer every call of another method with this failure."""
        self.refusals[method] = (status, description)

    @property
    def polls(self) -> list[dict[str, str]]:
        return [form for method, form in self.calls if method == "getUpdates"]

    @property
    def offset(self) -> int | None:
        """What the last poll asked from: all before it is confirmed."""
        return int(self.polls[-1].get("offset", 0)) if self.polls else None

    async def until(self, predicate: Callable[["Telegram"], bool]) -> None:
        async with asyncio.timeout(10), self.changed:
            await self.changed.wait_for(lambda: predicate(self))

    async def poke(self) -> None:
        """Wake the polls that wait, after `deliver`."""
        async with self.changed:
            self.changed.notify_all()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        app = web.Application()
        app.router.add_post("/bot{token}/{method}", self._call)
        server = TestServer(app, host="127.0.0.1")
        await server.start_server(shutdown_timeout=0.1)
        try:
            yield str(server.make_url("")).rstrip("/")
        finally:
            self._poll += 1
            await self.poke()
            await server.close()

    async def _call(self, request: web.Request) -> web.StreamResponse:
        form = {name: str(value) for name, value in (await request.post()).items()}
        method = request.match_info["method"]
        self.calls.append((method, form))
        await self.poke()
        if method in self.refusals:
            return _failure(*self.refusals[method])
        if method != "getUpdates":
            return web.json_response({"ok": True, "result": True})
        if self.answers:
            return self.answers.popleft()
        return await self._updates(int(form.get("offset", 0)))

    async def _updates(self, offset: int) -> web.Response:
        self._poll += 1
        mine = self._poll
        await self.poke()
        if offset:
            unconfirmed = [at for at, raw in enumerate(self.waiting) if _id(raw) >= offset]
            self.waiting = self.waiting[unconfirmed[0] :] if unconfirmed else []
        async with self.changed:
            await self.changed.wait_for(lambda: self.waiting or self._poll != mine)
        if self._poll != mine:
            return _failure(409, "Conflict: terminated by other getUpdates request")
        return web.json_response({"ok": True, "result": self.waiting[:100]})


def _failure(status: int, description: str, parameters: dict[str, Any] | None = None) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    if parameters:
        body["parameters"] = parameters
    return web.json_response(body, status=status)


def _id(raw: Any) -> int:
    found = raw.get("update_id") if isinstance(raw, dict) else None
    return found if isinstance(found, int) else -1
