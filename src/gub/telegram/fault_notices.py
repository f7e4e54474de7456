"""Telling the owners of failures: beside everything else, once a kind and hour, and never who was concerned."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import Final

import structlog

from gub.clock import Clock
from gub.faults import Faults, noted, noting
from gub.services.languages import Languages
from gub.store.faults import Due, FaultKinds
from gub.store.mongo import is_unavailable
from gub.telegram.gateway.calls import Lane
from gub.telegram.gateway.outcomes import Refused
from gub.telegram.gateway.session import in_lane
from gub.telegram.messenger import Messenger
from gub.telegram.views.faults import fault as view_of
from gub.telegram.words import speaking
from gub.waiting import Interrupted, heed_cancellation, unless, within

log = structlog.get_logger(__name__)

_LOOK_SECONDS: Final = 60.0
_LAST_WORDS_SECONDS: Final = 5.0


class FaultNotices:
    """Takes what was noted and tells it. Whatever stands in its way is only logged: it makes no faults of its own."""

    def __init__(
        self,
        kinds: FaultKinds,
        messenger: Messenger,
        languages: Languages,
        owner_ids: Collection[int],
        clock: Clock,
    ) -> None:
        """Tell these owners; `kinds` remembers what was told."""
        self._faults = Faults()
        self._kinds = kinds
        self._messenger = messenger
        self._languages = languages
        self._owner_ids = owner_ids
        self._clock = clock

    @asynccontextmanager
    async def collecting(self, *expected: type[Exception]) -> AsyncIterator[None]:
        """Collect what is noted in the block, and tell of what ends it too, unless that is expected.

        What was collected before is told by `run`, which is for the caller to run.
        """
        with noting(self._faults):
            try:
                yield
            except Exception as error:
                cause = _cause(error)
                if not isinstance(cause, expected) and not is_unavailable(cause):
                    await self._say_last_words(cause)
                raise

    async def _say_last_words(self, error: Exception) -> None:
        fault = noted(error)
        log.error("the end", error=fault.error, at=fault.place, reference=fault.reference)
        try:
            await within(self._clock, _LAST_WORDS_SECONDS, self.tell())
        except TimeoutError:
            log.warning("no time to tell the owners")

    async def run(self) -> None:
        """Tell until cancelled: of what comes when it comes, of what came again when its quiet hour is over."""
        while True:
            await self.tell()
            heed_cancellation()
            try:
                await unless(self._faults.came.wait(), self._clock.sleep(_LOOK_SECONDS))
            except Interrupted:
                continue

    async def tell(self) -> None:
        """Tell what is to be told now."""
        self._faults.came.clear()
        try:
            with in_lane(Lane.BESIDE):
                await self._tell_all()
        except Exception as error:
            if is_unavailable(error):
                log.warning("faults must wait for the database", error=type(error).__name__)
            else:
                log.exception("the owners cannot be told of faults")

    async def _tell_all(self) -> None:
        while self._faults.waiting:
            fault = self._faults.waiting[0]
            due = await self._kinds.count(fault.kind, fault.reference)
            if self._faults.waiting and self._faults.waiting[0] is fault:
                self._faults.waiting.popleft()
            if due is not None:
                await self._tell(due)
        for due in await self._kinds.due():
            await self._tell(due)

    async def _tell(self, due: Due) -> None:
        told = not self._owner_ids
        for owner_id in self._owner_ids:
            try:
                with speaking(await self._languages.of(owner_id)):
                    await self._messenger.send(owner_id, view_of(due.kind, due.reference, due.count))
            except Refused as refused:
                log.warning("a fault missed an owner", user_id=owner_id, outcome=type(refused).__name__)
            else:
                told = True
        if not told:
            await self._kinds.untold(due)


def _cause(error: Exception) -> Exception:
    """Give what a group of tasks ended with first, or the error itself."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error
