"""The intake: an update is stored before it is acknowledged, and handled once."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from gub.clock import Clock
from gub.telegram.intake.delays import Delays, OnDelay
from gub.telegram.intake.errors import IntakeClosed
from gub.telegram.intake.grouping import GroupWriter
from gub.telegram.intake.lanes import Handle, Lanes
from gub.telegram.intake.ledger import Inbox, Ledger
from gub.telegram.intake.updates import RawUpdate, update_id_of, update_key, update_kind
from gub.waiting import within

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

_GRACE = 2.0


@dataclass(slots=True)
class _Arrival:
    update_id: int
    raw: RawUpdate
    stored: asyncio.Future[None]


class Intake:
    """Takes updates in, has them stored, and feeds the lanes. Call `recover` once; until then nothing is stored.

    In memory are at most about `capacity` updates that wait for the store and as many in the lanes; who offers more
    waits. One process at a time may take in for one bot: two would handle each other's pending updates.
    """

    def __init__(
        self,
        bot_id: int,
        inbox: Inbox,
        handle: Handle,
        clock: Clock,
        *,
        is_unavailable: Callable[[BaseException], bool],
        on_delay: OnDelay,
        limit: int = 100,
        capacity: int = 2000,
    ) -> None:
        """Take the store's inbox, what handles one update, and what tells an error as "the database is away".

        `on_delay` is called once with each update that the database has held up for a second.
        """
        self._handler = handle
        self._clock = clock
        self._capacity = capacity
        self._ledger = Ledger(bot_id, inbox, clock, is_unavailable)
        self._lanes = Lanes(self._handle, limit=limit, capacity=capacity)
        self._arrivals: dict[int, _Arrival] = {}
        self._unfinished: set[int] = set()
        self._delays = Delays(clock, on_delay)
        self._storing: GroupWriter[_Arrival] = GroupWriter(self._store)
        self._finishing: GroupWriter[int] = GroupWriter(self._mark_done, most=1000)
        self._recovered = asyncio.Event()
        self._has_recovered = False
        self._less = asyncio.Event()
        self._closing = False
        self._cancelling = False

    @property
    def held(self) -> int:
        """Say how many updates wait to be stored."""
        return len(self._arrivals)

    @property
    def unfinished(self) -> int:
        """Say how many updates were taken and are not yet remembered as handled."""
        return len(self._unfinished)

    async def recover(self) -> int:
        """Queue what an earlier process took and did not finish; say how many. Insists while the database is away."""
        pending = await self._ledger.pending()
        if pending:
            log.info("handling what an earlier run left", updates=len(pending))
        for raw in pending:
            await self._queue(raw)
        self._has_recovered = True
        self._recovered.set()
        return len(pending)

    async def accept(self, raws: Sequence[object]) -> None:
        """Return when every one of these is durably stored: then, and only then, it may be acknowledged.

        What has no usable `update_id` is logged and dropped. Waits as long as the database is away or too much is
        queued. Raises `IntakeClosed` (acknowledge nothing) when the bot stops first. When cancelled, what was
        offered may still be stored and handled; offered again, it is recognised.
        """
        arrivals = [arrival for raw in raws if (arrival := await self._arrive(raw)) is not None]
        if arrivals:
            await asyncio.wait({arrival.stored for arrival in arrivals})
        for arrival in arrivals:
            arrival.stored.result()

    async def drain(self, seconds: float) -> int:
        """Take nothing more, finish what is taken within that time, then close.

        Gives the number of updates left unfinished: they stay in the inbox for the next process.
        """
        self._close()
        try:
            await within(self._clock, seconds, self._finish())
        except TimeoutError:
            log.warning("stopping with updates unfinished", updates=self.unfinished)
        left = self.unfinished
        await self.aclose()
        return left

    async def aclose(self) -> None:
        """Stop at once. What is taken and unfinished stays in the inbox."""
        self._close()
        self._cancelling = True
        await self._storing.aclose()
        for arrival in list(self._arrivals.values()):
            self._settle(arrival, IntakeClosed())
        try:
            await within(self._clock, _GRACE, self._lanes.aclose())
        except TimeoutError:
            log.warning("a handler would not be cancelled")
        await self._finishing.aclose()
        await self._delays.aclose()

    def _close(self) -> None:
        self._closing = True
        self._ledger.close()
        self._less.set()
        self._recovered.set()

    async def _finish(self) -> None:
        await self._storing.idle()
        await self._lanes.idle()
        await self._finishing.idle()

    async def _arrive(self, raw: object) -> _Arrival | None:
        update_id = update_id_of(raw)
        if update_id is None or not isinstance(raw, dict):
            log.warning("dropped what is no update", type=type(raw).__name__)
            return None
        while len(self._arrivals) >= self._capacity and update_id not in self._arrivals and not self._closing:
            self._less.clear()
            await self._less.wait()
        if self._closing:
            raise IntakeClosed
        if (waiting := self._arrivals.get(update_id)) is not None:
            return waiting  # Telegram sends again what was not acknowledged in time
        arrival = _Arrival(update_id, raw, asyncio.get_running_loop().create_future())
        self._arrivals[update_id] = arrival
        self._delays.held(update_id, raw)
        self._storing.add(arrival)
        return arrival

    async def _store(self, group: list[_Arrival]) -> None:
        await self._recovered.wait()
        try:
            fresh = await self._add(group)
        except IntakeClosed:
            for arrival in group:
                self._settle(arrival, IntakeClosed())
            return
        self._unfinished |= fresh
        for arrival in group:
            self._settle(arrival)
        for arrival in group:
            if arrival.update_id in fresh:
                await self._queue(arrival.raw)

    async def _add(self, group: list[_Arrival]) -> set[int]:
        if not self._has_recovered:
            raise IntakeClosed  # stopped first; stored now, these would overtake what an earlier run left
        self._delays.write_began()
        try:
            return await self._ledger.add([arrival.raw for arrival in group], self._unfinished)
        finally:
            self._delays.write_ended()

    def _settle(self, arrival: _Arrival, problem: IntakeClosed | None = None) -> None:
        self._arrivals.pop(arrival.update_id, None)
        self._delays.stored(arrival.update_id)
        self._less.set()
        if arrival.stored.done():
            return
        if problem is None:
            arrival.stored.set_result(None)
        else:
            arrival.stored.set_exception(problem)
            arrival.stored.exception()  # looked at: whoever offered it may have gone

    async def _queue(self, raw: RawUpdate) -> None:
        update_id = update_id_of(raw)
        if update_id is not None:
            self._unfinished.add(update_id)
            await self._lanes.put(update_key(raw), raw)

    async def _handle(self, raw: RawUpdate) -> None:
        try:
            await self._handler(raw)
        except asyncio.CancelledError:
            if self._cancelling:
                raise  # stays pending, for the next process
            self._log_failure(raw, "CancelledError")
        except Exception as error:  # noqa: BLE001 - a handler's failure is its own; the updates behind it go on
            self._log_failure(raw, type(error).__name__)
        self._finishing.add(update_id_of(raw) or 0)

    def _log_failure(self, raw: RawUpdate, error: str) -> None:
        # Never the exception's text: it may quote what people wrote.
        log.error("a handler failed", update_id=update_id_of(raw), kind=update_kind(raw), error=error)

    async def _mark_done(self, update_ids: list[int]) -> None:
        await self._ledger.done(update_ids)
        self._unfinished.difference_update(update_ids)
