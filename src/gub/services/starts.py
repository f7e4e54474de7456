"""Sees when those start a game who allow it to be told, in chats that want to hear it; `start_news` tells."""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from gub.domain.presence import PersonPresence
from gub.domain.starts import Sessions, gone_on, visible_games
from gub.domain.values import Allowance, StatusUser
from gub.presence.look import Look
from gub.store.store import Store

_AT_ONCE: Final = 200


class StartsBook:
    """An interest in those who allow it, and a listener that decides what is to be told.

    A decision is one update of what is kept of a person, by what they allow at that moment: two processes that hear the
    same look decide it once, and a restart tells nothing twice.
    """

    def __init__(self, store: Store, changed: asyncio.Event) -> None:
        """Keep what people play in `store`; set `changed` when something is due to be told."""
        self._store = store
        self._changed = changed
        self._met: dict[str, int] = {}  # those of whom something is kept, as far as is known, and their chats

    async def chats(self) -> Collection[int]:
        """See `Interest`: the others of such a chat are nobody's business."""
        return ()

    async def people(self) -> Collection[str]:
        """See `Interest`."""
        chats = set(await self._store.start_news.chats())
        if not chats:
            return ()
        return [one.id for one in await self._store.statususers.allowing(Allowance.WATCHES) if one.chat_id in chats]

    async def changed(self, chat_id: int) -> None:
        """Take in by the next look what those of a chat do: what was kept of them may have gone with their leave."""
        self._met = {key: of for key, of in self._met.items() if of != chat_id}

    async def heard(self, look: Look) -> None:
        """Decide what is to be told of those of whom there is news, or of whom nothing is known yet."""
        chats = await self._chats_of(look)
        theirs = {
            key
            for key, seen in look.people.items()
            if Allowance.WATCHES in seen.person.allows and seen.person.chat_id in chats
        }
        self._met = {key: chat_id for key, chat_id in self._met.items() if key in theirs}
        news = [key for key in theirs if look.people[key].sure and (look.people[key].changed or key not in self._met)]
        is_due = False
        for some in _parts(news):
            is_due |= await self._decide(some, look, chats)
            self._met.update((key, look.people[key].person.chat_id) for key in some)
        if is_due:
            self._changed.set()

    async def tidy(self) -> None:
        """Forget those who do not allow it any more, are not who they were or are gone, and whose chat is not told."""
        chats = set(await self._store.start_news.chats())
        for some in _parts(await self._store.starts.people()):
            people = await self._store.statususers.by_ids(some)
            await self._store.starts.forget([key for key in some if not _is_heard_of(people.get(key), chats)])

    async def _chats_of(self, look: Look) -> Collection[int]:
        """Give the chats that want to hear it now, if anybody is there of whom they might."""
        if not any(Allowance.WATCHES in seen.person.allows for seen in look.people.values()):
            return ()
        return set(await self._store.start_news.chats())

    async def _decide(self, keys: Sequence[str], look: Look, chats: Collection[int]) -> bool:
        """Write down what these play now; say whether something of it is to be told."""
        is_due = False
        while keys:
            people = await self._store.statususers.by_ids(keys)
            known = await self._store.starts.of_people(keys)
            overtaken = []
            for key, person in people.items():
                if not _is_heard_of(person, chats):
                    continue
                before = known.get(key)
                after, has_started = _decided(person, look.people[key].presence, look.at, before)
                if before is not None and replace(after, revision=before.revision) == before:
                    continue
                if await self._store.starts.keep(before, after):
                    is_due |= has_started
                else:
                    overtaken.append(key)
            keys = overtaken
        return is_due


def _decided(
    person: StatusUser, presence: PersonPresence, at: datetime, before: Sessions | None
) -> tuple[Sessions, bool]:
    """Say what is to be kept of somebody who plays what they play; and whether they started something."""
    # Who said since that this is not them takes what they played along.
    same = before if before is not None and before.user_id == person.person_id else None
    spells, started = gone_on(None if same is None else same.spells, visible_games(person, presence), at)
    due = () if same is None else tuple(one for one in same.due if one.is_news(at))
    sessions = Sessions(person.id, person.person_id or 0, person.chat_id, spells, (*due, *started))
    return sessions, bool(started)


def _is_heard_of(person: StatusUser | None, chats: Collection[int]) -> bool:
    return person is not None and Allowance.WATCHES in person.allows and person.chat_id in chats


def _parts(keys: Sequence[str]) -> Iterable[Sequence[str]]:
    return (keys[start : start + _AT_ONCE] for start in range(0, len(keys), _AT_ONCE))
