"""What can be chosen in /settings, and among what. Pure.

A choice is a word, as a button carries it: `60`, `admins`, `yes`, `de`, `Europe/Berlin`.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from gub.domain.languages import Language
from gub.domain.limits import GROUP_MEMBERS
from gub.domain.time_zones import is_time_zone
from gub.domain.values import Who


class Setting(StrEnum):
    """Something that a chat or a person can choose. The words of buttons."""

    LANGUAGE = "lang"
    TIME_ZONE = "zone"
    WHO_CREATES = "create"
    WHO_CALLS = "call"
    COOLDOWN = "cool"
    CONFIRM_ABOVE = "many"
    CALL_MINUTES = "open"
    INVITATION_DAYS = "days"
    MEMBERS_ADD = "add"
    STARTS = "starts"
    ANNOUNCEMENTS = "news"
    BANTER = "banter"


IN_GROUPS: Final = (
    Setting.LANGUAGE,
    Setting.TIME_ZONE,
    Setting.WHO_CREATES,
    Setting.WHO_CALLS,
    Setting.COOLDOWN,
    Setting.CONFIRM_ABOVE,
    Setting.CALL_MINUTES,
    Setting.INVITATION_DAYS,
    Setting.MEMBERS_ADD,
    Setting.STARTS,
    Setting.ANNOUNCEMENTS,
)
"""What the admins of a group choose for it."""

IN_PRIVATE: Final = (Setting.LANGUAGE, Setting.TIME_ZONE, Setting.ANNOUNCEMENTS, Setting.BANTER)
"""What people choose for themselves."""

YES: Final = "yes"
NO: Final = "no"

ALWAYS: Final = "0"
"""Of `CONFIRM_ABOVE`: every call is confirmed."""

NEVER: Final = str(GROUP_MEMBERS)
"""Of `CONFIRM_ABOVE`: no group has as many to ping."""

CHOICES: Final[Mapping[Setting, tuple[str, ...]]] = {
    Setting.LANGUAGE: tuple(Language),
    Setting.WHO_CREATES: tuple(Who),
    Setting.WHO_CALLS: tuple(Who),
    Setting.COOLDOWN: ("0", "30", "60", "300", "900", "3600"),
    Setting.CONFIRM_ABOVE: (ALWAYS, "10", "25", "50", "100", NEVER),
    Setting.CALL_MINUTES: ("30", "60", "120", "240", "720"),
    Setting.INVITATION_DAYS: ("1", "3", "7", "14", "30"),
    Setting.MEMBERS_ADD: (YES, NO),
    Setting.STARTS: (YES, NO),
    Setting.ANNOUNCEMENTS: (YES, NO),
    Setting.BANTER: (YES, NO),
}
"""Among what each is chosen; time zones are by region (`time_zones.ZONES`)."""


def can_be_chosen(setting: Setting, choice: str, *, in_group: bool) -> bool:
    """Say whether there is this setting, in a group or in private, and this choice of it."""
    if setting not in (IN_GROUPS if in_group else IN_PRIVATE):
        return False
    return is_time_zone(choice) if setting is Setting.TIME_ZONE else choice in CHOICES[setting]
