"""Lengths of time are told as people tell them."""

from datetime import timedelta

import pytest

from gub.telegram.views.times import ago, for_so_long

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("passed", "told"),
    [
        (timedelta(0), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=60), "a minute ago"),
        (timedelta(seconds=91), "2 minutes ago"),
        (timedelta(minutes=59, seconds=29), "59 minutes ago"),
        (timedelta(minutes=59, seconds=31), "an hour ago"),
        (timedelta(hours=5, minutes=31), "6 hours ago"),
        (timedelta(hours=23, minutes=31), "a day ago"),
        (2 * DAY - timedelta(minutes=1), "a day ago"),
        (15 * DAY, "15 days ago"),
        (16 * DAY, "a month ago"),
        (300 * DAY, "10 months ago"),
        (364 * DAY, "a year ago"),
        (600 * DAY, "2 years ago"),
        (4000 * DAY, "11 years ago"),
    ],
)
def test_what_was_is_so_long_ago(passed: timedelta, told: str):
    assert ago(passed) == told


@pytest.mark.parametrize(
    ("time", "told"),
    [
        (timedelta(seconds=1), "for a minute"),
        (timedelta(minutes=20), "for 20 minutes"),
        (timedelta(hours=1), "for an hour"),
        (timedelta(hours=8), "for 8 hours"),
        (DAY, "for a day"),
        (3 * DAY, "for 3 days"),
        (30 * DAY, "for a month"),
        (90 * DAY, "for 3 months"),
        (365 * DAY, "for a year"),
        (730 * DAY, "for 2 years"),
    ],
)
def test_what_lasts_does_so_for_so_long(time: timedelta, told: str):
    assert for_so_long(time) == told
