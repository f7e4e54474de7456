"""Reads what profile.xboxlive.com and usersearch.xboxlive.com answer, each person on their own."""

from dataclasses import dataclass
from typing import Any, Final

from gub.platforms import tolerant
from gub.platforms.errors import Malformed

SETTINGS: Final = ("Gamertag", "ModernGamertag", "ModernGamertagSuffix", "UniqueModernGamertag")
"""What is asked for of a profile."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One person: every Xbox account has a classic gamertag; its modern one may differ and is what people see."""

    xuid: str
    classic: str | None
    unique: str | None

    @property
    def name(self) -> str:
        """Say the name as Xbox shows it, with its suffix when it has one."""
        return self.unique or self.classic or self.xuid


def read_profiles(document: Any) -> list[Profile]:
    """Read the profiles that can be read.

    Raises:
        Malformed: the document as a whole is not such an answer.
    """
    entries = tolerant.entry(document, "profileUsers")
    if not isinstance(entries, list):
        raise Malformed("an answer without profiles")
    profiles = []
    for item in entries:
        xuid = tolerant.digits(tolerant.entry(item, "id"))
        if xuid is not None:
            profiles.append(_read_profile(xuid, tolerant.entry(item, "settings")))
    return profiles


def read_suggestions(document: Any, most: int) -> list[str]:
    """Read the xuids that a search suggests, best first, at most so many.

    Raises:
        Malformed: the document as a whole is not such an answer.
    """
    entries = tolerant.entry(document, "results")
    if not isinstance(entries, list):
        raise Malformed("an answer without suggestions")
    found = (tolerant.digits(tolerant.entry(item, "result", "id")) for item in entries)
    return list(dict.fromkeys(xuid for xuid in found if xuid is not None))[:most]


def _read_profile(xuid: str, settings: Any) -> Profile:
    values: dict[str, str | None] = {}
    for setting in settings if isinstance(settings, list) else ():
        name = tolerant.entry(setting, "id")
        if isinstance(name, str):
            values.setdefault(name, tolerant.text(tolerant.entry(setting, "value")))
    modern, suffix = values.get("ModernGamertag"), values.get("ModernGamertagSuffix")
    composed = f"{modern}#{suffix}" if modern and suffix else modern
    return Profile(xuid, values.get("Gamertag"), values.get("UniqueModernGamertag") or composed)
