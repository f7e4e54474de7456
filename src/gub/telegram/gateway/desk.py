"""Where leave is asked for by one tally that the workers share."""

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Protocol

from gub.store.errors import StoreUnavailable
from gub.store.paces import Tally
from gub.telegram.gateway.calls import Lane
from gub.telegram.gateway.tallies import Rule, decide

_REMEMBERED_SECONDS: Final = 30.0
"""A tally that was looked at so long ago is read again: it may have been forgotten and begun anew."""


class SharedPace(Protocol):
    """Where the workers' tallies are kept. Both raise `StoreUnavailable`."""

    async def read(self, name: str) -> Tally:
        """Give what is stored now."""

    async def write(self, name: str, tally: Tally, now: float) -> Tally | None:
        """Store this in the place of what has its revision; give it with its new one, None when that is gone."""


@dataclass(slots=True, eq=False)
class _Wish:
    lane: Lane
    number: int
    wait: float | None = None
    failure: StoreUnavailable | None = None


class Desk:
    """Asks for all who come at once by one writing, answers before bulk; what it knows saves it a reading."""

    def __init__(self, name: str, rule: Rule, book: SharedPace, now: Callable[[], float]) -> None:
        """Keep the tally of that name to that rule; `now`: seconds since 1970."""
        self._name = name
        self._rule = rule
        self._book = book
        self._now = now
        self._numbers = itertools.count()
        self._wishes: list[_Wish] = []
        self._asking = asyncio.Lock()
        self._tally: Tally | None = None
        self._seen_at = now()
        self.lines = {lane: asyncio.Lock() for lane in Lane}
        """Who waits in a lane for this chat; the first one asks."""

    @property
    def is_forgettable(self) -> bool:
        """Whether nobody asks or waits, nor did lately, and no hold is known."""
        is_quiet = self._now() - self._seen_at > _REMEMBERED_SECONDS and self.held_for <= 0
        return is_quiet and not self._wishes and not any(line.locked() for line in self.lines.values())

    @property
    def held_for(self) -> float:
        """How many seconds the hold lasts that Telegram has ordered, as far as is known here; 0 or less: none."""
        return -1.0 if self._tally is None else self._tally.held_until - self._now()

    async def ask(self, lane: Lane) -> float:
        """Take leave to send one, and give 0; or give the seconds after which to ask again.

        Raises:
            StoreUnavailable: the database is away.
        """
        wish = _Wish(lane, next(self._numbers))
        self._wishes.append(wish)
        try:
            async with self._asking:
                while wish.wait is None and wish.failure is None:
                    await self._serve()
        finally:
            self._wishes.remove(wish)
        if wish.wait is None:
            raise wish.failure or StoreUnavailable
        return wish.wait

    async def hold(self, seconds: float) -> None:
        """Let nobody send for so long.

        Raises:
            StoreUnavailable: the database is away.
        """
        async with self._asking:
            until = self._now() + seconds
            while (tally := await self._known()).held_until < until:
                await self._keep(replace(tally, held_until=until))

    async def _serve(self) -> None:
        """Decide on all wishes as of now, unless somebody else was faster. They fail together: failing takes long."""
        try:
            tally = await self._known()
            wishes = sorted((one for one in self._wishes if one.wait is None), key=lambda one: (one.lane, one.number))
            verdict = decide(tally, self._rule, [one.lane for one in wishes], self._now())
            if verdict.grants and not await self._keep(verdict.tally):
                return
        except StoreUnavailable as error:
            for wish in self._wishes:
                wish.failure = error
            return
        for wish, wait in zip(wishes, verdict.waits, strict=True):
            wish.wait = wait

    async def _known(self) -> Tally:
        if self._tally is None or self._now() - self._seen_at > _REMEMBERED_SECONDS:
            self._seen_at = self._now()
            self._tally = await self._book.read(self._name)
        return self._tally

    async def _keep(self, tally: Tally) -> bool:
        self._tally, now = None, self._now()
        self._tally = await self._book.write(self._name, tally, now)
        self._seen_at = now
        return self._tally is not None
