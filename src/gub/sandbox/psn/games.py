"""The games that the simulated PlayStation Store knows."""

import zlib
from typing import Final

_CATALOGUE: Final = {
    "PPSA01411_00": "Marvel's Spider-Man 2",
    "PPSA01521_00": "Returnal",
    "PPSA01628_00": "Astro's Playroom",
    "PPSA01649_00": "Call of Duty®",
    "PPSA02342_00": "Baldur's Gate 3",
    "PPSA03420_00": "Gran Turismo® 7",
    "PPSA04609_00": "ELDEN RING",
    "PPSA08329_00": "God of War Ragnarök",
    "PPSA14343_00": "HELLDIVERS™ 2",
    "PPSA19392_00": "EA SPORTS FC™ 26",
    "PPSA21564_00": "ASTRO BOT",
    "CUSA00003_00": "DRIVECLUB™",
    "CUSA00900_00": "Bloodborne™",
    "CUSA01433_00": "Rocket League®",
    "CUSA07399_00": "Fortnite",
}
_IDS: Final = {title.casefold(): title_id for title_id, title in _CATALOGUE.items()}


def titles() -> list[str]:
    """List the store's games, for suggestions."""
    return sorted(_CATALOGUE.values(), key=str.casefold)


def title_id_of(title: str, generation: str) -> str:
    """Give `npTitleId` of a game: PPSA for `generation` PS5 and the PC, CUSA for PS4. Unknown games get one too."""
    known = _IDS.get(title.casefold())
    if known is not None:
        return known
    prefix = "CUSA" if generation == "PS4" else "PPSA"
    return f"{prefix}{zlib.crc32(title.encode()) % 100_000:05}_00"


def store_spelling(title: str) -> str:
    """Write a title as the store does, whatever the case it was typed in."""
    known = _IDS.get(title.casefold())
    return title if known is None else _CATALOGUE[known]
