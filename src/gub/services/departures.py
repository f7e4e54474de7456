"""What becomes of the groups, invitations and watches of somebody who leaves a chat."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

import structlog

from gub.domain.values import KnownUser, NotifyGroup
from gub.services.invited import Invited
from gub.store.notifygroups import Change
from gub.store.store import Store

log = structlog.get_logger(__name__)

IsHere = Callable[[int], Awaitable[bool]]
"""Says whether a user is in the chat now, as far as Telegram tells."""

_ASKED: Final = 50
"""Members about whom is asked for one who left: Telegram answers about one at a time."""


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A group whose creator left the chat, as it is now, and whose it is."""

    group: NotifyGroup
    new_creator_id: int


class Departures:
    """Takes who left a chat out of all that is about its people."""

    def __init__(self, store: Store, invited: Invited) -> None:
        """Change groups in `store`; let `invited` see to the invitations."""
        self._store = store
        self._invited = invited

    async def left(self, chat_id: int, user: KnownUser, is_here: IsHere) -> list[HandedOver]:
        """Take somebody who left out of the chat's groups and invitations, and hand over the groups they made.

        They watch nobody of the chat any more.

        Each goes to its longest-standing member who `is_here`; where there is none, it stays as it is, and admins may
        hand it over. Handled again, it does what is left to do. Bots are in no groups.
        """
        if user.is_bot:
            return []
        here = await self._store.life.successor(chat_id) or chat_id
        dropped = await self._store.notifygroups.drop_member(here, user.user_id)
        await self._invited.left_chat(here, user)
        await self._store.watches.forget_owner(user.user_id, here)
        asked = _Asked(is_here, {user.user_id: False})
        handed_over = []
        for group in await self._store.notifygroups.created_by(here, user.user_id):
            heir = await self._hand_over(group, asked)
            if heir is not None:
                handed_over.append(heir)
        if dropped or handed_over:
            log.info("member left", chat_id=here, groups=dropped, handed_over=len(handed_over))
        return handed_over

    async def _hand_over(self, group: NotifyGroup, asked: "_Asked") -> HandedOver | None:
        """Hand a group to the first of its members who is here; who left it meanwhile is passed over."""
        for user_id in group.members:
            if not await asked.about(user_id):
                continue
            change = await self._store.notifygroups.hand_over(group.id, group.chat_id, user_id, from_=group.creator_id)
            if change is Change.DONE:
                return HandedOver(replace(group, creator_id=user_id), user_id)
            if change is not Change.NOT_ALLOWED:
                return None  # deleted, or handed over by somebody else
        return None


@dataclass(frozen=True, slots=True)
class _Asked:
    """Asks about each once, and of not too many."""

    is_here: IsHere
    told: dict[int, bool]

    async def about(self, user_id: int) -> bool:
        """Say whether a user is here; of whom is not asked any more, it is not known."""
        if user_id not in self.told:
            if len(self.told) > _ASKED:
                return False
            self.told[user_id] = await self.is_here(user_id)
        return self.told[user_id]
