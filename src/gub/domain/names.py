"""Names that people give: to persons shown by /status and to notify groups.

A name is text of any script, emoji included, and never a pattern: `C++`, `(duo)` and `$ne` are names. What is refused
is what cannot be seen or would bend the text around it: control characters, direction overrides, marks on nothing or
in heaps, names of nothing but invisible characters.
"""

import re
import unicodedata
from typing import Final

from gub.domain.errors import BadName
from gub.domain.limits import NAME_CHARACTERS, NAME_UNITS
from gub.domain.splitting import characters, utf16_length

_JOINERS: Final = frozenset("\u200c\u200d")
_SELECTORS: Final = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
_TAGS: Final = frozenset(map(chr, range(0xE0020, 0xE0080)))
_BLACK_FLAG: Final = "\U0001f3f4"
_BLANK_LETTERS: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
_INVISIBLE_UNASSIGNED: Final = (
    range(0x2065, 0x2066),
    range(0xFDD0, 0xFDF0),
    range(0xFFF0, 0xFFF9),
    range(0xE0000, 0xE1000),
)
_NONCHARACTER: Final = 0xFFFE
_MARKS_IN_A_ROW: Final = 4
_SPACES: Final = re.compile(r"\s")


def clean_display_name(text: str) -> str:
    """Give the name as it is kept: NFC, trimmed, each run of white space one space.

    Raises:
        BadName: `empty`, `too_long` or `invisible`, with a name that would do if there is one.
    """
    name = " ".join(unicodedata.normalize("NFC", text).split())
    _check(name)
    return name


def clean_group_name(text: str) -> str:
    """Give the name as it is kept: NFC and trimmed, as it will be typed after a command.

    Raises:
        BadName: `empty`, `too_long`, `invisible`, or `white_space` with the name in underscores as the suggestion.
    """
    name = unicodedata.normalize("NFC", text).strip()
    if _SPACES.search(name):
        raise BadName("white_space", _suggest("_".join(name.split())))
    _check(name)
    return name


def fold(name: str) -> str:
    """Give the form in which two names are the same, for comparing in memory; the database has its collation."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def visible_length(name: str) -> int:
    """Count the characters that are seen: an emoji family is one, a letter with its marks is one."""
    if _is_plain(name):
        return len(name) - name.count(" ")
    return sum(any(map(_is_visible, character)) for character in characters(name))


def _check(name: str) -> None:
    if not name:
        raise BadName("empty")
    if seen_part(name) != name or not visible_length(name):
        raise BadName("invisible", _suggest(" ".join(seen_part(name).split())))
    if visible_length(name) > NAME_CHARACTERS or utf16_length(name) > NAME_UNITS:
        raise BadName("too_long", _suggest(_shortened(name)))


def _suggest(name: str) -> str | None:
    """Give a name that would do, or None."""
    try:
        _check(name)
    except BadName as bad:
        return bad.suggestion
    return name


def seen_part(name: str) -> str:
    """Leave out what cannot be seen or would bend the text around it. What remains of any text is left whole."""
    if _is_plain(name):
        return name
    kept: list[str] = []
    joiner = ""
    for character in name:
        if character in _JOINERS:
            joiner = character
        elif _belongs(character, kept):
            if joiner and _are_joined(kept, character):
                kept.append(joiner)
            joiner = ""
            kept.append(character)
    return "".join(kept)


def _is_plain(text: str) -> bool:
    """Say whether it is nothing but ASCII that is seen, and spaces: most names are, and /status asks of dozens."""
    return text.isascii() and text.isprintable()


def _belongs(character: str, kept: list[str]) -> bool:
    """Say whether a character other than a joiner may follow those kept so far."""
    if character in _TAGS:
        return kept[-1:] == [_BLACK_FLAG] or (bool(kept) and kept[-1] in _TAGS)
    if character in _SELECTORS:
        return bool(kept) and _is_visible(kept[-1])
    category = unicodedata.category(character)
    if category[0] == "M":
        return character not in _BLANK_LETTERS and _has_room_for_a_mark(kept, category)
    return category == "Zs" or _is_visible(character)


def _are_joined(kept: list[str], character: str) -> bool:
    """Say whether a joiner makes sense here: in an emoji or a script that needs it. Elsewhere it only forges names."""
    if not kept or any(beside.isascii() or beside.isspace() for beside in (kept[-1], character)):
        return False
    return character not in _SELECTORS and character not in _TAGS


def _has_room_for_a_mark(kept: list[str], category: str) -> bool:
    """Say whether a mark has a letter to stand on, and not a heap of others below it ("zalgo")."""
    nonspacing = int(category != "Mc")
    for character in reversed(kept):
        if _is_visible(character):
            return nonspacing <= _MARKS_IN_A_ROW
        if character not in _JOINERS | _SELECTORS and unicodedata.category(character)[0] != "M":
            return False
        nonspacing += unicodedata.category(character) in {"Mn", "Me"} and character not in _SELECTORS
        if nonspacing > _MARKS_IN_A_ROW:
            return False
    return False


def _is_visible(character: str) -> bool:
    category = unicodedata.category(character)
    if category == "Cn":
        # Python's tables are older than the newest emoji.
        code = ord(character)
        return code & _NONCHARACTER != _NONCHARACTER and not any(code in known for known in _INVISIBLE_UNASSIGNED)
    return category[0] in "LNPS" and character not in _BLANK_LETTERS


def _shortened(name: str) -> str:
    kept = ""
    for character in characters(name):
        longer = kept + character
        if visible_length(longer) > NAME_CHARACTERS or utf16_length(longer) > NAME_UNITS:
            break
        kept = longer
    return kept.strip()
