"""The rest of calls and invitations, sent beside the updates of their chats, and finished after a restart."""

import asyncio
from collections import deque
from dataclasses import replace
from typing import Final

import structlog
from aiogram import Bot

from gub.clock import Clock
from gub.faults import noted
from gub.services.hours import HoursBook
from gub.services.languages import Languages
from gub.store.crew import Crew
from gub.store.mongo import is_unavailable
from gub.store.ringing import Job
from gub.store.store import Store
from gub.telegram.gateway import Lane, in_lane
from gub.telegram.gateway.outcomes import Migrated, RateLimited, Refused, StoodDown, Unreachable
from gub.telegram.messenger import Messenger
from gub.telegram.rounds import UNSAID, Means, OnAbsent, Opening, Round
from gub.waiting import heed_cancellation

log = structlog.get_logger(__name__)

_PATIENCE_SECONDS: Final = 5.0
"""Between tries while Telegram or the database does not answer."""


class Ringer:
    """Pings everybody whom a call or an invitation is for, five a message: those of one chat one after the other.

    What it is given is in the database before the first message goes out, and each message is noted there when it is
    sent: after a death of the process, nobody is left out, and at most the message in hand is said twice.
    """

    def __init__(
        self,
        store: Store,
        messenger: Messenger,
        bot: Bot,
        clock: Clock,
        *,
        languages: Languages,
        hours: HoursBook,
        on_absent: OnAbsent,
        crew: Crew,
    ) -> None:
        """Read what is left and who may be pinged in `store`; tell of members who turn out not to be in the chat.

        Of the `crew`, the worker that handles a command rings what follows from it, and another when that one is dead.
        """
        self._store = store
        self._clock = clock
        self._crew = crew
        self._means = Means(store, messenger, bot, clock, languages, hours, on_absent)
        self._chats: dict[int, deque[Round]] = {}
        self._served: set[int] = set()
        self._under_way: set[str] = set()
        self._news = asyncio.Event()
        self._quiet = asyncio.Event()
        self._quiet.set()

    async def begin(self, job: Job, opening: Opening) -> None:
        """Say the first message of a call now, then go on beside. `job.left` are all who are to be pinged.

        The same job again goes on where it was.

        Raises:
            Refused: the first message cannot be said, so nobody is called.
        """
        job = replace(job, left=(UNSAID, *job.left))
        started = await self._start(job)
        if started.is_unsaid and started.is_over and not opening.stands:
            # Nothing of it was ever said, so it is no older than its command is now.
            await self._store.ringing.forget(job.key)
            started = await self._start(job)
        if started.is_unsaid:
            await self._store.ringing.take(job.key, self._crew.name)
            await started.open(opening)
            self._go_on(started)
        else:
            await self._go_on_if_ours(started)

    async def ring(self, job: Job) -> None:
        """Ping all of `job.left` beside; the same job again goes on where it was. Its first message was said."""
        await self._go_on_if_ours(await self._start(job))

    async def run(self) -> None:
        """Ring until cancelled, beginning with what an earlier process left. A message in hand is finished."""
        with in_lane(Lane.BESIDE):
            async with asyncio.TaskGroup() as group:
                group.create_task(self._recover())
                while True:
                    self._news.clear()
                    for chat_id in self._chats.keys() - self._served:
                        self._served.add(chat_id)
                        group.create_task(self._serve_chat(chat_id))
                    await self._news.wait()

    async def quiet(self) -> None:
        """Return when nothing rings."""
        await self._quiet.wait()

    # -- what is under way

    async def _start(self, job: Job) -> Round:
        return Round(await self._store.ringing.start(job, self._crew.name), self._means)

    async def _recover(self) -> None:
        """Go on with what an earlier process, or a dead worker, left.

        Calls without their first message are begun by their commands.
        """
        while True:
            for job in await self._found():
                found = Round(job, self._means)
                if not found.is_unsaid:
                    self._go_on(found)
            if self._crew.is_alone:
                return
            await self._clock.sleep(_PATIENCE_SECONDS)
            heed_cancellation()

    async def _found(self) -> list[Job]:
        while True:
            try:
                return await self._store.ringing.inherit(self._crew.names_alive, self._crew.name)
            except Exception as error:  # noqa: BLE001 - whatever it is, it must not stop what rings now
                log.warning("cannot read what rings", error=type(error).__name__)
                if not is_unavailable(error):
                    return []
            await self._clock.sleep(_PATIENCE_SECONDS)

    async def _go_on_if_ours(self, started: Round) -> None:
        """Go on, unless another worker does: it took over from the one that died over the command."""
        if await self._store.ringing.take_from_dead(started.job.key, self._crew.names_alive, self._crew.name):
            self._go_on(started)

    def _go_on(self, started: Round) -> None:
        if started.is_done or started.job.key in self._under_way:
            return
        self._under_way.add(started.job.key)
        self._quiet.clear()
        self._chats.setdefault(started.job.chat_id, deque()).append(started)
        self._news.set()

    async def _serve_chat(self, chat_id: int) -> None:
        waiting = self._chats[chat_id]
        while waiting:
            await self._serve(waiting[0])
            self._under_way.discard(waiting.popleft().job.key)
        del self._chats[chat_id]
        self._served.discard(chat_id)
        if not self._under_way:
            self._quiet.set()

    async def _serve(self, served: Round) -> None:
        """Carry out one job. Its failure is its own."""
        try:
            while served.left and not served.is_over:
                wait = await self._advance(served)
                heed_cancellation()
                if wait is None:
                    break
                if wait:
                    await self._clock.sleep(wait)
            # Kept, with nobody left, until the database forgets it: its command may be handled again.
            await served.note(served.left)
            while not served.is_noted and not served.is_over:
                await self._clock.sleep(_PATIENCE_SECONDS)
                await served.note(())
                heed_cancellation()
            await served.look_for_the_dropped()
        except Exception as error:
            fault = noted(error)
            log.exception("a call was cut short", key=served.job.key, error=fault.error, reference=fault.reference)

    async def _advance(self, served: Round) -> float | None:
        """Send the next message. Gives the seconds to wait before the one after it; None: there is none."""
        try:
            return 0.0 if await served.next() else None
        except RateLimited as refused:
            return max(refused.retry_after, 1.0)
        except (Unreachable, Migrated, StoodDown):
            return _PATIENCE_SECONDS
        except Refused as refused:
            log.warning("the rest of a call is refused", key=served.job.key, outcome=type(refused).__name__)
            return None
        except Exception as error:
            if not is_unavailable(error):
                raise
            log.warning("a call waits for the database", key=served.job.key, error=type(error).__name__)
            return _PATIENCE_SECONDS
