"""Walks every collection of a database, whatever it holds, for what names somebody."""

import re
from collections.abc import Iterator
from typing import Any

from gub.store.documents import Database


async def naming(database: Database, *needles: int | str) -> dict[str, list[str]]:
    """Give, by collection, the places that hold one of these: an id as a number or within a text or key, or a name.

    Names are sought within texts, without regard to case. Collections are asked of the server, so none is forgotten.
    """
    found: dict[str, list[str]] = {}
    for name in sorted(await database.list_collection_names()):
        async for document in database[name].find({}):
            places = [f"{document['_id']}{path}" for path, value in _leaves(document) if _names(value, needles)]
            if places:
                found.setdefault(name, []).extend(places)
    return found


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield f"{path}.{key} (key)", key
            yield from _leaves(one, f"{path}.{key}")
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _leaves(one, f"{path}.{number}")
    else:
        yield path, value


def _names(value: Any, needles: tuple[int | str, ...]) -> bool:
    return any(_is_named(value, needle) for needle in needles)


def _is_named(value: Any, needle: int | str) -> bool:
    if isinstance(needle, int):
        if isinstance(value, str):
            return re.search(rf"(?<![0-9]){needle}(?![0-9])", value) is not None
        return isinstance(value, int | float) and value == needle
    return isinstance(value, str) and needle.casefold() in value.casefold()
