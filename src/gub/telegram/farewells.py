"""Seeing somebody out who left a chat, and telling whose groups theirs are now."""

from collections.abc import Iterable
from dataclasses import dataclass

import structlog
from aiogram import Bot
from aiogram.types import User

from gub.domain.values import Joining, KnownUser, NotifyGroup
from gub.services.departures import Departures, HandedOver
from gub.services.languages import Languages
from gub.services.people import People
from gub.telegram.gateway.outcomes import Refused, Rejected
from gub.telegram.members import seen
from gub.telegram.messenger import Messenger
from gub.telegram.views import farewells as views
from gub.telegram.views.parts import full_name
from gub.telegram.words import speaking

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Farewells:
    """Takes who left out of the chat's groups; whoever looks after one of theirs now is told by one message."""

    me: User
    departures: Departures
    people: People
    messenger: Messenger
    languages: Languages

    async def left(self, bot: Bot, chat_id: int, user: KnownUser) -> None:
        """Do all that follows from somebody's leaving. Bots, and GUB among them, leave nothing behind."""

        async def is_here(user_id: int) -> bool:
            return (await seen(bot, chat_id, user_id)).here

        handed_over = await self.departures.left(chat_id, user, is_here)
        for heir_id, groups in _by_heir(handed_over):
            heir = (await self.people.known(heir_id)).get(heir_id) or KnownUser(heir_id, "")
            await self._tell(user, heir, groups)

    async def _tell(self, user: KnownUser, heir: KnownUser, groups: list[NotifyGroup]) -> None:
        """Tell it in the chat; of hidden groups in private, if GUB may write there."""
        chat = await self.people.place(groups[0].chat_id)
        hidden = groups[0].joining is Joining.HIDDEN
        if chat is None or (hidden and await self.people.place(heir.user_id) is None):
            return
        with speaking(await self.languages.of(heir.user_id if hidden else chat.chat_id)):
            news = views.News(full_name(user), heir, groups, self.me.username or "")
            try:
                if hidden:
                    await self.messenger.send(heir.user_id, views.yours_now_in_private(news, chat.title))
                    return
                try:
                    await self.messenger.send(chat.chat_id, views.yours_now(news), groups[0].thread_id)
                except Rejected:
                    await self.messenger.send(chat.chat_id, views.yours_now(news, ping=False), groups[0].thread_id)
            except Refused as refused:
                log.info("could not tell of inherited groups", chat_id=chat.chat_id, outcome=type(refused).__name__)


def _by_heir(handed_over: Iterable[HandedOver]) -> Iterable[tuple[int, list[NotifyGroup]]]:
    """Put together what one message can tell: to one heir, in one topic, or in private."""
    told: dict[tuple[int, bool, int | None], list[NotifyGroup]] = {}
    for one in handed_over:
        hidden = one.group.joining is Joining.HIDDEN
        key = (one.new_creator_id, hidden, None if hidden else one.group.thread_id)
        told.setdefault(key, []).append(one.group)
    return [(heir_id, groups) for (heir_id, _, _), groups in told.items()]
