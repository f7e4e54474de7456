"""When people want to be called: their hours and their snoozes, kept for all chats at once."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Final

from gub.clock import Clock
from gub.domain.hours import Hours, Snooze, is_quiet, snoozed_until
from gub.store.store import Store

_NONE_CHOSEN: Final = Hours()


class HoursBook:
    """Keeps when people want to be called. Each choice is one update of its own field."""

    def __init__(self, store: Store, clock: Clock) -> None:
        """Keep it in `store`."""
        self._store = store
        self._clock = clock

    async def of(self, user_ids: Iterable[int]) -> Mapping[int, Hours]:
        """Give everybody's hours; of who chose nothing, those that leave nobody in peace."""
        everybody = list(dict.fromkeys(user_ids))
        chosen = await self._store.users.hours(everybody) if everybody else {}
        return {user_id: chosen.get(user_id, _NONE_CHOSEN) for user_id in everybody}

    async def mine(self, user_id: int) -> Hours:
        """Give one person's hours."""
        return (await self.of([user_id]))[user_id]

    async def quiet(self, user_ids: Iterable[int]) -> frozenset[int]:
        """Say who of these wants to be left in peace now."""
        now = self._clock.now()
        return frozenset(one for one, hours in (await self.of(user_ids)).items() if is_quiet(hours, now))

    async def choose_zone(self, user_id: int, zone: str) -> None:
        """Keep a time zone; its name is one of `domain.time_zones`."""
        await self._store.users.choose_time_zone(user_id, zone)

    async def choose_quiet(self, user_id: int, quiet: tuple[int, int] | None) -> None:
        """Keep from when until when they are quiet, in minutes of their day; None, or nothing between: never."""
        await self._store.users.choose_quiet(user_id, None if quiet is None or quiet[0] == quiet[1] else quiet)

    async def choose_days(self, user_id: int, days: Collection[int]) -> None:
        """Keep on which days they may be called (0 is Monday). None at all counts as all."""
        await self._store.users.choose_days(user_id, days or range(7))

    async def clear(self, user_id: int) -> None:
        """Forget quiet hours and days."""
        await self._store.users.forget_hours(user_id)

    async def snooze(self, user_id: int, how_long: Snooze, zone: str | None = None) -> datetime | None:
        """Leave them in peace, everywhere; give until when. Their night is by `zone` while theirs is not known."""
        until = snoozed_until(how_long, await self.mine(user_id), zone, self._clock.now())
        await self._store.users.snooze(user_id, until)
        return until
