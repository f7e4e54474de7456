"""The files of an export: written so that only this user reads them, read so that only what belongs there counts."""

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

from gub.store.documents import Document
from gub.store.errors import TransferError
from gub.store.transfer import manifest as manifests
from gub.store.transfer.lines import LINE_LIMIT, from_line
from gub.store.transfer.manifest import Manifest, Part, file_of

_MANIFEST_LIMIT: Final = 1_000_000
_NO_FOLLOW: Final = getattr(os, "O_NOFOLLOW", 0)


class Draft:
    """A directory that becomes an export when `seal` is called.

    Used in a with statement: left with an error, it is emptied again; killed before its end, it has no manifest and
    is no export.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._written: list[Path] = []

    def __enter__(self) -> Self:
        """Take the directory, or make it.

        Raises:
            TransferError: it has something in it, or is not a directory.
        """
        try:
            self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
            if any(self._path.iterdir()):
                raise TransferError(f"{self._path} is not empty: name a new directory.")
            self._path.chmod(0o700)
        except OSError as error:
            raise TransferError(f"{self._path} cannot be used: {error.strerror}.") from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take back what was written, if something went wrong."""
        if kind is not None:
            for path in self._written:
                path.unlink(missing_ok=True)

    def part(self, collection: str) -> "PartWriter":
        """Begin a collection's file."""
        return PartWriter(self._create(file_of(collection)))

    def seal(self, manifest: Manifest) -> None:
        """Make it an export: the manifest appears at once, whole."""
        draft = self._create(manifests.NAME + ".new")
        with draft:
            draft.write(manifest.to_json())
            _sync(draft)
        final = self._path / manifests.NAME
        (self._path / (manifests.NAME + ".new")).replace(final)
        self._written.append(final)
        descriptor = os.open(self._path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _create(self, name: str) -> BinaryIO:
        path = self._path / name
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_FOLLOW, 0o600)
        self._written.append(path)
        return os.fdopen(descriptor, "wb")


class PartWriter:
    """One collection's file while it is written."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self._documents = 0
        self._bytes = 0

    def add(self, line: bytes) -> None:
        """Write a document's line."""
        self._file.write(line)
        self._digest.update(line)
        self._documents += 1
        self._bytes += len(line)

    def finish(self) -> Part:
        """Have it on the disk; say what it is."""
        _sync(self._file)
        return Part(self._documents, self._bytes, self._digest.hexdigest())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it, also when it is not finished."""
        self._file.close()


@dataclass(frozen=True, slots=True)
class Export:
    """A whole export on the disk, every line of it read once."""

    path: Path
    id: str
    """The checksum of its manifest, and so of everything in it."""
    manifest: Manifest

    def documents(self, collection: str) -> Iterator[tuple[Document, int]]:
        """Read a collection: each document, and the length of its line.

        Raises:
            TransferError: a line is none, or (after the last one) they are not those that the manifest means.
        """
        part, name = self.manifest.collections[collection], file_of(collection)
        digest, count = hashlib.sha256(), 0
        with _open(self.path / name) as file:
            while line := file.readline(LINE_LIMIT):
                digest.update(line)
                count += 1
                try:
                    document = from_line(line)
                except TransferError as error:
                    raise TransferError(f"{name} is damaged, line {count}: {error}") from error
                yield document, len(line)
        if count != part.documents or digest.hexdigest() != part.sha256:
            raise TransferError(f"{name} is damaged: it is not the file that the manifest means.")


def checked_export(path: Path) -> Export:
    """Read an export from end to end, and say that it is whole.

    Raises:
        TransferError: it is not.
    """
    try:
        with _open(path / manifests.NAME) as file:
            text = file.read(_MANIFEST_LIMIT)
        export = Export(path, hashlib.sha256(text).hexdigest(), manifests.from_json(text))
        _check_names(export)
        for name in export.manifest.collections:
            _check_part(export, name)
    except FileNotFoundError as error:
        missing = Path(error.filename or "").name
        why = "an export that was cut short has none" if missing == manifests.NAME else "the export is not whole"
        raise TransferError(f"{path} has no {missing}: {why}.") from error
    except OSError as error:
        raise TransferError(f"{path} cannot be read: {error.strerror}.") from error
    return export


def _check_names(export: Export) -> None:
    expected = {manifests.NAME, *map(file_of, export.manifest.collections)}
    if foreign := {each.name for each in export.path.iterdir()} - expected:
        raise TransferError(f"{export.path} has a file that is not the export's: {min(foreign)!r}.")


def _check_part(export: Export, name: str) -> None:
    size = (export.path / file_of(name)).lstat().st_size
    if size != export.manifest.collections[name].bytes:
        raise TransferError(f"{file_of(name)} is damaged: it has another length than the manifest says.")
    numbers = []
    for document, _ in export.documents(name):
        if name == manifests.COLLECTIONS[0]:
            numbers.append(document["_id"])
    if name == manifests.COLLECTIONS[0] and tuple(numbers) != export.manifest.upgrades:
        raise TransferError(f"{file_of(name)} is damaged: it lists other upgrades than the manifest.")


def _open(path: Path) -> BinaryIO:
    descriptor = os.open(path, os.O_RDONLY | _NO_FOLLOW | getattr(os, "O_NONBLOCK", 0))
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise TransferError(f"{path.name} is not a plain file.")
    return os.fdopen(descriptor, "rb")


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())
