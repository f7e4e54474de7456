"""What happened in a soak, in order: the last of it is shown when something is wrong."""

import time
from collections import Counter
from dataclasses import dataclass, field

TAIL = 60


@dataclass
class Events:
    """A story with times (seconds since its beginning), the problems that were seen, and counts of what was done."""

    seed: int
    began: float = field(default_factory=time.monotonic)
    lines: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def now(self) -> float:
        return time.monotonic() - self.began

    def note(self, text: str) -> None:
        """Tell what happened."""
        self.lines.append(f"{self.now:7.1f}  {text}")

    def problem(self, text: str) -> None:
        """Tell what should not have happened."""
        self.problems.append(text)
        self.note(f"PROBLEM {text}")

    def count(self, what: str) -> None:
        self.counts[what] += 1

    def report(self) -> str:
        """Tell the problems, the seed, and how it ended."""
        shown = [f"seed {self.seed}", *self.problems[:20], f"({len(self.problems)} problems)", *self.lines[-TAIL:]]
        return "\n".join([*shown, str(dict(sorted(self.counts.items())))])
