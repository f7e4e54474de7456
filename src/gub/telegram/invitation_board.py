"""Keeps the messages of invitations true: few edits, the last state always shown, after restarts and refusals too.

What is to be shown anew is marked in the database by whatever changed it; this looks for it when it is woken, and each
minute. It also ends invitations whose time ran out, and finishes answers that were cut off.
"""

import asyncio
from collections import defaultdict
from collections.abc import Coroutine, Sequence
from datetime import timedelta
from typing import Any, Final, TypeVar

import structlog

from gub.clock import Clock
from gub.domain.values import Invitation
from gub.services.invitations import Invitations
from gub.store.mongo import is_unavailable
from gub.store.store import Store
from gub.telegram.gateway import Lane, in_lane
from gub.telegram.gateway.outcomes import Gone, NoRights, RateLimited, Refused, Rejected, ThreadGone, Unwritable
from gub.telegram.messenger import Messenger
from gub.telegram.views.invitations import invitation_message
from gub.waiting import Interrupted, heed_cancellation, unless

log = structlog.get_logger(__name__)

_LOOK_EVERY: Final = 60.0
_GATHER: Final = 0.3
"""Seconds in which answers become one edit."""

_APART: Final = 3.0
"""Seconds between two edits of one message: edits count against the 20 messages a minute of a group."""

_REST: Final = 30.0
"""Seconds before Telegram is asked again in a chat where it did not answer."""

_AT_ONCE: Final = 500
_POSTING: Final = timedelta(minutes=5)
"""How long whoever was asked for an invitation has the time to post it; a death in between is made good sooner."""

T = TypeVar("T")

_FOR_GOOD: Final = (Unwritable, Gone, NoRights, Rejected, ThreadGone)
"""After one of these the message stays as it is."""


class InvitationBoard:
    """Shows each invitation as it is. Chats do not wait for each other."""

    def __init__(
        self, store: Store, invitations: Invitations, messenger: Messenger, changed: asyncio.Event, clock: Clock
    ) -> None:
        """Look when `changed` is set."""
        self._store = store
        self._invitations = invitations
        self._messenger = messenger
        self._changed = changed
        self._clock = clock
        self._next_look = clock.monotonic()
        self._busy: set[int | None] = set()
        self._not_before: dict[str | int | None, float] = {}  # by invitation, and by chat

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
                    wait = await _tried(self._look(tasks))
                    heed_cancellation()
                    try:
                        pause = self._clock.sleep(_LOOK_EVERY if wait is None else wait)
                        await unless(pause, self._changed.wait())
                    except Interrupted:
                        continue

    async def _look(self, tasks: asyncio.TaskGroup) -> float:
        """Begin to show what can be shown now; give the seconds until there is something to do without being woken."""
        if self._clock.monotonic() >= self._next_look:
            await self._invitations.finish()
            await self._invitations.expire()
            self._next_look = self._clock.monotonic() + _LOOK_EVERY
        by_chat = defaultdict(list)
        for invitation in await self._store.invitations.stale(_AT_ONCE):
            if invitation.chat_id not in self._busy:
                by_chat[invitation.chat_id].append(invitation)
        now = self._clock.monotonic()
        self._not_before = {key: due for key, due in self._not_before.items() if due > now}
        wait = self._next_look - now
        for chat_id, stale in by_chat.items():
            due = [one for one in stale if chat_id not in self._not_before and one.id not in self._not_before]
            if due:
                self._busy.add(chat_id)
                tasks.create_task(self._show_all(chat_id, due), name="invitations")
            later = {self._not_before[key] for one in stale for key in (chat_id, one.id) if key in self._not_before}
            wait = min([wait, *(at - now for at in later)])
        return max(wait, 0.0)

    async def _show_all(self, chat_id: int | None, stale: Sequence[Invitation]) -> None:
        """Show those of a chat one after another, until Telegram is to be left alone there."""
        try:
            for one in stale:
                self._put_off(one.id, _APART)
                try:
                    if await _tried(self._show(one.id)) is None:
                        self._put_off(one.id, _LOOK_EVERY)
                except RateLimited as refused:
                    self._put_off(chat_id, max(refused.retry_after, _APART))
                    return
                except Refused as refused:
                    log.info("an invitation waits", chat_id=chat_id, outcome=type(refused).__name__)
                    self._put_off(chat_id, _REST)
                    return
        finally:
            self._busy.discard(chat_id)
            self._changed.set()

    async def _show(self, invitation_id: str) -> bool:
        """Show one as it is now, and take the mark away unless it changed meanwhile; one that is over is forgotten."""
        invitation = await self._invitations.bring_to_end(invitation_id)
        if invitation is None or (invitation.message_id is None and self._is_being_posted(invitation)):
            return True
        try:
            await self._draw(invitation)
        except _FOR_GOOD as refused:
            log.info("an invitation stays as it is", chat_id=invitation.chat_id, outcome=type(refused).__name__)
        if invitation.ended is None:
            await self._store.invitations.shown(invitation.id, invitation.revision)
        elif not await self._store.invitations.delete(invitation.id):
            self._put_off(invitation.id, _LOOK_EVERY)  # somebody's acceptance is still to be finished
        return True

    async def _draw(self, invitation: Invitation) -> None:
        """Edit the message; or post it anew, pinging nobody, where the old one stayed behind in a migration."""
        group = await self._store.notifygroups.find(invitation.group_id)
        people = [*invitation.initially_invited, *invitation.actively_invited, *invitation.accepted]
        ids = {one for one in (*people, *invitation.declined, invitation.inviter_id) if isinstance(one, int)}
        users = await self._store.users.get_many(ids)
        pings = invitation.command_id is not None
        view = invitation_message(invitation, group, users, pings=pings)
        if invitation.chat_id is None:
            return
        if invitation.message_id is not None:
            await self._messenger.edit_at(invitation.chat_id, invitation.message_id, view)
        elif invitation.ended is None:
            sent = await self._messenger.send(invitation.chat_id, view, invitation.thread_id)
            await self._store.invitations.posted(
                invitation.id, sent[-1].message_id, sent[-1].chat.id, sent_to=invitation.chat_id
            )

    def _is_being_posted(self, invitation: Invitation) -> bool:
        if invitation.ended is not None or invitation.command_id is None or invitation.created_at is None:
            return False
        return self._clock.now() - invitation.created_at < _POSTING

    def _put_off(self, key: str | int | None, seconds: float) -> None:
        self._not_before[key] = self._clock.monotonic() + seconds


async def _tried(work: Coroutine[Any, Any, T]) -> T | None:
    """Do a piece of work. None: it failed, and will be tried again; nothing else ends by it. Raises Refused."""
    try:
        return await work
    except Refused:
        raise
    except Exception as error:  # whatever it is, the other invitations are shown
        if is_unavailable(error):
            log.warning("invitations must wait for the database", error=type(error).__name__)
        else:
            log.exception("an invitation cannot be shown")
        return None
