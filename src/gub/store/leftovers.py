"""What the predecessor left of the invited: it wrote them down in groups, and kept invitations in its memory (D4)."""

from typing import Any

from gub.store import invitations, notifygroups
from gub.store.documents import Database
from gub.store.invitations.document import ASKED, INITIALLY, entries_in
from gub.store.invited import InvitedSync


async def invited_as_invitations_say(database: Database) -> dict[str, int]:
    """Write the invited in one way (D5), and let `invited` of each group say what its open invitations say (D4).

    Give the number of documents changed by collection.
    """
    changed = {
        invitations.SCHEMA.name: await _in_one_way(database),
        notifygroups.SCHEMA.name: await InvitedSync(database).put_right(),
    }
    return {name: count for name, count in changed.items() if count}


async def _in_one_way(database: Database) -> int:
    """Write usernames as `@name` in lower case and ids as integers, each once."""
    collection = database[invitations.SCHEMA.name]
    changed = 0
    for document in await collection.find({}, {INITIALLY: 1, ASKED: 1}).to_list():
        for field in (INITIALLY, ASKED):
            found = document.get(field)
            wanted = list(entries_in(found))
            if isinstance(found, list) and not _same(found, wanted):
                # Only while it is what was read: somebody may answer meanwhile, and the answer is what counts.
                result = await collection.update_one({"_id": document["_id"], field: found}, {"$set": {field: wanted}})
                changed += result.modified_count
    return changed


def _same(found: list[Any], wanted: list[int | str]) -> bool:
    return found == wanted and not any(isinstance(item, float) for item in found)
