"""What people type after a command, taken apart. Nothing here looks anything up."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from gub.domain.limits import SQUAD_MOST
from gub.domain.values import Platform

_MENTION: Final = re.compile(r"@([A-Za-z][A-Za-z0-9_]{3,31})(?=\s|$)")
_ACCOUNT: Final = re.compile(r"(?:^|(?<=\s))(xbox|psn|steam)[^\S\n]*[:\uff1a](?!//)", re.IGNORECASE)
_NOW: Final = "now"
_WANTED: Final = re.compile(r"([0-9]{1,3})[:\uff1a]")


@dataclass(frozen=True, slots=True)
class AddRequest:
    """A status user as asked for: the name as typed and each account's text as typed. Either may be empty."""

    name: str
    accounts: Mapping[Platform, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CallRequest:
    """A call as asked for. `wanted` is how many are to come with who calls, `now`: only who is on is to be pinged."""

    name: str
    text: str | None = None
    wanted: int | None = None
    now: bool = False


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


def parse_call(argument: str) -> CallRequest:
    """Take `NAME [now] [4:] [text]` apart, `now` and the number in any order, and the text exactly as typed.

    A number is how many are wanted if it may be: at least two, and a colon with white space after it, or the end. So
    `20:30` begins a text, and so does what comes twice.
    """
    name, text = parse_name_and_text(argument)
    wanted, now = None, False
    while text is not None:
        word, rest = parse_name_and_text(text)
        number = _WANTED.fullmatch(word)
        if word.casefold() == _NOW and not now:
            now = True
        elif number is not None and wanted is None and 2 <= int(number[1]) <= SQUAD_MOST:  # noqa: PLR2004 - two play
            wanted = int(number[1])
        else:
            break
        text = rest
    return CallRequest(name, text, wanted, now)
