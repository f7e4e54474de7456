"""The line to one platform: gathers what many ask at once into few requests, each account in one request at a time."""

import asyncio
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

import structlog

from gub.clock import Clock
from gub.domain.presence import AccountPresence
from gub.platforms.errors import Malformed, PlatformError
from gub.platforms.protocol import PresenceClient
from gub.platforms.waiting import stop_all, wait_for_all
from gub.presence.health import Health, PlatformState, health_of
from gub.presence.unread import Unread

log = structlog.get_logger(__name__)

# After a failure a platform is left alone for so many seconds, twice as long after the next, up to a limit; as long
# as it says itself, up to another. A missing or dead credential costs no request, so it needs no rest: a new one
# works at once.
_REST: Final = 5.0
_LONGEST_REST: Final = 20.0
_LONGEST_TOLD_REST: Final = 300.0
_COUNTED_FAILURES: Final = 8


# What is wanted while a question is under way waits for it to end, but no longer (seconds): chats that ask at once are
# heard a few dozen milliseconds apart, and PSN allows no more than 100 questions in 15 minutes.
_BEHIND_ANOTHER: Final = 0.15


@dataclass(slots=True, eq=False)
class _Batch:
    """Accounts that are asked about together. `landed` is done when there is an answer, or none is to come."""

    landed: asyncio.Future[None]
    ids: list[str] = field(default_factory=list)
    open: bool = True


class Line:
    """Owns the requests on their way to one platform; what they bring lands, also when nobody waits for it any more.

    A platform that failed, or kept somebody waiting in vain, is in doubt until it answers in time again. As long as
    it is, one question is asked after another, and what is wanted meanwhile goes with the next one.
    """

    def __init__(
        self,
        client: PresenceClient,
        clock: Clock,
        *,
        gather: float,
        in_time: float,
        land: Callable[[list[AccountPresence]], None],
    ) -> None:
        """Open a line.

        Args:
            client: whom to ask.
            clock: what times are measured by.
            gather: a request departs so many seconds after it was first wanted, with all who want something by then.
            in_time: an answer that takes longer than so many seconds is late.
            land: takes in what was answered.
        """
        self._client = client
        self._clock = clock
        self._gather = gather
        self._in_time = in_time
        self._land = land
        self._asked: dict[str, _Batch] = {}
        self._unread = Unread(clock)
        self._last: _Batch | None = None
        self._under_way: set[_Batch] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._state = PlatformState()
        self._late: PlatformState | None = None
        self._failures = 0
        self._rests_until = float("-inf")
        self._closed = False

    @property
    def state(self) -> PlatformState:
        """Say how the platform fares; one that is late fares no better than one that fails."""
        if self._late is None or self._state.health is not Health.OK:
            return self._state
        return replace(self._late, answered_at=self._state.answered_at)

    @property
    def answering(self) -> PlatformState:
        """Say how the platform fares for who can wait: one that is late answers all the same."""
        return self._state

    @property
    def in_doubt(self) -> bool:
        """Say whether there is little hope of an answer in time."""
        return self._failures > 0 or self._late is not None

    def ask(self, ids: Iterable[str]) -> set[asyncio.Future[None]]:
        """See that these are asked about, joining what is on its way; return what to wait for. Nothing when resting."""
        resting = self._closed or self._resting
        batches = []
        for one in ids:
            batch = self._asked.get(one)
            if batch is None and not resting and not self._unread.rests(one):
                batch = self._asked[one] = self._boarding()
                batch.ids.append(one)
            if batch is not None:
                batches.append(batch)
        return {batch.landed for batch in batches}

    def waited_in_vain(self) -> None:
        """Take in that somebody was answered without what they had asked for here."""
        self._late = self._late or PlatformState(Health.DEGRADED, self._clock.now(), "no answer in time")

    async def aclose(self) -> None:
        """Cancel what is on its way."""
        self._closed = True
        await stop_all(list(self._tasks))

    @property
    def _resting(self) -> bool:
        return self._clock.monotonic() < self._rests_until

    def _boarding(self) -> _Batch:
        if self._last is None or not self._last.open or len(self._last.ids) >= self._client.batch_size:
            self._last = _Batch(asyncio.get_running_loop().create_future())
            task = asyncio.create_task(self._travel(self._last))
            self._tasks.add(task)
            task.add_done_callback(partial(self._arrived, self._last))
        return self._last

    async def _travel(self, batch: _Batch) -> None:
        await self._clock.sleep(self._gather)
        if len(batch.ids) < self._client.batch_size:
            await wait_for_all([one.landed for one in self._under_way], _BEHIND_ANOTHER, self._clock)
        while self.in_doubt and self._under_way:
            await asyncio.wait({one.landed for one in self._under_way}, return_when=asyncio.FIRST_COMPLETED)
        batch.open = False
        if self._resting:  # the question before this one has just failed
            return
        self._under_way.add(batch)
        await self._question(batch.ids)

    def _arrived(self, batch: _Batch, task: asyncio.Task[None]) -> None:
        """Let go whoever waits. A callback runs even for a task that was cancelled before it began."""
        self._tasks.discard(task)
        self._under_way.discard(batch)
        batch.open = False
        for one in batch.ids:
            del self._asked[one]
        if not batch.landed.done():
            batch.landed.set_result(None)

    async def _question(self, ids: list[str]) -> None:
        began = self._clock.monotonic()
        try:
            answers = await self._client.presences(ids)
            self._land([answers[one] for one in ids if one in answers])
            if not answers:
                self._check_nobody(ids)
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
            self._unread.note(ids, answers)
            if answers:
                self._answered(self._clock.monotonic() - began)

    def _check_nobody(self, ids: list[str]) -> None:
        """Raise Malformed for an answer in which nobody can be read, unless others could while these could not."""
        if self._failures == 0 and self._unread.holds(ids):
            return
        raise Malformed("an answer in which nobody could be read")

    def _answered(self, took: float) -> None:
        self._failures = 0
        if took <= self._in_time:
            self._late = None
        self._settle(Health.OK, None)
        self._state = replace(self._state, answered_at=self._clock.now())

    def _failed(self, error: Exception, detail: str, retry_after: float | None) -> None:
        health = health_of(error)
        if health is Health.DEGRADED:
            rest = 0.0 if retry_after is None else min(retry_after, _LONGEST_TOLD_REST)
            if not self._resting:  # questions that fail together are one failure
                rest = rest or min(_REST * 2**self._failures, _LONGEST_REST)
                self._failures = min(self._failures + 1, _COUNTED_FAILURES)
            self._rests_until = max(self._rests_until, self._clock.monotonic() + rest)
        self._settle(health, detail)
        self._state = replace(self._state, failed_at=self._clock.now())

    def _settle(self, health: Health, detail: str | None) -> None:
        changed = health is not self._state.health or self._state.since is None
        if changed and health is not Health.OK:
            log.warning("platform_trouble", platform=self._client.platform, state=health, detail=detail)
        elif changed and self._state.since is not None:
            log.info("platform_back", platform=self._client.platform)
        since = self._clock.now() if changed else self._state.since
        self._state = replace(self._state, health=health, since=since, detail=detail)
