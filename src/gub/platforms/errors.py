"""What can go wrong when a platform is asked. No error ever carries an address, a header or an answer's body."""

from typing import ClassVar


class PlatformError(Exception):
    """A platform gave no usable answer. The text is for the log and never holds a secret."""

    reason: ClassVar[str] = "unavailable"
    """One word for the kind of trouble; `gub.domain.errors.PlatformTrouble` uses the same four words."""

    def __init__(self, detail: str, retry_after: float | None = None) -> None:
        """Keep what happened, and after how many seconds it is worth asking again when that is known."""
        super().__init__(detail)
        self.detail = detail
        self.retry_after = retry_after


class CredentialDead(PlatformError):
    """The platform refuses the credential for good; only its owner can mend that."""

    reason = "credential_dead"


class NoCredential(PlatformError):
    """None is stored, so nothing was asked."""

    reason = "no_credential"


class Unreadable(NoCredential):
    """One is stored and cannot be decrypted, so nothing was asked; only its owner can mend that."""


class NotFound(PlatformError):
    """The platform knows no such account."""

    reason = "not_found"


class Private(PlatformError):
    """The account's owner does not let us see this."""

    reason = "private"


class RateLimited(PlatformError):
    """Too many questions: `retry_after` says in how many seconds the next one may be asked, if that is known."""

    reason = "rate_limited"


class Unavailable(PlatformError):
    """It did not answer, or answered that it is out of order."""


class Malformed(PlatformError):
    """It answered something that we do not understand."""
