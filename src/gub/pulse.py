"""Whether Telegram can be reached: what readiness says of it."""

from collections.abc import Awaitable, Callable

from gub.clock import Clock

_RECENT_SECONDS = 10.0
_SILENCE = frozenset({"Unreachable", "Uncertain"})


class Pulse:
    """Remembers when Telegram last answered. After ten seconds of silence, asking it is the only way to know."""

    def __init__(self, clock: Clock) -> None:
        """Start silent."""
        self._clock = clock
        self._last: float | None = None

    def feel(self, outcome: str) -> None:
        """Take note of how a call of the Bot API ended: `ok`, `cancelled` or the name of the gateway's outcome."""
        if outcome == "ok":
            self._last = self._clock.monotonic()
        elif outcome in _SILENCE:
            self._last = None

    async def beats(self, ask: Callable[[], Awaitable[bool]]) -> bool:
        """Say whether Telegram answers, by `ask` when nothing was heard of it lately."""
        if self._last is not None and self._clock.monotonic() - self._last < _RECENT_SECONDS:
            return True
        return await ask()
