"""Paying respects under a message: one each, durable, and shown soon."""

import asyncio

from gub.domain.limits import DESCRIPTION_UNITS
from gub.domain.respects import Paid, Respects
from gub.domain.splitting import cut
from gub.store.store import Store


class RespectsBook:
    """Counts respects."""

    def __init__(self, store: Store, changed: asyncio.Event) -> None:
        """Keep them in `store`; set `changed` when a message is to be shown anew."""
        self._store = store
        self._changed = changed

    async def begin(self, chat_id: int, command_id: int, creator_id: int | None, what: str) -> Respects:
        """Begin what a command asks for, with the respects of who asks (None: an admin who writes as the group).

        The same command, handled again, gives what it began. Of a long text the beginning is kept.
        """
        kept = " ".join(what.split())
        first = cut(kept, DESCRIPTION_UNITS)[0] if kept else None
        return await self._store.respects.begin(chat_id, command_id, creator_id, first)

    async def posted(self, respects: Respects, message_id: int) -> None:
        """Note which message shows them."""
        await self._store.respects.posted(respects.id, message_id)
        self._changed.set()

    async def pay(self, respects_id: str, chat_id: int, user_id: int) -> Paid:
        """Count somebody's respects, once."""
        paid = await self._store.respects.pay(respects_id, chat_id, user_id)
        if paid is Paid.DONE:
            self._changed.set()
        return paid
