"""The store's inbox as the intake needs it.

It insists while the database is away, and one update that the database refuses does not keep the others out.
"""

from collections.abc import Awaitable, Callable, Collection, Container, Mapping, Sequence
from datetime import timedelta
from typing import Protocol, TypeVar

import structlog

from gub.clock import Clock
from gub.telegram.intake.errors import IntakeClosed
from gub.telegram.intake.updates import RawUpdate, update_id_of, update_key

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)
T = TypeVar("T")

_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 2.0


class Inbox(Protocol):
    """What the intake asks of the store; `gub.store.inbox` has it."""

    async def add(self, bot_id: int, updates: Sequence[RawUpdate], lanes: Mapping[int, int] = ...) -> list[RawUpdate]:
        """Store them durably, with their lanes if given, by their ids; give those not seen before, in order.

        Those that an `add` which failed stored nevertheless are not seen before when they are added again.
        """

    async def done(self, bot_id: int, update_ids: Collection[int]) -> None:
        """Remember these as handled."""

    async def pending(self, bot_id: int, *, older: timedelta = ...) -> list[RawUpdate]:
        """Give what has been stored for that long and is not handled, in Telegram's order."""

    async def pending_of(self, bot_id: int, lane: int) -> list[RawUpdate]:
        """Give what of one lane is stored and not handled, in Telegram's order."""

    async def pending_lanes(self, bot_id: int, *, older: timedelta) -> set[int]:
        """Name the lanes in which something has waited for that long."""

    async def without_lane(self, bot_id: int) -> list[RawUpdate]:
        """Give what is stored without a lane and not handled."""

    async def give_lanes(self, bot_id: int, lanes: Mapping[int, int]) -> None:
        """Note the lanes of updates, by their ids."""


class Ledger:
    """Writes to the inbox of one bot. `is_unavailable` says of an error that trying later may help."""

    def __init__(
        self,
        bot_id: int,
        inbox: Inbox,
        clock: Clock,
        is_unavailable: Callable[[BaseException], bool],
        *,
        with_lanes: bool = False,
    ) -> None:
        """Take the repository and the clock that spaces the attempts. A crew notes the lane of each update."""
        self._with_lanes = with_lanes
        self._bot_id = bot_id
        self._inbox = inbox
        self._clock = clock
        self._is_unavailable = is_unavailable
        self._closing = False

    def close(self) -> None:
        """From now on an `add` that fails ends with `IntakeClosed`: nothing that waits for it is acknowledged."""
        self._closing = True

    async def pending(self, *, older: timedelta = timedelta(0)) -> list[RawUpdate]:
        """Give what has been stored for that long and is not handled, however long it takes."""
        return await self.insist(lambda: self._inbox.pending(self._bot_id, older=older))

    async def pending_of(self, lane: int) -> list[RawUpdate]:
        """Give what of a lane is stored and not handled, however long it takes."""
        return await self.insist(lambda: self._inbox.pending_of(self._bot_id, lane))

    async def pending_lanes(self, *, older: timedelta) -> set[int]:
        """Name the lanes in which something has waited for that long, however long it takes."""
        return await self.insist(lambda: self._inbox.pending_lanes(self._bot_id, older=older))

    async def give_lanes(self) -> None:
        """Put into lanes what was taken in when there were none, however long it takes."""
        stray = await self.insist(lambda: self._inbox.without_lane(self._bot_id))
        if stray:
            await self.insist(lambda: self._inbox.give_lanes(self._bot_id, _lanes_of(stray)))

    async def add(self, raws: Sequence[RawUpdate], taken: Container[int]) -> set[int]:
        """Store them, however long it takes; give the ids of those that nobody has handled or handles.

        `taken` are the ids that this process has in hand. Raises `IntakeClosed` after `close`.
        """
        try:
            fresh = await self._add(raws)
        except IntakeClosed:
            raise
        except Exception as error:  # noqa: BLE001 - the driver refuses a document in many ways; found out one by one
            log.warning("the inbox refused a group", updates=len(raws), error=type(error).__name__)
            fresh = set[int]().union(*[await self._add_alone(raw) for raw in raws])
        # An update that came again in the very write that failed looks new, although it is being handled.
        return {update_id for update_id in fresh if update_id not in taken}

    async def done(self, update_ids: Collection[int]) -> None:
        """Remember these as handled, however long it takes."""
        try:
            await self.insist(lambda: self._inbox.done(self._bot_id, update_ids))
        except Exception as error:  # noqa: BLE001 - they are handled; at worst the next process repeats them
            log.warning("could not remember what is handled", updates=len(update_ids), error=type(error).__name__)

    async def _add(self, raws: Sequence[RawUpdate], *, whatever: bool = False) -> set[int]:
        fresh = await self.insist(lambda: self._write(raws), adding=True, whatever=whatever)
        return {update_id for raw in fresh if (update_id := update_id_of(raw)) is not None}

    async def _write(self, raws: Sequence[RawUpdate]) -> list[RawUpdate]:
        if not self._with_lanes:
            return await self._inbox.add(self._bot_id, raws)
        return await self._inbox.add(self._bot_id, raws, _lanes_of(raws))

    async def _add_alone(self, raw: RawUpdate) -> set[int]:
        try:
            return await self._add([raw])
        except IntakeClosed:
            raise
        except Exception as error:  # noqa: BLE001 - see `add`
            # Nested too deep, say. It is handled from memory; after a crash only its id is left of it.
            update_id = update_id_of(raw)
            log.warning("the inbox keeps only an update's id", update_id=update_id, error=type(error).__name__)
            return await self._add([{"update_id": update_id}], whatever=True)

    async def insist(self, write: Callable[[], Awaitable[T]], *, adding: bool = False, whatever: bool = False) -> T:
        """Repeat until it succeeds or fails for a lasting reason; with `whatever`, no reason is taken as lasting."""
        pause = _FIRST_PAUSE
        while True:
            try:
                return await write()
            except Exception as error:
                if not (whatever or self._is_unavailable(error)):
                    raise
                if adding and self._closing:
                    raise IntakeClosed from error
                if pause == _FIRST_PAUSE:
                    log.warning("the inbox cannot be reached, trying again", error=type(error).__name__)
            await self._clock.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)


def _lanes_of(raws: Sequence[RawUpdate]) -> dict[int, int]:
    return {update_id: update_key(raw) for raw in raws if (update_id := update_id_of(raw)) is not None}
