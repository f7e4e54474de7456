"""Carrying out a call that was granted: its first message now, the rest beside."""

from dataclasses import dataclass
from datetime import datetime

import structlog
from aiogram.types import User

from gub.domain.calls import Call
from gub.services.call_answers import Rest
from gub.services.calls import Calls, Granted
from gub.store.ringing import Job, Kind, key_of, rest_of
from gub.telegram.call_desk import CallDesk
from gub.telegram.dialogs.book import DialogBook
from gub.telegram.gateway.outcomes import Refused, StoodDown, Unreachable
from gub.telegram.messenger import Messenger
from gub.telegram.ringing import Ringer
from gub.telegram.views import calls as views
from gub.telegram.views.parts import AsTyped

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Calling:
    """What it takes to call, from the command or from its confirmation."""

    me: User
    calls: Calls
    call_desk: CallDesk
    ringer: Ringer
    dialogs: DialogBook
    messenger: Messenger

    async def carry_out(self, granted: Granted, typed: AsTyped | None, thread_id: int | None) -> None:
        """Call everybody. The command, handled again, goes on where it was.

        Raises:
            Refused: nothing could be said; the group may be called at once.
        """
        kept = None if typed is None else views.words_of(typed)
        call = await self.call_desk.book.begin(granted, thread_id, kept)
        to_give_back = True
        try:
            opening = await self.call_desk.opening(call, granted.group, typed if kept is None else None)
            key = key_of(call.chat_id, granted.message_id)
            await self.ringer.begin(_job(call, key, granted.everybody, granted.called_at), opening)
            to_give_back = False
        except StoodDown:
            to_give_back = False  # by now it may be another worker's, who has posted it
            raise
        except Refused as refused:
            if not isinstance(refused, Unreachable):  # what may have arrived all the same can be answered
                await self.call_desk.book.withdraw(call)
            raise
        finally:
            if to_give_back:
                await self.calls.take_back(granted)

    async def ring_rest(self, rest: Rest) -> None:
        """Ping those whom a call left in peace as they were not on, beside."""
        await self.ringer.ring(_job(rest.call, rest_of(rest.call.id), rest.left, rest.since))


async def take_away(messenger: Messenger, chat_id: int, message_id: int) -> None:
    """Delete a message that has had its day, if the bot may."""
    try:
        await messenger.delete(chat_id, message_id)
    except Refused as refused:
        log.info("a message stays", chat_id=chat_id, outcome=type(refused).__name__)


def _job(call: Call, key: str, left: tuple[int, ...], created_at: datetime) -> Job:
    return Job(
        key=key,
        kind=Kind.CALL,
        chat_id=call.chat_id,
        thread_id=call.thread_id,
        group_id=call.group_id,
        invitation_id=None,
        left=left,
        created_at=created_at,
        call_id=call.id,
    )
