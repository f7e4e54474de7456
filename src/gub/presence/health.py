"""How each platform fares, for whoever wants to show or report it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gub.platforms.errors import CredentialDead, NoCredential, Unreadable


class Health(StrEnum):
    """What can be expected of a platform now."""

    OK = "ok"
    DEGRADED = "degraded"
    AUTH_NEEDED = "auth_needed"
    NO_CREDENTIAL = "no_credential"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class PlatformState:
    """A platform's health, since when, why, and when it last answered, and failed to.

    Nothing was asked yet while `since` is None.
    """

    health: Health = Health.OK
    since: datetime | None = None
    detail: str | None = None
    answered_at: datetime | None = None
    failed_at: datetime | None = None


def health_of(error: Exception) -> Health:
    """Say what an error that ended a question means for the platform."""
    if isinstance(error, CredentialDead):
        return Health.AUTH_NEEDED
    if isinstance(error, Unreadable):
        return Health.UNREADABLE
    return Health.NO_CREDENTIAL if isinstance(error, NoCredential) else Health.DEGRADED
