"""`gub db export`: what lasts, from a database that may be in use, into a directory."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from gub import __version__
from gub.clock import Clock
from gub.store import credentials, inbox, migrations, upgrades
from gub.store.documents import Database, Document
from gub.store.errors import TransferError
from gub.store.imports import refuse_unfinished
from gub.store.transfer.connection import connected
from gub.store.transfer.files import Draft
from gub.store.transfer.lines import to_line
from gub.store.transfer.manifest import COLLECTIONS, Manifest
from gub.store.upgrades import pending

_BATCH: Final = 500
# Everything else of a credential is left out: a field that is unknown here may be a secret, and what was seen of a
# secret (status, dates) is not true without it.
_NOT_SECRET: Final = frozenset({"_id", "platform", "client_id"})
_NOTHING: Final = frozenset({"_id", "platform"})
_OTHER_CLOCKS: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written."""

    documents: Mapping[str, int]
    waiting: int
    """Updates in the inbox that are not handled yet. They are not in the export."""


async def export(
    uri: str, database: str, directory: Path, clock: Clock, *, secrets: bool = False, wait: float
) -> Exported:
    """Write everything that lasts; a bot may go on working with the database meanwhile.

    Each document is as it was at some moment of the export. Memory does not grow with the database.

    Raises:
        StoreUnavailable: the database cannot be read, was half imported, or is newer than this GUB.
        TransferError: the directory is not empty or cannot be written, or a document has no Extended JSON.
    """
    began = clock.now()
    async with connected(uri, database, clock, wait) as base:
        await refuse_unfinished(base)
        await pending(base)  # refuses what a newer GUB wrote: it may have more collections
        with Draft(directory) as draft:
            parts, seen = {}, []
            for name in COLLECTIONS:
                with draft.part(name) as writer:
                    async for document in _documents(base, name, began, secrets=secrets):
                        writer.add(_line(name, document))
                        if name == upgrades.SCHEMA.name:
                            seen.append(document["_id"])
                    parts[name] = writer.finish()
            waiting = await base[inbox.SCHEMA.name].count_documents({"state": "new"})
            draft.seal(
                Manifest(
                    gub=__version__,
                    created_at=began.isoformat(),
                    database=database,
                    secrets=secrets,
                    upgrades=tuple(seen),
                    collections=parts,
                )
            )
    return Exported({name: part.documents for name, part in parts.items()}, waiting)


async def _documents(database: Database, name: str, began: datetime, *, secrets: bool) -> AsyncIterator[Document]:
    async for document in database[name].find(batch_size=_BATCH).sort("_id", 1):
        shown = _shown(name, document, began, secrets=secrets)
        if shown is not None:
            yield shown


def _shown(name: str, document: Document, began: datetime, *, secrets: bool) -> Document | None:
    """Give what is exported of a document; None when that is nothing."""
    if name == credentials.SCHEMA.name and not secrets:
        shown = {field: value for field, value in document.items() if field in _NOT_SECRET}
        return shown if shown.keys() - _NOTHING else None
    if name == migrations.SCHEMA.name:
        finished = document.get("finished_at")
        if isinstance(finished, datetime) and finished >= began - _OTHER_CLOCKS:
            # The chat moved while its documents were read, perhaps before: the import moves it again, to the end.
            return {field: value for field, value in document.items() if field != "finished_at"}
    return document


def _line(name: str, document: Document) -> bytes:
    try:
        return to_line(document)
    except TransferError as error:
        raise TransferError(f"A document of {name} cannot be exported: {document['_id']!r}. {error}") from error
