"""What workers share, in memory, with every chance to come in each other's way."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field, replace
from random import Random

from gub.store.errors import StoreUnavailable
from gub.store.paces import Tally


@dataclass
class MemoryBook:
    """Keeps tallies as the store does. `away`: does not answer."""

    random: Random
    tallies: dict[str, Tally] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)
    away: bool = False

    async def read(self, name: str) -> Tally:
        await self._travel("read")
        tally = self.tallies.get(name, Tally())
        await self._travel("back")
        return tally

    async def write(self, name: str, tally: Tally, _now: float) -> Tally | None:
        await self._travel("write")
        done = None
        if self.tallies.get(name, Tally()).revision == tally.revision:
            done = self.tallies[name] = replace(tally, revision=tally.revision + 1)
        await self._travel("back")
        return done

    async def _travel(self, what: str) -> None:
        self.done[what] += 1
        for _ in range(self.random.randrange(4)):
            await asyncio.sleep(0)
        if self.away:
            raise StoreUnavailable("AutoReconnect")
