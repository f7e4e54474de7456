"""Long polling that loses nothing: the offset moves only past what is durably stored."""

import asyncio
from collections.abc import Sequence
from typing import Any

import structlog
from aiogram import Bot
from aiogram.methods import GetUpdates

from gub.clock import Clock
from gub.standing import Standing
from gub.telegram.gateway.outcomes import Conflict, Refused, Unauthorized, UnknownMethod
from gub.telegram.intake.errors import AnotherPoller, IntakeClosed
from gub.telegram.intake.inbox import Intake
from gub.telegram.intake.patience import Backoff, insist
from gub.telegram.intake.updates import update_id_of
from gub.waiting import Interrupted, unless, within

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

_REQUEST_MARGIN = 10
_BREATH = 0.5
_LOOK_AGAIN = 0.5
_ELDER_AFTER = 10.0
_YIELD = 1.0
_WEBHOOK_YIELD = 15.0


class GetRawUpdates(GetUpdates):
    """getUpdates whose answer is left as it came.

    aiogram decodes the whole batch at once, so one update it does not know stops polling for good
    (aiogram/aiogram#1840, #1587). Here each update is decoded on its own, when it is handled.
    """

    __returning__ = list[Any]


class Polling:
    """Asks Telegram for updates and hands them to the intake.

    When another process polls with the same token, Telegram answers 409 to the older of the two requests. Whoever
    has polled undisturbed for 10 s is the elder and goes on after a second; the newcomer stops. So of two processes
    the second gives up, and the first hardly notices.
    """

    def __init__(
        self,
        bot: Bot,
        intake: Intake,
        clock: Clock,
        allowed_updates: Sequence[str],
        *,
        timeout: int = 50,
        standing: Standing | None = None,
    ) -> None:
        """Take the kinds of update to ask for and how many seconds Telegram may wait for one (it allows 50).

        While `standing` does not hold, Telegram is not asked: that would cut off who has the right to by now.
        """
        self._standing = standing
        self._bot = bot
        self._intake = intake
        self._clock = clock
        self._allowed = list(allowed_updates)
        self._timeout = timeout
        self._offset: int | None = None
        self._undisturbed_since: float | None = None
        self._answered = False
        self._backoff = Backoff()
        self._stopping = asyncio.Event()

    @property
    def offset(self) -> int | None:
        """The id of the next update to ask for; all before it are durably stored."""
        return self._offset

    async def run(self) -> None:
        """Poll until `stop`. Call `Intake.recover` first.

        Raises `AnotherPoller` when this process is the newcomer of two, and `Unauthorized` or `UnknownMethod` when
        Telegram does not know the token.
        """
        try:
            await unless(self._stopping.wait(), self._loop())
        except (Interrupted, IntakeClosed):
            log.info("polling stopped")

    def stop(self) -> None:
        """Break off the long poll now. What it might have brought is not confirmed, so it comes again."""
        self._stopping.set()

    async def _loop(self) -> None:
        # A webhook that is set makes getUpdates fail; what waits for it waits for us then.
        await insist(self._clock, lambda: self._bot.delete_webhook(drop_pending_updates=False))
        log.info("polling", timeout=self._timeout)
        while True:
            try:
                await self._take_a_batch()
            except Conflict as conflict:
                await self._meet(conflict)
            except (Unauthorized, UnknownMethod):
                raise
            except Refused as failure:
                if not self._answered:
                    self._undisturbed_since = None
                pause = self._backoff.after(failure)
                log.warning("no updates from Telegram, trying again", outcome=type(failure).__name__, wait=pause)
                await self._clock.sleep(pause)

    async def _take_a_batch(self) -> None:
        if self._standing is not None and not await self._standing.proven():
            raise IntakeClosed
        began = self._clock.monotonic()
        if self._undisturbed_since is None:
            self._undisturbed_since = began
        batch = await self._ask(self._timeout)
        while batch and not await self._is_stored(batch):
            # The database is slow or away. Without a new offset Telegram gives the same again and whatever came
            # behind it: none of it is confirmed, and the intake tells those people too that they have to wait.
            batch = await self._ask(0)
        ids = [update_id for raw in batch if (update_id := update_id_of(raw)) is not None]
        if ids:
            self._offset = max(ids) + 1
        elif self._clock.monotonic() - began < _BREATH:
            # Nothing usable and no waiting either: a server that does not do long polls must not be hammered.
            await self._clock.sleep(_BREATH)

    async def _ask(self, timeout: int) -> list[Any]:  # noqa: ASYNC109 - Telegram's, not ours
        """Ask for updates from the offset on; Telegram may wait that many seconds for one."""
        ask = GetRawUpdates(offset=self._offset, timeout=timeout, allowed_updates=self._allowed)
        batch: list[Any] = await self._bot(ask, request_timeout=timeout + _REQUEST_MARGIN)
        self._answered = True
        self._backoff.reset()
        return batch

    async def _is_stored(self, batch: list[Any]) -> bool:
        """Have the batch stored. False: not within a moment, and it is to be offered again (`Intake.accept`)."""
        try:
            await within(self._clock, _LOOK_AGAIN, self._intake.accept(batch))
        except TimeoutError:
            return False
        return True

    async def _meet(self, conflict: Conflict) -> None:
        since = self._undisturbed_since
        if since is None or self._clock.monotonic() - since < _ELDER_AFTER:
            raise AnotherPoller from conflict
        pause = _WEBHOOK_YIELD if conflict.webhook_is_set else _YIELD
        log.warning("something else takes this bot's updates", webhook=conflict.webhook_is_set, wait=pause)
        await self._clock.sleep(pause)
