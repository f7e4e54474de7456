"""Forgetting people and chats, and telling whose groups theirs are now."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

import structlog
from aiogram import Bot
from aiogram.types import User

from gub.domain.values import Joining, KnownUser, NotifyGroup
from gub.services.departures import HandedOver
from gub.services.languages import Languages
from gub.services.people import People
from gub.services.privacy import Privacy
from gub.telegram.board_desk import BoardDesk
from gub.telegram.gateway.outcomes import Refused, Rejected
from gub.telegram.members import seen
from gub.telegram.messenger import Messenger
from gub.telegram.views import forgetting as views
from gub.telegram.words import speaking

log = structlog.get_logger(__name__)


async def _is_in(bot: Bot, chat_id: int, user_id: int) -> bool:
    return (await seen(bot, chat_id, user_id)).here


@dataclass(frozen=True, slots=True)
class Erasing:
    """Has people forgotten; whoever looks after a group of theirs now is told, and not why."""

    me: User
    bot: Bot
    privacy: Privacy
    people: People
    messenger: Messenger
    languages: Languages
    boards: BoardDesk

    async def person(self, user_id: int) -> None:
        """Forget a person."""
        await self.boards.take_down(user_id)
        await self._tell(await self.privacy.erase(user_id, partial(_is_in, self.bot)))
        self.boards.book.look()

    async def chat(self, chat_id: int, by: str) -> None:
        """Forget a chat, and tell it who had that done."""
        language = await self.languages.of(chat_id)
        with speaking(language):
            await self.boards.take_down(chat_id)
        await self.privacy.erase_chat(chat_id)
        try:
            with speaking(language):
                await self.messenger.send(chat_id, views.chat_told(by))
        except Refused as refused:
            log.info("could not tell a chat that it is forgotten", chat_id=chat_id, outcome=type(refused).__name__)

    async def resume(self) -> None:
        """Do what a death of the process cut short."""
        await self._tell(await self.privacy.resume(partial(_is_in, self.bot)))

    async def _tell(self, handed_over: Iterable[HandedOver]) -> None:
        for (chat_id, heir_id, hidden, thread_id), groups in _by_heir(handed_over).items():
            heir = (await self.people.known(heir_id)).get(heir_id) or KnownUser(heir_id, "")
            try:
                if not hidden:
                    await self._tell_chat(chat_id, heir, groups, thread_id)
                elif await self.people.place(heir_id) is not None:
                    with speaking(await self.languages.of(heir_id)):
                        view = views.inherited(heir, groups, self.me.username or "")
                        await self.messenger.send(heir_id, view)
            except Refused as refused:
                log.info("could not tell of inherited groups", chat_id=chat_id, outcome=type(refused).__name__)

    async def _tell_chat(self, chat_id: int, heir: KnownUser, groups: list[NotifyGroup], thread_id: int | None) -> None:
        username = self.me.username or ""
        with speaking(await self.languages.of(chat_id)):
            try:
                await self.messenger.send(chat_id, views.inherited(heir, groups, username), thread_id)
            except Rejected:  # somebody whom Telegram does not let a bot mention
                await self.messenger.send(chat_id, views.inherited(heir, groups, username, ping=False), thread_id)


def _by_heir(handed_over: Iterable[HandedOver]) -> dict[tuple[int, int, bool, int | None], list[NotifyGroup]]:
    """Put together what one message can tell: to one heir, in one chat's topic, or in private of one chat."""
    told: dict[tuple[int, int, bool, int | None], list[NotifyGroup]] = {}
    for one in handed_over:
        hidden = one.group.joining is Joining.HIDDEN
        key = (one.group.chat_id, one.new_creator_id, hidden, None if hidden else one.group.thread_id)
        told.setdefault(key, []).append(one.group)
    return told
