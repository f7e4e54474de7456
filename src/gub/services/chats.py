"""The chats that GUB lives in, and the users it met there."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

import structlog

from gub.clock import Clock
from gub.domain.limits import DEPARTED_GRACE
from gub.domain.values import ChatFacts, KnownUser
from gub.services.invited import Invited
from gub.services.remembered import Remembered, nobody
from gub.store.store import Store

log = structlog.get_logger(__name__)

_BELIEVED_SECONDS: Final = 300.0
_CHATS: Final = 10_000
_USERS: Final = 20_000
_MIGRATIONS: Final = 1_000


class ChatBook:
    """Keeps `chats` true: a group exactly while GUB is in it, a private chat exactly while GUB may write to it."""

    def __init__(
        self, store: Store, clock: Clock, invited: Invited | None = None, others: Callable[[], int] = nobody
    ) -> None:
        """Write to `store`; tell the time by `clock`; let `invited` know whom a username means.

        `others` says how many more processes write as well (`Remembered`).
        """
        self._store = store
        self._clock = clock
        self._invited = invited
        self._chats = Remembered[int, ChatFacts](clock, size=_CHATS, seconds=_BELIEVED_SECONDS, others=others)
        self._users = Remembered[int, KnownUser](clock, size=_USERS, seconds=_BELIEVED_SECONDS, others=others)
        self._moved = Remembered[int, int](clock, size=_MIGRATIONS, seconds=_BELIEVED_SECONDS, others=others)

    async def seen(
        self, facts: ChatFacts | None, users: Sequence[KnownUser], at: datetime | None, *, used: bool
    ) -> None:
        """Learn from an update: who is named in it and, when it shows GUB in `used` service there, the chat.

        A chat that GUB left is not brought back by what was written before it left (`at`, None when unknown).
        """
        await self._learn(users)
        if facts is None or not used or self._chats.holds(facts.chat_id, facts):
            return
        if facts.type == "group" and await self._store.life.successor(facts.chat_id) is not None:
            return  # it is a supergroup now, under another id
        left_at = await self._store.departures.left_at(facts.chat_id)
        if left_at is not None and (at is None or at <= _to_seconds(left_at)):
            return
        await self._enter(facts, returning=left_at is not None)

    async def joined(self, facts: ChatFacts, at: datetime) -> bool:
        """GUB was added (or unblocked). Say whether that is news: Telegram tells it in more than one way."""
        left_at = await self._store.departures.left_at(facts.chat_id)
        if left_at is not None and at < _to_seconds(left_at):
            return False
        known = await self._store.chats.exists(facts.chat_id)
        await self._enter(facts, returning=left_at is not None)
        return not known

    async def left(self, chat_id: int, at: datetime) -> None:
        """GUB was removed from the chat, blocked by the user, or the chat is no more. Its data waits for 30 days."""
        self._chats.forget(chat_id)
        if await self._store.life.successor(chat_id) is not None:
            return  # it lives on as a supergroup, and has nothing under this id
        await self._store.departures.record(chat_id, at)
        if await self._store.chats.forget(chat_id):
            log.info("chat left", chat_id=chat_id)

    async def migrated(self, old: int, new: int) -> None:
        """Move everything of a group to the supergroup that it became. Telegram tells it up to three times."""
        if self._moved.holds(old, new):
            return
        await self._store.life.migrate(old, new)
        self._chats.forget(old)
        self._chats.forget(new)
        self._moved.keep(old, new)
        log.info("chat migrated", chat_id=old, new_chat_id=new)

    async def namesakes(self, facts: ChatFacts) -> list[int]:
        """Give the groups that a supergroup new to us may have been until now: those of its title, a few at most."""
        if facts.type != "supergroup" or facts.title is None or await self._store.chats.exists(facts.chat_id):
            return []
        return await self._store.chats.groups_titled(facts.title)

    def forget(self, chat_or_user_id: int) -> None:
        """Take nothing for written any more of a chat or user whose data was deleted."""
        self._chats.forget(chat_or_user_id)
        self._users.forget(chat_or_user_id)

    async def purge_departed(self) -> int:
        """Delete what belonged to chats that were left longer ago than the days of grace. Say how many."""
        left_before = self._clock.now() - DEPARTED_GRACE
        purged = 0
        for chat_id in await self._store.departures.due(left_before):
            if await self._store.life.purge(chat_id, left_before=left_before):
                self._chats.forget(chat_id)
                purged += 1
                log.info("chat purged", chat_id=chat_id)
        return purged

    async def _learn(self, users: Sequence[KnownUser]) -> None:
        told = map(self._with_language, users)
        news = {user.user_id: user for user in told if not self._users.holds(user.user_id, user)}
        if not news:
            return
        await self._store.users.learn(list(news.values()))
        for user in news.values():
            if self._invited is not None and not user.is_bot:
                await self._invited.met(user.user_id, user.username)
            self._users.keep(user.user_id, user)

    def _with_language(self, user: KnownUser) -> KnownUser:
        """Fill in the language of a user whom Telegram now only mentions: the lack of it is no news."""
        known = self._users.get(user.user_id)
        return replace(user, language=known.language) if known and user.language is None else user

    async def _enter(self, facts: ChatFacts, *, returning: bool) -> None:
        # In this order, so that dying between the two leaves a chat to be stored by its next message, and
        # never one that is in use and waits to be purged.
        if returning:
            await self._store.departures.cancel(facts.chat_id)
        await self._store.chats.remember(facts)
        self._chats.keep(facts.chat_id, facts)
        if returning:
            log.info("chat came back", chat_id=facts.chat_id)


def _to_seconds(at: datetime) -> datetime:
    """Telegram dates its messages by whole seconds: only such times compare."""
    return at.replace(microsecond=0)
