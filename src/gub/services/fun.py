"""What is only for fun: teasing each other, and not too much of it."""

import math
from dataclasses import dataclass

from gub.clock import Clock
from gub.domain.banter import Verdict
from gub.domain.errors import AskedTooOften
from gub.domain.limits import FUN, FUN_SPAN
from gub.domain.values import KnownUser
from gub.services.invitees import Candidate, Look, is_bot, looked_at, resolved
from gub.services.throttle import Throttle
from gub.store.store import Store


@dataclass(frozen=True, slots=True)
class Target:
    """Whom a tease is for, as they are now; None of whom GUB knows nothing but a name."""

    verdict: Verdict
    user: KnownUser | None = None


class Fun:
    """Fun for chats, within limits."""

    def __init__(self, store: Store, clock: Clock) -> None:
        """Ask `store` who does not want to be teased."""
        self._users = store.users
        self._throttle = Throttle[int](clock, count=FUN, seconds=FUN_SPAN.total_seconds())

    def take_part(self, chat_id: int) -> None:
        """Count one command for fun in a chat.

        Raises:
            AskedTooOften: that would be too many: a chat is for talking.
        """
        if wait := self._throttle.take(chat_id):
            raise AskedTooOften(math.ceil(wait), "fun")

    async def whom(self, named: Candidate, asker_id: int | None, gub: KnownUser, look: Look) -> Target:
        """Say whether somebody may be teased by whoever asks (None: an admin who writes as the group)."""
        (one,) = await resolved([named], self._users)
        if one.entry in (gub.user_id, f"@{(gub.username or '').lower()}"):
            return Target(Verdict.GUB)
        if one.entry == asker_id:
            return Target(Verdict.YOURSELF, one.user)
        if is_bot(one):
            return Target(Verdict.BOT)
        ((one, here),) = await looked_at([one], look, self._users)
        if one.user is None:
            return Target(Verdict.UNKNOWN)
        return Target(await self._about(one.user, here=here), one.user)

    async def _about(self, user: KnownUser, *, here: bool) -> Verdict:
        if not here:
            return Verdict.ABSENT
        return Verdict.TEASED if await self._users.takes_banter(user.user_id) else Verdict.UNWILLING

    async def spare(self, user_id: int) -> None:
        """Never tease this user again."""
        await self._users.choose_banter(user_id, takes=False)
