"""Which language is spoken where."""

from collections.abc import Callable
from typing import Final

from gub.clock import Clock
from gub.domain.languages import Language, spoken
from gub.services.remembered import Remembered, nobody
from gub.store.mongo import is_unavailable
from gub.store.store import Store

_BELIEVED_SECONDS: Final = 60.0
_CHATS: Final = 10_000


class Languages:
    """Knows the language of each chat.

    It is the one that was chosen there; else, in private, the one of the person's Telegram; else English.
    """

    def __init__(self, store: Store, clock: Clock, others: Callable[[], int] = nobody) -> None:
        """Read in `store` what was chosen and what Telegram told; believe it for a minute (`Remembered`)."""
        self._store = store
        self._known = Remembered[int, Language](clock, size=_CHATS, seconds=_BELIEVED_SECONDS, others=others)

    async def of(self, chat_id: int, told: str | None = None) -> Language:
        """Give the language of a chat. `told`: that of the person, as Telegram tells it just now, in private."""
        known = self._known.get(chat_id)
        if known is None:
            known = await self._look_up(chat_id, told)
            self._known.keep(chat_id, known)
        return known

    async def surely(self, chat_id: int, told: str | None = None) -> Language:
        """Give the language of a chat also while the database is away: that it is has to be said in some."""
        try:
            return await self.of(chat_id, told)
        except Exception as error:
            if not is_unavailable(error):
                raise
            return self.lately(chat_id, told)

    def lately(self, chat_id: int, told: str | None = None) -> Language:
        """Give the language of a chat as it is known without asking the database."""
        known = self._known.get(chat_id)
        return known or (spoken(told) if chat_id > 0 else None) or Language.ENGLISH

    async def choose(self, chat_id: int, language: Language) -> None:
        """Speak this in a chat from now on."""
        await self._store.chats.set_language(chat_id, str(language))
        self._known.keep(chat_id, language)

    async def suggest(self, chat_id: int, tag: str | None) -> Language:
        """Speak this in a group from now on, if GUB can and nothing else was chosen; give what is spoken there."""
        if (language := spoken(tag)) is not None:
            await self._store.chats.set_language(chat_id, str(language), only_first=True)
            self._known.forget(chat_id)
        return await self.of(chat_id)

    def forget(self, chat_id: int) -> None:
        """Look it up anew: what was chosen there was deleted."""
        self._known.forget(chat_id)

    async def _look_up(self, chat_id: int, told: str | None) -> Language:
        chosen = spoken(await self._store.chats.language(chat_id))
        if chosen is None and chat_id > 0:
            user = None if told else (await self._store.users.get_many([chat_id])).get(chat_id)
            chosen = spoken(told or (user.language if user else None))
        return chosen or Language.ENGLISH
