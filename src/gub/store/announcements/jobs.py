"""Announcements from the draft to their end: each step is one update that says from where it may be taken."""

from collections.abc import Collection
from typing import Final

from gub.clock import Clock
from gub.store.announcements.document import SCHEMA, UNDER_WAY, Announcement, Phase, Source, announcement_of
from gub.store.documents import Database, Document, object_id, upsert

_STEPS: Final[dict[Phase, tuple[Phase, ...]]] = {
    Phase.GATHERING: (Phase.DRAFT,),
    Phase.CANCELLED: (Phase.DRAFT,),
    Phase.SENDING: (Phase.GATHERING, Phase.PAUSED),
    Phase.PAUSED: (Phase.SENDING,),
    Phase.STOPPED: (Phase.GATHERING, Phase.SENDING, Phase.PAUSED),
    Phase.DONE: (Phase.SENDING,),
    Phase.RECALLING: (Phase.DONE, Phase.STOPPED),
    Phase.RECALLED: (Phase.RECALLING,),
}
"""From where each phase is come to."""


_NOTHING_TO_TELL: Final = (Phase.CANCELLED, Phase.STOPPED, Phase.DONE)


class Announcements:
    """The announcements of the last month."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._collection = database[SCHEMA.name]
        self._clock = clock

    async def draft(self, owner_id: int, command_id: int, source: Source) -> Announcement:
        """Keep what an owner wants to announce; the same command handled again gives the same draft."""
        which = {"owner_id": owner_id, "command_id": command_id}
        fields: Document = {
            "phase": str(Phase.DRAFT),
            "text": source.text,
            "entities": [dict(entity) for entity in source.entities],
            "copied_message_id": source.copied_message_id,
            "silent": False,
            "stored_at": self._clock.now(),
        }
        await upsert(self._collection, which, {"$setOnInsert": fields})
        document = await self._collection.find_one(which)
        if document is None:
            raise LookupError("the draft was deleted meanwhile")
        return announcement_of(document)

    async def get(self, id: str) -> Announcement | None:  # noqa: A002 - the value's own word
        """Find an announcement."""
        document = await self._collection.find_one({"_id": object_id(id)})
        return None if document is None else announcement_of(document)

    async def step(self, id: str, to: Phase, *, since: Collection[Phase] | None = None) -> bool:  # noqa: A002 - as above
        """Take a step, if it may be taken from where the announcement is; say whether it was taken now."""
        may_be = {"$in": [str(phase) for phase in (_STEPS[to] if since is None else since)]}
        change = _to(to)
        result = await self._collection.update_one({"_id": object_id(id), "phase": may_be}, change)
        return result.modified_count > 0

    async def stop_because(self, id: str, why: str) -> bool:  # noqa: A002 - as above
        """Stop one that cannot go on; say whether it was under way."""
        may_be = {"$in": [str(phase) for phase in _STEPS[Phase.STOPPED]]}
        change = _to(Phase.STOPPED)
        change["$set"]["why"] = why
        return (await self._collection.update_one({"_id": object_id(id), "phase": may_be}, change)).modified_count > 0

    async def be_silent(self, id: str, *, silent: bool) -> bool:  # noqa: A002 - as above
        """Choose whether a draft is to ring; say whether it is a draft."""
        which = {"_id": object_id(id), "phase": str(Phase.DRAFT)}
        return (await self._collection.update_one(which, {"$set": {"silent": silent}})).matched_count > 0

    async def show_at(self, id: str, panel_id: int) -> None:  # noqa: A002 - as above
        """Note which message shows how it goes."""
        await self._collection.update_one({"_id": object_id(id)}, {"$set": {"panel_id": panel_id}})

    async def first_under_way(self) -> Announcement | None:
        """Give the oldest of those that there is something to do for."""
        under_way = {"phase": {"$in": [str(phase) for phase in UNDER_WAY]}}
        document = await self._collection.find_one(under_way, sort=[("_id", 1)])
        return None if document is None else announcement_of(document)


def _to(phase: Phase) -> Document:
    """Give the change that a step is. What was to be told goes as soon as nobody is to be told any more."""
    change: Document = {"$set": {"phase": str(phase)}}
    if phase in _NOTHING_TO_TELL:
        change["$unset"] = {"text": "", "entities": ""}
    return change
