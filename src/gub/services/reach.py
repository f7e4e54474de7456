"""Whom a call pings: not who wants to be left in peace, and, if it is for who is on, nobody else."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gub.domain.hours import is_inside, is_quiet
from gub.domain.mutes import is_muted
from gub.domain.presence import PersonPresence, Status
from gub.domain.values import NotifyGroup, StatusUser
from gub.domain.visibility import is_shown, may_be_asked_about
from gub.presence.desk import PresenceDesk
from gub.services.hours import HoursBook
from gub.store.store import Store

_ON: Final = frozenset({Status.PLAYING, Status.ONLINE, Status.AWAY})
"""With a phone in hand nobody is where they could play."""


@dataclass(frozen=True, slots=True)
class Reach:
    """The members of a group, but for the caller, in their order: whom a call pings, and why it does not the others.

    `muted` have muted the group, `asleep` want to be left in peace by everybody now, `away` are neither on nor is it
    one of the hours that they chose; of those only a call for who is on tells.
    """

    ping: tuple[int, ...]
    muted: tuple[int, ...] = ()
    asleep: tuple[int, ...] = ()
    away: tuple[int, ...] = ()


class Reaching:
    """Finds out whom a call pings."""

    def __init__(self, store: Store, desk: PresenceDesk, hours: HoursBook) -> None:
        """Know by `store` who of a chat's list is which member, by `desk` what they do, by `hours` when they sleep."""
        self._store = store
        self._desk = desk
        self._hours = hours

    async def of(self, group: NotifyGroup, caller_id: int, now: datetime, *, only_on: bool) -> Reach:
        """Say whom a call of the group pings now; with `only_on`, of those only who is on, or inside their hours.

        Who is on is known of members who said themselves who of the chat's list they are, and want that to be seen.
        A platform that does not answer leaves nobody out: whoever may be on it is pinged.
        """
        members = [one for one in dict.fromkeys(group.members) if one != caller_id]
        muted = [one for one in members if is_muted(group, one, now)]
        others = [one for one in members if one not in muted]
        hours = await self._hours.of(others)
        asleep = [one for one in others if is_quiet(hours[one], now)]
        awake = [one for one in others if one not in asleep]
        away: Collection[int] = ()
        if only_on:
            outside = [one for one in awake if not is_inside(hours[one], now)]
            on = await self._on(group.chat_id, outside)
            away = [one for one in outside if one not in on]
        return Reach(tuple(one for one in awake if one not in away), tuple(muted), tuple(asleep), tuple(away))

    async def _on(self, chat_id: int, members: Collection[int]) -> frozenset[int]:
        """Say who of these is on, or may be for all that is known."""
        if not members:
            return frozenset()
        people = await self._store.statususers.of_people(chat_id, members)
        asked = [one for one in people if may_be_asked_about(one.visibility)]
        presences = await self._desk.of_people(asked)
        return frozenset(one.person_id for one in asked if one.person_id and _may_be_on(one, presences[one.id]))


def _may_be_on(person: StatusUser, presence: PersonPresence) -> bool:
    if presence.status.present and is_shown(person.visibility, presence.status):
        return presence.status in _ON
    return bool(presence.unanswered or presence.stale_platforms)
