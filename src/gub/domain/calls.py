"""A call as its chat sees it: who is in, who comes later, who cannot, and whether that is as many as are wanted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Answer(StrEnum):
    """What somebody answers. The words of buttons."""

    IN = "in"
    SOON = "soon"
    CANT = "cant"


class Answered(StrEnum):
    """What became of an answer."""

    TAKEN = "taken"
    SAME = "same"
    NO_ROOM = "no room"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Words:
    """What a call is for, as it was typed: the text, and the looks it has, as entities of Telegram."""

    text: str
    looks: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """One call and the answers to it.

    `command_id` is the message that asked for it, `message_id` the one that shows it; where a group became a
    supergroup, both are forgotten. Of those it is for, `called` are mentioned by that message, `muted`, `asleep` and
    `away` are named there, as they were not pinged. `words` is None also when they stand in a message of their own.

    `coming` is in the order of the answers, and with the caller from the start; `late` says when who of them comes.
    """

    id: str
    chat_id: int
    group_id: str
    group_name: str
    caller_id: int
    opened_at: datetime
    closes_at: datetime
    command_id: int | None = None
    thread_id: int | None = None
    message_id: int | None = None
    words: Words | None = None
    wanted: int | None = None
    only_on: bool = False
    called: tuple[int, ...] = ()
    muted: tuple[int, ...] = ()
    asleep: tuple[int, ...] = ()
    away: tuple[int, ...] = ()
    coming: tuple[int, ...] = ()
    late: Mapping[int, datetime] = field(default_factory=dict)
    cant: tuple[int, ...] = ()
    rest_pinged_at: datetime | None = None
    full_told: bool = False
    ended: bool = False
    revision: int = 0

    @property
    def squad(self) -> tuple[int, ...]:
        """Those who play: the first who came, as many as are wanted."""
        return self.coming[: self.wanted]

    @property
    def waiting(self) -> tuple[int, ...]:
        """Those who would play, were there room: the first of them does as soon as one of the squad cannot."""
        return () if self.wanted is None else self.coming[self.wanted :]

    @property
    def is_full(self) -> bool:
        """Whether as many come as are wanted."""
        return self.wanted is not None and len(self.coming) >= self.wanted

    @property
    def answered(self) -> frozenset[int]:
        """Those who have said something."""
        return frozenset((*self.coming, *self.cant))

    @property
    def rest(self) -> tuple[int, ...]:
        """Those whom it left in peace as they were not on, and who have said nothing yet."""
        return tuple(one for one in self.away if one not in self.answered)
