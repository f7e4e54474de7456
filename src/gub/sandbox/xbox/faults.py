"""The failures that the simulated Xbox Live commits when told, each only at a part where it makes sense."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

EVERYWHERE: Final = "*"
PARTS: Final = ("login", "user", "xsts", "profile", "presence", "search")
FAULT_PARTS: Final = (EVERYWHERE, *PARTS)

OAUTH_KINDS: Final = ("invalid_grant", "invalid_client", "unauthorized_client")
XERR_KINDS: Final = tuple(f"xerr_{number}" for number in (227, 229, 233, 234, 235, 236, 237, 238))
_GENERIC: Final = (
    "429",  # with the body that says the limit
    "429_bare",  # without a body, as some were seen
    "429_told",  # with Retry-After: `delay` seconds
    "400",
    "401",
    "403",
    "500",
    "502",
    "503",
    "html",
    "garbage",
    "drop",
    "slow",
    "down",
)
FAULT_KINDS: Final = (*_GENERIC, *OAUTH_KINDS, *XERR_KINDS)
_AT: Final[Mapping[str, str]] = {**dict.fromkeys(OAUTH_KINDS, "login"), **dict.fromkeys(XERR_KINDS, "xsts")}


@dataclass(slots=True)
class XboxFault:
    """A failure to commit at `where`, `times` requests long; None: until cleared. `delay` in seconds."""

    kind: str
    times: int | None = 1
    delay: float = 2.0
    where: str = EVERYWHERE

    def as_json(self) -> dict[str, object]:
        """Describe it for the page."""
        return {
            "target": "xbox",
            "kind": self.kind,
            "times": self.times or -1,
            "delay": self.delay,
            "where": self.where,
        }


@dataclass(slots=True)
class Faults:
    """What is to go wrong, oldest first."""

    waiting: list[XboxFault] = field(default_factory=list)

    def add(self, kind: str, where: str, times: int | None, delay: float) -> None:
        """Commit a fault in the next requests to that part; -1 or None means until cleared.

        Raises:
            ValueError: no such kind or part, or not that kind at that part.
        """
        if kind not in FAULT_KINDS:
            raise ValueError(f"no such fault; one of: {', '.join(FAULT_KINDS)}")
        if where not in FAULT_PARTS:
            raise ValueError(f"no such part; one of: {', '.join(FAULT_PARTS)}")
        if delay < 0 or times == 0:
            raise ValueError("times is positive (or -1: until cleared), delay is not negative")
        place = _AT.get(kind)
        if place is not None and where not in {EVERYWHERE, place}:
            raise ValueError(f"{kind} happens at {place} only")
        endless = kind == "down" or times is None or times < 0
        self.waiting.append(XboxFault(kind, None if endless else times, delay, place or where))

    def take(self, part: str) -> XboxFault | None:
        """Use up one turn of the oldest fault of that part."""
        fault = next((one for one in self.waiting if one.where in {EVERYWHERE, part}), None)
        if fault is not None and fault.times is not None:
            fault.times -= 1
            if fault.times == 0:
                self.waiting.remove(fault)
        return fault

    @property
    def up(self) -> bool:
        """Say whether everything works; slowness counts as working."""
        return all(fault.kind == "slow" for fault in self.waiting)
