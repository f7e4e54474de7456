"""How often and how long to try again."""

from collections.abc import Callable
from dataclasses import dataclass

from gub.clock import Clock
from gub.telegram.gateway.answers import Trouble

_SHORTEST_FLOOD = 1.0


@dataclass(frozen=True, slots=True)
class Retries:
    """The caps. Times in seconds."""

    tries: int = 5
    total: float = 90.0
    """From the first try on, waits included."""
    longest_wait: float = 60.0
    """A longer `retry_after` is not waited for."""
    first_wait: float = 0.5
    ceiling: float = 10.0
    """Of a wait that we choose; each is about twice the one before."""


class Effort:
    """The tries of one call."""

    def __init__(self, retries: Retries, clock: Clock, random: Callable[[], float]) -> None:
        """Count against these caps. `random` gives numbers from 0 to 1."""
        self.tries = 0
        self._retries = retries
        self._clock = clock
        self._random = random
        self._since: float | None = None

    def begin(self) -> None:
        """Count a try, made now."""
        self.tries += 1
        if self._since is None:
            self._since = self._clock.monotonic()

    def wait_after(self, trouble: Trouble) -> float:
        """Say how long to wait after this trouble: what was ordered, else twice as long each time, with jitter."""
        if trouble.retry_after is not None:
            return trouble.retry_after
        wait: float = self._retries.first_wait * 2.0 ** (self.tries - 1) * (0.5 + self._random())
        return min(self._retries.ceiling, max(wait, _SHORTEST_FLOOD) if trouble.is_flood else wait)

    def affords(self, wait: float) -> bool:
        """Say whether another try after this wait is within the caps."""
        spent = 0.0 if self._since is None else self._clock.monotonic() - self._since
        caps = self._retries
        return self.tries < caps.tries and wait <= caps.longest_wait and spent + wait <= caps.total
