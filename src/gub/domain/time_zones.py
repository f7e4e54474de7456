"""The time zones that can be chosen, by region: a few cities for each offset and language, not all there are. Pure.

What was chosen is stored by its IANA name, so a name that is here once stays.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Region(StrEnum):
    """A part of the world."""

    EUROPE = "europe"
    RUSSIA = "russia"
    NORTH_AMERICA = "north"
    LATIN_AMERICA = "latin"
    AFRICA = "africa"
    ASIA = "asia"
    OCEANIA = "oceania"


ZONES: Final[Mapping[Region, tuple[str, ...]]] = {
    Region.EUROPE: (
        "Atlantic/Reykjavik",
        "Europe/Lisbon",
        "Europe/Dublin",
        "Europe/London",
        "Europe/Madrid",
        "Europe/Paris",
        "Europe/Brussels",
        "Europe/Amsterdam",
        "Europe/Berlin",
        "Europe/Zurich",
        "Europe/Vienna",
        "Europe/Rome",
        "Europe/Copenhagen",
        "Europe/Oslo",
        "Europe/Stockholm",
        "Europe/Prague",
        "Europe/Warsaw",
        "Europe/Budapest",
        "Europe/Belgrade",
        "Europe/Athens",
        "Europe/Bucharest",
        "Europe/Helsinki",
        "Europe/Kyiv",
        "Europe/Minsk",
        "Europe/Istanbul",
    ),
    Region.RUSSIA: (
        "Europe/Kaliningrad",
        "Europe/Moscow",
        "Europe/Samara",
        "Asia/Yekaterinburg",
        "Asia/Omsk",
        "Asia/Novosibirsk",
        "Asia/Krasnoyarsk",
        "Asia/Irkutsk",
        "Asia/Yakutsk",
        "Asia/Vladivostok",
        "Asia/Magadan",
        "Asia/Kamchatka",
    ),
    Region.NORTH_AMERICA: (
        "Pacific/Honolulu",
        "America/Anchorage",
        "America/Los_Angeles",
        "America/Vancouver",
        "America/Phoenix",
        "America/Denver",
        "America/Chicago",
        "America/New_York",
        "America/Toronto",
        "America/Halifax",
        "America/St_Johns",
    ),
    Region.LATIN_AMERICA: (
        "America/Mexico_City",
        "America/Guatemala",
        "America/Havana",
        "America/Panama",
        "America/Bogota",
        "America/Lima",
        "America/Guayaquil",
        "America/Caracas",
        "America/La_Paz",
        "America/Santo_Domingo",
        "America/Manaus",
        "America/Santiago",
        "America/Asuncion",
        "America/Argentina/Buenos_Aires",
        "America/Montevideo",
        "America/Sao_Paulo",
    ),
    Region.AFRICA: (
        "Africa/Accra",
        "Africa/Casablanca",
        "Africa/Algiers",
        "Africa/Lagos",
        "Africa/Tunis",
        "Africa/Johannesburg",
        "Africa/Cairo",
        "Africa/Nairobi",
    ),
    Region.ASIA: (
        "Asia/Jerusalem",
        "Asia/Baghdad",
        "Asia/Riyadh",
        "Asia/Tehran",
        "Asia/Dubai",
        "Asia/Baku",
        "Asia/Tbilisi",
        "Asia/Yerevan",
        "Asia/Kabul",
        "Asia/Karachi",
        "Asia/Tashkent",
        "Asia/Almaty",
        "Asia/Kolkata",
        "Asia/Kathmandu",
        "Asia/Dhaka",
        "Asia/Bangkok",
        "Asia/Jakarta",
        "Asia/Ho_Chi_Minh",
        "Asia/Singapore",
        "Asia/Manila",
        "Asia/Hong_Kong",
        "Asia/Shanghai",
        "Asia/Taipei",
        "Asia/Seoul",
        "Asia/Tokyo",
    ),
    Region.OCEANIA: (
        "Australia/Perth",
        "Australia/Darwin",
        "Australia/Adelaide",
        "Australia/Brisbane",
        "Australia/Sydney",
        "Pacific/Fiji",
        "Pacific/Auckland",
    ),
}

_ALL: Final = frozenset(zone for zones in ZONES.values() for zone in zones)


def is_time_zone(name: str) -> bool:
    """Say whether this is the name of a time zone that can be chosen."""
    return name in _ALL
