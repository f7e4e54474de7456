"""`invited` of a notify group: what its open invitations say, written down for who reads the group alone."""

from gub.store import invitations, notifygroups
from gub.store.documents import Database, Document, integer_of, integers_of, object_id
from gub.store.invitations.document import ASKED, entries_in


class InvitedSync:
    """Writes `invited`."""

    def __init__(self, database: Database) -> None:
        """Read the invitations and write the groups of `database`."""
        self._invitations = database[invitations.SCHEMA.name]
        self._groups = database[notifygroups.SCHEMA.name]

    async def refresh(self, group_id: str) -> None:
        """Write the union of whom the group's open invitations ask, without its members. A group may be gone.

        By compare-and-set on `invited_revision`, and always a write: who decided last reads last, so what is written
        last has seen every decision.
        """
        key = object_id(group_id)
        if key is None:
            return
        while (group := await self._groups.find_one({"_id": key})) is not None:
            revision = group.get("invited_revision")
            invited = await self._asked(group)
            written = await self._groups.update_one(
                {"_id": key, "invited_revision": revision},
                {"$set": {"invited": invited, "invited_revision": (integer_of(revision) or 0) + 1}},
            )
            if written.matched_count:
                return

    async def put_right(self) -> int:
        """Refresh every group whose `invited` is not what its invitations say; give their number. It reads them all."""
        named = self._groups.find({"invited.0": {"$exists": True}}, {"_id": 1})
        keys = {group["_id"] async for group in named}
        cursor = self._invitations.find({"ended": None}, {"notify_group_id": 1})
        keys |= {document["notify_group_id"] async for document in cursor}
        wrong = 0
        for key in keys:
            group = await self._groups.find_one({"_id": key})
            if group is not None and group.get("invited") != await self._asked(group):
                await self.refresh(str(key))
                wrong += 1
        return wrong

    async def _asked(self, group: Document) -> list[int | str]:
        members = set(integers_of(group.get("members")))
        open_ones = {"notify_group_id": group["_id"], "ended": None}
        cursor = self._invitations.find(open_ones, {ASKED: 1}).sort("_id", 1)
        asked = [entry async for document in cursor for entry in entries_in(document.get(ASKED))]
        return [entry for entry in dict.fromkeys(asked) if entry not in members]
