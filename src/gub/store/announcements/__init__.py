"""Announcements of the owners: what is to be told to all chats, and what became of it in each."""

from gub.store.announcements.document import (
    SCHEMA,
    TARGETS_SCHEMA,
    UNDER_WAY,
    Announcement,
    Counts,
    Phase,
    Source,
    Target,
    TargetState,
)
from gub.store.announcements.jobs import Announcements
from gub.store.announcements.targets import Targets

__all__ = [
    "SCHEMA",
    "TARGETS_SCHEMA",
    "UNDER_WAY",
    "Announcement",
    "Announcements",
    "Counts",
    "Phase",
    "Source",
    "Target",
    "TargetState",
    "Targets",
]
