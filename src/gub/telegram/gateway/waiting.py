"""What the pacer remembers of a chat: its limits and who waits for them."""

import asyncio
import math
from collections.abc import Callable
from heapq import heappop, heappush
from typing import Final

from gub.telegram.gateway.calls import Lane, Toll
from gub.telegram.gateway.limits import Trickle, Window

KEPT_FOR_ANSWERS: Final = 5
"""Messages a minute, of the 20 that a group may get, that only answers use: a call of many leaves nobody waiting."""


class Line:
    """The turns that wait for the same thing of one chat. `stamp` tells its newest heap entry from stale ones."""

    __slots__ = ("chat", "is_messages", "stamp", "waiting")

    def __init__(self, chat: "Chat", *, is_messages: bool) -> None:
        """Start empty. Messages are held to the chat's limits, other calls only to its hold."""
        self.chat = chat
        self.is_messages = is_messages
        self.stamp = -1
        self.waiting: dict[Lane, list[tuple[int, asyncio.Future[None]]]] = {lane: [] for lane in Lane}

    def join(self, lane: Lane, number: int) -> asyncio.Future[None]:
        """Wait in a lane, at the place of that number; the future ends when it may go."""
        leave: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heappush(self.waiting[lane], (number, leave))
        return leave

    def first(self) -> tuple[Lane, int] | None:
        """Say whose turn is first, answers before bulk; forget those who went away."""
        for lane, heap in self.waiting.items():
            while heap and heap[0][1].done():
                heappop(heap)
            if heap:
                return lane, heap[0][0]
        return None

    def free_at(self) -> float:
        """Say when the first may go, as far as the chat is concerned."""
        if not self.is_messages:
            return self.chat.held_until
        first = self.first()
        return self.chat.free_at(spare=0 if first is None or first[0] is Lane.ANSWER else KEPT_FOR_ANSWERS)

    def dismiss(self, reason: Callable[[], Exception]) -> None:
        """Turn away all who wait, each with an exception of its own."""
        for heap in self.waiting.values():
            for _, leave in heap:
                if not leave.done():
                    leave.set_exception(reason())
            heap.clear()


class Chat:
    """What is remembered of one chat."""

    __slots__ = ("_minute", "_trickle", "held_until", "lines")

    def __init__(self, trickle: Trickle, minute: Window) -> None:
        """Hold its messages to these two limits."""
        self._trickle = trickle
        self._minute = minute
        self.held_until = -math.inf
        self.lines = {Toll.MESSAGE: Line(self, is_messages=True), Toll.CHAT: Line(self, is_messages=False)}

    def free_at(self, spare: int = 0) -> float:
        """Say when the next message is allowed that leaves room for `spare` more within the minute."""
        return max(self._trickle.free_at(), self._minute.free_at(spare), self.held_until)

    def take(self, now: float) -> None:
        """Count a message."""
        self._trickle.take(now)
        self._minute.take(now)

    def forgettable(self, now: float) -> bool:
        """Say whether nobody waits and no limit is in force."""
        if any(line.first() for line in self.lines.values()):
            return False
        return self.held_until <= now and self._trickle.rested(now) and self._minute.rested(now)
