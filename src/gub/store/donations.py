"""Collection `donations`: Telegram Stars that people gave, so that they can go back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pymongo import IndexModel
from pymongo.errors import DuplicateKeyError

from gub.clock import Clock
from gub.store.documents import DATE_OR_NULL, INTEGER, STRING, CollectionSchema, Database, Document, object_id

SCHEMA: Final = CollectionSchema(
    name="donations",
    required=("charge_id", "user_id", "amount", "paid_at"),
    properties={
        "charge_id": STRING,
        "user_id": INTEGER,
        "amount": INTEGER,
        "paid_at": {"bsonType": "date"},
        "thanked": {"bsonType": "bool"},
        "refunded_at": DATE_OR_NULL,
    },
    indexes=(
        IndexModel([("charge_id", 1)], name="charge_id", unique=True),
        IndexModel([("paid_at", 1)], name="paid_at"),
        IndexModel([("user_id", 1)], name="user_id"),
    ),
)


@dataclass(frozen=True, slots=True)
class Donation:
    """One donation, of so many Stars. `charge_id` is Telegram's id of the payment."""

    id: str
    charge_id: str
    user_id: int
    amount: int
    paid_at: datetime
    thanked: bool
    refunded: bool


class Donations:
    """All donations."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._collection = database[SCHEMA.name]
        self._clock = clock

    async def record(self, charge_id: str, user_id: int, amount: int) -> Donation:
        """Keep one; told again of it, give the one that is kept."""
        new = {"charge_id": charge_id, "user_id": user_id, "amount": amount, "paid_at": self._clock.now()}
        try:
            await self._collection.insert_one(document := {**new, "thanked": False})
        except DuplicateKeyError:
            document = await self._collection.find_one({"charge_id": charge_id}) or document
        return _donation(document)

    async def thanked(self, donation_id: str) -> None:
        """Note that whoever gave it was thanked."""
        await self._collection.update_one({"_id": object_id(donation_id)}, {"$set": {"thanked": True}})

    async def refunded(self, charge_id: str) -> None:
        """Note that the Stars went back."""
        this = {"charge_id": charge_id, "refunded_at": None}
        await self._collection.update_one(this, {"$set": {"refunded_at": self._clock.now()}})

    async def get(self, donation_id: str) -> Donation | None:
        """Give one by its id."""
        document = await self._collection.find_one({"_id": object_id(donation_id)})
        return None if document is None else _donation(document)

    async def latest(self, count: int) -> list[Donation]:
        """Give the newest, the newest first."""
        cursor = self._collection.find({}).sort("paid_at", -1).limit(count)
        return [_donation(document) async for document in cursor]


def _donation(document: Document) -> Donation:
    return Donation(
        id=str(document["_id"]),
        charge_id=str(document["charge_id"]),
        user_id=int(document["user_id"]),
        amount=int(document["amount"]),
        paid_at=document["paid_at"],
        thanked=document.get("thanked") is True,
        refunded=document.get("refunded_at") is not None,
    )
