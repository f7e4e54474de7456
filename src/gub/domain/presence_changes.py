"""What is kept of somebody who allows it: when they came, went, and what they played."""

from dataclasses import dataclass
from datetime import datetime

from gub.domain.presence import PersonPresence, Status, title_key
from gub.domain.values import Platform, StatusUser
from gub.domain.visibility import is_shown, may_be_asked_about


@dataclass(frozen=True, slots=True)
class PresenceChange:
    """From `at` on, a status user did this. What they do not want to be seen is `private`, as it is on /status.

    `person` is the status user's id, `user_id` the user who they are, and who allows this. `platform` and `title` are
    those of the game they play, or None.
    """

    person: str
    user_id: int
    chat_id: int
    at: datetime
    status: Status
    platform: Platform | None = None
    title: str | None = None


def change_of(person: StatusUser, presence: PersonPresence, at: datetime) -> PresenceChange | None:
    """Say what is to be kept of what somebody does; None while nobody says who they are, or nothing is known."""
    if person.person_id is None or presence.status is Status.UNKNOWN:
        return None
    if not is_shown(person.visibility, presence.status):
        return PresenceChange(person.id, person.person_id, person.chat_id, at, Status.PRIVATE)
    main = presence.main if presence.status is Status.PLAYING else None
    platform, title = (None, None) if main is None else (main.platform, main.title)
    return PresenceChange(person.id, person.person_id, person.chat_id, at, presence.status, platform, title)


def hiding_of(person: StatusUser, at: datetime) -> PresenceChange | None:
    """Say what is to be kept of who is not asked about any more; None unless that is because they hide."""
    if person.person_id is None or may_be_asked_about(person.visibility):
        return None
    return PresenceChange(person.id, person.person_id, person.chat_id, at, Status.PRIVATE)


def is_news(change: PresenceChange, before: PresenceChange | None) -> bool:
    """Say whether it is anything else than what was kept before: another status, or another game."""
    return before is None or _doing(change) != _doing(before)


def _doing(change: PresenceChange) -> tuple[object, ...]:
    return (change.user_id, change.status, change.platform, title_key(change.title))
