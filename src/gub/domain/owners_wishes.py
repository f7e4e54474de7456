"""Who runs the bot, and what they have chosen for it beyond what it takes to run."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OwnersWishes:
    """The owners' ids; `support_text` and links (label, address) for /support; the Stars that /donate offers.

    Without Stars to offer, donations are off.
    """

    owner_ids: frozenset[int] = frozenset()
    support_text: str | None = None
    support_links: Sequence[tuple[str, str]] = ()
    donation_amounts: tuple[int, ...] = ()

    @property
    def donations(self) -> bool:
        """Whether /donate is offered at all."""
        return bool(self.donation_amounts)
