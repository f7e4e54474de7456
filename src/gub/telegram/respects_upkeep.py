"""Keeps the messages of /f true, as `upkeep` does."""

import asyncio
from collections.abc import Sequence

import structlog

from gub.clock import Clock
from gub.domain.respects import Respects
from gub.services.languages import Languages
from gub.store.store import Store
from gub.telegram.messenger import Messenger
from gub.telegram.upkeep import FOR_GOOD, Upkeep
from gub.telegram.views.fun import NAMED, respects
from gub.telegram.words import speaking

log = structlog.get_logger(__name__)


class RespectsUpkeep(Upkeep):
    """Shows who has paid respects."""

    kind = "respects"

    def __init__(
        self, store: Store, languages: Languages, messenger: Messenger, changed: asyncio.Event, clock: Clock
    ) -> None:
        """Look when `changed` is set."""
        super().__init__(changed, clock)
        self._store = store
        self._languages = languages
        self._messenger = messenger

    async def _tidy(self) -> None:
        """Nothing is to be done: the database forgets them by itself."""

    async def _stale(self, most: int) -> Sequence[Respects]:
        return await self._store.respects.stale(most)

    async def _show(self, id_: str) -> None:
        paid = await self._store.respects.get(id_)
        if paid is None or paid.message_id is None:
            return
        users = await self._store.users.get_many(paid.people[:NAMED])
        with speaking(await self._languages.of(paid.chat_id)):
            try:
                shown = await self._messenger.edit_at(paid.chat_id, paid.message_id, respects(paid, users))
            except FOR_GOOD as refused:
                log.info("respects stay as they are", chat_id=paid.chat_id, outcome=type(refused).__name__)
                shown = False
        if shown:
            await self._store.respects.shown(paid.id, paid.revision)
        else:
            await self._store.respects.forget(paid.id)
