"""The intake: an update is stored before it is acknowledged, and handled once."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from gub.clock import Clock
from gub.standing import Standing
from gub.telegram.intake.ages import Ages, OnThrough, nobody_counts
from gub.telegram.intake.delays import Delays, OnDelay
from gub.telegram.intake.errors import IntakeClosed
from gub.telegram.intake.grouping import GroupWriter
from gub.telegram.intake.lanes import Handle, Lanes
from gub.telegram.intake.ledger import Inbox, Ledger
from gub.telegram.intake.sharing import LaneClaims, Sharing
from gub.telegram.intake.updates import RawUpdate, update_id_of, update_key, update_kind
from gub.waiting import heed_cancellation, within

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

_GRACE = 2.0
_LOOK_SECONDS = 5.0
_OVERDUE = timedelta(seconds=10)


@dataclass(slots=True)
class _Arrival:
    update_id: int
    raw: RawUpdate
    stored: asyncio.Future[None]


class Intake:
    """Takes updates in, has them stored, and feeds the lanes. Call `recover` once; until then nothing is stored.

    In memory are at most about `capacity` updates that wait for the store and as many in the lanes; who offers more
    waits. One process at a time may take in for one bot, or a crew whose workers share the lanes (`crew`).
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
        standing: Standing | None = None,
        crew: LaneClaims | None = None,
        on_through: OnThrough = nobody_counts,
        limit: int = 100,
        capacity: int = 2000,
    ) -> None:
        """Take the store's inbox, what handles one update, and what tells an error as "the database is away".

        `on_delay` is called once with each update that the database has held up for a second. While `standing` does
        not hold nothing is handed over, and what was in hand when it was lost is not remembered as handled.
        `on_through` hears of each that is.
        """
        self._handler = handle
        self._clock = clock
        self._standing = standing
        self._capacity = capacity
        self._ledger = Ledger(bot_id, inbox, clock, is_unavailable, with_lanes=crew is not None)
        self._sharing = None if crew is None else Sharing(crew, self._ledger, clock, self._see_off)
        self._lanes = Lanes(self._handle, limit=limit, capacity=capacity)
        self._arrivals: dict[int, _Arrival] = {}
        self._unfinished: set[int] = set()
        self._remembered: dict[int, asyncio.Future[None]] = {}
        self._delays = Delays(clock, on_delay)
        self._ages = Ages(clock, on_through)
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

    @property
    def chats(self) -> int:
        """Say of how many chats there are updates in hand."""
        return self._lanes.chats

    @property
    def oldest(self) -> float:
        """Say for how many seconds the oldest update that is not remembered as handled has been here."""
        return self._ages.oldest(self._unfinished | self._arrivals.keys())

    @property
    def has_recovered(self) -> bool:
        """Say whether what an earlier process left is in hand, so that new updates are stored."""
        return self._has_recovered

    async def recover(self) -> int:
        """Queue what an earlier process took and did not finish; say how many. Insists while the database is away.

        Of a crew, `look_around` does that.
        """
        pending = await self._ledger.pending() if self._sharing is None else []
        if pending:
            log.info("handling what an earlier run left", updates=len(pending))
        for raw in pending:
            await self._queue(raw)
        self._has_recovered = True
        self._recovered.set()
        return len(pending)

    async def look_around(self) -> None:
        """Find, until cancelled, what is stored and nobody has in hand: of the dead, and of who lost the right."""
        if self._sharing is not None:
            await self._sharing.look_around()
        while True:
            await self._clock.sleep(_LOOK_SECONDS)
            heed_cancellation()
            in_hand = set(self._unfinished)
            for raw in await self._ledger.pending(older=_OVERDUE):
                if update_id_of(raw) not in in_hand | self._unfinished:
                    await self._queue(raw)

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
        if self._sharing is not None:
            await self._sharing.aclose()
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
        if self._sharing is not None:
            await self._sharing.idle()
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
        self._ages.came(update_id)
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
        if self._sharing is None:
            self._unfinished |= fresh
        for arrival in group:
            self._settle(arrival)
        for arrival in group:
            if arrival.update_id in fresh:
                await self._pass_on(arrival.raw)

    async def _pass_on(self, raw: RawUpdate) -> None:
        if self._sharing is None:
            await self._queue(raw)
        else:
            self._sharing.wake(update_key(raw))

    async def _see_off(self, raws: Sequence[RawUpdate]) -> None:
        """Have these updates of one lane handled; return when they are remembered as handled."""
        ids = [update_id for raw in raws if (update_id := update_id_of(raw)) is not None]
        remembered = [asyncio.get_running_loop().create_future() for _ in ids]
        self._remembered.update(zip(ids, remembered, strict=True))
        try:
            for raw in raws:
                await self._queue(raw)
            await asyncio.gather(*remembered)
        finally:
            for update_id in ids:
                self._remembered.pop(update_id, None)

    async def _add(self, group: list[_Arrival]) -> set[int]:
        if not self._has_recovered or not await self._may_act():
            # Stopped first, and these would overtake what an earlier run left; or another takes updates now.
            raise IntakeClosed
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
            self._ages.came(update_id)
            await self._lanes.put(update_key(raw), raw)

    async def _handle(self, raw: RawUpdate) -> None:
        if not await self._may_act():
            return  # stays pending, for who has the right now
        try:
            await self._handler(raw)
        except asyncio.CancelledError:
            if self._cancelling:
                raise  # stays pending, for the next process
            self._log_failure(raw, "CancelledError")
        except Exception as error:  # noqa: BLE001 - a handler's failure is its own; the updates behind it go on
            self._log_failure(raw, type(error).__name__)
        if await self._may_act():
            self._finishing.add(update_id_of(raw) or 0)

    async def _may_act(self) -> bool:
        return self._standing is None or self._standing.holds() or await self._standing.proven()

    def _log_failure(self, raw: RawUpdate, error: str) -> None:
        # Never the exception's text: it may quote what people wrote.
        log.error("a handler failed", update_id=update_id_of(raw), kind=update_kind(raw), error=error)

    async def _mark_done(self, update_ids: list[int]) -> None:
        await self._ledger.done(update_ids)
        self._unfinished.difference_update(update_ids)
        self._ages.through(update_ids)
        for update_id in update_ids:
            if (remembered := self._remembered.get(update_id)) is not None and not remembered.done():
                remembered.set_result(None)
