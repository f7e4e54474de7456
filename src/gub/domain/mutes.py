"""Members who do not want to be pinged by the calls of a group, for some time or for good. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

from gub.domain.values import NotifyGroup


class MuteFor(StrEnum):
    """How long a member mutes a group. Until tomorrow is until this time tomorrow: whose day it is, is not known."""

    HOUR = "hour"
    TOMORROW = "tomorrow"
    GOOD = "good"


_SPANS = {MuteFor.HOUR: timedelta(hours=1), MuteFor.TOMORROW: timedelta(days=1), MuteFor.GOOD: None}


def muted_until(mute_for: MuteFor, now: datetime) -> datetime | None:
    """Say when a mute that begins now ends; None for good."""
    span = _SPANS[mute_for]
    return None if span is None else now + span


def is_muted(group: NotifyGroup, user_id: int, now: datetime) -> bool:
    """Say whether calls of the group leave this user in peace now."""
    if user_id not in group.mutes:
        return False
    until = group.mutes[user_id]
    return until is None or until > now


def muted(group: NotifyGroup, now: datetime) -> frozenset[int]:
    """Give the members who are not to be pinged now."""
    return frozenset(user_id for user_id in group.members if is_muted(group, user_id, now))
