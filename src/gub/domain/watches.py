"""Watches: what somebody wants to be told of others who allow it, and when it is so. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from gub.domain.presence import PersonPresence, Status, kept_title, title_key
from gub.domain.spells import Spell
from gub.domain.values import StatusUser
from gub.domain.visibility import is_shown

_ON: Final = frozenset({Status.PLAYING, Status.ONLINE, Status.AWAY})
"""With a phone in hand nobody is where they could play."""


class WatchKind(StrEnum):
    """What is waited for: that somebody is on, that they play something, that so many of a chat are on."""

    ON = "on"
    PLAYS = "plays"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Watch:
    """What `owner_id` wants to be told of the people of a chat.

    `person` is the status user it is about, None of `COUNT`, which has a `count`. `title` is the game as it was named,
    None for any. It is told `always`, or once; to the owner alone, or `in_group`.

    `spell` says whether it was so when that was seen last, `due_at` since when it is to be told. `told_at` are the
    times at which it was told, of the last day at least.
    """

    id: str
    chat_id: int
    owner_id: int
    kind: WatchKind
    person: str | None = None
    title: str | None = None
    count: int | None = None
    always: bool = False
    in_group: bool = False
    spell: Spell | None = None
    due_at: datetime | None = None
    told_at: tuple[datetime, ...] = ()
    revision: int = 0


def is_on(person: StatusUser, presence: PersonPresence) -> bool:
    """Say whether somebody is where they could play, and wants that to be seen."""
    return is_shown(person.visibility, presence.status) and presence.status in _ON


def is_playing(person: StatusUser, presence: PersonPresence, title: str | None) -> bool:
    """Say whether somebody plays a game of this name, on whichever platform (None: any), and wants that to be seen."""
    if not is_shown(person.visibility, presence.status):
        return False
    return any(title is None or title_key(kept_title(one.title)) == title_key(title) for one in presence.playing)


def are_enough(sure: Iterable[bool | None], count: int) -> bool | None:
    """Say whether so many are on, by whether each is (None: that is not sure); None when it hangs on those."""
    told = list(sure)
    on, unsure = sum(one is True for one in told), sum(one is None for one in told)
    if on >= count:
        return True
    return None if on + unsure >= count else False
