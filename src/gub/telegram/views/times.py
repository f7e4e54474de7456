"""Lengths of time, each as it stands in a sentence: other languages inflect "a day" by where it stands."""

from datetime import timedelta
from enum import Enum, auto
from typing import Final

from gub.telegram.words import words, words_many

_MINUTE: Final = timedelta(minutes=1)
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_YEAR_DAYS: Final = 365
_MONTH_DAYS: Final = 30.5


class _Unit(Enum):
    MINUTE = auto()
    HOUR = auto()
    DAY = auto()
    MONTH = auto()
    YEAR = auto()


def ago(passed: timedelta) -> str:
    """Say how long ago something was: `3 hours ago`, and `just now` within the minute."""
    if passed < _MINUTE:
        return words("just now")
    count, unit = _rounded(passed)
    match unit:
        case _Unit.MINUTE:
            return words_many("a minute ago", "{count} minutes ago", count)
        case _Unit.HOUR:
            return words_many("an hour ago", "{count} hours ago", count)
        case _Unit.DAY:
            return words_many("a day ago", "{count} days ago", count)
        case _Unit.MONTH:
            return words_many("a month ago", "{count} months ago", count)
        case _Unit.YEAR:
            return words_many("a year ago", "{count} years ago", count)


def for_so_long(time: timedelta) -> str:
    """Say how long something has been, or will be: `for 3 hours`; less than a minute counts as one."""
    count, unit = _rounded(time)
    match unit:
        case _Unit.MINUTE:
            return words_many("for a minute", "for {count} minutes", count)
        case _Unit.HOUR:
            return words_many("for an hour", "for {count} hours", count)
        case _Unit.DAY:
            return words_many("for a day", "for {count} days", count)
        case _Unit.MONTH:
            return words_many("for a month", "for {count} months", count)
        case _Unit.YEAR:
            return words_many("for a year", "for {count} years", count)


def _rounded(time: timedelta) -> tuple[int, _Unit]:
    """Round to what is worth telling: the largest unit there is at least one of."""
    if (minutes := round(time / _MINUTE)) < _HOUR // _MINUTE:
        return max(minutes, 1), _Unit.MINUTE
    if (hours := round(time / _HOUR)) < _DAY // _HOUR:
        return hours, _Unit.HOUR
    if (months := round(time.days / _MONTH_DAYS)) < 1:
        return max(time.days, 1), _Unit.DAY
    if months < 12:  # noqa: PLR2004 - of a year
        return months, _Unit.MONTH
    return max(round(time.days / _YEAR_DAYS), 1), _Unit.YEAR
