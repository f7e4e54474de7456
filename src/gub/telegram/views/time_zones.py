"""Time zones as people choose them: by a city and what its clocks show."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from gub.domain.time_zones import ZONES, Region
from gub.telegram.words import mark, words

REGIONS: Final = {
    Region.EUROPE: mark("Europe"),
    Region.RUSSIA: mark("Russia"),
    Region.NORTH_AMERICA: mark("North America"),
    Region.LATIN_AMERICA: mark("Latin America"),
    Region.AFRICA: mark("Africa"),
    Region.ASIA: mark("Asia"),
    Region.OCEANIA: mark("Australia and Pacific"),
}

CITIES: Final = {
    "Atlantic/Reykjavik": mark("Reykjavik"),
    "Europe/Lisbon": mark("Lisbon"),
    "Europe/Dublin": mark("Dublin"),
    "Europe/London": mark("London"),
    "Europe/Madrid": mark("Madrid"),
    "Europe/Paris": mark("Paris"),
    "Europe/Brussels": mark("Brussels"),
    "Europe/Amsterdam": mark("Amsterdam"),
    "Europe/Berlin": mark("Berlin"),
    "Europe/Zurich": mark("Zurich"),
    "Europe/Vienna": mark("Vienna"),
    "Europe/Rome": mark("Rome"),
    "Europe/Copenhagen": mark("Copenhagen"),
    "Europe/Oslo": mark("Oslo"),
    "Europe/Stockholm": mark("Stockholm"),
    "Europe/Prague": mark("Prague"),
    "Europe/Warsaw": mark("Warsaw"),
    "Europe/Budapest": mark("Budapest"),
    "Europe/Belgrade": mark("Belgrade"),
    "Europe/Athens": mark("Athens"),
    "Europe/Bucharest": mark("Bucharest"),
    "Europe/Helsinki": mark("Helsinki"),
    "Europe/Kyiv": mark("Kyiv"),
    "Europe/Minsk": mark("Minsk"),
    "Europe/Istanbul": mark("Istanbul"),
    "Europe/Kaliningrad": mark("Kaliningrad"),
    "Europe/Moscow": mark("Moscow"),
    "Europe/Samara": mark("Samara"),
    "Asia/Yekaterinburg": mark("Yekaterinburg"),
    "Asia/Omsk": mark("Omsk"),
    "Asia/Novosibirsk": mark("Novosibirsk"),
    "Asia/Krasnoyarsk": mark("Krasnoyarsk"),
    "Asia/Irkutsk": mark("Irkutsk"),
    "Asia/Yakutsk": mark("Yakutsk"),
    "Asia/Vladivostok": mark("Vladivostok"),
    "Asia/Magadan": mark("Magadan"),
    "Asia/Kamchatka": mark("Kamchatka"),
    "Pacific/Honolulu": mark("Honolulu"),
    "America/Anchorage": mark("Anchorage"),
    "America/Los_Angeles": mark("Los Angeles"),
    "America/Vancouver": mark("Vancouver"),
    "America/Phoenix": mark("Phoenix"),
    "America/Denver": mark("Denver"),
    "America/Chicago": mark("Chicago"),
    "America/New_York": mark("New York"),
    "America/Toronto": mark("Toronto"),
    "America/Halifax": mark("Halifax"),
    "America/St_Johns": mark("St. John's"),
    "America/Mexico_City": mark("Mexico City"),
    "America/Guatemala": mark("Guatemala City"),
    "America/Havana": mark("Havana"),
    "America/Panama": mark("Panama City"),
    "America/Bogota": mark("Bogotá"),
    "America/Lima": mark("Lima"),
    "America/Guayaquil": mark("Guayaquil"),
    "America/Caracas": mark("Caracas"),
    "America/La_Paz": mark("La Paz"),
    "America/Santo_Domingo": mark("Santo Domingo"),
    "America/Manaus": mark("Manaus"),
    "America/Santiago": mark("Santiago"),
    "America/Asuncion": mark("Asunción"),
    "America/Argentina/Buenos_Aires": mark("Buenos Aires"),
    "America/Montevideo": mark("Montevideo"),
    "America/Sao_Paulo": mark("São Paulo"),
    "Africa/Accra": mark("Accra"),
    "Africa/Casablanca": mark("Casablanca"),
    "Africa/Algiers": mark("Algiers"),
    "Africa/Lagos": mark("Lagos"),
    "Africa/Tunis": mark("Tunis"),
    "Africa/Johannesburg": mark("Johannesburg"),
    "Africa/Cairo": mark("Cairo"),
    "Africa/Nairobi": mark("Nairobi"),
    "Asia/Jerusalem": mark("Jerusalem"),
    "Asia/Baghdad": mark("Baghdad"),
    "Asia/Riyadh": mark("Riyadh"),
    "Asia/Tehran": mark("Tehran"),
    "Asia/Dubai": mark("Dubai"),
    "Asia/Baku": mark("Baku"),
    "Asia/Tbilisi": mark("Tbilisi"),
    "Asia/Yerevan": mark("Yerevan"),
    "Asia/Kabul": mark("Kabul"),
    "Asia/Karachi": mark("Karachi"),
    "Asia/Tashkent": mark("Tashkent"),
    "Asia/Almaty": mark("Almaty"),
    "Asia/Kolkata": mark("Mumbai, Delhi"),
    "Asia/Kathmandu": mark("Kathmandu"),
    "Asia/Dhaka": mark("Dhaka"),
    "Asia/Bangkok": mark("Bangkok"),
    "Asia/Jakarta": mark("Jakarta"),
    "Asia/Ho_Chi_Minh": mark("Ho Chi Minh City"),
    "Asia/Singapore": mark("Singapore"),
    "Asia/Manila": mark("Manila"),
    "Asia/Hong_Kong": mark("Hong Kong"),
    "Asia/Shanghai": mark("Shanghai"),
    "Asia/Taipei": mark("Taipei"),
    "Asia/Seoul": mark("Seoul"),
    "Asia/Tokyo": mark("Tokyo"),
    "Australia/Perth": mark("Perth"),
    "Australia/Darwin": mark("Darwin"),
    "Australia/Adelaide": mark("Adelaide"),
    "Australia/Brisbane": mark("Brisbane"),
    "Australia/Sydney": mark("Sydney, Melbourne"),
    "Pacific/Fiji": mark("Suva"),
    "Pacific/Auckland": mark("Auckland"),
}

_MINUTE: Final = timedelta(minutes=1)


def city(zone: str) -> str:
    """Name the city of a time zone."""
    return words(CITIES[zone])


def clock(zone: str, now: datetime) -> str:
    """Give what the clocks of a time zone show now: `14:05`."""
    return f"{now.astimezone(ZoneInfo(zone)):%H:%M}"


def offset(zone: str, now: datetime) -> str:
    """Give how far a time zone is from UTC now: `UTC+5:30`, and `UTC` where it is not."""
    minutes = _offset(zone, now) // _MINUTE
    if minutes == 0:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")


def zones_of(region: Region, now: datetime) -> list[str]:
    """Give a region's time zones from west to east, as their clocks go now."""
    return sorted(ZONES[region], key=lambda zone: _offset(zone, now))


def _offset(zone: str, now: datetime) -> timedelta:
    return now.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()
