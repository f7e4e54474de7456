"""The lanes of a crew: each chat's updates are handled by one worker at a time, in order, whoever took them in.

A worker that has stored an update claims the chat's lane. Who has the lane reads what waits in it, hands that over,
and lets the lane go when nothing came meanwhile. Who finds it taken leaves a mark there, by which the letting go fails
and the holder looks again: so nothing stored is overlooked. Lanes of workers that died are inherited, and updates
whose worker died before it could claim are found, both within seconds.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Final, Protocol

import structlog

from gub.clock import Clock
from gub.telegram.intake.ledger import Ledger
from gub.telegram.intake.updates import RawUpdate
from gub.waiting import heed_cancellation

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

_LOOK_SECONDS: Final = 5.0
_OVERDUE: Final = timedelta(seconds=10)
_KIND: Final = "lane:"


class LaneClaims(Protocol):
    """What this asks of the crew; `gub.store.crew` has it."""

    async def claim(self, what: str) -> int | None:
        """Take what one alone may do; give how often others wanted it. None: another has it and knows."""

    async def let_go(self, what: str, seen: int) -> bool:
        """Let it go unless it was wanted since `seen`; say whether it is ours no more."""

    async def wanted(self, what: str) -> int | None:
        """Say how often it was wanted by now; None when it is not ours."""

    async def inherited(self, kind: str) -> list[str]:
        """Take over what dead workers had of one kind; give those names."""


class Sharing:
    """Serves the lanes that this worker claims, each in a task of its own, which this object owns."""

    def __init__(
        self,
        claims: LaneClaims,
        ledger: Ledger,
        clock: Clock,
        hand_over: Callable[[Sequence[RawUpdate]], Awaitable[None]],
    ) -> None:
        """`hand_over` returns when these updates of one lane are handled and remembered as that."""
        self._claims = claims
        self._ledger = ledger
        self._clock = clock
        self._hand_over = hand_over
        self._woken: set[int] = set()
        self._serving: dict[int, asyncio.Task[None]] = {}
        self._calm = asyncio.Event()
        self._calm.set()
        self._closed = False

    def wake(self, lane: int) -> None:
        """Note that something waits in a lane."""
        self._woken.add(lane)
        if lane not in self._serving and not self._closed:
            self._calm.clear()
            task = asyncio.create_task(self._serve(lane), name=f"shared lane {lane}")
            self._serving[lane] = task
            task.add_done_callback(lambda done: self._served(lane, done))

    async def look_around(self) -> None:
        """Find, until cancelled, what nobody serves: at first all that waits, then what waits for too long."""
        await self._ledger.give_lanes()
        overdue = timedelta(0)
        while True:
            for name in await self._ledger.insist(lambda: self._claims.inherited(_KIND)):
                self.wake(int(name.removeprefix(_KIND)))
            for lane in await self._ledger.pending_lanes(older=overdue) - self._serving.keys():
                self.wake(lane)
            overdue = _OVERDUE
            await self._clock.sleep(_LOOK_SECONDS)
            heed_cancellation()

    async def idle(self) -> None:
        """Wait until this worker serves no lane."""
        await self._calm.wait()

    async def aclose(self) -> None:
        """Stop at once. What is claimed stays so until this worker leaves the crew."""
        self._closed = True
        serving = list(self._serving.values())
        for task in serving:
            task.cancel()
        if serving:
            await asyncio.wait(serving)

    async def _serve(self, lane: int) -> None:
        claim = f"{_KIND}{lane}"
        while lane in self._woken:
            self._woken.discard(lane)
            seen = await self._ledger.insist(lambda: self._claims.claim(claim))
            while seen is not None:
                await self._work_off(lane)
                seen = await self._let_go(claim, seen)

    async def _work_off(self, lane: int) -> None:
        self._woken.add(lane)
        while lane in self._woken:
            self._woken.discard(lane)
            if pending := await self._ledger.pending_of(lane):
                await self._hand_over(pending)

    async def _let_go(self, claim: str, seen: int) -> int | None:
        """Let a lane go; where others wanted it meanwhile, give up to which count it is to be looked after again."""
        if await self._ledger.insist(lambda: self._claims.let_go(claim, seen)):
            return None
        return await self._ledger.insist(lambda: self._claims.wanted(claim))

    def _served(self, lane: int, task: asyncio.Task[None]) -> None:
        del self._serving[lane]
        if not task.cancelled() and (error := task.exception()) is not None:
            # What waits there is found again by `look_around`.
            log.error("a shared lane was left", chat_id=lane, error=type(error).__name__)
            self._woken.discard(lane)
        if lane in self._woken:
            self.wake(lane)
        if not self._serving:
            self._calm.set()
