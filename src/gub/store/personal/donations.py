"""What a person gave. Telegram and they themselves keep the payment; GUB alone could give it back."""

from typing import ClassVar

from gub.store import donations
from gub.store.personal.part import Part, Person, Record, shown


class DonationsPart(Part):
    """Their donations."""

    collection: ClassVar[str] = donations.SCHEMA.name
    heading: ClassVar[str] = "donations"

    async def records(self, person: Person) -> list[Record]:
        """See `Part`: all of it."""
        return [
            shown(
                stars=document.get("amount"),
                payment=document.get("charge_id"),
                paid_at=document.get("paid_at"),
                refunded_at=document.get("refunded_at"),
            )
            async for document in self._found({"user_id": person.user_id})
        ]

    async def erase(self, person: Person) -> int:
        """See `Part`."""
        return (await self._documents.delete_many({"user_id": person.user_id})).deleted_count
