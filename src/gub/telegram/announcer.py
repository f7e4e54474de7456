"""The announcements of the owners, sent beside everything else, one chat after the other, and finished after a restart.

One at a time, so that a death of the process leaves at most one chat of which nobody knows whether it was told.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from datetime import timedelta
from functools import partial
from typing import Any, Final, TypeVar

import structlog
from aiogram import Bot

from gub.clock import Clock
from gub.faults import noted
from gub.services.chats import ChatBook
from gub.services.languages import Languages
from gub.store.announcements import Announcement, Counts, Phase, Target, TargetState
from gub.store.mongo import is_unavailable
from gub.store.store import Store
from gub.telegram.announcement import Going, is_source_gone, send
from gub.telegram.gateway import Lane, in_lane
from gub.telegram.gateway.outcomes import (
    Gone,
    NoRights,
    NothingToDelete,
    RateLimited,
    Refused,
    Rejected,
    StoodDown,
    ThreadGone,
    Uncertain,
    Unreachable,
    Unwritable,
)
from gub.telegram.messenger import Messenger
from gub.telegram.views import announcing as views
from gub.telegram.words import speaking
from gub.waiting import Interrupted, heed_cancellation, seen_through, unless

log = structlog.get_logger(__name__)

DELETABLE: Final = timedelta(hours=48)
"""How long Telegram lets a bot delete its messages (deleteMessage)."""

_SHOW_EVERY: Final = 5.0
"""Seconds between two looks at how it goes."""

_LOOK_EVERY: Final = 60.0
"""Seconds between two looks for work without being woken: another process may have been asked."""

_PATIENCE: Final = 5.0
"""Seconds between tries while Telegram or the database does not answer."""

_IN_HAND: Final = 15.0
"""Seconds that a stop waits for the message in hand."""

_SOME: Final = 1000
"""Chats that are looked for at a time."""

_SKIPPED: Final = (Unwritable, Gone, NoRights, ThreadGone)

T = TypeVar("T")


class Announcer:
    """Carries the announcements out. What an owner decides meanwhile is seen before the next chat."""

    def __init__(
        self,
        store: Store,
        chats: ChatBook,
        messenger: Messenger,
        bot: Bot,
        languages: Languages,
        *,
        changed: asyncio.Event,
        clock: Clock,
    ) -> None:
        """Look for work when `changed` is set."""
        self._store = store
        self._chats = chats
        self._messenger = messenger
        self._bot = bot
        self._languages = languages
        self._changed = changed
        self._clock = clock
        self._counts: Mapping[TargetState, int] = {}

    @property
    def counts(self) -> Mapping[TargetState, int]:
        """The chats of the announcement that was worked on last, by what became of them."""
        return self._counts

    async def run(self) -> None:
        """Work until cancelled, beginning with what an earlier process left."""
        with in_lane(Lane.BULK):
            await self._settle()
            while True:
                self._changed.clear()
                worked = await self._worked()
                heed_cancellation()
                if not worked:
                    try:
                        await unless(self._clock.sleep(_LOOK_EVERY), self._changed.wait())
                    except Interrupted:
                        continue

    async def _settle(self) -> None:
        """Whatever is being sent while nothing is in hand was cut short."""
        unknown = await self._insist(self._store.announcement_targets.settle_unknown)
        if unknown:
            log.warning("nobody knows whether a chat was told", chats=unknown)

    async def _worked(self) -> bool:
        """Do what there is to do now for the oldest announcement; False: there is nothing."""
        heed_cancellation()
        try:
            announcement = await self._store.announcements.first_under_way()
            if announcement is None:
                return False
            await self._carry_out(announcement)
        except Exception as error:  # its failure must not end what runs beside
            if is_unavailable(error):
                log.warning("announcements wait for the database", error=type(error).__name__)
            else:
                log.exception("an announcement was cut short", reference=noted(error).reference)
            await self._clock.sleep(_PATIENCE)
            await self._settle()
        return True

    async def _carry_out(self, announcement: Announcement) -> None:
        match announcement.phase:
            case Phase.GATHERING:
                await self._gather(announcement)
            case Phase.SENDING:
                through = await self._for_each(announcement, TargetState.PENDING, self._send)
                await self._end(announcement, Phase.DONE, through=through)
            case Phase.RECALLING:
                too_old = self._clock.now() - DELETABLE
                await self._store.announcement_targets.keep_too_old(announcement.id, too_old)
                through = await self._for_each(announcement, TargetState.SENT, self._recall)
                await self._end(announcement, Phase.RECALLED, through=through)

    async def _gather(self, announcement: Announcement) -> None:
        """Write down which chats it is for, unless it is stopped meanwhile."""
        going = Going(announcement, self._clock.monotonic(), Counter())
        self._counts = going.counts
        async for more in self._store.announcement_targets.gather(announcement):
            going.counts[TargetState.PENDING] += more
            if not await self._is_still(announcement):
                return
            await self._show_now_and_then(going)
        await self._store.announcements.step(announcement.id, Phase.SENDING, since=[Phase.GATHERING])

    async def _is_still(self, announcement: Announcement) -> bool:
        """Say whether it is still in the phase that it is known to be in: its owner may have decided otherwise."""
        now = await self._store.announcements.get(announcement.id)
        return now is not None and now.phase is announcement.phase

    async def _for_each(
        self,
        announcement: Announcement,
        state: TargetState,
        work: Callable[[Announcement, Target], Coroutine[Any, Any, TargetState | float]],
    ) -> bool:
        """Work through the chats in this state; False: the announcement did not stay in the phase that it is in.

        `work` says what became of the chat; or how many seconds are to be waited, where nothing did.
        """
        counted = await self._store.announcement_targets.counts(announcement.id)
        going = Going(announcement, self._clock.monotonic(), Counter(counted.by_state))
        self._counts = going.counts
        async for target in self._those(announcement, state):
            if not await self._is_still(announcement):
                return False
            became = await seen_through(self._clock, _IN_HAND, work(announcement, target))
            heed_cancellation()
            if isinstance(became, TargetState):
                going.tally(state, became)
            else:
                await self._clock.sleep(became)
            await self._show_now_and_then(going)
        return True

    async def _those(self, announcement: Announcement, state: TargetState) -> AsyncIterator[Target]:
        while some := await self._store.announcement_targets.some(announcement.id, state, _SOME):
            for target in some:
                yield target

    async def _end(self, announcement: Announcement, phase: Phase, *, through: bool) -> None:
        """Come to the end if all chats are worked through; show it either way."""
        if through:
            await self._settle()  # a worker that was frozen may have claimed one more before it learned that it is out
            await self._store.announcements.step(announcement.id, phase)
        now = await self._store.announcements.get(announcement.id)
        if now is None:
            return
        counts = await self._store.announcement_targets.counts(announcement.id)
        log.info("announcement", phase=str(now.phase), **{str(state): n for state, n in counts.by_state.items() if n})
        await self._show(now, counts)

    # -- one chat

    async def _send(self, announcement: Announcement, target: Target) -> TargetState | float:
        """Send it to one chat."""
        targets = self._store.announcement_targets
        if not await targets.is_wanted(target):
            await targets.drop(target)
            return 0.0
        if not await targets.claim(target):
            return 0.0
        try:
            chat_id, message_id = await self._out(announcement, target.chat_id)
        except RateLimited as refused:
            await self._insist(lambda: targets.give_back(target))
            return max(refused.retry_after, 1.0)
        except Unreachable:  # in this lane, what may have arrived is Uncertain
            await self._insist(lambda: targets.give_back(target))
            return _PATIENCE
        except Refused as refused:
            return await self._insist(partial(self._refused, announcement, target, refused))
        await self._insist(partial(self._sent, target, chat_id, message_id))
        return TargetState.SENT

    async def _out(self, announcement: Announcement, chat_id: int) -> tuple[int | None, int]:
        """See `send`."""
        return await send(self._bot, chat_id, announcement.source, announcement.owner_id, silent=announcement.silent)

    async def _refused(self, announcement: Announcement, target: Target, refused: Refused) -> TargetState | float:
        """Note why a chat was not told."""
        targets, why = self._store.announcement_targets, type(refused).__name__
        if isinstance(refused, StoodDown):  # it may have been sent: whoever goes on settles it
            return _PATIENCE
        if isinstance(refused, Rejected) and is_source_gone(refused):
            await self._store.announcements.stop_because(announcement.id, views.SOURCE_GONE)
            await targets.give_back(target)
            return 0.0
        if isinstance(refused, Gone):
            await self._chats.left(target.chat_id, self._clock.now())
        state = TargetState.FAILED
        if isinstance(refused, Uncertain):
            state = TargetState.UNKNOWN
        elif isinstance(refused, _SKIPPED):
            state = TargetState.SKIPPED
        log.debug("an announcement did not arrive", chat_id=target.chat_id, outcome=why)
        await targets.ended(target, state, why)
        return state

    async def _recall(self, _: Announcement, target: Target) -> TargetState | float:
        """Delete it in one chat."""
        targets = self._store.announcement_targets
        state, reason = TargetState.RECALLED, None
        try:
            if target.message_id is None:
                state, reason = TargetState.STAYS, "the chat became another"
            else:
                await self._bot.delete_message(target.chat_id, target.message_id)
        except NothingToDelete:
            reason = "gone already"
        except RateLimited as refused:
            return max(refused.retry_after, 1.0)
        except (Unreachable, StoodDown):
            return _PATIENCE
        except Refused as refused:
            state, reason = TargetState.STAYS, type(refused).__name__
        await self._insist(lambda: targets.withdrawn(target, state, reason))
        return state

    async def _sent(self, target: Target, chat_id: int | None, message_id: int) -> None:
        """Note which message it is, unless its chat became another meanwhile and nobody knows in which one it is.

        A supergroup counts its messages anew: the same number there may be somebody's.
        """
        here = await self._store.life.successor(target.chat_id) or target.chat_id
        found = here == (target.chat_id if chat_id is None else chat_id)
        await self._store.announcement_targets.sent(target, here, message_id if found else None)

    # -- how it goes

    async def _show_now_and_then(self, going: Going) -> None:
        now = self._clock.monotonic()
        if now >= going.show_at:
            going.show_at = now + _SHOW_EVERY
            await self._show(going.announcement, Counts(going.counts), going.to_go(now))

    async def _show(self, announcement: Announcement, counts: Counts, to_go: timedelta | None = None) -> None:
        """Show the owner how it goes. That it cannot be shown does not stop it."""
        if announcement.panel_id is None:
            return
        try:
            with speaking(await self._languages.of(announcement.owner_id)), in_lane(Lane.BESIDE):
                view = views.panel(announcement, counts, to_go)
                await self._messenger.edit_at(announcement.owner_id, announcement.panel_id, view)
        except Refused as refused:
            log.info("an owner does not see how it goes", outcome=type(refused).__name__)

    async def _insist(self, write: Callable[[], Awaitable[T]]) -> T:
        """Do something in the database, however long it is away: what was sent must be known as sent."""
        while True:
            try:
                return await write()
            except Exception as error:
                if not is_unavailable(error):
                    raise
                log.warning("announcements wait for the database", error=type(error).__name__)
            await self._clock.sleep(_PATIENCE)
