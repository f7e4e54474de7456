"""The players of the simulated Xbox Live: their names, what they do, and the odd way in which one may be answered."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gub.sandbox.xbox.titles import title_id_of

FIRST_XUID: Final = 2533274800000001
STATES: Final = {"online": "Online", "away": "Away", "cloaked": "Appears offline", "offline": "Offline"}
DEVICES: Final = (
    "Scarlett",
    "XboxOne",
    "Xbox360",
    "Win32",
    "WindowsOneCore",
    "iOS",
    "Android",
    "Web",
    "AppleTV",
    "Nintendo",
    "PlayStation",
)
ODDITIES: Final = {
    "none": "Nothing odd",
    "two_devices": "A phone beside the console",
    "played_twice": "The same game twice on a PC",
    "phone_only": "On the phone's app only",
    "away": "Away, the game still listed",
    "last_seen_no_zone": "Last seen without a time zone",
    "last_seen_bare": "Offline without a last seen",
    "last_seen_untitled": "Last seen without a title",
    "missing": "Missing from the answer",
    "empty_names": "Empty titles",
    "rich_objects": "Media and broadcast in the activity",
    "unknown_device": "A device nobody knows",
    "lower_case": "Words in lower case",
    "numeric_ids": "Title ids as numbers",
    "malformed": "Fields of wrong types",
}

_CLASSIC: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ]{0,14}")
_SUFFIX: Final = re.compile(r"[0-9]{1,15}")
_XUID: Final = re.compile(r"[1-9][0-9]{15}")
_LONGEST_UNIQUE: Final = 16


@dataclass(frozen=True, slots=True)
class LastSeen:
    """Where and when somebody was seen last."""

    device: str
    title_id: str
    title: str
    at: datetime


@dataclass(slots=True)
class XboxAccount:
    """One simulated player. `gamertag` is the classic form; the modern one may be any script and carry a suffix."""

    id: str
    gamertag: str
    modern: str
    suffix: str = ""
    state: str = "offline"
    game: str | None = None
    device: str = "Scarlett"
    activity: str | None = None
    oddity: str = "none"
    last_seen: LastSeen | None = None
    since: datetime | None = None

    @property
    def unique(self) -> str:
        """Give the unique modern gamertag, with `#` before a suffix."""
        return f"{self.modern}#{self.suffix}" if self.suffix else self.modern

    @property
    def visible(self) -> bool:
        """Say whether others see that they are there."""
        return self.state in {"online", "away"}

    def as_json(self) -> dict[str, object]:
        """Describe it for the page."""
        return {
            "id": self.id,
            "name": self.unique,
            "gamertag": self.gamertag,
            "modern": self.modern,
            "suffix": self.suffix,
            "state": self.state,
            "game": self.game,
            "game_id": None if self.game is None else title_id_of(self.game),
            "device": self.device,
            "activity": self.activity,
            "oddity": self.oddity,
        }


def named(gamertag: str, modern: str | None, suffix: str | None) -> tuple[str, str, str]:
    """Give the classic, the modern gamertag and the suffix; `Name#123` is split by itself.

    Raises:
        ValueError: they break the rules for gamertags (XR-046: classic up to 15 letters, digits and spaces; modern up
            to 12 of any script, up to 16 with `#` and its suffix).
    """
    name, _, digits = gamertag.strip().partition("#")
    suffix = suffix or digits or ""
    if not _CLASSIC.fullmatch(name):
        raise ValueError("a gamertag has 1 to 15 letters, digits and spaces, and an optional #suffix")
    if suffix and not _SUFFIX.fullmatch(suffix):
        raise ValueError("a suffix has digits only")
    modern = (modern or "").strip() or (name.removesuffix(suffix) if suffix else name)
    classic = f"{name}{digits}"
    if not modern or len(classic) > _LONGEST_UNIQUE - 1 or (suffix and len(f"{modern}#{suffix}") > _LONGEST_UNIQUE):
        raise ValueError("that gamertag is too long: 15 characters, 16 with # and the suffix")
    return classic, modern, suffix


def check_xuid(xuid: str) -> str:
    """Give the id back; ValueError when it is no XUID of sixteen digits."""
    if not _XUID.fullmatch(xuid):
        raise ValueError("a XUID has 16 digits")
    return xuid


def choice(value: str, known: Collection[str], what: str) -> str:
    """Give the value back; ValueError lists what there is instead."""
    if value not in known:
        raise ValueError(f"no such {what}; one of: {', '.join(known)}")
    return value
