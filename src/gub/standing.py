"""Whether this process may act for the bot: what it knows of that by itself, without asking the database each time."""

import asyncio
import math

from gub.clock import Clock


class Standing:
    """The right to act, and until when it is sure by this machine's clock.

    Who keeps the right in the database says here, each time it asks there, how that went. A process that was frozen
    for longer than a term finds by its own clock that nothing is sure any more, and waits for the next word.
    """

    def __init__(self, clock: Clock, term: float) -> None:
        """Have no right yet. A word counts for `term` seconds from when it was asked for."""
        self._clock = clock
        self._term = term
        self._sure_until = -math.inf
        self._ended = True
        self._word = asyncio.Event()

    @property
    def ended(self) -> bool:
        """Whether the right was lost or given back, or never had."""
        return self._ended

    def holds(self) -> bool:
        """Say whether it is sure now."""
        return not self._ended and self._clock.monotonic() < self._sure_until

    def confirmed(self, asked_at: float) -> None:
        """Note that the database, asked at that time of `Clock.monotonic`, said that the right is ours."""
        self._ended = False
        self._extend(asked_at)

    def unheard(self, asked_at: float) -> None:
        """Note that the database did not answer. While it is away nobody else gets the right, so ours goes on."""
        if not self._ended:
            self._extend(asked_at)

    def end(self) -> None:
        """Note that the right is another's now, or nobody's."""
        self._ended = True
        self._say()

    async def proven(self) -> bool:
        """Say whether we may act; where that is not sure, wait for the next word."""
        while not self._ended and not self.holds():
            await self._word.wait()
        return not self._ended

    def _extend(self, asked_at: float) -> None:
        self._sure_until = asked_at + self._term
        self._say()

    def _say(self) -> None:
        self._word.set()
        self._word = asyncio.Event()
