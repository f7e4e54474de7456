"""Reads single values out of JSON in which anything can stand anywhere. Nothing here raises."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Any, Final

LONGEST_TEXT: Final = 100
_LONGEST_NUMBER: Final = 20
_SENDABLE: Final = re.compile(r"[!-~]{1,16384}")
# Letters by category that show as nothing all the same.
_BLANKS: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f")
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co"})
_ISO: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,12})?)?"
    r"([Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
# Nothing that GUB asks about happened before; .NET writes the year 1 for "never".
_FIRST_YEAR: Final = 2000


def text(value: Any) -> str | None:
    """Read a name or a title: its visible characters on one line, at most `LONGEST_TEXT`; None when nothing is left.

    Names come with zero-width characters in them (seen in Xbox titles) and, in Steam's case, with anything at all.
    """
    if not isinstance(value, str):
        return None
    spaced = (" " if character.isspace() else character for character in value[: 20 * LONGEST_TEXT])
    visible = "".join(one for one in spaced if one not in _BLANKS and unicodedata.category(one) not in _INVISIBLE)
    return " ".join(visible.split())[:LONGEST_TEXT].rstrip() or None


def sendable(value: Any) -> str | None:
    """Read a token or a word of a protocol: visible ASCII, which can be sent on as it is."""
    return value if isinstance(value, str) and _SENDABLE.fullmatch(value) else None


def whole(value: Any) -> int | None:
    """Read a whole number, be it written as a number or as a string of ASCII digits."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= _LONGEST_NUMBER:
        return int(value)
    return None


def digits(value: Any) -> str | None:
    """Read an id: a whole number of at most 20 digits, as a string without leading zeros; None for all else."""
    number = whole(value)
    return str(number) if number is not None and 0 < number < 10**_LONGEST_NUMBER else None


def moment(value: Any, now: datetime) -> datetime | None:
    """Read Unix seconds as a time in the past; None for what cannot be one. Slightly ahead of us counts as now."""
    seconds = whole(value)
    if seconds is None or not 0 < seconds <= now.timestamp() + timedelta(days=1).total_seconds():
        return None
    return min(datetime.fromtimestamp(seconds, UTC), now)


def instant(value: Any) -> datetime | None:
    """Read a time by ISO 8601 as UTC in whole milliseconds, with any number of fractional digits (Xbox sends seven).

    Without a zone it is UTC: Xbox leaves the Z out now and then (misiektoja/xbox_monitor#1).
    """
    if not isinstance(value, str) or (match := _ISO.fullmatch(value.strip())) is None:
        return None
    try:
        read = datetime.fromisoformat(value.strip().upper())
        time = (read if match[1] else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return time.replace(microsecond=time.microsecond // 1000 * 1000)


def past(value: Any, now: datetime) -> datetime | None:
    """Read a time by ISO 8601 as one in the past, as `moment` does."""
    time = instant(value)
    if time is None or time.year < _FIRST_YEAR or time > now + timedelta(days=1):
        return None
    return min(time, now)


def entry(value: Any, *path: str) -> Any:
    """Follow the keys through nested objects; None as soon as something on the way is no object or lacks the key."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value
