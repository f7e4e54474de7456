"""Tells chats who started what, as `upkeep` shows things: one message for what began together, silently."""

import asyncio
from collections.abc import Sequence

import structlog

from gub.clock import Clock
from gub.services.languages import Languages
from gub.services.start_news import StartNews, Waiting
from gub.telegram.messenger import Messenger
from gub.telegram.upkeep import FOR_GOOD, Upkeep
from gub.telegram.views import starts as views
from gub.telegram.words import speaking

log = structlog.get_logger(__name__)


class StartsTeller(Upkeep):
    """Tells what is due.

    It is noted after it was told: a death in between tells that one message again, and none is lost.
    """

    kind = "starts"

    def __init__(
        self, news: StartNews, languages: Languages, messenger: Messenger, changed: asyncio.Event, clock: Clock
    ) -> None:
        """Look when `changed` is set."""
        super().__init__(changed, clock)
        self._news = news
        self._languages = languages
        self._messenger = messenger

    async def _tidy(self) -> None:
        """Nothing is to be done: what is due for too long is dropped when it is looked at."""

    async def _stale(self, most: int) -> Sequence[Waiting]:
        return await self._news.waiting(most)

    async def _show(self, id_: str) -> None:
        news = await self._news.of_chat(int(id_))
        if not news.starts:
            await self._news.done(news)
            return
        with speaking(await self._languages.of(news.chat_id)):
            view, titles = views.started(news.starts, last=news.last), views.offered(news.starts)
        try:
            sent = await self._messenger.send(news.chat_id, view, silent=True)
        except FOR_GOOD as refused:
            log.info("nobody is told who started what", chat_id=news.chat_id, outcome=type(refused).__name__)
            await self._news.done(news)
            return
        await self._news.told(news, sent[-1].chat.id, titles)
