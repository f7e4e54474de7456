"""When people want to be called."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gub.domain.hours import DAY_MINUTES, EVERY_DAY, Hours, is_inside, is_quiet, quiet_until, tonight_ends
from gub.domain.time_zones import ZONES

BERLIN = "Europe/Berlin"
NIGHT = (23 * 60, 8 * 60)
MOMENTS = st.integers(0, 3 * 366 * 24 * 60).map(
    lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
SOME_ZONES = st.sampled_from([zone for zones in ZONES.values() for zone in zones])
MINUTES = st.integers(0, DAY_MINUTES - 1)
SOME_HOURS = st.builds(
    Hours,
    time_zone=st.none() | SOME_ZONES,
    quiet=st.none() | st.tuples(MINUTES, MINUTES),
    days=st.frozensets(st.integers(0, 6), min_size=1),
    snoozed_until=st.none() | MOMENTS,
)


def berlin(day: int, hour: int, minute: int = 0, *, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=ZoneInfo(BERLIN))


def test_who_has_chosen_nothing_may_be_called_and_is_not_known_to_want_it() -> None:
    assert not is_quiet(Hours(), berlin(22, 3))
    assert not is_inside(Hours(), berlin(22, 20))
    assert not is_inside(Hours(time_zone=BERLIN), berlin(22, 20))


@pytest.mark.parametrize(
    ("hour", "minute", "quiet"), [(22, 59, False), (23, 0, True), (3, 0, True), (7, 59, True), (8, 0, False)]
)
def test_quiet_hours_go_over_midnight(hour: int, minute: int, *, quiet: bool) -> None:
    hours = Hours(BERLIN, NIGHT)
    assert is_quiet(hours, berlin(22, hour, minute)) is quiet
    assert is_inside(hours, berlin(22, hour, minute)) is not quiet


def test_quiet_hours_mean_nothing_without_a_time_zone() -> None:
    assert not is_quiet(Hours(None, NIGHT), berlin(22, 3))


def test_a_night_belongs_to_the_day_before() -> None:
    fridays = Hours(BERLIN, days=frozenset({4}))
    assert not is_quiet(fridays, berlin(20, 20))
    assert not is_quiet(fridays, berlin(21, 1)), "the night of Friday"
    assert is_quiet(fridays, berlin(21, 5)), "Saturday has begun"
    assert is_quiet(fridays, berlin(20, 4)), "the night of Thursday"


def test_a_snooze_counts_without_a_time_zone_and_ends() -> None:
    hours = Hours(snoozed_until=berlin(22, 21))
    assert is_quiet(hours, berlin(22, 20, 59))
    assert not is_quiet(hours, berlin(22, 21))
    assert quiet_until(hours, berlin(22, 20)) == berlin(22, 21)


def test_a_snooze_that_ends_in_quiet_hours_goes_on_until_they_end() -> None:
    hours = Hours(BERLIN, NIGHT, snoozed_until=berlin(22, 23, 30))
    assert quiet_until(hours, berlin(22, 22)) == berlin(23, 8)


def test_quiet_hours_end_by_the_wall_clock_when_clocks_change() -> None:
    hours = Hours(BERLIN, NIGHT)
    assert quiet_until(hours, berlin(25, 1, month=10)) == berlin(25, 8, month=10), "an hour longer"
    assert quiet_until(hours, berlin(28, 23, month=3)) == berlin(29, 8, month=3), "an hour shorter"
    assert berlin(25, 8, month=10).astimezone(UTC) - berlin(24, 23, month=10).astimezone(UTC) == timedelta(hours=10)


def test_a_time_that_the_clocks_leave_out_is_no_trap() -> None:
    until_the_gap = Hours(BERLIN, (22 * 60, 2 * 60 + 30))  # on 29 March there is no half past two
    end = quiet_until(until_the_gap, berlin(29, 1, month=3))
    assert end == berlin(29, 3, month=3)


def test_odd_minutes_are_found() -> None:
    assert quiet_until(Hours("Asia/Kathmandu", (0, 7 * 60 + 7)), datetime(2026, 5, 4, 20, tzinfo=UTC)) == datetime(
        2026, 5, 5, 7, 7, tzinfo=ZoneInfo("Asia/Kathmandu")
    )


@pytest.mark.parametrize(
    ("now", "hours", "zone", "ends"),
    [
        (berlin(22, 20), Hours(BERLIN, NIGHT), None, berlin(23, 8)),
        (berlin(23, 2), Hours(BERLIN, NIGHT), None, berlin(23, 8)),
        (berlin(23, 9), Hours(BERLIN, NIGHT), None, berlin(24, 8)),
        (berlin(22, 20), Hours(BERLIN, (1 * 60, 10 * 60 + 30)), None, berlin(23, 10, 30)),
        (berlin(22, 20), Hours(), BERLIN, berlin(23, 8)),
        (berlin(22, 20), Hours(), None, datetime(2026, 11, 23, 8, tzinfo=UTC)),
        (berlin(22, 20), Hours(None, NIGHT), None, datetime(2026, 11, 23, 8, tzinfo=UTC)),
        (berlin(24, 20, month=10), Hours(BERLIN), None, berlin(25, 8, month=10)),
        (berlin(22, 13), Hours(BERLIN, (9 * 60, 17 * 60)), None, berlin(23, 8)),
        (berlin(22, 7), Hours(BERLIN, (9 * 60, 17 * 60)), None, berlin(22, 8)),
        (berlin(22, 17), Hours(BERLIN, (18 * 60, 0)), None, berlin(23, 8)),
        (berlin(23, 0, 30), Hours(BERLIN, (19 * 60, 0)), None, berlin(23, 8)),
        (berlin(23, 2), Hours(BERLIN, (20 * 60, 1 * 60)), None, berlin(23, 8)),
        (berlin(22, 23), Hours(BERLIN, (22 * 60, 5 * 60)), None, berlin(23, 5)),
    ],
)
def test_tonight_ends_in_the_morning(now: datetime, hours: Hours, zone: str | None, ends: datetime) -> None:
    assert tonight_ends(hours, zone, now) == ends


@given(SOME_HOURS, MOMENTS)
@example(Hours("Europe/Dublin", (0, 1)), datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
def test_peace_ends_when_it_is_said_to_and_not_before(hours: Hours, now: datetime) -> None:
    end = quiet_until(hours, now)
    if not is_quiet(hours, now):
        assert end is None
        return
    if end is None:
        return  # longer than can be foreseen: a long snooze, or every minute of their days
    assert end > now
    assert not is_quiet(hours, end)
    assert is_quiet(hours, now + (end - now) / 2)


@given(SOME_HOURS, st.none() | SOME_ZONES, MOMENTS)
def test_tonight_ends_within_two_days(hours: Hours, zone: str | None, now: datetime) -> None:
    ends = tonight_ends(hours, zone, now)
    assert now < ends <= now + timedelta(hours=38)


@given(SOME_HOURS, MOMENTS)
def test_who_is_inside_their_hours_has_some_and_is_not_quiet(hours: Hours, now: datetime) -> None:
    assert is_inside(hours, now) == (hours.are_chosen and not is_quiet(hours, now))
    assert Hours(hours.time_zone).days == EVERY_DAY
