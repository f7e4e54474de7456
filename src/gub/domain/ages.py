"""How old GUB is."""

import calendar
from dataclasses import dataclass
from datetime import date
from typing import Final

BORN: Final = date(2021, 2, 8)
"""The day that the predecessor took for its birth (its bot/general/values.py): GUB goes on where it ended."""

_MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class Age:
    """Whole years, the whole months after those, and the days after those."""

    years: int
    months: int
    days: int


def age_on(today: date, born: date = BORN) -> Age:
    """Count as people do: a month is over on the same day of the next, or on its last when it has no such day."""
    if today <= born:
        return Age(0, 0, 0)
    months = (today.year - born.year) * _MONTHS + today.month - born.month
    if _after(born, months) > today:
        months -= 1
    return Age(*divmod(months, _MONTHS), (today - _after(born, months)).days)


def _after(born: date, months: int) -> date:
    years, month = divmod(born.month - 1 + months, _MONTHS)
    year = born.year + years
    return date(year, month + 1, min(born.day, calendar.monthrange(year, month + 1)[1]))
