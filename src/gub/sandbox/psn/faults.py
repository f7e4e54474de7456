"""The failures that the simulated PlayStation Network can be told to commit, and where."""

from dataclasses import dataclass
from typing import Final

PARTS: Final = ("authorize", "token", "profile", "search", "presence")
ANYWHERE: Final = "*"

_COMMON: Final = ("429", "429_told", "400", "401", "403", "500", "503", "html", "garbage", "drop", "slow", "down")
_ONLY_AT: Final = {
    "4165": "authorize",  # the NPSSO expired
    "tosua": "authorize",  # new terms of service to accept
    "invalid_grant": "token",
    "persisted_query": "search",  # the app was updated: the query's hash is not known any more
    "batch_403": "presence",  # a batch call is forbidden as a whole; single ones are not touched
}
FAULT_KINDS: Final = (*_COMMON, *_ONLY_AT)


@dataclass(slots=True)
class PsnFault:
    """A failure to commit at a part: `times` requests long, or until cleared when None.

    `delay` in seconds: how slow, or what Retry-After says.
    """

    kind: str
    where: str = ANYWHERE
    times: int | None = 1
    delay: float = 2.0

    def concerns(self, part: str, *, batch: bool) -> bool:
        """Say whether a request to that part is to fail."""
        return self.where in {ANYWHERE, part} and (batch or self.kind != "batch_403")

    def as_json(self) -> dict[str, object]:
        """Describe it for the page."""
        return {
            "target": "psn",
            "kind": self.kind,
            "where": self.where,
            "times": self.times or -1,
            "delay": self.delay,
        }


def fault(kind: str, times: int | None, delay: float, where: str) -> PsnFault:
    """Build a fault; a kind that there is at one part only is meant there. ValueError when it makes no sense."""
    if kind not in FAULT_KINDS:
        raise ValueError(f"no such fault; one of: {', '.join(FAULT_KINDS)}")
    if where not in {ANYWHERE, *PARTS}:
        raise ValueError(f"no such part; one of: {ANYWHERE}, {', '.join(PARTS)}")
    own_part = _ONLY_AT.get(kind, where)
    if where not in {ANYWHERE, own_part}:
        raise ValueError(f"{kind} happens only at: {own_part}")
    if kind == "401" and where == "authorize":
        raise ValueError("401 happens everywhere but at: authorize")
    if delay < 0 or times == 0:
        raise ValueError("times is positive (or -1: until cleared), delay is not negative")
    endless = kind == "down" or times is None or times < 0
    return PsnFault(kind, own_part, None if endless else times, delay)


def take(faults: list[PsnFault], part: str, *, batch: bool) -> PsnFault | None:
    """Use up one turn of the oldest fault that concerns a request."""
    found = next((each for each in faults if each.concerns(part, batch=batch)), None)
    if found is not None and found.times is not None:
        found.times -= 1
        if found.times == 0:
            faults.remove(found)
    return found
