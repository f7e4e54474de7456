"""The rest of calls and invitations, sent beside the updates of their chats, and finished after a restart."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import structlog
from aiogram import Bot
from aiogram.types import InlineKeyboardMarkup
from aiogram.utils.formatting import Text

from gub.clock import Clock
from gub.domain.limits import CALL_LIFETIME, MENTIONS_PER_MESSAGE
from gub.domain.mutes import is_muted
from gub.domain.values import KnownUser, NotifyGroup
from gub.faults import noted
from gub.services.languages import Languages
from gub.store.mongo import is_unavailable
from gub.store.ringing import Job, Kind
from gub.store.store import Store
from gub.telegram.gateway import Lane, in_lane
from gub.telegram.gateway.outcomes import Migrated, RateLimited, Refused, Unreachable
from gub.telegram.members import Standing, told_standing
from gub.telegram.messenger import Messenger
from gub.telegram.pinging import Ping, Pinging
from gub.telegram.views import calls as call_views
from gub.telegram.views import invitations as invitation_views
from gub.telegram.views.parts import full_name, mention, plain
from gub.telegram.words import speaking
from gub.waiting import heed_cancellation, within

log = structlog.get_logger(__name__)

_UNSAID: Final = 0
"""Among those who are left (it is nobody's id): the first message of a call, which its command says."""

_PATIENCE_SECONDS: Final = 5.0
"""Between tries while Telegram or the database does not answer."""

_IN_HAND_SECONDS: Final = 5.0
"""How long a stop waits for the message in hand."""

OnAbsent = Callable[[int, KnownUser], Awaitable[None]]
"""Told of a member who is not in the chat (any more): the chat and the user."""


@dataclass(frozen=True, slots=True)
class Opening:
    """The first message of a call: what it says, and whom it pings."""

    head: Sequence[Text]
    called: Sequence[KnownUser]
    keyboard: InlineKeyboardMarkup | None


@dataclass(slots=True)
class _Run:
    """A job under way: whom it has still to ping, who was pinged and is not noted, whose mentions Telegram dropped."""

    job: Job
    left: tuple[int | str, ...]
    unnoted: list[int | str] = field(default_factory=list)
    dropped: list[int] = field(default_factory=list)


class Ringer:
    """Pings everybody whom a call or an invitation is for, five a message: those of one chat one after the other.

    What it is given is in the database before the first message goes out, and each message is noted there when it is
    sent: after a death of the process, nobody is left out, and at most the message in hand is said twice.
    """

    def __init__(
        self, store: Store, messenger: Messenger, bot: Bot, clock: Clock, *, languages: Languages, on_absent: OnAbsent
    ) -> None:
        """Read what is left and who may be pinged in `store`; tell of members who turn out not to be in the chat."""
        self._store = store
        self._messenger = messenger
        self._bot = bot
        self._clock = clock
        self._languages = languages
        self._on_absent = on_absent
        self._chats: dict[int, deque[_Run]] = {}
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
        job = replace(job, left=(_UNSAID, *job.left))
        stored = await self._store.ringing.start(job)
        if _UNSAID in stored.left and self._is_over(stored):
            # Nothing of it was ever said, so it is no older than its command is now.
            await self._store.ringing.forget(job.key)
            stored = await self._store.ringing.start(job)
        run = _Run(stored, stored.left)
        if _UNSAID in run.left:
            await self._open(run, opening)
        self._go_on(run)

    async def ring(self, job: Job) -> None:
        """Ping all of `job.left` beside; the same job again goes on where it was. Its first message was said."""
        stored = await self._store.ringing.start(job)
        self._go_on(_Run(stored, stored.left))

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

    async def _recover(self) -> None:
        """Go on with what an earlier process left. Calls without their first message are begun by their commands."""
        for job in await self._found():
            if _UNSAID not in job.left:
                self._go_on(_Run(job, job.left))

    async def _found(self) -> list[Job]:
        while True:
            try:
                return await self._store.ringing.all()
            except Exception as error:  # noqa: BLE001 - whatever it is, it must not stop what rings now
                log.warning("cannot read what rings", error=type(error).__name__)
                if not is_unavailable(error):
                    return []
            await self._clock.sleep(_PATIENCE_SECONDS)

    def _go_on(self, run: _Run) -> None:
        if not (run.left or run.unnoted or run.dropped) or run.job.key in self._under_way:
            return
        self._under_way.add(run.job.key)
        self._quiet.clear()
        self._chats.setdefault(run.job.chat_id, deque()).append(run)
        self._news.set()

    async def _serve_chat(self, chat_id: int) -> None:
        runs = self._chats[chat_id]
        while runs:
            await self._serve(runs[0])
            self._under_way.discard(runs.popleft().job.key)
        del self._chats[chat_id]
        self._served.discard(chat_id)
        if not self._under_way:
            self._quiet.set()

    async def _serve(self, run: _Run) -> None:
        """Carry out one job. Its failure is its own."""
        try:
            while run.left and not self._is_over(run.job):
                wait = await self._advance(run)
                heed_cancellation()
                if wait is None:
                    break
                if wait:
                    await self._clock.sleep(wait)
            # Kept, with nobody left, until the database forgets it: its command may be handled again.
            await self._rung(run, run.left)
            while run.unnoted and not self._is_over(run.job):
                await self._clock.sleep(_PATIENCE_SECONDS)
                await self._rung(run, ())
                heed_cancellation()
            await self._look_for(run)
        except Exception as error:
            fault = noted(error)
            log.exception("a call was cut short", key=run.job.key, error=fault.error, reference=fault.reference)

    async def _advance(self, run: _Run) -> float | None:
        """Send the next message. Gives the seconds to wait before the one after it; None: there is none."""
        try:
            return 0.0 if await self._next(run) else None
        except RateLimited as refused:
            return max(refused.retry_after, 1.0)
        except (Unreachable, Migrated):
            return _PATIENCE_SECONDS
        except Refused as refused:
            log.warning("the rest of a call is refused", key=run.job.key, outcome=type(refused).__name__)
            return None
        except Exception as error:
            if not is_unavailable(error):
                raise
            log.warning("a call waits for the database", key=run.job.key, error=type(error).__name__)
            return _PATIENCE_SECONDS

    # -- messages

    async def _open(self, run: _Run, opening: Opening) -> None:
        """Say the first message. Once some of it is said, the rest is no matter of the command."""
        pinging = self._pinging(run, run.job.chat_id)
        called = [_ping_of(user) for user in opening.called]
        try:
            await pinging.ping(opening.head, called, opening.keyboard)
        except Refused as refused:
            if not pinging.anything_said:
                await self._store.ringing.forget(run.job.key)
                raise
            log.warning("part of a call refused", key=run.job.key, outcome=type(refused).__name__)
        else:
            await self._rung(run, [one.entry for one in called])

    async def _next(self, run: _Run) -> bool:
        """Ping the next of those who are to be pinged by the state of now; say whether there were any."""
        job = run.job
        group = await self._store.notifygroups.find(job.group_id)
        due = () if group is None else await self._due(job, group, run.left)
        if group is None or not due:
            return False
        batch = due[:MENTIONS_PER_MESSAGE]
        users = await self._store.users.get_many([one for one in batch if isinstance(one, int)])
        pinging = self._pinging(run, group.chat_id, anything_said=True)
        with speaking(await self._languages.of(group.chat_id)):
            if job.kind == Kind.INVITATION:
                called = [_asked(one, users) for one in batch]
                await pinging.ping(invitation_views.further(group), called, None)
            else:
                called = [_ping_of(users.get(one, KnownUser(one, ""))) for one in batch if isinstance(one, int)]
                last = len(due) == len(batch)
                await pinging.ping(call_views.continuation(group), called, call_views.buttons(group) if last else None)
        await self._rung(run, batch)
        return True

    async def _due(self, job: Job, group: NotifyGroup, left: Sequence[int | str]) -> Sequence[int | str]:
        """Give who is to be pinged still: who left the group, muted it or answered meanwhile is not."""
        if job.kind == Kind.INVITATION:
            invitation = await self._store.invitations.get(job.invitation_id or "")
            asked = frozenset(() if invitation is None or invitation.ended else invitation.actively_invited)
            return [one for one in left if one in asked]
        members, now = frozenset(group.members), self._clock.now()
        return [one for one in left if one in members and not is_muted(group, int(one), now)]

    def _pinging(self, run: _Run, chat_id: int, *, anything_said: bool = False) -> Pinging:
        async def said(called: Sequence[Ping], unmentioned: Sequence[int]) -> None:
            run.dropped += unmentioned
            await self._rung(run, [_UNSAID, *(one.entry for one in called)])

        return Pinging(self._messenger, chat_id, run.job.thread_id, said, anything_said, self._finish)

    async def _rung(self, run: _Run, entries: Sequence[int | str]) -> None:
        """Note that these were pinged, or are not to be; later, where the database is away."""
        run.unnoted += [one for one in run.left if one in entries]
        run.left = tuple(one for one in run.left if one not in entries)
        if not run.unnoted:
            return
        try:
            await self._store.ringing.rung(run.job.key, run.unnoted)
        except Exception as error:
            if not is_unavailable(error):
                raise
            log.warning("the database does not note who was pinged", key=run.job.key, error=type(error).__name__)
        else:
            run.unnoted.clear()

    async def _finish(self, sending: Awaitable[None]) -> None:
        """Send a message and note it, also when a stop comes meanwhile: half of that would ping people twice."""
        doing = asyncio.ensure_future(sending)
        try:
            await asyncio.shield(doing)
        except asyncio.CancelledError:
            try:
                await within(self._clock, _IN_HAND_SECONDS, _settled(doing))
            except TimeoutError:
                doing.cancel()
                await _settled(doing)
            raise

    # -- who is not there

    async def _look_for(self, run: _Run) -> None:
        """Ask after those whose mentions Telegram dropped, and tell of those who are not in the chat."""
        group = await self._store.notifygroups.find(run.job.group_id) if run.dropped else None
        if group is None:
            return
        users = await self._store.users.get_many(run.dropped)
        for user_id in run.dropped:
            try:
                stands = await told_standing(self._bot, group.chat_id, user_id, outside=Standing.UNTOLD)
            except Refused as refused:
                log.info("cannot ask after a member", chat_id=group.chat_id, outcome=type(refused).__name__)
                return
            if stands is Standing.ABSENT:
                log.info("a member is not in the chat", chat_id=group.chat_id, user_id=user_id)
                await self._on_absent(group.chat_id, users.get(user_id, KnownUser(user_id, "")))

    def _is_over(self, job: Job) -> bool:
        return self._clock.now() >= job.created_at + CALL_LIFETIME


async def _settled(doing: asyncio.Future[None]) -> None:
    """Wait for the end of it, whatever that is."""
    await asyncio.wait({doing})
    if not doing.cancelled():
        doing.exception()  # looked at, so that asyncio does not complain of it


def _ping_of(user: KnownUser) -> Ping:
    return Ping(user.user_id, mention(user), plain(full_name(user)))


def _asked(entry: int | str, users: dict[int, KnownUser]) -> Ping:
    return Ping(entry, invitation_views.mention_of(entry, users), invitation_views.name_of(entry, users))
