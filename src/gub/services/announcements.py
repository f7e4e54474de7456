"""Announcements of the owners to all chats: made ready, confirmed, and steered while they are on their way."""

import asyncio
from typing import Final

from gub.domain.errors import AnnouncementOver
from gub.store.announcements import Announcement, Counts, Phase, Source
from gub.store.store import Store

_TAKEN: Final = {
    Phase.GATHERING: (Phase.GATHERING, Phase.SENDING, Phase.PAUSED, Phase.DONE),
    Phase.RECALLING: (Phase.RECALLING, Phase.RECALLED),
}
"""Where an announcement may be when a step was taken before: some go on by themselves."""


class AnnouncementBook:
    """Takes the owners' wishes down; the announcer does the work, and is woken for it."""

    def __init__(self, store: Store, changed: asyncio.Event) -> None:
        """Write to `store`; set `changed` when there is something to do."""
        self._store = store
        self.changed = changed

    async def draft(self, owner_id: int, command_id: int, source: Source) -> tuple[Announcement, int]:
        """Make one ready, and count the chats that it is for."""
        announcement = await self._store.announcements.draft(owner_id, command_id, source)
        return announcement, await self._store.announcement_targets.audience(owner_id)

    async def of(self, id_: str, owner_id: int) -> Announcement:
        """Give an announcement of this owner. Raises AnnouncementOver: there is none."""
        announcement = await self._store.announcements.get(id_)
        if announcement is None or announcement.owner_id != owner_id:
            raise AnnouncementOver
        return announcement

    async def standing(self, id_: str, owner_id: int) -> tuple[Announcement, Counts]:
        """Give it and how it goes, which takes a database long where chats are many. Raises AnnouncementOver."""
        announcement = await self.of(id_, owner_id)
        return announcement, await self._store.announcement_targets.counts(id_)

    async def audience(self, owner_id: int) -> int:
        """Count the chats that an announcement would go to now."""
        return await self._store.announcement_targets.audience(owner_id)

    async def be_silent(self, id_: str, *, silent: bool) -> None:
        """Choose whether it is to ring. Raises AnnouncementOver: that was decided already."""
        if not await self._store.announcements.be_silent(id_, silent=silent):
            raise AnnouncementOver

    async def show_at(self, id_: str, panel_id: int) -> None:
        """Say which message shows how it goes."""
        await self._store.announcements.show_at(id_, panel_id)

    async def go(self, id_: str, to: Phase) -> None:
        """Take it a step further: `SENDING` is to go on after a pause.

        A step that was taken already is none; raises AnnouncementOver where it leads nowhere.
        """
        since = [Phase.PAUSED] if to is Phase.SENDING else None
        if not await self._store.announcements.step(id_, to, since=since):
            announcement = await self._store.announcements.get(id_)
            if announcement is None or announcement.phase not in _TAKEN.get(to, (to,)):
                raise AnnouncementOver
        self.changed.set()
