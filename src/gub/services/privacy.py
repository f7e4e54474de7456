"""What is kept of a person or a chat: counted, given to who it is about, and deleted for good."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

import structlog

from gub.clock import Clock
from gub.domain.errors import AskedTooOften
from gub.domain.limits import EXPORT_SPAN, EXPORTS
from gub.domain.values import NotifyGroup
from gub.services.chats import ChatBook
from gub.services.departures import HandedOver
from gub.services.invited import Invited
from gub.services.languages import Languages
from gub.services.throttle import Throttle
from gub.store.deletions import Subject
from gub.store.notifygroups import Change
from gub.store.personal import Person, Record, Traces
from gub.store.store import Store

log = structlog.get_logger(__name__)

IsIn = Callable[[int, int], Awaitable[bool]]
"""Says of a chat whether a user is in it now, as far as Telegram tells."""

_PASSES: Final = 5
"""What somebody does while they are being forgotten is found by the next pass; the last finds nothing."""

_ASKED: Final = 20
"""Members of a group of whom it is asked whether they are still in the chat."""


@dataclass(frozen=True, slots=True)
class ChatTraces:
    """What is kept of a chat."""

    people: int
    groups: int


class Privacy:
    """Shows people what is kept of them, and forgets them, or a chat, completely.

    A wish to be forgotten is written down first and finished by the next process if this one dies. All may be repeated.
    """

    def __init__(self, store: Store, invited: Invited, chats: ChatBook, languages: Languages, clock: Clock) -> None:
        """Work on `store`; tell those who remember what it held that it is gone."""
        self._store = store
        self._invited = invited
        self._chats = chats
        self._languages = languages
        self._clock = clock
        self._exports = Throttle[int](clock, count=EXPORTS, seconds=EXPORT_SPAN.total_seconds())

    # -- seeing

    async def traces(self, user_id: int) -> Traces:
        """Count what is kept of a person."""
        return await self._store.personal.traces(await self._store.personal.meet(user_id))

    async def chat_traces(self, chat_id: int) -> ChatTraces:
        """Count what is kept of a chat."""
        people = await self._store.statususers.of_chat(chat_id)
        return ChatTraces(len(people), len(await self._store.notifygroups.of_chat(chat_id)))

    async def export(self, user_id: int) -> dict[str, Any]:
        """Give everything that names a person, as JSON holds it. Raises AskedTooOften."""
        if wait := self._exports.take(user_id):
            raise AskedTooOften(int(wait) + 1, "exports")
        found = await self._store.personal.records(await self._store.personal.meet(user_id))
        titles = await self._titles(record for records in found.values() for record in records)
        return {
            "about": "Everything that this GUB keeps that names you. Times are UTC.",
            "made_at": self._clock.now().isoformat(timespec="seconds"),
            "user_id": user_id,
            **{heading: [_placed(record, titles) for record in records] for heading, records in found.items()},
        }

    # -- forgetting

    async def erase(self, user_id: int, is_in: IsIn) -> list[HandedOver]:
        """Forget a person; give the groups that they made, whose they are now. One that nobody else is in is deleted.

        What they do afterwards is kept anew, as of anybody whom GUB meets.
        """
        known = await self._store.personal.meet(user_id)
        wish = await self._store.deletions.ask(Subject.PERSON, user_id, known.names, known.accounts)
        person = Person(user_id, wish.names, wish.accounts)
        handed_over: list[HandedOver] = []
        for _ in range(_PASSES):
            made = await self._store.personal.made.by(user_id)
            settled = [await self._settle(group, is_in) for group in made]
            handed_over += [one for one in settled if one is not None]
            if not await self._store.personal.erase(person):
                break
        self._invited.wake()
        self._remember_nothing(user_id)
        await self._store.deletions.fulfilled(Subject.PERSON, user_id)
        log.info("person forgotten", handed_over=len(handed_over))
        return handed_over

    async def erase_chat(self, chat_id: int) -> None:
        """Forget a chat and all that belongs to it. GUB stays in it, and keeps it anew when it is next used there."""
        here = await self._store.life.successor(chat_id) or chat_id
        accounts = await self._store.personal.accounts_in_chat(here)
        wish = await self._store.deletions.ask(Subject.CHAT, here, (), accounts)
        for _ in range(_PASSES):
            if not await self._store.life.purge(here):
                break
        await self._store.personal.forget_accounts(wish.accounts)
        self._remember_nothing(here)
        await self._store.deletions.fulfilled(Subject.CHAT, here)
        log.info("chat forgotten", chat_id=here)

    async def resume(self, is_in: IsIn) -> list[HandedOver]:
        """Fulfil the wishes that a death of the process cut short; give the groups that were handed over."""
        handed_over: list[HandedOver] = []
        for wish in await self._store.deletions.under_way():
            if wish.kind is Subject.PERSON:
                handed_over += await self.erase(wish.subject, is_in)
            else:
                await self.erase_chat(wish.subject)
        return handed_over

    # -- inside

    async def _settle(self, group: NotifyGroup, is_in: IsIn) -> HandedOver | None:
        """Hand a group to somebody else who is in it; delete one that nobody else is in, and give None."""
        async for user_id in _heirs(group, is_in):
            change = await self._store.notifygroups.hand_over(group.id, group.chat_id, user_id, from_=group.creator_id)
            if change is Change.DONE:
                return HandedOver(replace(group, creator_id=user_id), user_id)
            if change is not Change.NOT_ALLOWED:
                return None
        # Its invitations first: should the process die in between, the group is found again.
        await self._invited.group_gone(group.id)
        await self._store.personal.made.delete_forsaken(group.id, group.creator_id)
        return None

    async def _titles(self, records: Iterable[Record]) -> dict[int, str]:
        chats = {record["chat_id"] for record in records if "chat_id" in record}
        facts = [await self._store.chats.get(chat_id) for chat_id in sorted(chats)]
        return {one.chat_id: one.title for one in facts if one is not None and one.title is not None}

    def _remember_nothing(self, chat_or_user_id: int) -> None:
        self._chats.forget(chat_or_user_id)
        self._languages.forget(chat_or_user_id)


async def _heirs(group: NotifyGroup, is_in: IsIn) -> AsyncIterator[int]:
    """Give the other members, the longest-standing first: those who are in the chat, then whoever there is.

    A chat that GUB was removed from tells of nobody, and its groups may be wanted again.
    """
    others = [one for one in group.members if one != group.creator_id]
    for user_id in others[:_ASKED]:
        if await is_in(group.chat_id, user_id):
            yield user_id
    for user_id in others:
        yield user_id


def _placed(record: Record, titles: dict[int, str]) -> Record:
    """Say by its title in which chat it is."""
    title = titles.get(record.get("chat_id", 0))
    return record if title is None else {"chat": title, **record}
