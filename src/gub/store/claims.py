"""Collection `claims`: what one worker alone does now. A claim lives and dies with its worker (`workers`).

`wanted` counts those who found it taken. Who lets it go says up to which count it has looked, so that what came
meanwhile makes the letting go fail instead of being overlooked.
"""

from typing import Final

from pymongo.errors import DuplicateKeyError

from gub.store.documents import INTEGER, STRING, CollectionSchema, Database

SCHEMA: Final = CollectionSchema(
    name="claims",
    required=("holder", "wanted"),
    properties={"_id": STRING, "holder": STRING, "wanted": INTEGER},
)


class Claims:
    """Claims by name; those who make them are named as in `workers`."""

    def __init__(self, database: Database) -> None:
        self._collection = database[SCHEMA.name]

    async def claim(self, name: str, holder: str) -> int | None:
        """Take it; give how often it was wanted so far. None: another has it, and now knows that it is wanted."""
        while True:
            try:
                made = await self._collection.update_one(
                    {"_id": name, "holder": holder}, {"$setOnInsert": {"wanted": 0}}, upsert=True
                )
            except DuplicateKeyError:
                wish = {"_id": name, "holder": {"$ne": holder}}
                if (await self._collection.update_one(wish, {"$inc": {"wanted": 1}})).matched_count:
                    return None
                continue  # let go, or ours after all, in between
            return 0 if made.upserted_id is not None else await self.wanted(name, holder)

    async def wanted(self, name: str, holder: str) -> int | None:
        """Say how often it was wanted while this one has it; None when it has it no more."""
        found = await self._collection.find_one({"_id": name, "holder": holder})
        return None if found is None else int(found["wanted"])

    async def let_go(self, name: str, holder: str, seen: int) -> bool:
        """Let it go unless it was wanted since the count was `seen`; say whether it is another's or nobody's now."""
        gone = await self._collection.delete_one({"_id": name, "holder": holder, "wanted": seen})
        return bool(gone.deleted_count) or await self.wanted(name, holder) is None

    async def holders(self, prefix: str) -> dict[str, str]:
        """Give the claims whose names begin so, and who has each. There are as many as chats at work now."""
        names = {"_id": {"$gte": prefix, "$lt": prefix + "\uffff"}}
        return {str(found["_id"]): str(found["holder"]) async for found in self._collection.find(names)}

    async def inherit(self, name: str, dead: str, holder: str) -> bool:
        """Take over what a dead one had; False when somebody else was faster."""
        taken = await self._collection.update_one({"_id": name, "holder": dead}, {"$set": {"holder": holder}})
        return bool(taken.matched_count)
