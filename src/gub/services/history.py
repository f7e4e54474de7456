"""Keeps, of those who allow it, when they came, went, and what they played."""

from collections.abc import Collection, Iterable, Sequence
from typing import Final

import structlog

from gub.domain.presence_changes import change_of, hiding_of, is_news
from gub.domain.values import Allowance, StatusUser
from gub.presence.look import Look
from gub.store.store import Store

log = structlog.get_logger(__name__)

_AT_ONCE: Final = 200


class HistoryBook:
    """An interest in those who allow a history, and a listener that writes it.

    Whether they still allow it is read at the moment of writing; what is written in that very moment, and what a death
    of the process leaves, goes with the next `tidy`.
    """

    def __init__(self, store: Store) -> None:
        """Keep it in `store`."""
        self._store = store

    async def chats(self) -> Collection[int]:
        """See `Interest`."""
        return ()

    async def people(self) -> Collection[str]:
        """See `Interest`."""
        return [one.id for one in await self._store.statususers.allowing(Allowance.HISTORY)]

    async def heard(self, look: Look) -> None:
        """Write down what is new, and sure; and who hides from now on."""
        news = [
            key
            for key, seen in look.people.items()
            if seen.changed and seen.sure and Allowance.HISTORY in seen.person.allows
        ]
        for some in _parts([*news, *look.gone]):
            people = await self._store.statususers.by_ids(some)
            allowing = [one for one in people.values() if Allowance.HISTORY in one.allows]
            await self._write(allowing, look)

    async def tidy(self) -> None:
        """Forget those who do not allow it any more, are not who they were, or are gone."""
        for some in _parts(await self._store.history.people()):
            people = await self._store.statususers.by_ids(some)
            for key in some:
                person = people.get(key)
                if person is None or Allowance.HISTORY not in person.allows:
                    await self._store.history.forget(key)

    async def _write(self, people: Iterable[StatusUser], look: Look) -> None:
        changes = []
        for person in people:
            seen = look.people.get(person.id)
            change = hiding_of(person, look.at) if seen is None else change_of(person, seen.presence, look.at)
            # What was written last is read each time: they may have had it deleted.
            if change is not None and is_news(change, await self._store.history.latest(person.id)):
                changes.append(change)
        if changes:
            await self._store.history.add(changes)


def _parts(keys: Sequence[str]) -> Iterable[Sequence[str]]:
    return (keys[start : start + _AT_ONCE] for start in range(0, len(keys), _AT_ONCE))
