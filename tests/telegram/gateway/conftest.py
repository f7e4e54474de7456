from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from gub.telegram.gateway import GatewaySession, Hooks, Pace, Retries

from aiogram import Bot  # isort: skip - gub.telegram first: it makes the import lean

from tests.support.clock import FakeClock
from tests.telegram.support import TOKEN, Server, serving


@dataclass
class Told:
    """What the hooks were told, and an order of it."""

    unreachable: list[int] = field(default_factory=list)
    migrated: list[tuple[int, int]] = field(default_factory=list)
    called: list[tuple[str, str, int]] = field(default_factory=list)
    failing: bool = False

    async def on_unreachable(self, chat_id: int) -> None:
        self.unreachable.append(chat_id)
        self._maybe_fail()

    async def on_migrated(self, old: int, new: int) -> None:
        self.migrated.append((old, new))
        self._maybe_fail()

    def on_called(self, method: str, outcome: str, seconds: float, tries: int) -> None:
        assert seconds >= 0
        self.called.append((method, outcome, tries))

    def _maybe_fail(self) -> None:
        if self.failing:
            raise RuntimeError(f"the database is away, by the way the token is {TOKEN}")


@dataclass
class Log:
    """Remembers log lines as structlog would be given them."""

    lines: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def info(self, event: str, **values: Any) -> None:
        self.lines.append((event, values))

    warning = error = info

    @property
    def text(self) -> str:
        return repr(self.lines)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as server:
        yield server


@pytest.fixture
async def bot(server: Server, clock: FakeClock, told: Told, log: Log) -> AsyncIterator[Bot]:
    hooks = Hooks(told.on_unreachable, told.on_migrated, told.on_called)
    session = GatewaySession(
        server.base,
        clock,
        pace=Pace.unlimited(),
        retries=Retries(),
        hooks=hooks,
        random=lambda: 0.5,
        log=log,
    )
    bot = Bot(TOKEN, session=session)
    yield bot
    await session.close()
