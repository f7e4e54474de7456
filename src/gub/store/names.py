"""Names beside one that is taken: `war_2`, `war_3`, ..."""

import itertools
from collections.abc import Iterator

from gub.domain.limits import NAME_CHARACTERS


def numbered(name: str) -> Iterator[str]:
    """Give names like this one, without end, none longer than a name may be."""
    base = name or "unnamed"
    for number in itertools.count(2):
        suffix = f"_{number}"
        yield base[: NAME_CHARACTERS - len(suffix)] + suffix
