"""Tells what people watch for, once it was decided that it began: beside everything else, to who may still know it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

import structlog
from aiogram import Bot

from gub.clock import Clock
from gub.domain.limits import TOLD_A_DAY
from gub.domain.values import KnownUser, StatusUser
from gub.domain.watches import Watch, WatchKind, is_on, is_playing
from gub.services.hours import HoursBook
from gub.services.languages import Languages
from gub.services.status import StatusList
from gub.services.watches import WatchBook, may_be_watched
from gub.store.store import Store
from gub.telegram.gateway.outcomes import Gone, Unwritable
from gub.telegram.members import Standing, may_act, standing
from gub.telegram.messenger import Messenger
from gub.telegram.showing import View
from gub.telegram.upkeep import FOR_GOOD, Upkeep
from gub.telegram.views import watches as views
from gub.telegram.views.clocks import Clocks
from gub.telegram.views.watches import Listed
from gub.telegram.words import speaking

log = structlog.get_logger(__name__)

_DAY: Final = timedelta(days=1)
_NEWS: Final = timedelta(minutes=10)
"""What could not be told for so long is no news any more."""


@dataclass(frozen=True, slots=True)
class _Due:
    """A watch that is to be told, and where: chats do not wait for each other."""

    watch: Watch

    @property
    def id(self) -> str:
        """See `Stale`."""
        return self.watch.id

    @property
    def chat_id(self) -> int | None:
        """See `Stale`."""
        return self.watch.chat_id if self.watch.in_group else self.watch.owner_id


class WatchTeller(Upkeep):
    """Tells each watch that is due, as `upkeep` shows things: soon, one after another in a chat, after refusals too.

    Who allows it, is seen, still in the chat, and awake, is read anew for each message. What cannot be told now to who
    wants peace, or would be one too many today, is not told later.
    """

    kind = "watches"

    def __init__(
        self,
        store: Store,
        book: WatchBook,
        status_list: StatusList,
        messenger: Messenger,
        bot: Bot,
        *,
        languages: Languages,
        hours: HoursBook,
        changed: asyncio.Event,
        clock: Clock,
    ) -> None:
        """Look when `changed` is set."""
        super().__init__(changed, clock)
        self._store = store
        self._watches = store.watches
        self._book = book
        self._status_list = status_list
        self._messenger = messenger
        self._bot = bot
        self._languages = languages
        self._hours = hours

    async def _tidy(self) -> None:
        """Nothing is to be done each minute."""

    async def _stale(self, most: int) -> Sequence[_Due]:
        return [_Due(watch) for watch in await self._watches.due(most)]

    async def _show(self, id_: str) -> None:
        watch = await self._watches.get(id_)
        if watch is None or watch.due_at is None:
            return
        if self._clock.now() - watch.due_at > _NEWS:
            await self._watches.not_told(watch)
            return
        stands = await standing(self._bot, watch.chat_id, watch.owner_id)
        if stands is Standing.ABSENT:
            log.info("a watch ends", chat_id=watch.chat_id, outcome="its owner left")
            await self._book.stop(watch)
            return
        lately = await self._watches.told_since(watch.owner_id, self._clock.now() - _DAY)
        quiet = await self._hours.quiet([watch.owner_id])
        # In a group that hides its members, who was in it may have left: the group itself may know all the same.
        if quiet or lately >= TOLD_A_DAY or not may_act(stands, in_group=watch.in_group):
            await self._watches.not_told(watch)
            return
        with speaking(await self._languages.of(_Due(watch).chat_id or watch.owner_id)):
            view = await self._news(watch)
            if view is None:
                await self._watches.not_told(watch)
                return
            await self._tell(watch, views.last_of_the_day(view) if lately + 1 == TOLD_A_DAY else view)

    async def _tell(self, watch: Watch, view: View) -> None:
        try:
            await self._messenger.send(watch.chat_id if watch.in_group else watch.owner_id, view)
        except (Unwritable, Gone) as refused:
            log.info("a watch ends", chat_id=watch.chat_id, outcome=type(refused).__name__)
            await self._book.stop(watch)
        except FOR_GOOD as refused:
            log.info("a watch is not told", chat_id=watch.chat_id, outcome=type(refused).__name__)
            await self._watches.not_told(watch)
        else:
            await self._watches.told(watch, self._clock.now())

    async def _news(self, watch: Watch) -> View | None:
        """Word it as it is now; None when it is not so (any more), or not to be seen by anybody."""
        told = await self._status_list.known_of_chat(watch.chat_id)
        allowing = [one for one in told.people if may_be_watched(one[0])]
        clocks = replace(await self._clocks(watch), plain=True)
        owner, title = await self._owner(watch), await self._title(watch)
        if watch.kind is WatchKind.COUNT:
            # Who is on the list twice is one, by the name that comes first.
            on = {one.person_id: one for one, presence in reversed(allowing) if is_on(one, presence)}
            others = [one for one, _ in allowing if on.get(one.person_id) is one]
            enough = len(others) >= (watch.count or 1)
            return views.news(Listed(watch, None, title), None, others, clocks, owner) if enough else None
        found = next((one for one in allowing if one[0].id == watch.person), None)
        if found is None:
            return None
        person, presence = found
        so = is_on(person, presence) if watch.kind is WatchKind.ON else is_playing(person, presence, watch.title)
        return views.news(Listed(watch, person, title), presence, _ONE, clocks, owner) if so else None

    async def _owner(self, watch: Watch) -> KnownUser | None:
        """Give whom a message in the group mentions."""
        if not watch.in_group:
            return None
        known = await self._store.users.get_many([watch.owner_id])
        return known.get(watch.owner_id, KnownUser(watch.owner_id, ""))

    async def _title(self, watch: Watch) -> str | None:
        """Give the title of the chat, for who is told elsewhere."""
        chat = None if watch.in_group else await self._store.chats.get(watch.chat_id)
        return None if chat is None else chat.title

    async def _clocks(self, watch: Watch) -> Clocks:
        zone = None if watch.in_group else await self._store.users.time_zone(watch.owner_id)
        if zone is None:
            zone = (await self._store.chats.settings(watch.chat_id)).time_zone
        return Clocks(zone, self._clock.now())


_ONE: Final[Sequence[StatusUser]] = ()
"""Nobody else is to be named where it is about one person."""
