"""Reads what people type as a gamertag, without asking Xbox.

A classic gamertag has at most 15 ASCII letters, digits, spaces or commas. A modern one has at most 12 letters and
digits of many alphabets and, when others have the same name, a suffix of digits, shown as `Nova#1234`; with it it has
at most 16 characters (Xbox requirement XR-046, Microsoft's GDK documentation).
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from gub.domain.errors import AccountTextInvalid
from gub.domain.values import Platform

LONGEST_CLASSIC: Final = 15
LONGEST_MODERN: Final = 12
LONGEST_UNIQUE: Final = 16

_LONGEST_TEXT: Final = 200
_CLASSIC: Final = re.compile(r"[A-Za-z0-9, ]+")
_SUFFIX: Final = re.compile(r"[0-9]+")
# What keyboards for Japanese and Chinese type for `#`.
_HASHES: Final = str.maketrans("\uff03\ufe5f", "##")


@dataclass(frozen=True, slots=True)
class Gamertag:
    """A gamertag as typed, cleaned: its name and, behind the `#`, its suffix, empty when none was typed."""

    name: str
    suffix: str = ""

    @property
    def classic(self) -> str:
        """Say the form that a profile is asked for by: name and suffix without `#`.

        Microsoft's own tools say so (microsoft/xbox-live-developer-tools#88); not verified against the service, so
        what is found that way is compared with what was typed.
        """
        return f"{self.name}{self.suffix}"

    @property
    def unique(self) -> str:
        """Say the modern form that belongs to one person alone."""
        return f"{self.name}#{self.suffix}" if self.suffix else self.name

    @property
    def is_plain(self) -> bool:
        """Say whether it can be somebody's classic gamertag, which is then all there is to look for."""
        return not self.suffix and self.name.isascii()


def parse_gamertag(text: str) -> Gamertag:
    """Read a gamertag as people type or paste it: spaces around, doubled or odd, and invisible characters are dropped.

    Raises:
        AccountTextInvalid: nobody can be called that.
    """
    if len(text) > _LONGEST_TEXT:
        raise AccountTextInvalid(Platform.XBOX, text)
    cleaned = _clean(text)
    name, hash_sign, suffix = cleaned.partition("#")
    name, suffix = name.strip(), suffix.strip()
    if not _is_name(name) or (hash_sign and not _is_suffixed(name, suffix)):
        raise AccountTextInvalid(Platform.XBOX, text)
    return Gamertag(name, suffix)


def same(one: str, other: str) -> bool:
    """Say whether two spellings name the same gamertag: case and the way of composing letters do not count."""
    return _folded(one) == _folded(other)


def _clean(text: str) -> str:
    """Bring to one form: composed letters, plain spaces, nothing invisible (copying brings marks of direction)."""
    visible = (" " if one.isspace() else one for one in text.translate(_HASHES) if unicodedata.category(one) != "Cf")
    return " ".join(unicodedata.normalize("NFC", "".join(visible)).split())


def _is_name(name: str) -> bool:
    if not any(one.isalnum() for one in name):
        return False
    if name.isascii():
        return len(name) <= LONGEST_CLASSIC and _CLASSIC.fullmatch(name) is not None
    return len(name) <= LONGEST_MODERN and all(_is_modern(one) for one in name)


def _is_modern(character: str) -> bool:
    return character == " " or unicodedata.category(character)[0] in "LM" or unicodedata.category(character) == "Nd"


def _is_suffixed(name: str, suffix: str) -> bool:
    return (
        len(name) <= LONGEST_MODERN
        and _SUFFIX.fullmatch(suffix) is not None
        and len(name) + len("#") + len(suffix) <= LONGEST_UNIQUE
    )


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split())).casefold()
