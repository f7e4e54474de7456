"""The games that the simulated Steam shop knows."""

import zlib

_CATALOGUE = {
    "10": "Counter-Strike",
    "440": "Team Fortress 2",
    "570": "Dota 2",
    "730": "Counter-Strike 2",
    "252950": "Rocket League",
    "548430": "Deep Rock Galactic",
    "553850": "HELLDIVERS™ 2",
    "578080": "PUBG: BATTLEGROUNDS",
    "892970": "Valheim",
    "945360": "Among Us",
    "1086940": "Baldur's Gate 3",
    "1145350": "Hades II",
    "1172470": "Apex Legends™",
    "1172620": "Sea of Thieves",
    "1245620": "ELDEN RING",
    "1962663": "Call of Duty®: Warzone™",
    "2246340": "Monster Hunter Wilds",
}
_IDS = {title.casefold(): game_id for game_id, title in _CATALOGUE.items()}
_SHORTCUT = 0x02000000


def titles() -> list[str]:
    """List the shop's games, for suggestions."""
    return sorted(_CATALOGUE.values(), key=str.casefold)


def title_of(game_id: str) -> str | None:
    """Name the game, or say None as the shop does for what it does not sell."""
    return _CATALOGUE.get(game_id)


def game_id_of(title: str) -> str:
    """Give the game's id. One the shop does not know gets a 64-bit id, as Steam gives shortcuts to foreign games."""
    known = _IDS.get(title.casefold())
    if known is not None:
        return known
    checksum = zlib.crc32(title.encode()) | 0x80000000
    return str(checksum << 32 | _SHORTCUT)


def shop_spelling(title: str) -> str:
    """Write a title as the shop does, whatever the case it was typed in."""
    known = _IDS.get(title.casefold())
    return title if known is None else _CATALOGUE[known]
