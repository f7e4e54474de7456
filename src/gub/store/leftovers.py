"""What the predecessor left of the invited: it wrote them down in groups, and kept invitations in its memory (D4)."""

from typing import Any, Final

from pymongo.asynchronous.collection import AsyncCollection

from gub.store import invitations, notifygroups
from gub.store.documents import Database, Document
from gub.store.invitations.document import ASKED, INITIALLY, entries_in
from gub.store.invited import InvitedSync

_ATTEMPTS: Final = 20  # each is lost to an answer that came in between


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
    keys = [document["_id"] async for document in collection.find({}, {"_id": 1})]
    return sum([any([await _list_in_one_way(collection, key, field) for field in (INITIALLY, ASKED)]) for key in keys])


async def _list_in_one_way(collection: AsyncCollection[Document], key: object, field: str) -> bool:
    """Write one list only while it is what was read: somebody may answer meanwhile, and the answer is what counts."""
    for _ in range(_ATTEMPTS):
        document = await collection.find_one({"_id": key}, {field: 1}) or {}
        found = document.get(field)
        wanted = list(entries_in(found))
        if not isinstance(found, list) or _same(found, wanted):
            return False
        if (await collection.update_one({"_id": key, field: found}, {"$set": {field: wanted}})).matched_count:
            return True
    return False


def _same(found: list[Any], wanted: list[int | str]) -> bool:
    return found == wanted and not any(isinstance(item, float) for item in found)
