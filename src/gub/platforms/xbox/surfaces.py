"""Which titles of Xbox are no games, and which devices count before which. Xbox's answers do not say it themselves."""

from typing import Final

# Seen in recorded answers: two Home screens, the Xbox App of phones, the app of Windows.
_SYSTEM_IDS: Final = frozenset({"750323071", "714681658", "328178078", "1022622766"})
_SYSTEM_NAMES: Final = frozenset(
    {
        "online",
        "home",
        "xbox app",
        "xbox guide",
        "microsoft store",
        "xbox game pass",
        "microsoft edge",
        "settings",
    }
)
# Apps to watch and to listen with, by the names that Xbox gives them in English; whoever uses one does not play.
_MEDIA_NAMES: Final = frozenset(
    {
        "amazon music",
        "amazon prime video",
        "apple music",
        "apple tv",
        "bbc iplayer",
        "blu-ray player",
        "crunchyroll",
        "dazn",
        "deezer",
        "discord",
        "disney+",
        "espn",
        "hbo max",
        "hulu",
        "itvx",
        "kodi",
        "max",
        "media player",
        "movies & tv",
        "netflix",
        "now tv",
        "pandora",
        "paramount+",
        "peacock",
        "peacock tv",
        "plex",
        "pluto tv",
        "prime video",
        "sling tv",
        "soundcloud",
        "spotify",
        "tubi",
        "twitch",
        "vlc",
        "youtube",
        "youtube kids",
        "youtube music",
        "youtube tv",
    }
)

# Where somebody most likely sits, first. `D` and `MoLIVE` are the words of old documents for Xbox One and phones.
_DEVICES: Final = (
    frozenset({"scarlett"}),
    frozenset({"xboxone", "d"}),
    frozenset({"win32", "windowsonecore", "pc", "windows8"}),
    frozenset({"xbox360"}),
    frozenset({"nintendo", "playstation"}),
)
_HANDHELD: Final = frozenset(
    {
        "appletv",
        "web",
        "ios",
        "android",
        "windowsphone",
        "windowsphone7",
        "windowsonecoremobile",
        "molive",
    }
)
_UNKNOWN_RANK: Final = len(_DEVICES)
_HANDHELD_RANK: Final = _UNKNOWN_RANK + 1
# A television set runs the app as well, but nobody holds it in their hand.
_PHONES: Final = _HANDHELD - {"appletv"}


def is_system(title_id: str | None, name: str | None) -> bool:
    """Say whether this is a surface of the system: somebody is there, but plays nothing."""
    return title_id in _SYSTEM_IDS or (name or "").lower() in _SYSTEM_NAMES


def is_media(name: str | None) -> bool:
    """Say whether this is an app to watch or listen with."""
    return (name or "").lower().rstrip("\u2122\u00ae ") in _MEDIA_NAMES


def device_rank(device: str | None) -> int:
    """Say the place in the order of devices, 0 first. One that nobody has heard of counts before the phones."""
    word = (device or "").lower()
    if word in _HANDHELD:
        return _HANDHELD_RANK
    return next((rank for rank, words in enumerate(_DEVICES) if word in words), _UNKNOWN_RANK)


def is_phone(device: str | None) -> bool:
    """Say whether this is a device that people carry with them, or a page in a browser."""
    return (device or "").lower() in _PHONES
