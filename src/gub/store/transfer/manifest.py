"""What an export says of itself, in `manifest.json`: written last, so an export without it is not a whole one."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, TypeVar

from gub.store import (
    boards,
    chats,
    credentials,
    deletions,
    departures,
    dialogs,
    donations,
    history,
    invitations,
    migrations,
    notifygroups,
    statususers,
    upgrades,
    users,
    watches,
)
from gub.store.errors import TransferError

NAME: Final = "manifest.json"
FORMAT: Final = "gub-export"
VERSION: Final = 1

COLLECTIONS: Final = (
    upgrades.SCHEMA.name,
    invitations.SCHEMA.name,
    notifygroups.SCHEMA.name,
    history.SCHEMA.name,
    watches.SCHEMA.name,
    statususers.SCHEMA.name,
    boards.SCHEMA.name,
    dialogs.SCHEMA.name,
    credentials.SCHEMA.name,
    donations.SCHEMA.name,
    users.SCHEMA.name,
    chats.SCHEMA.name,
    departures.SCHEMA.name,
    migrations.SCHEMA.name,
    deletions.SCHEMA.name,
)
"""What lasts, in the order in which it is read beside a running bot.

- What refers comes before what it refers to: that was there when it was referred to, and is still to be read.
- The upgrades come first: the documents have then seen at least these, and doing one twice is harmless.
- Chats come before departures: a chat that is left meanwhile is in one or both, so its data is purged in time.
- Moves of chats and wishes to be forgotten come last: what began meanwhile is known, and done to the end later.

Not among them: the inbox (updates in work, and which were handled in the last two days: handling them again from a
backup would call people together for a game of last month), what still rings (for the same reason), leases, and the
imports into this one database.
"""

_HASH_DIGITS: Final = 64
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Part:
    """One collection's file."""

    documents: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """One export."""

    gub: str
    """The version of GUB that wrote it."""
    created_at: str
    database: str
    secrets: bool
    upgrades: tuple[int, ...]
    """The upgrades that the documents have seen, as their file lists them."""
    collections: Mapping[str, Part]

    def to_json(self) -> bytes:
        """Write it."""
        found = {"format": FORMAT, "version": VERSION, **asdict(self)}
        return json.dumps(found, indent=2).encode() + b"\n"


def from_json(text: bytes) -> Manifest:
    """Read it.

    Raises:
        TransferError: it is none, or of a version or with a collection that this GUB does not know.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise TransferError(f"{NAME} is damaged: it is not JSON.") from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise TransferError(f"{NAME} is not that of an export of GUB.")
    if found.get("version") != VERSION or isinstance(found["version"], bool):
        raise TransferError(f"The export has another format version; this GUB reads {VERSION}: use the GUB of its day.")
    parts = _field(found, "collections", dict)
    if upgrades.SCHEMA.name not in parts:
        raise TransferError(f"{NAME} is damaged: it does not name {upgrades.SCHEMA.name}.")
    if not parts.keys() <= set(COLLECTIONS):
        raise TransferError("The export has a collection that this GUB does not know: a newer GUB wrote it, or none.")
    seen = _field(found, "upgrades", list)
    if not all(type(number) is int for number in seen):
        raise TransferError(f"{NAME} is damaged: upgrades.")
    return Manifest(
        gub=_field(found, "gub", str),
        created_at=_field(found, "created_at", str),
        database=_field(found, "database", str),
        secrets=_field(found, "secrets", bool),
        upgrades=tuple(seen),
        collections={name: _part(name, parts[name]) for name in COLLECTIONS if name in parts},
    )


def file_of(collection: str) -> str:
    """Name a collection's file. A manifest names collections only, so it can point nowhere else."""
    return f"{collection}.jsonl"


def _part(name: str, found: object) -> Part:
    if not isinstance(found, dict) or found.keys() != {"documents", "bytes", "sha256"}:
        raise TransferError(f"{NAME} is damaged: {name}.")
    part = Part(_field(found, "documents", int), _field(found, "bytes", int), _field(found, "sha256", str))
    if part.documents < 0 or part.bytes < 0 or len(part.sha256) != _HASH_DIGITS:
        raise TransferError(f"{NAME} is damaged: {name}.")
    return part


def _field(found: Mapping[str, Any], name: str, kind: type[_T]) -> _T:
    value = found.get(name)
    if type(value) is not kind:
        raise TransferError(f"{NAME} is damaged: {name}.")
    return value
