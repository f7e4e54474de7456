"""What people type after a command, taken apart. Nothing here looks anything up."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from gub.domain.values import Platform

_MENTION: Final = re.compile(r"@([A-Za-z][A-Za-z0-9_]{3,31})(?=\s|$)")
_ACCOUNT: Final = re.compile(r"(?:^|(?<=\s))(xbox|psn|steam)[^\S\n]*[:\uff1a](?!//)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AddRequest:
    """A status user as asked for: the name as typed and each account's text as typed. Either may be empty."""

    name: str
    accounts: Mapping[Platform, str] = field(default_factory=dict)


def parse_add(argument: str) -> AddRequest:
    """Take `NAME [xbox:TAG] [psn:ID] [steam:ID]` apart, in any order of platforms and any case of their words.

    The name is all before the first `platform:`; a value is all up to the next one, so it may hold spaces and `#`.
    A platform given twice counts as last given; one given without a value counts as not given.
    """
    starts = list(_ACCOUNT.finditer(argument))
    name = argument[: starts[0].start()] if starts else argument
    accounts: dict[Platform, str] = {}
    for number, match in enumerate(starts):
        end = starts[number + 1].start() if number + 1 < len(starts) else len(argument)
        value = argument[match.end() : end].strip()
        if value:
            accounts[Platform(match[1].lower())] = value
    return AddRequest(name.strip(), accounts)


def split_mention(name: str) -> tuple[str | None, str]:
    """Take a username off the beginning of a name: `@bob Bobby` is `bob` and `Bobby`. None when there is none."""
    match = _MENTION.match(name)
    return (None, name) if match is None else (match[1], name[match.end() :].strip())


def parse_name_and_text(argument: str) -> tuple[str, str | None]:
    """Take `NAME [text]` apart: the first word, and the rest exactly as typed, line breaks included.

    The one white space that ends the name is not part of the text. No text, or nothing but white space, is None.
    """
    stripped = argument.lstrip()
    for position, character in enumerate(stripped):
        if character.isspace():
            text = stripped[position + 1 :]
            return stripped[:position], text if text.strip() else None
    return stripped, None
