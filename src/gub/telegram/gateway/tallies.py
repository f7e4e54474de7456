"""What several workers may send together, decided on what they have sent: pure, told the time."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from gub.store.paces import Tally
from gub.telegram.gateway.calls import Lane
from gub.telegram.gateway.limits import Trickle, Window
from gub.telegram.gateway.pace import Pace
from gub.telegram.gateway.waiting import KEPT_FOR_ANSWERS

_MINUTE: Final = 60.0
_BELIEVED_AHEAD: Final = 5.0
"""Seconds. A worker whose clock is further ahead is not believed: the others would wait for its time to come."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What one tally is held to: so many in so many seconds, and a steady rate with a burst. Infinite: no limit.

    `kept` of the first and `kept_of_burst` of the second only answers use, so that they find room at once while
    another worker sends what is not urgent.
    """

    count: float
    seconds: float
    kept: int
    per_second: float = math.inf
    burst: int = 1
    kept_of_burst: int = 0

    @classmethod
    def overall(cls, pace: Pace) -> "Rule":
        """Give the rule for all chats together."""
        count = pace.overall_per_second
        return cls(count, 1.0, kept=0 if math.isinf(count) else int(count) // 10)

    @classmethod
    def of_chat(cls, pace: Pace, chat_id: int | str) -> "Rule":
        """Give the rule for the messages of a chat; a public group or channel is named by "@name", no person is."""
        is_group = isinstance(chat_id, str) or chat_id < 0
        count = pace.group_per_minute if is_group else math.inf
        return cls(count, _MINUTE, KEPT_FOR_ANSWERS, pace.chat_per_second, pace.chat_burst, kept_of_burst=1)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is sent by it, and for each who asked how long to wait: 0 for those who may send now."""

    tally: Tally
    waits: tuple[float, ...]

    @property
    def grants(self) -> bool:
        """Whether anybody may send."""
        return any(wait <= 0 for wait in self.waits)


def decide(tally: Tally, rule: Rule, lanes: Sequence[Lane], now: float) -> Verdict:
    """Let as many of those who ask send as may: one for each of the lanes, in the order in which they are asked for."""
    taken = [time for time in tally.taken if now - rule.seconds < time <= now + _BELIEVED_AHEAD]
    window = Window(rule.count, rule.seconds, sorted(taken))
    longest = rule.burst / rule.per_second + _BELIEVED_AHEAD
    trickle = Trickle(rule.per_second, rule.burst, tally.due if tally.due <= now + longest else -math.inf)
    waits = []
    for lane in lanes:
        is_answer = lane is Lane.ANSWER
        at = max(
            window.free_at(0 if is_answer else rule.kept),
            trickle.free_at(0 if is_answer else rule.kept_of_burst),
            tally.held_until,
        )
        waits.append(max(0.0, at - now))
        if at <= now:
            window.take(max(now, *window.taken) if window.taken else now)
            trickle.take(now)
    return Verdict(replace(tally, due=trickle.due, taken=window.taken), tuple(waits))
