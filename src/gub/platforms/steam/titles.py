"""Names of games that Steam gave by number alone (ValvePython/steam#133), asked of the store, which needs no key."""

import asyncio
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from gub.clock import Clock
from gub.platforms import tolerant
from gub.platforms.errors import PlatformError
from gub.platforms.limiter import Budget
from gub.platforms.transport import Transport
from gub.platforms.waiting import stop_all, wait_for_all

_KEPT: Final = 28 * 86400.0
_NOT_TRIED_AGAIN: Final = 600.0
_LONGEST_ASKING: Final = 20.0
_AT_ONCE: Final = 20
_LARGEST_APP: Final = 2**32


@dataclass(frozen=True, slots=True)
class _Known:
    title: str | None
    until: float


class TitleBook:
    """Remembers the titles of `limit` games. Who asks waits a moment at most: a later title serves the next."""

    def __init__(
        self,
        transport: Transport,
        clock: Clock,
        *,
        budget: Budget | None = None,
        limit: int = 2000,
        patience: float = 0.3,
    ) -> None:
        """Ask through `transport`, at most one question a second unless `budget` says otherwise.

        `patience` is in seconds.
        """
        self._transport = transport
        self._clock = clock
        self._budget = budget or Budget([(1, 1.0)], clock)
        self._limit = limit
        self._patience = patience
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._asking: dict[str, asyncio.Task[None]] = {}

    async def titles(self, app_ids: Collection[str]) -> dict[str, str]:
        """Return the titles known now or a moment from now. Never raises: a game without a title is left out."""
        asked = [task for app_id in dict.fromkeys(app_ids) if (task := self._ask(app_id)) is not None]
        await wait_for_all(asked, self._patience, self._clock)
        found = {app_id: self._recall(app_id) for app_id in app_ids}
        return {app_id: known.title for app_id, known in found.items() if known and known.title}

    async def aclose(self) -> None:
        """Stop asking."""
        await stop_all(list(self._asking.values()))

    def _recall(self, app_id: str) -> _Known | None:
        known = self._known.get(app_id)
        if known is None or known.until <= self._clock.monotonic():
            return None
        self._known.move_to_end(app_id)
        return known

    def _ask(self, app_id: str) -> asyncio.Task[None] | None:
        if not app_id.isascii() or not app_id.isdigit() or int(app_id) >= _LARGEST_APP or self._recall(app_id):
            return None
        task = self._asking.get(app_id)
        if task is None and len(self._asking) < _AT_ONCE:
            task = self._asking[app_id] = asyncio.create_task(self._learn(app_id))
        return task

    async def _learn(self, app_id: str) -> None:
        title = None
        try:
            reply = await self._transport.request(
                "GET",
                f"https://store.steampowered.com/api/appdetails?appids={app_id}&filters=basic",
                budget=self._budget,
                deadline=self._clock.monotonic() + _LONGEST_ASKING,
                retries=0,
            )
            title = tolerant.text(tolerant.entry(reply.json(), app_id, "data", "name"))
        except PlatformError:
            pass  # a game without a title is "a game"; the store is asked again later
        finally:
            del self._asking[app_id]
        self._known[app_id] = _Known(title, self._clock.monotonic() + (_KEPT if title else _NOT_TRIED_AGAIN))
        while len(self._known) > self._limit:
            self._known.popitem(last=False)
