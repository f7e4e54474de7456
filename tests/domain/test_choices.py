"""What can be chosen in /settings."""

from zoneinfo import ZoneInfo

import pytest

from gub.domain.choices import CHOICES, IN_GROUPS, IN_PRIVATE, Setting, can_be_chosen
from gub.domain.limits import GROUP_MEMBERS
from gub.domain.time_zones import ZONES, Region, is_time_zone


def test_every_setting_can_be_chosen_somewhere_and_has_choices() -> None:
    assert set(IN_GROUPS) | set(IN_PRIVATE) == set(Setting)
    assert set(CHOICES) == set(Setting) - {Setting.TIME_ZONE}


@pytest.mark.parametrize(
    ("setting", "choice", "in_group", "expected"),
    [
        (Setting.LANGUAGE, "de", True, True),
        (Setting.LANGUAGE, "de", False, True),
        (Setting.LANGUAGE, "xx", True, False),
        (Setting.BANTER, "no", False, True),
        (Setting.BANTER, "no", True, False),
        (Setting.WHO_CALLS, "admins", True, True),
        (Setting.WHO_CALLS, "admins", False, False),
        (Setting.WHO_CALLS, "nobody", True, False),
        (Setting.COOLDOWN, "60", True, True),
        (Setting.COOLDOWN, "61", True, False),
        (Setting.CONFIRM_ABOVE, str(GROUP_MEMBERS), True, True),
        (Setting.TIME_ZONE, "Europe/Berlin", True, True),
        (Setting.TIME_ZONE, "Europe/Atlantis", True, False),
        (Setting.TIME_ZONE, "", False, False),
    ],
)
def test_what_can_be_chosen(setting: Setting, choice: str, *, in_group: bool, expected: bool) -> None:
    assert can_be_chosen(setting, choice, in_group=in_group) is expected


def test_every_time_zone_is_one_stands_once_and_fits_a_button() -> None:
    zones = [zone for region in Region for zone in ZONES[region]]
    assert len(zones) == len(set(zones))
    for zone in zones:
        assert ZoneInfo(zone).key == zone
        assert is_time_zone(zone)
        assert ":" not in zone
        assert len(f"st:{Setting.TIME_ZONE}:{zone}:-{2**52}") <= 64
