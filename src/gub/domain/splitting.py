"""Telegram's measure of text, and fair ways to divide what is too long for one message.

Telegram counts UTF-16 code units: a character outside the Basic Multilingual Plane (most emoji) is two.
"""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gub.domain.limits import MESSAGE_ENTITIES, MESSAGE_UNITS

_LARGEST_BMP = 0xFFFF
_JOINER = "\u200d"
_REGIONAL = range(0x1F1E6, 0x1F200)
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_TAGS = range(0xE0020, 0xE0080)
_MOST_OF_A_CHARACTER = 64


@dataclass(frozen=True, slots=True)
class Size:
    """What an item takes of a message: UTF-16 units and entities."""

    units: int
    entities: int = 0


MESSAGE = Size(MESSAGE_UNITS, MESSAGE_ENTITIES)


def utf16_length(text: str) -> int:
    """Count the UTF-16 code units of a text. A lone surrogate, which no valid text has, counts one."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, units: int) -> list[str]:
    """Cut a text into pieces of at most that many units. Nothing is lost: joined, the pieces are the text.

    A piece ends after a line where that leaves it at least half full, else after a word, else between two
    characters as people see them; only a "character" longer than a piece is itself cut, between code points.

    Raises:
        ValueError: `units` is below 2, too few for an emoji.
    """
    if units < 2:  # noqa: PLR2004 - the two units of a surrogate pair
        raise ValueError("a piece must have room for a surrogate pair")
    pieces = []
    start = 0
    while start < len(text):
        end = _reach(text, start, units)
        if end < len(text):
            end = _good_end(text, start, end)
        pieces.append(text[start:end])
        start = end
    return pieces


def pack(sizes: Sequence[Size], limit: Size = MESSAGE) -> list[range]:
    """Divide items into the fewest consecutive runs that each fit the limit; filling greedily is the fewest.

    Raises:
        ValueError: an item alone exceeds the limit; `cut` it first.
    """
    runs: list[range] = []
    start = units = entities = 0
    for index, size in enumerate(sizes):
        if size.units > limit.units or size.entities > limit.entities:
            raise ValueError(f"item {index} does not fit by itself")
        if units + size.units > limit.units or entities + size.entities > limit.entities:
            runs.append(range(start, index))
            start, units, entities = index, 0, 0
        units += size.units
        entities += size.entities
    if start < len(sizes):
        runs.append(range(start, len(sizes)))
    return runs


def _reach(text: str, start: int, units: int) -> int:
    """Say how far a piece can go by units alone."""
    end = start
    left = units
    while end < len(text):
        left -= 2 if ord(text[end]) > _LARGEST_BMP else 1
        if left < 0:
            break
        end += 1
    return end


def _good_end(text: str, start: int, limit: int) -> int:
    """Find the best place to end a piece that cannot go beyond `limit`."""
    half = start + (limit - start) // 2
    tests: tuple[Callable[[str], bool], ...] = ("\n".__eq__, str.isspace)
    for ends_here in tests:
        for end in range(limit, half, -1):
            if ends_here(text[end - 1]) and not _joined(text, end):
                return end
    for end in range(limit, max(start, limit - _MOST_OF_A_CHARACTER), -1):
        if not _joined(text, end):
            return end
    return limit


def _joined(text: str, at: int) -> bool:
    """Say whether the code points before and after this place are drawn as one character."""
    before, after = text[at - 1], text[at]
    if (before, after) == ("\r", "\n") or _JOINER in (before, after):
        return True
    code = ord(after)
    if unicodedata.category(after) in {"Mn", "Me", "Mc"} or code in _SKIN_TONES or code in _TAGS:
        return True
    return code in _REGIONAL and _flag_letters_before(text, at) % 2 == 1


def _flag_letters_before(text: str, at: int) -> int:
    """Count the regional indicators that end here: two make a flag."""
    count = 0
    while count < at and ord(text[at - 1 - count]) in _REGIONAL:
        count += 1
    return count


def characters(text: str) -> list[str]:
    """Divide a text into characters as people see them, near enough to Unicode's grapheme clusters."""
    ends = [0, *(at for at in range(1, len(text)) if not _joined(text, at)), len(text)]
    return [text[start:end] for start, end in pairwise(ends) if end > start]
