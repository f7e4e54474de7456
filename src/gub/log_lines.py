"""Makes of whatever is logged something that cannot break a line, forge one, or fill the disk."""

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

LONGEST: Final = 2000
"""Characters of one value; a traceback may have more."""

_MOST: Final = 50
_DEEPEST: Final = 4
_LONGEST_TRACEBACK: Final = 20_000

Clean = Callable[[str], str]


class Shown:
    """A value that the console shows as this text, whatever it would do with a string."""

    def __init__(self, text: str) -> None:
        """Keep the text."""
        self._text = text

    def __repr__(self) -> str:
        return self._text


class Tame:
    """One of structlog's processors: the last before a line is made of the values."""

    def __init__(self, clean: Clean, *, for_people: bool) -> None:
        """`clean` hides secrets, before something is cut. For people, as the console shows it, else for JSON."""
        self._clean = clean
        self._for_people = for_people

    def __call__(self, _logger: Any, _method: str, line: dict[str, Any]) -> dict[str, Any]:
        """Do it to all values of a line."""
        return {str(key): self._value(key, value) for key, value in line.items()}

    def _value(self, key: str, value: object) -> object:
        if key in ("exception", "stack") and isinstance(value, str):
            text = self._short(value, _LONGEST_TRACEBACK)
            # Under a line of the console its lines stand farther in, so none of them can be taken for one.
            return "\n".join(f"  {visible(one)}" for one in text.splitlines()) if self._for_people else text
        plain = self._plain(value, _DEEPEST)
        if not self._for_people:
            return plain
        if key in ("event", "level", "timestamp", "logger") and isinstance(plain, str):
            return visible(plain)
        if isinstance(plain, str) and plain.isprintable():
            return plain
        return Shown(visible(repr(plain)))

    def _plain(self, value: object, depth: int) -> object:
        """Give it as JSON can have it."""
        if isinstance(value, str):
            return self._short(str(value), LONGEST)
        if value is None or isinstance(value, bool | int):
            return value
        if isinstance(value, float):
            return value if math.isfinite(value) else str(value)
        if depth and isinstance(value, Mapping):
            some = list(value.items())[:_MOST]
            return {self._short(str(key), LONGEST): self._plain(one, depth - 1) for key, one in some}
        if depth and isinstance(value, list | tuple | set | frozenset):
            return [self._plain(one, depth - 1) for one in list(value)[:_MOST]]
        return self._short(repr(value), LONGEST)

    def _short(self, text: str, longest: int) -> str:
        if len(text) <= longest:
            return text
        text = self._clean(text)
        return f"{text[:longest]}... ({len(text)} characters)"


def visible(text: str) -> str:
    """Write what does not print (ends of lines, escape sequences, marks of direction) as Python's `repr` does."""
    return text if text.isprintable() else "".join(one if one.isprintable() else repr(one)[1:-1] for one in text)
