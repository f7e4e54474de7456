"""Whether Telegram can be reached: what readiness says of it."""

from collections.abc import Awaitable, Callable

from gub.clock import Clock

_RECENT_SECONDS = 60.0


class Pulse:
    """Remembers when Telegram last answered. After a minute of silence, asking it is the only way to know."""

    def __init__(self, clock: Clock) -> None:
        """Start silent."""
        self._clock = clock
        self._last: float | None = None

    def beat(self) -> None:
        """Telegram answered just now."""
        self._last = self._clock.monotonic()

    async def beats(self, ask: Callable[[], Awaitable[bool]]) -> bool:
        """Say whether Telegram answers, by `ask` when nothing was heard of it lately."""
        if self._last is not None and self._clock.monotonic() - self._last < _RECENT_SECONDS:
            return True
        return await ask()
