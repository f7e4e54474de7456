"""Which members of a notify group have left the chat, as far as Telegram said lately: for showing, never for rights."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Final

from aiogram import Bot

from gub.clock import Clock
from gub.services.remembered import Remembered
from gub.telegram.gateway.outcomes import Refused
from gub.telegram.members import Standing, told_standing

ASKED_AT_ONCE: Final = 30
"""People of whom Telegram is asked for one card; of the others it is asked the next time."""

_TRIED: Final = 3
_BELIEVED_SECONDS: Final = 600.0
_REMEMBERED: Final = 20_000


class Attendance:
    """Remembers who was in which chat. No method of Telegram lists members, so each is asked about."""

    def __init__(self, clock: Clock) -> None:
        """Believe what was told for ten minutes."""
        self._told = Remembered[tuple[int, int], Standing](clock, size=_REMEMBERED, seconds=_BELIEVED_SECONDS)

    def seen(self, chat_id: int, user_id: int, stands: Standing) -> None:
        """Remember what Telegram said on another occasion."""
        self._told.keep((chat_id, user_id), stands)

    async def absent(self, bot: Bot, chat_id: int, user_ids: Iterable[int]) -> frozenset[int]:
        """Give those of whom Telegram says that they are not in the chat. Of whom it says nothing, they are not."""
        everybody = list(dict.fromkeys(user_ids))
        unknown = [user_id for user_id in everybody if self._told.get((chat_id, user_id)) is None][:ASKED_AT_ONCE]
        # A chat that hides its members answers for nobody: a few questions show that.
        if await self._ask(bot, chat_id, unknown[:_TRIED]):
            await self._ask(bot, chat_id, unknown[_TRIED:])
        return frozenset(one for one in everybody if self._told.get((chat_id, one)) is Standing.ABSENT)

    async def _ask(self, bot: Bot, chat_id: int, user_ids: Sequence[int]) -> bool:
        """Ask about each at the same time; say whether there is use in asking about others."""
        answers = await asyncio.gather(*(_standing(bot, chat_id, user_id) for user_id in user_ids))
        for user_id, stands in zip(user_ids, answers, strict=True):
            if stands is not None:
                self.seen(chat_id, user_id, stands)
        return any(stands not in (None, Standing.UNTOLD) for stands in answers)


async def _standing(bot: Bot, chat_id: int, user_id: int) -> Standing | None:
    try:
        return await told_standing(bot, chat_id, user_id)
    except Refused:
        return None
