"""Telling a group what was done in private about somebody on its list, or about a notify group."""

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from gub.domain.values import Joining, NotifyGroup, StatusUser, Visibility
from gub.services.languages import Languages
from gub.services.people import People
from gub.telegram.gateway.outcomes import Refused
from gub.telegram.messenger import Messenger
from gub.telegram.showing import View
from gub.telegram.words import speaking

log = structlog.get_logger(__name__)

News = Callable[[], View]
"""Makes what is told, in the language that is spoken when it is called."""


@dataclass(frozen=True, slots=True)
class GroupNews:
    """Tells groups their news, each in its language."""

    people: People
    messenger: Messenger
    languages: Languages

    async def of_person(self, person: StatusUser, news: News, thread_id: int | None = None) -> None:
        """Tell the group of a person. Of who is hidden nothing is told: not even that they are there."""
        if person.visibility is not Visibility.HIDDEN:
            await self._tell(person.chat_id, news, thread_id)

    async def of_group(self, group: NotifyGroup, news: News) -> None:
        """Tell the chat of a notify group, in the group's own topic. A hidden one is not named there."""
        if group.joining is not Joining.HIDDEN:
            await self._tell(group.chat_id, news, group.thread_id)

    async def _tell(self, chat_id: int, news: News, thread_id: int | None) -> None:
        """Tell a group, if GUB is in it."""
        if chat_id > 0 or await self.people.place(chat_id) is None:
            return
        with speaking(await self.languages.of(chat_id)):
            try:
                await self.messenger.send(chat_id, news(), thread_id)
            except Refused as refused:
                log.info("could not tell the group", chat_id=chat_id, outcome=type(refused).__name__)
