"""The documents of `announcements` (one a wish of an owner) and `announcementtargets` (one a chat that is to hear).

The `_id` of a target is "<announcement>:<chat>", so a chat is the target of an announcement once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from pymongo import IndexModel

from gub.store.documents import (
    DATE_OR_NULL,
    INTEGER,
    INTEGER_OR_NULL,
    STRING,
    TEXT_OR_NULL,
    CollectionSchema,
    Document,
    integer_of,
)

KEPT_SECONDS: Final = 30 * 86_400
"""How long an announcement, and what became of it, is remembered."""

SCHEMA: Final = CollectionSchema(
    name="announcements",
    required=("owner_id", "command_id", "phase"),
    properties={
        "owner_id": INTEGER,
        "command_id": INTEGER,
        "phase": STRING,
        "text": TEXT_OR_NULL,
        "entities": {"bsonType": ["array", "null"]},
        "copied_message_id": INTEGER_OR_NULL,
        "silent": {"bsonType": "bool"},
        "panel_id": INTEGER_OR_NULL,
        "why": TEXT_OR_NULL,
        "stored_at": DATE_OR_NULL,
    },
    indexes=(
        IndexModel([("owner_id", 1), ("command_id", 1)], name="command", unique=True),
        IndexModel([("phase", 1)], name="phase"),
        IndexModel([("stored_at", 1)], name="stored_at_ttl", expireAfterSeconds=KEPT_SECONDS),
    ),
)

TARGETS_SCHEMA: Final = CollectionSchema(
    name="announcementtargets",
    required=("announcement", "chat_id", "state"),
    properties={
        "_id": STRING,
        "announcement": {"bsonType": "objectId"},
        "chat_id": INTEGER,
        "state": STRING,
        "message_id": INTEGER_OR_NULL,
        "reason": TEXT_OR_NULL,
        "sent_at": DATE_OR_NULL,
        "stored_at": DATE_OR_NULL,
    },
    indexes=(
        IndexModel([("announcement", 1), ("state", 1)], name="state"),
        IndexModel([("chat_id", 1)], name="chat_id"),
        IndexModel([("stored_at", 1)], name="stored_at_ttl", expireAfterSeconds=KEPT_SECONDS),
    ),
)


class Phase(StrEnum):
    """How far an announcement has come."""

    DRAFT = "draft"
    GATHERING = "gathering"
    SENDING = "sending"
    PAUSED = "paused"
    STOPPED = "stopped"
    DONE = "done"
    RECALLING = "recalling"
    RECALLED = "recalled"
    CANCELLED = "cancelled"


UNDER_WAY: Final = (Phase.GATHERING, Phase.SENDING, Phase.RECALLING)
"""There is something to do now."""


class TargetState(StrEnum):
    """What became of an announcement in one chat."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    SKIPPED = "skipped"
    FAILED = "failed"
    UNKNOWN = "unknown"
    RECALLED = "recalled"
    STAYS = "stays"


@dataclass(frozen=True, slots=True)
class Source:
    """What is told: a text with its entities as Telegram writes them, or a message of the owner's chat, copied."""

    text: str | None = None
    entities: tuple[Mapping[str, Any], ...] = ()
    copied_message_id: int | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many chats there are of each state."""

    by_state: Mapping[TargetState, int] = field(default_factory=dict)

    def of(self, *states: TargetState) -> int:
        """Count the chats in any of these states."""
        return sum(self.by_state.get(state, 0) for state in states)

    @property
    def total(self) -> int:
        """Count all."""
        return sum(self.by_state.values())


@dataclass(frozen=True, slots=True)
class Announcement:
    """One announcement. `panel_id` is the message in the owner's chat that shows how it goes."""

    id: str
    owner_id: int
    phase: Phase
    source: Source
    silent: bool = False
    panel_id: int | None = None
    why: str | None = None
    stored_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """One chat of one announcement, and the message that it got."""

    id: str
    chat_id: int
    state: TargetState
    message_id: int | None = None


def announcement_of(document: Document) -> Announcement:
    """Read a document."""
    source = Source(
        document.get("text"), tuple(document.get("entities") or ()), integer_of(document.get("copied_message_id"))
    )
    return Announcement(
        id=str(document["_id"]),
        owner_id=int(document["owner_id"]),
        phase=Phase(document["phase"]),
        source=source,
        silent=document.get("silent") is True,
        panel_id=integer_of(document.get("panel_id")),
        why=document.get("why"),
        stored_at=document.get("stored_at"),
    )


def target_of(document: Document) -> Target:
    """Read a document."""
    return Target(
        id=str(document["_id"]),
        chat_id=int(document["chat_id"]),
        state=TargetState(document["state"]),
        message_id=integer_of(document.get("message_id")),
    )
