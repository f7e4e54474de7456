"""The titles that the simulated Xbox Live knows, and the surfaces that are no games."""

import zlib

HOME = ("750323071", "Home")
XBOX_APP = ("328178078", "Xbox App")
PC_APP = ("1022622766", "Online")

_CATALOGUE = {
    "1739947436": "Fortnite",
    "1777860928": "Halo Infinite",
    "1717113201": "Sea of Thieves",
    "1828326430": "Minecraft",
    "1870487792": "NBA 2K26",
    "1916230418": "Forza Horizon 5",
    "1979155301": "Call of Duty®",
    "2030093255": "Diablo IV",
    "2093562671": "EA SPORTS FC™ 26",
    "2131547119": "Grounded 2",
    "972249091": "Rocket League®",
}
_IDS = {title.casefold(): title_id for title_id, title in _CATALOGUE.items()}


def titles() -> list[str]:
    """List the games, for suggestions."""
    return sorted(_CATALOGUE.values(), key=str.casefold)


def title_id_of(title: str) -> str:
    """Give the title's id, an unsigned 32-bit number in decimal; one that nobody knows gets one made of its name."""
    return _IDS.get(title.casefold()) or str(zlib.crc32(title.casefold().encode()) | 0x80000000)


def known_spelling(title: str) -> str:
    """Write a title as Xbox does, whatever the case it was typed in."""
    known = _IDS.get(title.casefold())
    return title if known is None else _CATALOGUE[known]
