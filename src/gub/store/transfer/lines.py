"""One document as one line of canonical MongoDB Extended JSON, in ASCII, and back."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from bson import ObjectId, encode, json_util
from bson.binary import UuidRepresentation
from bson.codec_options import CodecOptions, DatetimeConversion
from bson.errors import BSONError
from bson.json_util import JSONMode, JSONOptions

from gub.store.documents import Document
from gub.store.errors import TransferError

LINE_LIMIT: Final = 128 * 2**20
"""Bytes of the longest line: a document of 16 MiB, each byte of it escaped."""

_DOCUMENT_LIMIT: Final = 16 * 2**20
_OPTIONS: Final = JSONOptions(
    json_mode=JSONMode.CANONICAL,
    tz_aware=True,
    tzinfo=UTC,
    uuid_representation=UuidRepresentation.STANDARD,
    datetime_conversion=DatetimeConversion.DATETIME_AUTO,  # a date that Python cannot hold stays what it is
)
_CODEC: Final[CodecOptions[Document]] = CodecOptions(uuid_representation=UuidRepresentation.STANDARD)
_IDS: Final = (ObjectId, str, int, float, bytes, datetime, UUID)
# What `json_util.loads` was seen to raise for text that is not Extended JSON.
_UNREADABLE: Final = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError, BSONError)


def to_line(document: Document) -> bytes:
    """Write a document.

    Raises:
        TransferError: it would not be the same when read again (a field named like a type of Extended JSON).
    """
    line = json_util.dumps(document, json_options=_OPTIONS, separators=(",", ":")).encode("ascii") + b"\n"
    if _encoded(from_line(line)) != _encoded(document):
        raise TransferError("It has a field that Extended JSON takes for something else.")
    return line


def from_line(line: bytes) -> Document:
    """Read a document that the database will take.

    Raises:
        TransferError: it is none.
    """
    if not line.endswith(b"\n"):
        raise TransferError("It is cut short, or too long.")
    try:
        document = json_util.loads(line.decode("ascii"), json_options=_OPTIONS)
    except _UNREADABLE as error:
        raise TransferError("It is not Extended JSON.") from error
    if not isinstance(document, dict) or not isinstance(document.get("_id"), _IDS):
        raise TransferError("It is not a document with an id.")
    if any(not name or name.startswith("$") for name in document):
        raise TransferError("It has a field with a name that a document cannot have.")
    if len(_encoded(document)) > _DOCUMENT_LIMIT:
        raise TransferError("It is larger than a document can be.")
    return document


def _encoded(document: Document) -> bytes:
    try:
        return encode(document, codec_options=_CODEC)
    except _UNREADABLE as error:
        raise TransferError("It is not a document that MongoDB can hold.") from error
