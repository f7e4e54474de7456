"""Respects that are paid under a message (/f)."""

from dataclasses import dataclass
from enum import StrEnum


class Paid(StrEnum):
    """What becomes of somebody's respects."""

    DONE = "done"
    ALREADY = "already"
    FULL = "full"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Respects:
    """One message: what the respects are for, and who has paid them, the first first. `revision` counts changes."""

    id: str
    chat_id: int
    what: str | None
    people: tuple[int, ...]
    message_id: int | None = None
    revision: int = 0
