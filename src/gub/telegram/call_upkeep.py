"""Keeps the messages of calls true, as `upkeep` does; closes them in time, and tells who called that enough come."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import structlog

from gub.clock import Clock
from gub.domain.calls import Call
from gub.services.languages import Languages
from gub.store.store import Store
from gub.telegram.call_desk import CallDesk
from gub.telegram.upkeep import FOR_GOOD, Upkeep
from gub.telegram.words import speaking

log = structlog.get_logger(__name__)

_POSTING: Final = timedelta(minutes=5)
"""How long whoever calls has the time to post it; a death in between is made good sooner."""


class CallUpkeep(Upkeep):
    """Shows each call as it is."""

    kind = "calls"

    def __init__(
        self, store: Store, desk: CallDesk, languages: Languages, changed: asyncio.Event, clock: Clock
    ) -> None:
        """Look when `changed` is set."""
        super().__init__(changed, clock)
        self._calls = store.calls
        self._desk = desk
        self._languages = languages

    async def _tidy(self) -> None:
        await self._desk.book.expire()

    async def _stale(self, most: int) -> Sequence[Call]:
        return await self._calls.stale(most)

    async def _show(self, id_: str) -> None:
        call = await self._calls.get(id_)
        if call is None or self._is_being_posted(call):
            return
        with speaking(await self._languages.of(call.chat_id)):
            try:
                if not await self._draw(call):
                    log.info("a call has no message any more", chat_id=call.chat_id)
                    await self._calls.forget(call)
                    return
                if call.is_full and not (call.full_told or call.ended):
                    await self._desk.tell_full(call)
            except FOR_GOOD as refused:
                log.info("a call stays as it is", chat_id=call.chat_id, outcome=type(refused).__name__)
        await self._calls.shown(id_, call.revision)

    async def _draw(self, call: Call) -> bool:
        """Show it; anew, where the old message stayed behind in a migration. False: there is nothing to show it by."""
        if call.message_id is not None:
            return await self._desk.edit(call)
        if not call.ended:
            await self._desk.send_anew(call)
        return not call.ended

    def _is_being_posted(self, call: Call) -> bool:
        posting = call.message_id is None and call.command_id is not None and not call.ended
        return posting and self._clock.now() - call.opened_at < _POSTING
