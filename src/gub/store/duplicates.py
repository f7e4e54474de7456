"""Documents of older databases that a unique index refuses: settled so that nothing is lost.

Every step is one conditional write, so doing it twice, or twice at once, ends the same.
"""

from collections.abc import AsyncIterator
from typing import Any, Final

from pymongo.collation import Collation

from gub.store import chats, notifygroups, statususers, users
from gub.store.documents import NAMES, Database, Document, text_of
from gub.store.names import numbered

NAME_FIELDS: Final = {statususers.SCHEMA.name: "display_name", notifygroups.SCHEMA.name: "name"}


async def settle(database: Database) -> dict[str, int]:
    """Settle what can be settled; say how many documents were changed in which collection."""
    changed = {name: await _number_names(database, name, field) for name, field in NAME_FIELDS.items()}
    changed[chats.SCHEMA.name] = await _merge_chats(database)
    changed[users.SCHEMA.name] = await _one_owner_a_username(database)
    return {name: count for name, count in changed.items() if count}


async def _number_names(database: Database, collection: str, field: str) -> int:
    """Let the oldest of a chat keep a name; each later one gets a number after it."""
    changed = 0
    async for group in _groups(database, collection, {"chat_id": "$chat_id", "name": f"${field}"}, NAMES):
        for key in group[1:]:
            changed += await _number_name(database, collection, field, key)
    return changed


async def _number_name(database: Database, collection: str, field: str, key: Any) -> int:
    documents = database[collection]
    document = await documents.find_one({"_id": key})
    if document is None:
        return 0
    name = document.get(field)
    for candidate in numbered(text_of(name) or ""):
        taken = {"chat_id": document.get("chat_id"), field: candidate}
        if await documents.find_one(taken, {"_id": 1}, collation=NAMES) is None:
            result = await documents.update_one({"_id": key, field: name}, {"$set": {field: candidate}})
            return result.modified_count
    return 0


async def _merge_chats(database: Database) -> int:
    """Keep the oldest document of a chat, give it what only later ones know, delete those."""
    documents = database[chats.SCHEMA.name]
    removed = 0
    async for first, *rest in _groups(database, chats.SCHEMA.name, {"chat_id": "$chat_id"}, None):
        for key in rest:
            later: Document = await documents.find_one({"_id": key}) or {}
            for field, value in later.items():
                if field not in {"_id", "chat_id"}:
                    await documents.update_one({"_id": first, field: {"$exists": False}}, {"$set": {field: value}})
            removed += (await documents.delete_one({"_id": key})).deleted_count
    return removed


async def _one_owner_a_username(database: Database) -> int:
    """Leave a username to whom it was seen at last: the others gave it up, or Telegram would not have let it be."""
    documents = database[users.SCHEMA.name]
    changed = 0
    async for group in _groups(database, users.SCHEMA.name, {"key": "$username_key"}, None):
        having = {"_id": {"$in": group}, "username_key": {"$type": "string"}}
        seen = await documents.find(having, {"username_key": 1}).sort([("seen_at", -1), ("_id", -1)]).to_list()
        for user in seen[1:]:
            which = {"_id": user["_id"], "username_key": user["username_key"]}
            change = {"$unset": {"username": "", "username_key": ""}}
            changed += (await documents.update_one(which, change)).modified_count
    return changed


async def _groups(
    database: Database, collection: str, key: dict[str, str], collation: Collation | None
) -> AsyncIterator[list[Any]]:
    """Give the ids of documents that share a key, the oldest first (an ObjectId begins with its time)."""
    pipeline: list[dict[str, Any]] = [
        {"$sort": {"_id": 1}},
        {"$group": {"_id": key, "ids": {"$push": "$_id"}, "count": {"$sum": 1}}},
        {"$match": {"count": {"$gt": 1}}},
    ]
    cursor = await database[collection].aggregate(pipeline, collation=collation, allowDiskUse=True)
    for group in await cursor.to_list():
        yield sorted(group["ids"])
