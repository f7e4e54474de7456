"""How old something is, in the words of people."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gub.domain.ages import BORN, Age, age_on


@pytest.mark.parametrize(
    ("born", "today", "age"),
    [
        (date(2021, 2, 8), date(2026, 11, 23), Age(5, 9, 15)),
        (date(2021, 2, 8), date(2027, 2, 7), Age(5, 11, 30)),
        (date(2021, 2, 8), date(2027, 2, 8), Age(6, 0, 0)),
        (date(2024, 1, 31), date(2024, 2, 28), Age(0, 0, 28)),
        (date(2024, 1, 31), date(2024, 2, 29), Age(0, 1, 0)),
        (date(2024, 1, 31), date(2024, 3, 1), Age(0, 1, 1)),
        (date(2024, 2, 29), date(2025, 2, 28), Age(1, 0, 0)),
        (date(2021, 2, 8), date(2021, 2, 8), Age(0, 0, 0)),
        (date(2021, 2, 8), date(1970, 1, 1), Age(0, 0, 0)),
    ],
)
def test_d82_an_age_is_that_of_the_day(born: date, today: date, age: Age) -> None:
    assert age_on(today, born) == age


@given(st.dates(BORN, date(2200, 1, 1)))
def test_d82_nobody_gets_younger_and_a_day_is_at_most_a_day(today: date) -> None:
    before, after = age_on(today), age_on(today + timedelta(days=1))
    assert (before.years, before.months, before.days) < (after.years, after.months, after.days)
    assert 0 <= after.months < 12
    assert 0 <= after.days < 31
