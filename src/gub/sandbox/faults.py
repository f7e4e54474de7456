"""The failures that a simulated platform commits when told, each only where it makes sense."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

ANYWHERE: Final = "*"
DOWN: Final = "down"
SLOW: Final = "slow"


@dataclass(frozen=True, slots=True)
class Offer:
    """What a platform can be told to do.

    `parts` are the places that can fail apart from the others. A kind in `only_at` happens at that part alone, one in
    `never_at` everywhere but there.
    """

    target: str
    kinds: tuple[str, ...]
    parts: tuple[str, ...] = ()
    only_at: Mapping[str, str] = field(default_factory=dict)
    never_at: Mapping[str, str] = field(default_factory=dict)

    def place(self, kind: str, where: str) -> str:
        """Say at which part this will happen; ValueError when it cannot."""
        if kind not in self.kinds:
            raise ValueError(f"no such fault; one of: {', '.join(self.kinds)}")
        if where not in {ANYWHERE, *self.parts}:
            raise ValueError(f"no such part; one of: {', '.join((ANYWHERE, *self.parts))}")
        place = self.only_at.get(kind, where)
        if where not in {ANYWHERE, place}:
            raise ValueError(f"{kind} happens only at: {place}")
        if self.never_at.get(kind) == where:
            raise ValueError(f"{kind} happens everywhere but at: {where}")
        return place


@dataclass(slots=True)
class Fault:
    """A failure to commit at `where`: `times` requests long, or until cleared when None. `delay`: seconds."""

    kind: str
    where: str
    times: int | None
    delay: float


class Faults:
    """What is to go wrong at one platform, oldest first."""

    def __init__(self, offer: Offer) -> None:
        self._offer = offer
        self._waiting: list[Fault] = []

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, kind: str, *, where: str = ANYWHERE, times: int | None = 1, delay: float = 2.0) -> None:
        """Commit a fault in the next requests to that part; -1 or None means until cleared.

        Raises:
            ValueError: no such kind or part, or not that kind at that part.
        """
        place = self._offer.place(kind, where)
        if delay < 0 or times == 0:
            raise ValueError("times is positive (or -1: until cleared), delay is not negative")
        endless = kind == DOWN or times is None or times < 0
        self._waiting.append(Fault(kind, place, None if endless else times, delay))

    def take(self, part: str = ANYWHERE, *, but: Collection[str] = ()) -> Fault | None:
        """Use up one turn of the oldest fault that concerns a request to that part; the kinds in `but` never do."""
        concerns = (one for one in self._waiting if one.where in {ANYWHERE, part} and one.kind not in but)
        fault = next(concerns, None)
        if fault is not None and fault.times is not None:
            fault.times -= 1
            if fault.times == 0:
                self._waiting.remove(fault)
        return fault

    def clear(self) -> None:
        """Work again."""
        self._waiting.clear()

    def state(self) -> dict[str, object]:
        """Describe for the page what goes wrong and what could; slowness counts as working."""
        offer = self._offer
        return {
            "up": all(fault.kind == SLOW for fault in self._waiting),
            "fault_kinds": list(offer.kinds),
            "fault_parts": [ANYWHERE, *offer.parts] if offer.parts else [],
            "faults": [
                {
                    "target": offer.target,
                    "kind": fault.kind,
                    "where": fault.where,
                    "times": fault.times or -1,
                    "delay": fault.delay,
                }
                for fault in self._waiting
            ],
        }
