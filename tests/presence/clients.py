"""A platform that answers what it is told, when it is told."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from gub.domain.presence import AccountPresence, Status
from gub.domain.values import Account, Platform, StatusUser
from gub.platforms.errors import NotFound
from gub.platforms.limiter import Ration
from gub.platforms.protocol import PresenceClient
from tests.support.clock import FakeClock


class ScriptedClient(PresenceClient):
    def __init__(self, platform: Platform, clock: FakeClock, batch_size: int = 100) -> None:
        self._platform = platform
        self._batch_size = batch_size
        self._clock = clock
        self.calls: list[list[str]] = []
        self.allowed = Ration(per_second=100, at_once=1000, now=1000)
        self.error: Exception | None = None
        self.facts: dict[str, AccountPresence] = {}
        self.leave_out: set[str] = set()
        self.open = asyncio.Event()
        self.open.set()
        self.answer: Callable[[Sequence[str]], Mapping[str, AccountPresence]] = self._answer

    @property
    def platform(self) -> Platform:
        return self._platform

    @property
    def batch_size(self) -> int:
        return self._batch_size

    def ration(self, share: float) -> Ration:  # noqa: ARG002 - the tests say it themselves
        return self.allowed

    async def look_up(self, text: str) -> Account:
        raise NotFound(text)

    async def probe(self) -> None:
        pass

    async def aclose(self) -> None:
        pass

    async def presences(self, ids: Sequence[str]) -> Mapping[str, AccountPresence]:
        self.calls.append(list(ids))
        await self.open.wait()
        if self.error is not None:
            raise self.error
        return self.answer(ids)

    def set(self, account_id: str, status: Status, **facts: object) -> None:
        self.facts[account_id] = AccountPresence(self._platform, account_id, status, **facts)  # type: ignore[arg-type]

    def _answer(self, ids: Sequence[str]) -> Mapping[str, AccountPresence]:
        blank = {one: AccountPresence(self._platform, one, Status.ONLINE) for one in ids}
        known = {one: self.facts.get(one, blank[one]) for one in ids if one not in self.leave_out}
        return {one: replace(it, fetched_at=self._clock.now()) for one, it in known.items()}


def person(name: str, chat_id: int = -1, **accounts: str) -> StatusUser:
    """A status user whose accounts are given as `steam="1"`."""
    linked = {Platform(platform): Account(Platform(platform), one, f"acct {one}") for platform, one in accounts.items()}
    return StatusUser(id=name, chat_id=chat_id, keeper_id=1, display_name=name, accounts=linked)
