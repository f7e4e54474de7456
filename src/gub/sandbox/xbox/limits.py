"""Microsoft's "fine-grained rate limiting": so many requests to a service in 15 and in 300 seconds, for one account."""

from dataclasses import dataclass, field
from typing import Final

_BURST: Final = 15.0
_SUSTAIN: Final = 300.0
# By service; that the search counts like the profiles is not verified.
_MOST: Final = {"presence": (30, 100), "profile": (10, 30), "search": (10, 30)}


@dataclass(frozen=True, slots=True)
class Excess:
    """A limit that is used up, and the seconds until it is not."""

    current: int
    most: int
    period: int
    wait: float

    def as_json(self) -> dict[str, object]:
        """Give the body of the 429."""
        return {
            "version": 1,
            "currentRequests": self.current,
            "maxRequests": self.most,
            "periodInSeconds": self.period,
            "limitType": "rate",
        }


@dataclass(slots=True)
class RateLimits:
    """Counts requests. One that is refused counts towards the longer limit all the same."""

    taken: dict[str, list[float]] = field(default_factory=dict)
    asked: dict[str, list[float]] = field(default_factory=dict)

    def count(self, part: str, now: float) -> Excess | None:
        """Count a request at `now`, in seconds of a clock that never goes back; say which limit refuses it."""
        if part not in _MOST:
            return None
        burst, sustain = _MOST[part]
        taken = self.taken[part] = [at for at in self.taken.get(part, []) if now - at < _BURST]
        asked = self.asked[part] = [at for at in self.asked.get(part, []) if now - at < _SUSTAIN]
        excess = None
        if len(asked) >= sustain:
            excess = Excess(len(asked) + 1, sustain, int(_SUSTAIN), asked[-sustain] + _SUSTAIN - now)
        elif len(taken) >= burst:
            excess = Excess(len(taken) + 1, burst, int(_BURST), taken[-burst] + _BURST - now)
        else:
            taken.append(now)
        asked.append(now)
        return excess
