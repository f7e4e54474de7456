"""Donations in Telegram Stars: what is offered, what may be paid, what was, and what goes back."""

import re
from enum import StrEnum
from typing import Final

from gub.store.donations import Donation
from gub.store.store import Store

CURRENCY: Final = "XTR"
"""Telegram's word for its Stars (Bot API, sendInvoice)."""

_PAYLOAD: Final = re.compile(r"donation:([0-9]{1,16}):([0-9]{1,9})")
_SHOWN: Final = 10


class Verdict(StrEnum):
    """Whether a payment may go on."""

    FINE = "fine"
    SOMEBODY_ELSES = "somebody_elses"
    """The invoice was made for another person."""
    NOT_OFFERED = "not_offered"
    """Not, or not any more, or not for that price."""


class Donations:
    """Knows what is offered now, and what people gave."""

    def __init__(self, store: Store, amounts: tuple[int, ...]) -> None:
        """Keep donations in `store`; offer these Stars, or nothing."""
        self._store = store
        self.amounts = amounts

    def payload(self, user_id: int, amount: int) -> str:
        """Write what an invoice carries, and its payment brings back: for whom it is, and how much."""
        return f"donation:{user_id}:{amount}"

    def judge(self, payload: str, user_id: int, currency: str, amount: int) -> Verdict:
        """Say whether this person may pay this now. Asks nobody: there are ten seconds to answer."""
        match = _PAYLOAD.fullmatch(payload)
        if match is None or currency != CURRENCY or int(match[2]) != amount or amount not in self.amounts:
            return Verdict.NOT_OFFERED
        return Verdict.FINE if int(match[1]) == user_id else Verdict.SOMEBODY_ELSES

    async def paid(self, charge_id: str, user_id: int, amount: int) -> Donation:
        """Keep a payment; the same one again gives what is kept of it."""
        return await self._store.donations.record(charge_id, user_id, amount)

    async def thanked(self, donation: Donation) -> None:
        """Note that who gave it was thanked."""
        await self._store.donations.thanked(donation.id)

    async def latest(self) -> list[Donation]:
        """Give the last ones, the newest first."""
        return await self._store.donations.latest(_SHOWN)

    async def get(self, donation_id: str) -> Donation | None:
        """Give one by the id in a button."""
        return await self._store.donations.get(donation_id)

    async def refunded(self, charge_id: str) -> None:
        """Note that a payment went back."""
        await self._store.donations.refunded(charge_id)
