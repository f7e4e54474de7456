"""What /status tells: the people of a chat, and what they do."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from gub.domain.names import fold
from gub.domain.presence import PersonPresence, Status, title_key
from gub.domain.values import Platform, StatusUser
from gub.domain.visibility import is_shown, may_be_asked_about
from gub.presence.desk import PresenceDesk
from gub.presence.health import Health, PlatformState
from gub.store.store import Store

_NEVER: Final = datetime.min.replace(tzinfo=UTC)

Told = tuple[StatusUser, PersonPresence]
"""A person, and what they do."""


@dataclass(frozen=True, slots=True)
class ChatStatus:
    """What /status has to tell: who is shown, in order; how many are not, as they wish; how the platforms fare.

    `states` tells since when they do.
    """

    people: Sequence[Told]
    unseen: int
    health: Mapping[Platform, Health]
    states: Mapping[Platform, PlatformState] = field(default_factory=dict)


class StatusList:
    """Tells what the people of a chat do."""

    def __init__(self, store: Store, desk: PresenceDesk) -> None:
        """Find the people in `store`, and ask `desk` what they do."""
        self._store = store
        self._desk = desk

    async def of_chat(self, chat_id: int) -> ChatStatus:
        """Tell what those in the chat do who want it to be seen now; nobody asks about those who never do."""
        people = await self._store.statususers.of_chat(chat_id)
        return self._told(people, await self._desk.of_people(_asked(people)))

    async def known_of_chat(self, chat_id: int) -> ChatStatus:
        """Tell the same of what is known already, where it is asked again and again; it is asked for who is new."""
        people = await self._store.statususers.of_chat(chat_id)
        asked = _asked(people)
        presences = self._desk.known(asked)
        new = [person for person in asked if not self._desk.expects(person)]
        if new:
            presences |= await self._desk.of_people(new)
        return self._told(people, presences)

    def _told(self, people: Sequence[StatusUser], presences: Mapping[str, PersonPresence]) -> ChatStatus:
        told = [(person, presences[person.id]) for person in _asked(people)]
        shown = [one for one in told if is_shown(one[0].visibility, one[1].status)]
        return ChatStatus(in_order(shown), len(people) - len(shown), self._desk.health(), self._desk.answering())


def _asked(people: Sequence[StatusUser]) -> list[StatusUser]:
    return [person for person in people if may_be_asked_about(person.visibility)]


def in_order(people: Sequence[Told]) -> tuple[Told, ...]:
    """Order people as they read best: the best status first, and by name without regard to case among equals.

    Those who play stand together game by game, the game that most play first; of those who are gone, the one who was
    there last comes first.
    """
    players = Counter(_game(presence) for _, presence in people)

    def place(one: Told) -> tuple[int, int, str, float, str]:
        person, presence = one
        game = _game(presence)
        gone = 0.0 if presence.status.present else -((presence.last_seen or _NEVER) - _NEVER).total_seconds()
        return (presence.status.rank, -players[game] if game else 0, game, gone, fold(person.display_name))

    return tuple(sorted(people, key=place))


def _game(presence: PersonPresence) -> str:
    if presence.status is not Status.PLAYING or presence.main is None:
        return ""
    return title_key(presence.main.title)
