"""Keeps what a platform allows: so many requests in so many seconds, over several spans at once.

Where several processes share it, each takes an equal part: nothing has to be asked of anybody before a request.
"""

import asyncio
import math
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from gub.clock import Clock
from gub.platforms.errors import RateLimited

# A span's past is kept in at most about so many pieces, whatever the count: 100,000 requests a day take no room.
_PIECES: Final = 512
_LOOK_SECONDS: Final = 5.0
"""Who waits looks so often whether the part of this process has grown: others may have gone."""


def alone() -> int:
    """Be the only process."""
    return 0


@dataclass(slots=True)
class _Piece:
    first: float
    last: float
    count: int


@dataclass(slots=True)
class _Span:
    """The requests of the last `seconds`, in pieces; a piece is forgotten when the last request in it is old enough."""

    limit: int
    seconds: float
    pieces: deque[_Piece] = field(default_factory=deque)
    taken: int = 0

    def free_at(self, now: float, sharers: int) -> float:
        """Say when, not before `now`, one more request fits into our part. Forgets what is too old by then."""
        while self.pieces and self.pieces[0].last + self.seconds <= now:
            self.taken -= self.pieces.popleft().count
        left, at = self.taken, now
        for piece in self.pieces:
            if left < self.part(sharers):
                break
            left, at = left - piece.count, piece.last + self.seconds
        return at

    def part(self, sharers: int) -> int:
        """Say how many requests our part of it is; at least one."""
        return max(1, self.limit // sharers)

    def left(self, now: float, sharers: int) -> int:
        """Say how many requests fit into our part now."""
        self.free_at(now, sharers)
        return max(0, self.part(sharers) - self.taken)

    def take(self, now: float) -> None:
        """Count a request at that time."""
        self.taken += 1
        newest = self.pieces[-1] if self.pieces else None
        if newest is not None and now - newest.first < self.seconds / _PIECES:
            newest.last = now
            newest.count += 1
        else:
            self.pieces.append(_Piece(now, now, 1))

    def copy(self) -> "_Span":
        """Make a copy to try things on."""
        pieces = deque(_Piece(piece.first, piece.last, piece.count) for piece in self.pieces)
        return _Span(self.limit, self.seconds, pieces, self.taken)


@dataclass(frozen=True, slots=True)
class Ration:
    """What somebody may take of a budget who asks for ever: so many requests a second, and so many saved up at once.

    `now` is how many may be taken at this moment: the last of what is left is for those whom somebody waits for.
    """

    per_second: float
    at_once: float
    now: int


_SAVED: Final = 0.1
"""The part of all that is allowed which may at least be saved up; the rest of a share comes little by little."""
_KEPT_BACK: Final = 0.2
"""The part that who asks for ever leaves alone when others have taken the rest."""


class Budget:
    """A shared allowance: whoever asks first is served first, and whoever could not be served in time is told at once.

    It lives in memory: a restarted process begins with a full allowance. Its part shrinks when others join, but what
    was asked before is not taken back: for one span all together may have more than is allowed.
    """

    def __init__(self, spans: Sequence[tuple[int, float]], clock: Clock, others: Callable[[], int] = alone) -> None:
        """Allow, in every one of the spans `(count, seconds)`, at most `count` requests in any `seconds`.

        `others` says how many processes share it with this one now; each has an equal part, of at least one.
        """
        if not spans or any(count < 1 or seconds <= 0 for count, seconds in spans):
            raise ValueError("a budget needs spans of at least one request and some time")
        self._spans = [_Span(count, seconds) for count, seconds in spans]
        self._clock = clock
        self._others = others
        self._queue: deque[asyncio.Event] = deque()
        self._held_until = float("-inf")

    async def acquire(self, deadline: float | None = None) -> None:
        """Wait for leave to send one request; it counts from then on, whatever becomes of it.

        Args:
            deadline: the latest `clock.monotonic()` to wait for, that of now not to wait; None: as long as it takes.

        Raises:
            RateLimited: leave cannot be had by the deadline; says in how many seconds it could be.
        """
        self._refuse_late(self._earliest(len(self._queue)), deadline)
        turn = asyncio.Event()
        self._queue.append(turn)
        try:
            if self._queue[0] is not turn:
                await turn.wait()
            while (at := self._earliest(0)) > self._clock.monotonic():
                self._refuse_late(at, deadline)
                wait = at - self._clock.monotonic()
                await self._clock.sleep(min(wait, _LOOK_SECONDS) if self._others() else wait)
            for span in self._spans:
                span.take(self._clock.monotonic())
        finally:
            self._queue.remove(turn)
            if self._queue:
                self._queue[0].set()

    def hold(self, seconds: float) -> None:
        """Give nobody leave for so long: the platform itself said to wait."""
        self._held_until = max(self._held_until, self._clock.monotonic() + seconds)

    def left(self) -> dict[float, int]:
        """Say how many more requests may be sent now, by the seconds of the span that allows them."""
        now, sharers = self._clock.monotonic(), 1 + self._others()
        held = now < self._held_until
        return {span.seconds: 0 if held else span.left(now, sharers) for span in self._spans}

    def ration(self, share: float) -> Ration:
        """Say how to take no more than a `share` of our part in any span, however long one goes on.

        Of a part too small to be shared one request is saved up at most, and half of it comes little by little.
        """
        sharers, left = 1 + self._others(), self.left()
        parts = [(span.part(sharers), span.seconds) for span in self._spans]
        rate = min(max(share * part - max(1.0, _SAVED * part), 0.5 * share * part) / seconds for part, seconds in parts)
        saved = min(share * part - rate * seconds for part, seconds in parts)
        free = min(left[seconds] - math.floor(_KEPT_BACK * part) for part, seconds in parts)
        return Ration(rate, max(1.0, saved), max(0, free))

    def _refuse_late(self, at: float, deadline: float | None) -> None:
        now = self._clock.monotonic()
        # What is free now is not late: whoever will not wait at all gives a time that has just passed.
        if deadline is not None and at > max(deadline, now):
            raise RateLimited("our own budget is used up", at - now)

    def _earliest(self, ahead: int) -> float:
        """Say when leave can be had by somebody with so many before them, as far as is known now."""
        at, sharers = max(self._clock.monotonic(), self._held_until), 1 + self._others()
        spans = [span.copy() for span in self._spans] if ahead else self._spans
        for _ in range(ahead):
            at = max(span.free_at(at, sharers) for span in spans)
            for span in spans:
                span.take(at)
        return max(span.free_at(at, sharers) for span in spans)
