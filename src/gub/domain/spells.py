"""When something begins to be so. Pure. What stops for a moment has not stopped: a console's restart is no news."""

from dataclasses import dataclass
from datetime import datetime

from gub.domain.limits import SAME_SESSION


@dataclass(frozen=True, slots=True)
class Spell:
    """Whether something is so. `lapsed_at` is since when it is not so any more, None while it is or when never seen."""

    lasts: bool
    lapsed_at: datetime | None = None


def stepped(before: Spell | None, at: datetime, *, is_so: bool) -> tuple[Spell, bool]:
    """Go on with what is seen at a moment; say also whether it is news that it began.

    What is seen for the first time is none, whatever it is; nor is what is so again within `SAME_SESSION`.
    """
    if before is None:
        return Spell(is_so), False
    if not is_so:
        return (Spell(lasts=False, lapsed_at=at), False) if before.lasts else (before, False)
    if before.lasts:
        return before, False
    return Spell(lasts=True), before.lapsed_at is None or at - before.lapsed_at >= SAME_SESSION
