"""Who may call now: Telegram's limits on sending, kept before Telegram has to say so.

The limits are those of the Bots FAQ: about 30 messages a second overall, one a second in a chat with short bursts,
20 a minute in a group; edits are counted too (grammY's flood page reports that groups limit them alike).
"""

import asyncio
import math
from collections import OrderedDict
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count

from gub.clock import Clock
from gub.telegram.gateway.calls import Lane, Toll
from gub.telegram.gateway.limits import Trickle, Window
from gub.telegram.gateway.waiting import Chat, Line

_MINUTE = 60.0
_SHORTEST_NAP = 0.001  # seconds; a sum of floats may fall short of the due time by less than it can express


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast to go. Infinite: no limit."""

    overall_per_second: float = 30
    chat_per_second: float = 1
    chat_burst: int = 3
    group_per_minute: float = 20

    @classmethod
    def telegram(cls) -> "Pace":
        """Go as fast as Telegram documents."""
        return cls()

    @classmethod
    def unlimited(cls) -> "Pace":
        """Do not wait; what Telegram orders by a 429 is obeyed all the same."""
        return cls(math.inf, math.inf, 1, math.inf)


class PacerClosed(Exception):
    """The bot is stopping: nothing goes out any more."""


class OnHold(Exception):
    """Telegram said to wait, for longer than anybody here waits."""

    def __init__(self, seconds: float) -> None:
        """Keep the seconds still to wait."""
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Turn:
    """A place in the order. Kept over the tries of one call: who tries again is before who came later."""

    number: int
    chat_id: int | str | None
    lane: Lane
    toll: Toll


class Pacer:
    """Lets calls through one by one: answers before bulk, else by arrival, each chat held only by its own limits."""

    def __init__(self, pace: Pace, clock: Clock, *, patience: float = 60.0) -> None:
        """Keep this pace. Who would be on hold for more than `patience` seconds is turned away (`OnHold`)."""
        self._pace = pace
        self._clock = clock
        self._patience = patience
        self._numbers = count()
        self._overall = Window(pace.overall_per_second, 1.0)
        self._held_until = -math.inf
        self._chats: OrderedDict[int | str, Chat] = OrderedDict()
        # A line in which somebody waits has one entry that is not stale, in one of these heaps.
        self._later: list[tuple[float, int, Line]] = []  # when, stamp
        self._ready: dict[Lane, list[tuple[int, int, Line]]] = {lane: [] for lane in Lane}  # turn, stamp
        self._stamps = count()
        self._news = asyncio.Event()
        self._usher: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def remembered(self) -> int:
        """How many chats are remembered now: those with limits in force or calls waiting, soon forgotten after."""
        return len(self._chats)

    @property
    def waiting(self) -> int:
        """How many calls wait now."""
        lines = (line for chat in self._chats.values() for line in chat.lines.values())
        return sum(not one.done() for line in lines for heap in line.waiting.values() for _, one in heap)

    def turn(self, chat_id: int | str | None, lane: Lane, toll: Toll) -> Turn:
        """Give out the next place in the order."""
        return Turn(next(self._numbers), chat_id, lane, toll)

    async def enter(self, turn: Turn) -> None:
        """Wait until this call may be made now. A cancelled waiter leaves its place to the next.

        Raises:
            OnHold: Telegram ordered a longer wait than anybody's patience.
            PacerClosed: `aclose` was called.
        """
        if self._closed:
            raise PacerClosed
        if turn.toll is Toll.POLL:
            return
        wait = self._check(self._held_until)
        if turn.chat_id is not None and turn.toll is not Toll.FREE:
            await self._queue(turn, turn.chat_id)
            return
        while wait > 0:
            await self._clock.sleep(max(wait, _SHORTEST_NAP))
            wait = self._check(self._held_until)

    def hold(self, chat_id: int | str | None, seconds: float) -> None:
        """Let nothing through to this chat (None: at all) for so long, as Telegram ordered."""
        until = self._clock.monotonic() + seconds
        if chat_id is None:
            self._held_until = max(self._held_until, until)
            chats = list(self._chats.values())
        else:
            chat = self._chat(chat_id)
            chat.held_until = max(chat.held_until, until)
            chats = [chat]
        for line in (line for chat in chats for line in chat.lines.values()):
            if seconds > self._patience:
                line.dismiss(lambda: OnHold(seconds))
            self._place(line)
        self._news.set()

    async def aclose(self) -> None:
        """Turn away who waits, and end."""
        self._closed = True
        for chat in self._chats.values():
            for line in chat.lines.values():
                line.dismiss(PacerClosed)
        if self._usher is not None:
            self._usher.cancel()
            await asyncio.wait([self._usher])

    async def _queue(self, turn: Turn, chat_id: int | str) -> None:
        self._forget_some()
        chat = self._chat(chat_id)
        self._check(chat.held_until)
        line = chat.lines[turn.toll]
        before = line.first()
        leave = line.join(turn.lane, turn.number)
        if line.first() != before:
            self._place(line)
        self._serve()
        if leave.done():
            await self._clock.sleep(0)  # who was let through just before has not run yet, and goes first
            return
        self._wake_usher()
        try:
            await leave
        finally:
            if leave.cancelled():
                self._place(line)
                self._news.set()

    def _chat(self, chat_id: int | str) -> Chat:
        chat = self._chats.get(chat_id)
        if chat is None:
            # A public group or channel is named by "@name"; no person is.
            is_group = isinstance(chat_id, str) or chat_id < 0
            trickle = Trickle(self._pace.chat_per_second, self._pace.chat_burst)
            minute = Window(self._pace.group_per_minute if is_group else math.inf, _MINUTE)
            chat = self._chats[chat_id] = Chat(trickle, minute)
        self._chats.move_to_end(chat_id)
        return chat

    def _forget_some(self) -> None:
        """Drop chats that were quiet long enough; two looked at for each that may be added keeps the count down."""
        now = self._clock.monotonic()
        for chat_id in [key for key, _ in zip(self._chats, range(2), strict=False)]:
            if self._chats[chat_id].forgettable(now):
                del self._chats[chat_id]
            else:
                self._chats.move_to_end(chat_id)

    def _check(self, held_until: float) -> float:
        """Say how long the hold lasts yet; turn away who would wait too long, and all when closed."""
        if self._closed:
            raise PacerClosed
        wait = held_until - self._clock.monotonic()
        if wait > self._patience:
            raise OnHold(wait)
        return wait

    def _place(self, line: Line) -> None:
        """Put a line where it belongs now: among the ready, among those of later, or nowhere when nobody waits."""
        line.stamp = next(self._stamps)
        first = line.first()
        if first is None:
            return
        lane, number = first
        free_at = line.free_at()
        if free_at > self._clock.monotonic():
            heappush(self._later, (free_at, line.stamp, line))
        else:
            heappush(self._ready[lane], (number, line.stamp, line))

    def _serve(self) -> None:
        """Let through all that may go now."""
        now = self._clock.monotonic()
        while self._later and (self._later[0][0] <= now or self._is_stale(self._later[0])):
            _, stamp, line = heappop(self._later)
            if stamp == line.stamp:
                self._place(line)
        while self._free_at() <= now and (ready := self._next_line()) is not None:
            self._let_through(ready, now)

    def _let_through(self, line: Line, now: float) -> None:
        first = line.first()
        if first is not None:
            heappop(line.waiting[first[0]])[1].set_result(None)
            self._overall.take(now)
            if line.is_messages:
                line.chat.take(now)
        self._place(line)

    def _next_line(self) -> Line | None:
        for heap in self._ready.values():
            while heap:
                entry = heappop(heap)
                if not self._is_stale(entry):
                    return entry[2]
        return None

    @staticmethod
    def _is_stale(entry: tuple[float, int, Line]) -> bool:
        return entry[1] != entry[2].stamp

    def _free_at(self) -> float:
        return max(self._overall.free_at(), self._held_until)

    def _next_due(self) -> float | None:
        """Say when the next can go, None when nobody waits."""
        for heap in self._ready.values():
            while heap and self._is_stale(heap[0]):
                heappop(heap)
            if heap:
                return self._free_at()
        return self._later[0][0] if self._later else None

    def _wake_usher(self) -> None:
        self._news.set()
        if self._usher is None or self._usher.done():
            self._usher = asyncio.get_running_loop().create_task(self._usher_in(), name="telegram pacer")

    async def _usher_in(self) -> None:
        """Let waiting calls through as they fall due; ends when none waits."""
        while True:
            self._news.clear()
            self._serve()
            due = self._next_due()
            if due is None:
                return
            async with asyncio.TaskGroup() as group:
                wait = max(due - self._clock.monotonic(), _SHORTEST_NAP)
                nap = group.create_task(self._clock.sleep(wait))
                nap.add_done_callback(lambda _: self._news.set())
                await self._news.wait()
                nap.cancel()
