"""What GUB needs to talk to the platforms, as values. No `repr` shows a secret."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from gub.domain.values import Platform


class CredentialStatus(StrEnum):
    """What is known of a credential: the words of the stored field `status`."""

    UNPROVED = "unproved"
    OK = "ok"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Tokens:
    """What an OAuth server gave: both lifetimes are seconds from `issued`. None: it did not say, or gave none."""

    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    issued: datetime
    expires_in: int
    refresh_expires_in: int | None = None
    token_type: str = "bearer"  # noqa: S105 - the kind of token, by OAuth's own word
    scope: str = ""
    user_id: str | None = field(default=None, repr=False)

    @property
    def expires_at(self) -> datetime:
        """Say until when the access token works."""
        return self.issued + timedelta(seconds=self.expires_in)

    @property
    def refresh_expires_at(self) -> datetime | None:
        """Say until when the refresh token works; None when nobody said."""
        return None if self.refresh_expires_in is None else self.issued + timedelta(seconds=self.refresh_expires_in)


@dataclass(frozen=True, slots=True)
class XboxCredential:
    """An app registered with Microsoft, and the tokens of the account that signed in to it.

    `grant` changes when the owner gives a new credential, `revision` also when tokens are renewed.
    """

    client_id: str
    client_secret: str | None = field(repr=False)
    tokens: Tokens | None
    grant: str = ""
    revision: int = 0


@dataclass(frozen=True, slots=True)
class PsnCredential:
    """A PlayStation account's NPSSO and the tokens that came of it. `grant` and `revision` as in `XboxCredential`."""

    npsso: str | None = field(repr=False)
    tokens: Tokens | None
    grant: str = ""
    revision: int = 0


@dataclass(frozen=True, slots=True)
class CredentialState:
    """What may be shown of a credential: never the credential.

    `expires_at` is when its refresh token ends, `secret_expires_at` when Xbox's client secret does, as far as known.
    `warned_at`, `secret_warned_at` and `dead_told_at` say when the owners were last told of it, `silence_told_at` when
    of its platform's silence, as long as that lasts.
    """

    platform: Platform
    status: CredentialStatus
    checked_at: datetime | None = None
    expires_at: datetime | None = None
    secret_expires_at: datetime | None = None
    warned_at: datetime | None = None
    secret_warned_at: datetime | None = None
    dead_told_at: datetime | None = None
    silence_told_at: datetime | None = None


WARNED_AHEAD: Final = (timedelta(days=14), timedelta(days=7), timedelta(days=3), timedelta(days=1))
"""How long before an end the owners are told of it."""


def is_due(end: datetime | None, warned_at: datetime | None, now: datetime) -> bool:
    """Say whether a mark of `WARNED_AHEAD` has been passed that no warning has followed.

    A warning of the future, from when a clock was wrong, counts for nothing.
    """
    if end is None:
        return False
    passed = [end - ahead for ahead in WARNED_AHEAD if end - ahead <= now]
    return bool(passed) and (warned_at is None or not max(passed) <= warned_at <= now)
