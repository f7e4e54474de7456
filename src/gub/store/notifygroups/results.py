"""What becomes of wishes about a group."""

from dataclasses import dataclass
from enum import StrEnum

from gub.domain.values import NotifyGroup


class Change(StrEnum):
    """What became of a change. NOT_ALLOWED: the right that it needs does not hold now. SAME: it was so already."""

    DONE = "done"
    SAME = "same"
    GONE = "gone"
    NOT_ALLOWED = "not_allowed"


class JoinResult(StrEnum):
    """What became of a wish to join."""

    JOINED = "joined"
    ALREADY = "already"
    FULL = "full"
    CLOSED = "closed"
    GONE = "gone"


class LeaveResult(StrEnum):
    """What became of a wish to leave."""

    LEFT = "left"
    NOT_MEMBER = "not_member"
    GONE = "gone"


class ClaimResult(StrEnum):
    """What became of a wish to call."""

    CLAIMED = "claimed"
    TOO_SOON = "too_soon"
    NOT_MEMBER = "not_member"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class CallClaim:
    """The decision about one call. `group` is as it was just after; None when gone. `wait_seconds` only if too soon."""

    result: ClaimResult
    group: NotifyGroup | None = None
    wait_seconds: int = 0
