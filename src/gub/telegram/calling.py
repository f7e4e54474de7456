"""Carrying out a call that was granted: its first message now, the rest beside."""

from dataclasses import dataclass

import structlog
from aiogram.types import User

from gub.domain.values import KnownUser
from gub.services.calls import Call, Calls
from gub.store.ringing import Job, Kind, key_of
from gub.telegram.dialogs.book import DialogBook
from gub.telegram.gateway.outcomes import Refused
from gub.telegram.messenger import Messenger
from gub.telegram.ringing import Ringer
from gub.telegram.rounds import Opening
from gub.telegram.views import calls as views
from gub.telegram.views.parts import AsTyped, full_name

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Calling:
    """What it takes to call, from the command or from its confirmation."""

    me: User
    calls: Calls
    ringer: Ringer
    dialogs: DialogBook
    messenger: Messenger

    async def carry_out(self, call: Call, caller: KnownUser, typed: AsTyped | None, thread_id: int | None) -> None:
        """Call everybody. The command, handled again, goes on where it was.

        Raises:
            Refused: nothing could be said; the group may be called at once.
        """
        group = call.group
        job = Job(
            key=key_of(group.chat_id, call.message_id),
            kind=Kind.CALL,
            chat_id=group.chat_id,
            thread_id=thread_id,
            group_id=group.id,
            invitation_id=None,
            left=call.everybody,
            created_at=call.called_at,
        )
        head = views.opening(group, full_name(caller), typed, call.muted, call.asleep)
        begun = False
        try:
            await self.ringer.begin(job, Opening(head, call.first, views.buttons(group)))
            begun = True
        finally:
            if not begun:
                await self.calls.take_back(call)


async def take_away(messenger: Messenger, chat_id: int, message_id: int) -> None:
    """Delete a message that has had its day, if the bot may."""
    try:
        await messenger.delete(chat_id, message_id)
    except Refused as refused:
        log.info("a message stays", chat_id=chat_id, outcome=type(refused).__name__)
