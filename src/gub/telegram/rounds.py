"""One call or invitation under way: whom it pings by the state of now, in which message, and that it is noted."""

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import structlog
from aiogram import Bot
from aiogram.types import InlineKeyboardMarkup
from aiogram.utils.formatting import Text

from gub.clock import Clock
from gub.domain.calls import Call
from gub.domain.limits import CALL_LIFETIME, MENTIONS_PER_MESSAGE
from gub.domain.mutes import is_muted
from gub.domain.values import KnownUser, NotifyGroup
from gub.services.hours import HoursBook
from gub.services.languages import Languages
from gub.store.mongo import is_unavailable
from gub.store.ringing import Job, Kind
from gub.store.store import Store
from gub.telegram.gateway.outcomes import Refused, StoodDown
from gub.telegram.members import Standing, told_standing
from gub.telegram.messenger import Messenger
from gub.telegram.pinging import Ping, Pinging, Spoken
from gub.telegram.showing import View
from gub.telegram.views import calls as call_views
from gub.telegram.views import invitations as invitation_views
from gub.telegram.views.parts import full_name, mention, plain
from gub.telegram.words import speaking
from gub.waiting import seen_through

log = structlog.get_logger(__name__)

UNSAID: Final = 0
"""Among those who are left (it is nobody's id): the first message of a call, which its command says."""

_IN_HAND_SECONDS: Final = 5.0
"""How long a stop waits for the message in hand."""

OnAbsent = Callable[[int, KnownUser], Awaitable[None]]
"""Told of a member who is not in the chat (any more): the chat and the user."""


OnPosted = Callable[[int, int, tuple[int, ...]], Awaitable[None]]
"""Told of the message that shows a call: its chat, its id and whom it pings."""


@dataclass(frozen=True, slots=True)
class Opening:
    """The first message of a call: what it says, and whom it pings. `before`: what is said in a message before it.

    It `stands` in the chat where a process posted it and died before it noted whom it pinged.
    """

    head: Sequence[Text]
    called: Sequence[KnownUser]
    keyboard: InlineKeyboardMarkup | None
    before: Text | None = None
    on_posted: OnPosted | None = None
    stands: bool = False


@dataclass(frozen=True, slots=True)
class Means:
    """What it takes to ring."""

    store: Store
    messenger: Messenger
    bot: Bot
    clock: Clock
    languages: Languages
    hours: HoursBook
    on_absent: OnAbsent


class Round:
    """A job, message by message. It remembers whom it has still to ping, who was pinged and is not noted yet."""

    def __init__(self, job: Job, means: Means) -> None:
        """Begin where the job is as it is stored."""
        self.job = job
        self.left = job.left
        self._means = means
        self._unnoted: list[int | str] = []
        self._posted: Callable[[], Awaitable[None]] | None = None  # notes the message that shows the call
        self._dropped: list[int] = []  # whose mentions Telegram dropped

    @property
    def is_unsaid(self) -> bool:
        """Whether the first message was never sent."""
        return UNSAID in self.left

    @property
    def is_noted(self) -> bool:
        """Whether the database knows of all that was sent."""
        return not self._unnoted and self._posted is None

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do."""
        return self.is_noted and not (self.left or self._dropped)

    @property
    def is_over(self) -> bool:
        """Whether it is too old to ping anybody."""
        return self._means.clock.now() >= self.job.created_at + CALL_LIFETIME

    async def open(self, opening: Opening) -> None:
        """Say the first message, unless it stands. Once some of it is said, the rest is no matter of the command.

        Raises:
            Refused: nothing of it was said; the job is forgotten.
        """
        pinging = self._pinging(self.job.chat_id, on_posted=opening.on_posted)
        called = [_ping_of(user) for user in opening.called]
        if opening.stands:
            await self.note([UNSAID, *(one.entry for one in called)])
            return
        try:
            if opening.before is not None:
                await self._means.messenger.send(self.job.chat_id, View([opening.before]), self.job.thread_id)
            await pinging.ping(opening.head, called, opening.keyboard)
        except StoodDown:
            raise  # by now the job may be another worker's, who has begun it
        except Refused as refused:
            if not pinging.anything_said:
                await self._means.store.ringing.forget(self.job.key)
                raise
            log.warning("part of a call refused", key=self.job.key, outcome=type(refused).__name__)
        else:
            await self.note([one.entry for one in called])

    async def next(self) -> bool:
        """Ping the next of those who are to be pinged by the state of now; say whether there were any."""
        store, job = self._means.store, self.job
        group = await store.notifygroups.find(job.group_id)
        due = () if group is None else await self._due(group)
        if group is None or not due:
            return False
        batch = due[:MENTIONS_PER_MESSAGE]
        users = await store.users.get_many([one for one in batch if isinstance(one, int)])
        pinging = self._pinging(group.chat_id, anything_said=True)
        with speaking(await self._means.languages.of(group.chat_id)):
            if job.kind == Kind.INVITATION:
                called = [_asked(one, users) for one in batch]
                await pinging.ping(invitation_views.further(group), called, None)
            else:
                called = [_ping_of(users.get(one, KnownUser(one, ""))) for one in batch if isinstance(one, int)]
                last = len(due) == len(batch)
                keyboard = await self._last_buttons(group) if last else None
                await pinging.ping(call_views.continuation(group), called, keyboard)
        await self.note(batch)
        return True

    async def note(self, entries: Sequence[int | str]) -> None:
        """Note that these were pinged, or are not to be; later, where the database is away."""
        self._unnoted += [one for one in self.left if one in entries]
        self.left = tuple(one for one in self.left if one not in entries)
        if self.is_noted:
            return
        try:
            if self._posted is not None:
                await self._posted()
                self._posted = None
            await self._means.store.ringing.rung(self.job.key, self._unnoted)
        except Exception as error:
            if not is_unavailable(error):
                raise
            log.warning("the database does not note what was said", key=self.job.key, error=type(error).__name__)
        else:
            self._unnoted.clear()

    async def look_for_the_dropped(self) -> None:
        """Ask after those whose mentions Telegram dropped, and tell of those who are not in the chat."""
        means = self._means
        group = await means.store.notifygroups.find(self.job.group_id) if self._dropped else None
        if group is None:
            return
        users = await means.store.users.get_many(self._dropped)
        for user_id in self._dropped:
            try:
                stands = await told_standing(means.bot, group.chat_id, user_id, outside=Standing.UNTOLD)
            except Refused as refused:
                log.info("cannot ask after a member", chat_id=group.chat_id, outcome=type(refused).__name__)
                return
            if stands is Standing.ABSENT:
                log.info("a member is not in the chat", chat_id=group.chat_id, user_id=user_id)
                await means.on_absent(group.chat_id, users.get(user_id, KnownUser(user_id, "")))

    # -- inside

    async def _last_buttons(self, group: NotifyGroup) -> InlineKeyboardMarkup:
        """Make the buttons under the last message of a call: whoever is pinged by it need not look for the first."""
        return call_views.further_buttons(await self._call(), group)

    async def _call(self) -> Call | None:
        return None if self.job.call_id is None else await self._means.store.calls.get(self.job.call_id)

    async def _still_called(self, group: NotifyGroup) -> frozenset[int]:
        """Give the members whom a call is for still: nobody, once it is closed or its message was deleted."""
        if self.job.call_id is None:
            return frozenset(group.members)
        call = await self._call()
        return frozenset() if call is None or call.ended else frozenset(group.members) - call.answered

    async def _due(self, group: NotifyGroup) -> Sequence[int | str]:
        """Give who is to be pinged still: not who left the group, muted it, answered, or wants peace by now."""
        now = self._means.clock.now()
        if self.job.kind == Kind.INVITATION:
            invitation = await self._means.store.invitations.get(self.job.invitation_id or "")
            asked = frozenset(() if invitation is None or invitation.ended else invitation.actively_invited)
            due = [one for one in self.left if one in asked]
        else:
            asked = await self._still_called(group)
            due = [one for one in self.left if one in asked and not is_muted(group, int(one), now)]
        quiet = await self._means.hours.quiet(one for one in due if isinstance(one, int))
        return [one for one in due if one not in quiet]

    def _pinging(self, chat_id: int, *, anything_said: bool = False, on_posted: OnPosted | None = None) -> Pinging:
        async def said(spoken: Spoken) -> None:
            self._dropped += spoken.unmentioned
            if on_posted is not None and spoken.with_buttons:
                message, called = spoken.message, tuple(int(one.entry) for one in spoken.called)
                self._posted = partial(on_posted, message.chat.id, message.message_id, called)
            await self.note([UNSAID, *(one.entry for one in spoken.called)])

        return Pinging(self._means.messenger, chat_id, self.job.thread_id, said, anything_said, self._finish)

    async def _finish(self, sending: Coroutine[Any, Any, None]) -> None:
        """Send a message and note it, also when a stop comes meanwhile: half of that would ping people twice."""
        await seen_through(self._means.clock, _IN_HAND_SECONDS, sending)


def _ping_of(user: KnownUser) -> Ping:
    return Ping(user.user_id, mention(user), plain(full_name(user)))


def _asked(entry: int | str, users: dict[int, KnownUser]) -> Ping:
    return Ping(entry, invitation_views.mention_of(entry, users), invitation_views.name_of(entry, users))
