"""Keeps messages of GUB's true: few edits, the last state always shown, after restarts and refusals too.

What is to be shown anew is marked in the database by whatever changed it; the upkeep looks for it when it is woken, and
each minute.
"""

import asyncio
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Coroutine, Sequence
from typing import Any, Final, Protocol, TypeVar

import structlog

from gub.clock import Clock
from gub.faults import noted
from gub.store.mongo import is_unavailable
from gub.telegram.gateway import Lane, in_lane
from gub.telegram.gateway.outcomes import Gone, NoRights, RateLimited, Refused, Rejected, ThreadGone, Unwritable
from gub.waiting import Interrupted, heed_cancellation, unless

log = structlog.get_logger(__name__)

LOOK_EVERY: Final = 60.0
"""Seconds between two looks without being woken."""

FOR_GOOD: Final = (Unwritable, Gone, NoRights, Rejected, ThreadGone)
"""After one of these the message stays as it is."""

_GATHER: Final = 0.3
"""Seconds in which changes become one edit."""

_APART: Final = 3.0
"""Seconds between two edits of one message: edits count against the 20 messages a minute of a group."""

_REST: Final = 30.0
"""Seconds before Telegram is asked again in a chat where it did not answer."""

_AT_ONCE: Final = 500

_SLOTS: Final = 200
"""So many chats are shown something at once. Each of many hundreds would wait for one of the driver's connections for
longer than it lets them; and some of these wait for Telegram's pace alone, so there are more than connections."""

T = TypeVar("T")


class Stale(Protocol):
    """Something whose message does not show it as it is."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def chat_id(self) -> int | None:
        """Where its message is, if that is known."""


class Upkeep(ABC):
    """Shows each thing of one kind as it is. Chats do not wait for each other."""

    kind: str
    """What it is, for the log."""

    def __init__(self, changed: asyncio.Event, clock: Clock) -> None:
        """Look when `changed` is set."""
        self._changed = changed
        self._clock = clock
        self._next_look = clock.monotonic()
        self._busy: set[int | None] = set()
        self._in_hand: set[str] = set()  # what is shown just now; its chat may be another one by then
        self._slots = asyncio.Semaphore(_SLOTS)
        self._not_before: dict[str | int | None, float] = {}  # by thing, and by chat

    @property
    def busy(self) -> bool:
        """Whether something is being shown just now."""
        return bool(self._busy)

    async def run(self) -> None:
        """Work until cancelled."""
        with in_lane(Lane.BESIDE):
            async with asyncio.TaskGroup() as tasks:
                while True:
                    self._changed.clear()
                    await self._clock.sleep(_GATHER)
                    wait = await self._tried(self._look(tasks))
                    heed_cancellation()
                    try:
                        pause = self._clock.sleep(LOOK_EVERY if wait is None else wait)
                        await unless(pause, self._changed.wait())
                    except Interrupted:
                        continue

    @abstractmethod
    async def _tidy(self) -> None:
        """Do what is to be done each minute, before the look."""

    @abstractmethod
    async def _stale(self, most: int) -> Sequence[Stale]:
        """Give what is to be shown anew."""

    @abstractmethod
    async def _show(self, id_: str) -> None:
        """Show one as it is now, and take the mark away unless it changed meanwhile.

        Raises:
            Refused: Telegram is to be left alone in this chat for a while.
        """

    def _put_off(self, key: str | int | None, seconds: float) -> None:
        self._not_before[key] = self._clock.monotonic() + seconds

    async def _look(self, tasks: asyncio.TaskGroup) -> float:
        """Begin to show what can be shown now; give the seconds until there is something to do without being woken."""
        if self._clock.monotonic() >= self._next_look:
            await self._tidy()
            self._next_look = self._clock.monotonic() + LOOK_EVERY
        by_chat = defaultdict(list)
        # What has to wait is read again each time: it must leave room for what has not.
        for one in await self._stale(_AT_ONCE + len(self._busy) + len(self._not_before)):
            if one.chat_id not in self._busy and one.id not in self._in_hand:
                by_chat[one.chat_id].append(one)
        now = self._clock.monotonic()
        self._not_before = {key: due for key, due in self._not_before.items() if due > now}
        wait = self._next_look - now
        for chat_id, stale in by_chat.items():
            due = [one for one in stale if chat_id not in self._not_before and one.id not in self._not_before]
            if due:
                self._busy.add(chat_id)
                tasks.create_task(self._show_all(chat_id, due), name=self.kind)
            later = {self._not_before[key] for one in stale for key in (chat_id, one.id) if key in self._not_before}
            wait = min([wait, *(at - now for at in later)])
        return max(wait, 0.0)

    async def _show_all(self, chat_id: int | None, stale: Sequence[Stale]) -> None:
        """Show those of a chat one after another, until Telegram is to be left alone there."""
        try:
            for one in stale:
                self._put_off(one.id, _APART)
                try:
                    async with self._slots:
                        if await self._tried(self._shown(one.id)) is None:
                            self._put_off(one.id, LOOK_EVERY)
                except RateLimited as refused:
                    self._put_off(chat_id, max(refused.retry_after, _APART))
                    return
                except Refused as refused:
                    log.info("a message waits", kind=self.kind, chat_id=chat_id, outcome=type(refused).__name__)
                    self._put_off(chat_id, _REST)
                    return
        finally:
            self._busy.discard(chat_id)
            self._changed.set()

    async def _shown(self, id_: str) -> bool:
        if id_ in self._in_hand:
            return True
        self._in_hand.add(id_)
        try:
            await self._show(id_)
        finally:
            self._in_hand.discard(id_)
        return True

    async def _tried(self, work: Coroutine[Any, Any, T]) -> T | None:
        """Do a piece of work. None: it failed, and will be tried again; nothing else ends by it. Raises Refused."""
        try:
            return await work
        except Refused:
            raise
        except Exception as error:  # whatever it is, the others are shown
            if is_unavailable(error):
                log.warning("messages must wait for the database", kind=self.kind, error=type(error).__name__)
            else:
                log.exception("a message cannot be shown", kind=self.kind, reference=noted(error).reference)
            return None
