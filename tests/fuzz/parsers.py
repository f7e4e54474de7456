"""The parsers that read what others wrote, each with what it may raise: nothing else comes out of any of them."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

from gub.domain import commands, descriptions, names, splitting, steam_ids
from gub.domain.errors import DomainError
from gub.platforms.errors import PlatformError
from gub.platforms.psn import npsso, online_ids
from gub.platforms.psn import presence as psn_presence
from gub.platforms.steam import players
from gub.platforms.xbox import gamertags, oauth, profile
from gub.platforms.xbox import presence as xbox_presence
from gub.telegram.intake import updates, webhook
from gub.telegram.links import read_link

_NOW: Final = datetime(2026, 11, 22, tzinfo=UTC)
_WANTED: Final = ("1", "2533274790395904", "76561197960287930")


def _cut(text: str) -> None:
    parts = splitting.cut(text, 20)
    assert "".join(parts) == text
    assert all(splitting.utf16_length(part) <= 20 for part in parts)


def _group_name(text: str) -> None:
    name = names.clean_group_name(text)
    assert names.clean_group_name(name) == name


def _display_name(text: str) -> None:
    name = names.clean_display_name(text)
    assert names.clean_display_name(name) == name


def _name_and_text(text: str) -> None:
    name, rest = commands.parse_name_and_text(text)
    assert not any(character.isspace() for character in name)
    assert rest is None or rest in text


def _link(text: str) -> None:
    if (link := read_link(text)) is not None:
        assert read_link(link.payload()) == link


TEXTS: Final[Mapping[str, Callable[[str], Any]]] = {
    "a command's name and text": _name_and_text,
    "/add": commands.parse_add,
    "a mention": commands.split_mention,
    "a group's name": _group_name,
    "a person's name": _display_name,
    "a description": descriptions.clean_description,
    "a long text": _cut,
    "a link's payload": _link,
    "a Steam id": steam_ids.parse_steam_id,
    "a gamertag": gamertags.parse_gamertag,
    "an online id": online_ids.read_online_id,
    "an NPSSO": npsso.read_npsso,
    "a redirected address": lambda text: oauth.read_redirect(text, "state"),
}

GIVEN_BY_OWNERS: Final = frozenset({"an NPSSO", "a redirected address"})

DOCUMENTS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "an update's id": updates.update_id_of,
    "an update's kind": updates.update_kind,
    "an update's lane": updates.update_key,
    "players of Steam": lambda document: players.read_players(document, _WANTED, _NOW),
    "people of Xbox": lambda document: xbox_presence.read_people(document, _WANTED, _NOW),
    "profiles of Xbox": profile.read_profiles,
    "suggestions of Xbox": lambda document: profile.read_suggestions(document, 5),
    "presences of PSN": lambda document: psn_presence.read_presences(document, _WANTED, _NOW),
    "a presence of PSN": lambda document: psn_presence.read_single(document, "1", _NOW),
}


def read_text(name: str, text: str) -> None:
    """Have one read any text. What an owner gives is refused by a ValueError with words for them; all else by name."""
    expected = (DomainError, ValueError) if name in GIVEN_BY_OWNERS else (DomainError,)
    try:
        TEXTS[name](text)
    except UnicodeError:
        raise  # a ValueError that nobody meant
    except expected:
        return


def read_document(name: str, document: Any) -> None:
    """Have one read any JSON value."""
    with suppress(PlatformError):
        DOCUMENTS[name](document)


def read_body(body: bytes) -> None:
    """Have the webhook read any body, and everything else what it took."""
    raw = webhook._parse(body)
    if raw is not None:
        assert updates.update_id_of(raw) is not None
        json.dumps(raw)
        for name in DOCUMENTS:
            read_document(name, raw)
