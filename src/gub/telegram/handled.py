"""What became of an update, in one word."""

from enum import StrEnum


class Handled(StrEnum):
    """The outcomes that are counted."""

    OK = "ok"
    """Handled, or nothing that concerns GUB."""
    REFUSED = "refused"
    """By a rule of the domain, which was told; or by Telegram."""
    FAILED = "failed"
    """Something of ours did not work, the database included."""
    UNDECODABLE = "undecodable"
    """Not what Telegram documents."""
