"""The store's inbox as the intake needs it.

It insists while the database is away, and one update that the database refuses does not keep the others out.
"""

from collections.abc import Awaitable, Callable, Collection, Container, Sequence
from typing import Protocol, TypeVar

import structlog

from gub.clock import Clock
from gub.telegram.intake.errors import IntakeClosed
from gub.telegram.intake.sealing import seal, unseal
from gub.telegram.intake.updates import RawUpdate, update_id_of

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)
T = TypeVar("T")

_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 2.0


class Inbox(Protocol):
    """What the intake asks of the store (`gub.store.inbox`)."""

    async def add(self, bot_id: int, updates: Sequence[RawUpdate]) -> list[RawUpdate]:
        """Store them durably; give those not seen before, in order."""

    async def done(self, bot_id: int, update_ids: Sequence[int]) -> None:
        """Remember these as handled."""

    async def pending(self, bot_id: int) -> list[RawUpdate]:
        """Give what is stored and not handled, oldest first."""


class Ledger:
    """Writes to the inbox of one bot. `is_unavailable` says of an error that trying later may help."""

    def __init__(
        self, bot_id: int, inbox: Inbox, clock: Clock, is_unavailable: Callable[[BaseException], bool]
    ) -> None:
        """Take the repository and the clock that spaces the attempts."""
        self._bot_id = bot_id
        self._inbox = inbox
        self._clock = clock
        self._is_unavailable = is_unavailable
        self._closing = False

    def close(self) -> None:
        """From now on an `add` that fails once ends with `IntakeClosed`: nothing that waits for it is acknowledged."""
        self._closing = True

    async def pending(self) -> list[RawUpdate]:
        """Give what is stored and not handled, in the order of the ids."""
        found = await self._insist(self._pending)
        return sorted(found, key=lambda raw: update_id_of(raw) or 0)

    async def add(self, raws: Sequence[RawUpdate], taken: Container[int]) -> set[int]:
        """Store them, however long it takes; give the ids of those that nobody handled or handles.

        `taken` are the ids that this process has in hand. Raises `IntakeClosed` after `close`.
        """
        try:
            return await self._add(raws, taken)
        except IntakeClosed:
            raise
        except Exception as error:  # noqa: BLE001 - the driver refuses a document in many ways; found out one by one
            log.warning("the inbox refused a group", updates=len(raws), error=type(error).__name__)
        for raw in raws:
            await self._add_alone(raw)
        return await self._not_in_hand(_ids(raws), taken)

    async def done(self, update_ids: Collection[int]) -> None:
        """Remember these as handled, however long it takes."""
        try:
            await self._insist(lambda: self._inbox.done(self._bot_id, list(update_ids)))
        except Exception as error:  # noqa: BLE001 - they are handled; at worst the next process repeats them
            log.warning("could not remember what is handled", updates=len(update_ids), error=type(error).__name__)

    async def _add(self, raws: Sequence[RawUpdate], taken: Container[int]) -> set[int]:
        attempts = 0

        async def attempt() -> list[RawUpdate]:
            nonlocal attempts
            attempts += 1
            return await self._inbox.add(self._bot_id, raws)

        fresh = _ids(await self._insist(attempt, adding=True))
        if attempts > 1:
            # The attempt that failed may have stored them, and then the next one calls them seen.
            fresh |= await self._not_in_hand(_ids(raws), taken)
        return fresh

    async def _add_alone(self, raw: RawUpdate) -> None:
        try:
            await self._insist(lambda: self._inbox.add(self._bot_id, [raw]), adding=True)
        except IntakeClosed:
            raise
        except Exception as error:  # noqa: BLE001 - see `add`
            log.warning("an update is kept as text", update_id=update_id_of(raw), error=type(error).__name__)
            sealed = seal(raw)
            await self._insist(lambda: self._inbox.add(self._bot_id, [sealed]), adding=True, whatever=True)

    async def _not_in_hand(self, ids: set[int], taken: Container[int]) -> set[int]:
        stored = _ids(await self._insist(self._pending, adding=True, whatever=True))
        return {update_id for update_id in ids & stored if update_id not in taken}

    async def _pending(self) -> list[RawUpdate]:
        return [unseal(raw) for raw in await self._inbox.pending(self._bot_id)]

    async def _insist(self, write: Callable[[], Awaitable[T]], *, adding: bool = False, whatever: bool = False) -> T:
        """Repeat until it succeeds or fails for a lasting reason; with `whatever` every reason passes."""
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


def _ids(raws: Sequence[RawUpdate]) -> set[int]:
    return {update_id for raw in raws if (update_id := update_id_of(raw)) is not None}
