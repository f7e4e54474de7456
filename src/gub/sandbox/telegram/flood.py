"""Flood control as the Bots FAQ gives it: 30 messages a second, 1 a second in a chat, 20 a minute in a group.

The real limits are unspecified and depend on the payload (grammY's flood page); these are the documented ones,
with a burst of three allowed in a chat, because "short bursts" are. An edit counts as a message does: groups limit
them alike (grammY's flood page). One that would change nothing counts too: Telegram has to look to say so.
"""

import math
from collections import deque

from gub.clock import Clock
from gub.sandbox.telegram.errors import too_many_requests

OVERALL = (30, 1.0)
GROUP = (20, 60.0)
CHAT_INTERVAL = 1.0
CHAT_BURST = 3
SLACK = 0.05
"""Seconds forgiven, for what the network does to the spacing of calls."""


class FloodControl:
    """Counts what was sent and edited, and refuses too much."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sent: dict[object, deque[float]] = {}
        self._due: dict[tuple[int, int], float] = {}

    def check(self, bot_id: int, chat_id: int, *, group: bool) -> None:
        """Count one message or edit. ApiError 429 when it is too many; a refused one does not count."""
        now = self._clock.monotonic()
        windows: list[tuple[object, tuple[int, float]]] = [(bot_id, OVERALL)]
        if group:
            windows.append(((bot_id, chat_id), GROUP))
        wait = max(self._wait(key, count, seconds, now) for key, (count, seconds) in windows)
        due = self._due.get((bot_id, chat_id), now)
        wait = max(wait, due - (CHAT_BURST - 1) * CHAT_INTERVAL - SLACK - now)
        if wait > 0:
            raise too_many_requests(max(1, math.ceil(wait)))
        self._due[bot_id, chat_id] = max(due, now) + CHAT_INTERVAL
        for key, _ in windows:
            self._sent[key].append(now)

    def _wait(self, key: object, count: int, seconds: float, now: float) -> float:
        sent = self._sent.setdefault(key, deque())
        window = seconds - SLACK
        while sent and sent[0] <= now - window:
            sent.popleft()
        return sent[len(sent) - count] + window - now if len(sent) >= count else 0.0
