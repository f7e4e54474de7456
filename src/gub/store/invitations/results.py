"""What becomes of answers to an invitation."""

from dataclasses import dataclass
from enum import StrEnum

from gub.domain.values import Invitation


class DecisionResult(StrEnum):
    """What became of an answer. OVER: the invitation has ended, its time ran out, or there is none."""

    TAKEN = "taken"
    ALREADY_ACCEPTED = "already_accepted"
    ALREADY_DECLINED = "already_declined"
    NOT_INVITED = "not_invited"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision about one answer. `invitation` is as it was just after; None when there is none (any more)."""

    result: DecisionResult
    invitation: Invitation | None = None
