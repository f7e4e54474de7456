"""Watches: who wants to be told what of whom, and when that begins to be so."""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from gub.domain.errors import NotAllowed, PersonNotFound
from gub.domain.spells import stepped
from gub.domain.values import Allowance, StatusUser, Visibility
from gub.domain.watches import Watch, WatchKind, are_enough, is_on, is_playing
from gub.presence.look import Look, Seen
from gub.store.store import Store

_AT_ONCE: Final = 200


class WatchBook:
    """An interest in those whom somebody watches, and a listener that decides what is to be told.

    It tells nobody: that is done beside, by what is decided. Only who allows it is watched, and that is read anew when
    there is something to decide, and once more when it is told.
    """

    def __init__(self, store: Store, changed: asyncio.Event) -> None:
        """Keep them in `store`; set `changed` when something is to be told."""
        self._store = store
        self._changed = changed
        self._counted: Collection[int] = ()  # the chats all of whose people the next look is about

    # -- what people do with them

    async def watchable(self, chat_id: int, owner_id: int) -> list[StatusUser]:
        """Give those of a chat's list whom somebody can watch: who allow it, and are not themselves."""
        people = await self._store.statususers.of_chat(chat_id)
        return [one for one in people if may_be_watched(one) and one.person_id != owner_id]

    async def add(self, watch: Watch) -> Watch:
        """Begin to watch; the same again gives what is there.

        Raises:
            PersonNotFound: who is to be watched is not on the chat's list (any more).
            NotAllowed: they do not allow it.
            LimitReached: the owner watches as much as GUB keeps.
        """
        if watch.person is not None:
            person = await self._store.statususers.get(watch.person, watch.chat_id)
            if person is None:
                raise PersonNotFound
            if not may_be_watched(person):
                raise NotAllowed("watch")
        return await self._store.watches.add(watch)

    async def of_owner(self, owner_id: int, chat_id: int | None = None) -> list[Watch]:
        """Give somebody's watches; with `chat_id`, those of its people."""
        return await self._store.watches.of_owner(owner_id, chat_id)

    async def mine(self, watch_id: str, owner_id: int) -> Watch | None:
        """Give somebody's watch by the id in a button."""
        watch = await self._store.watches.get(watch_id)
        return watch if watch is not None and watch.owner_id == owner_id else None

    async def told_in(self, watch_id: str, chat_id: int) -> Watch | None:
        """Give a watch that is told in this group, whosever it is."""
        watch = await self._store.watches.get(watch_id)
        return watch if watch is not None and watch.in_group and watch.chat_id == chat_id else None

    async def people_of(self, watches: Collection[Watch]) -> dict[str, StatusUser]:
        """Give whom these are about, as they are now; those who are gone are left out."""
        return await self._store.statususers.by_ids([one.person for one in watches if one.person])

    async def set_always(self, watch: Watch, *, always: bool) -> Watch | None:
        """Have it told each time, or once."""
        return await self._store.watches.change(watch.id, watch.owner_id, always=always)

    async def set_in_group(self, watch: Watch, *, in_group: bool) -> Watch | None:
        """Have it told in the group, or in private."""
        return await self._store.watches.change(watch.id, watch.owner_id, in_group=in_group)

    async def stop(self, watch: Watch) -> None:
        """Watch no more."""
        await self._store.watches.remove(watch.id, watch.owner_id)

    async def tidy(self) -> None:
        """Forget the watches of those who are on no list any more."""
        watched = await self._store.watches.people()
        for start in range(0, len(watched), _AT_ONCE):
            some = watched[start : start + _AT_ONCE]
            there = await self._store.statususers.by_ids(some)
            await self._store.watches.forget_people([one for one in some if one not in there])

    # -- what people do

    async def chats(self) -> Collection[int]:
        """See `Interest`."""
        return ()

    async def people(self) -> Collection[str]:
        """See `Interest`. Of who does not allow it, nobody asks."""
        watched = frozenset(await self._store.watches.people())
        self._counted = counted = frozenset(await self._store.watches.chats_counted())
        if not (watched or counted):
            return ()
        allowing = await self._store.statususers.allowing(Allowance.WATCHES)
        return [one.id for one in allowing if one.id in watched or one.chat_id in counted]

    async def heard(self, look: Look) -> None:
        """Decide what is to be told. What is not sure is no news."""
        due = False
        by_chat = _by_chat(look)
        for watch in await self._store.watches.all():
            if watch.kind is WatchKind.COUNT and watch.chat_id not in self._counted:
                continue  # it was made meanwhile: those are missing in this look whom nobody else wanted to know of
            so = _is_so(watch, look, by_chat)
            if so is None:
                continue
            spell, news = stepped(watch.spell, look.at, is_so=so)
            if news and not await self.is_allowed(watch):
                continue
            if news or spell != watch.spell:
                decided = await self._store.watches.decide(watch, spell, look.at if news else None)
                due = due or (decided and news)
        if due:
            self._changed.set()

    async def is_allowed(self, watch: Watch) -> bool:
        """Say whether whoever it is about allows it now, and is on the list of its chat still."""
        if watch.person is None:
            return True
        person = await self._store.statususers.get(watch.person, watch.chat_id)
        return person is not None and may_be_watched(person)


def may_be_watched(person: StatusUser) -> bool:
    """Say whether somebody can be watched: by their own wish, and while they are not hidden."""
    return Allowance.WATCHES in person.allows and person.visibility is not Visibility.HIDDEN


def _by_chat(look: Look) -> Mapping[int, list[Seen]]:
    """Sort those who may be watched by their chats."""
    chats: dict[int, list[Seen]] = {}
    for seen in look.people.values():
        if may_be_watched(seen.person):
            chats.setdefault(seen.person.chat_id, []).append(seen)
    return chats


def _on(people: Iterable[Seen]) -> Iterable[bool | None]:
    """Say of each person, who may be on a list twice, whether they are on; None where that is not sure."""
    on: dict[int | None, bool | None] = {}
    for seen in people:
        now = is_on(seen.person, seen.presence) if seen.sure else None
        before = on.get(seen.person.person_id, False)
        on[seen.person.person_id] = True if True in {now, before} else None if None in {now, before} else False
    return on.values()


def _is_so(watch: Watch, look: Look, by_chat: Mapping[int, list[Seen]]) -> bool | None:
    """Say whether what is waited for is so; None when that is not known for sure."""
    if watch.kind is WatchKind.COUNT:
        return are_enough(_on(by_chat.get(watch.chat_id, [])), watch.count or 1)
    seen = look.people.get(watch.person or "")
    if seen is None or not seen.sure or not may_be_watched(seen.person):
        return None
    if watch.kind is WatchKind.ON:
        return is_on(seen.person, seen.presence)
    return is_playing(seen.person, seen.presence, watch.title)
