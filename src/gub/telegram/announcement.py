"""One announcement: how it is put into a chat, and how the work on it goes."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from aiogram import Bot
from aiogram.types import MessageEntity

from gub.store.announcements import Announcement, Phase, Source, TargetState
from gub.telegram.gateway.outcomes import Rejected
from gub.telegram.showing import NO_PREVIEW

_NO_SOURCE: Final = ("message to copy not found", "message_id_invalid", "message can't be copied")


@dataclass(slots=True)
class Going:
    """How the work on one announcement goes. It is counted along: counting it all takes a database long."""

    announcement: Announcement
    began_at: float
    counts: Counter[TargetState]
    show_at: float = 0.0
    done: int = 0

    def tally(self, before: TargetState, after: TargetState) -> None:
        """Count a chat that something became of."""
        self.counts[before] -= 1
        self.counts[after] += 1
        self.done += 1

    def to_go(self, now: float) -> timedelta | None:
        """Reckon how long it takes yet, by the pace until now."""
        todo = TargetState.SENT if self.announcement.phase is Phase.RECALLING else TargetState.PENDING
        return timedelta(seconds=self.counts[todo] * (now - self.began_at) / self.done) if self.done else None


async def send(bot: Bot, chat_id: int, source: Source, owner_id: int, *, silent: bool) -> tuple[int | None, int]:
    """Send what is announced to a chat as it is; give the chat that it is in, if Telegram says so, and its id there.

    The gateway follows a group that became a supergroup, so the chat may be another. Raises Refused.
    """
    if source.copied_message_id is not None:
        copied = await bot.copy_message(
            chat_id, owner_id, source.copied_message_id, disable_notification=silent or None
        )
        return None, copied.message_id
    entities = [MessageEntity.model_validate(dict(entity)) for entity in source.entities]
    message = await bot.send_message(
        chat_id,
        source.text or "",
        entities=entities or None,
        parse_mode=None,
        link_preview_options=NO_PREVIEW,
        disable_notification=silent or None,
    )
    return message.chat.id, message.message_id


def is_source_gone(refused: Rejected) -> bool:
    """Say whether there is nothing to copy (any more)."""
    return any(words in refused.description.lower() for words in _NO_SOURCE)
