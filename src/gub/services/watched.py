"""Who is watched over: the people of whom some part of GUB wants to know what they do, all the time."""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from typing import Final, Protocol, TypeVar

from gub.domain.values import StatusUser
from gub.store.store import Store

_READ_ANEW: Final = 2_000
"""So many people, about, are read anew at each look, those first who were read longest ago: a few hundredths of a
second of work. Up to that number everybody is as they are now, at each look; 10,000 are within five."""

T = TypeVar("T")

_CHATS_AT_ONCE: Final = 50
_PEOPLE_AT_ONCE: Final = 200


class Interest(Protocol):
    """A part of GUB that wants to know of people. It is asked at each look: an answer is a short query, or none."""

    async def chats(self) -> Collection[int]:
        """Give the chats of which it wants to know everybody."""

    async def people(self) -> Collection[str]:
        """Give the ids of status users of whom it wants to know, of whatever chat."""


class Watched:
    """Gives who is wanted, and remembers them: nothing is read of who was read a moment ago."""

    def __init__(self, store: Store, interests: Sequence[Interest], *, read_anew: int = _READ_ANEW) -> None:
        """Read people in `store`: who is new at once, of the others about `read_anew` each time."""
        self._store = store
        self._interests = interests
        self._read_anew = read_anew
        self._chats: dict[int, Sequence[StatusUser]] = {}
        self._single: dict[str, StatusUser | None] = {}

    async def people(self) -> list[StatusUser]:
        """Give everybody who is wanted now, each once; hidden ones too, whom nobody asks about.

        Of a chat that GUB left, whose data is kept for a while, nobody is.
        """
        answers = await asyncio.gather(
            *(one.chats() for one in self._interests), *(one.people() for one in self._interests)
        )
        left = await self._store.departures.all()
        of_chats, by_id = answers[: len(self._interests)], answers[len(self._interests) :]
        chats = {chat_id for ids in of_chats for chat_id in ids if isinstance(chat_id, int)} - left
        await self._read_chats(chats)
        found = {one.id: one for people in self._chats.values() for one in people}
        wanted = {id_ for ids in by_id for id_ in ids if isinstance(id_, str) and id_ not in found}
        await self._read_people(wanted)
        single = [one for one in self._single.values() if one is not None and one.chat_id not in left]
        return [*found.values(), *single]

    async def changed(self, chat_id: int) -> None:
        """Have the people of this chat read anew by the next look."""
        self._chats.pop(chat_id, None)
        self._single = {key: one for key, one in self._single.items() if one is None or one.chat_id != chat_id}

    async def _read_chats(self, wanted: Collection[int]) -> None:
        """Read those who are not known, and the oldest of the others. What was read last comes last."""
        self._chats = {chat_id: people for chat_id, people in self._chats.items() if chat_id in wanted}
        due = [chat_id for chat_id in wanted if chat_id not in self._chats]
        left = self._read_anew
        for chat_id, people in self._chats.items():
            if left <= 0:
                break
            due.append(chat_id)
            left -= max(1, len(people))
        for some in _parts(due, _CHATS_AT_ONCE):
            read = await self._store.statususers.of_chats(some)
            for chat_id in some:
                self._chats.pop(chat_id, None)
                self._chats[chat_id] = read.get(chat_id, ())

    async def _read_people(self, wanted: Collection[str]) -> None:
        self._single = {key: one for key, one in self._single.items() if key in wanted}
        new = [key for key in wanted if key not in self._single]
        for some in _parts([*new, *list(self._single)[: self._read_anew]], _PEOPLE_AT_ONCE):
            read = await self._store.statususers.by_ids(some)
            for key in some:
                self._single.pop(key, None)
                self._single[key] = read.get(key)


def _parts(items: Sequence[T], size: int) -> Iterable[Sequence[T]]:
    return (items[start : start + size] for start in range(0, len(items), size))
