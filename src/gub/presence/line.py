"""The line to one platform: gathers what many ask at once into few requests, each account in one request at a time."""

import asyncio
import traceback
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

import structlog

from gub.clock import Clock
from gub.platforms.errors import Malformed, PlatformError
from gub.platforms.protocol import PresenceClient
from gub.platforms.waiting import stop_all
from gub.presence.health import Health, PlatformState, health_of
from gub.presence.memory import Memory

log = structlog.get_logger(__name__)

# After a failure nobody is kept waiting for a platform that has just said no (seconds). A missing or dead credential
# costs no request, so it needs no rest: a new one works at once.
_REST: Final = 5.0
_LONGEST_REST: Final = 300.0


@dataclass(slots=True)
class _Batch:
    """Accounts that are asked about together. `landed` is done when there is an answer, or none is to come."""

    landed: asyncio.Future[None]
    ids: list[str] = field(default_factory=list)
    open: bool = True


class Line:
    """Owns the requests on their way to one platform; what they bring lands in the memory, also when nobody waits."""

    def __init__(self, client: PresenceClient, memory: Memory, clock: Clock, *, gather: float) -> None:
        """Let a request depart `gather` seconds after it was first wanted, with all who want something by then."""
        self.state = PlatformState()
        self._client = client
        self._memory = memory
        self._clock = clock
        self._gather = gather
        self._asked: dict[str, _Batch] = {}
        self._last: _Batch | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._rests_until = float("-inf")
        self._closed = False

    def ask(self, ids: Iterable[str]) -> set[asyncio.Future[None]]:
        """See that these are asked about, joining what is on its way; return what to wait for. Nothing when resting."""
        resting = self._closed or self._clock.monotonic() < self._rests_until
        batches = []
        for one in ids:
            batch = self._asked.get(one)
            if batch is None and not resting:
                batch = self._asked[one] = self._boarding()
                batch.ids.append(one)
            if batch is not None:
                batches.append(batch)
        return {batch.landed for batch in batches}

    async def aclose(self) -> None:
        """Cancel what is on its way."""
        self._closed = True
        await stop_all(list(self._tasks))

    def _boarding(self) -> _Batch:
        if self._last is None or not self._last.open or len(self._last.ids) >= self._client.batch_size:
            self._last = _Batch(asyncio.get_running_loop().create_future())
            task = asyncio.create_task(self._travel(self._last))
            self._tasks.add(task)
            task.add_done_callback(partial(self._arrived, self._last))
        return self._last

    async def _travel(self, batch: _Batch) -> None:
        await self._clock.sleep(self._gather)
        batch.open = False
        await self._question(batch.ids)

    def _arrived(self, batch: _Batch, task: asyncio.Task[None]) -> None:
        """Let go whoever waits. A callback runs even for a task that was cancelled before it began."""
        self._tasks.discard(task)
        batch.open = False
        for one in batch.ids:
            del self._asked[one]
        if not batch.landed.done():
            batch.landed.set_result(None)

    async def _question(self, ids: list[str]) -> None:
        try:
            answers = await self._client.presences(ids)
            for one in ids:
                if one in answers:
                    self._memory.land(answers[one])
            if not answers:
                raise Malformed("an answer in which nobody could be read")  # noqa: TRY301 - a failure as any other
        except PlatformError as error:
            self._failed(error, error.detail, error.retry_after)
        except Exception as error:  # noqa: BLE001 - the boundary of a platform: whatever breaks there stays there
            where = traceback.extract_tb(error.__traceback__)[-1]
            log.error(  # noqa: TRY400 - no traceback: one with values of variables could show a credential
                "presence_broke",
                platform=self._client.platform,
                error=type(error).__name__,
                file=where.filename,
                line=where.lineno,
            )
            self._failed(error, type(error).__name__, None)
        else:
            self._settle(Health.OK, None)
            self.state = replace(self.state, answered_at=self._clock.now())

    def _failed(self, error: Exception, detail: str, retry_after: float | None) -> None:
        health = health_of(error)
        if health is Health.DEGRADED:
            rest = _REST if retry_after is None else min(retry_after, _LONGEST_REST)
            self._rests_until = self._clock.monotonic() + rest
        self._settle(health, detail)

    def _settle(self, health: Health, detail: str | None) -> None:
        changed = health is not self.state.health or self.state.since is None
        if changed and health is not Health.OK:
            log.warning("platform_trouble", platform=self._client.platform, state=health, detail=detail)
        elif changed and self.state.since is not None:
            log.info("platform_back", platform=self._client.platform)
        since = self._clock.now() if changed else self.state.since
        self.state = replace(self.state, health=health, since=since, detail=detail)
