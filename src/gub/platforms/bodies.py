"""Reads an answer's body without trusting its size, packed or unpacked."""

import zlib
from typing import Final

import httpx

from gub.platforms.errors import Malformed

_GZIP: Final = 16 + zlib.MAX_WBITS


async def read_body(response: httpx.Response, largest: int) -> bytes:
    """Read the body of a streamed response, unpacking gzip, the one encoding that we ask for.

    Raises:
        Malformed: more than `largest` bytes, packed or unpacked; a broken or unknown encoding.
    """
    raw = bytearray()
    async for chunk in response.aiter_raw():
        raw += chunk
        if len(raw) > largest:
            raise Malformed(f"an answer of more than {largest} bytes")
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding == "identity" or not raw:
        return bytes(raw)
    if encoding not in {"gzip", "x-gzip"}:
        raise Malformed("an answer in an encoding that was not asked for")
    return _unpack(bytes(raw), largest)


def _unpack(raw: bytes, largest: int) -> bytes:
    unpacker = zlib.decompressobj(_GZIP)
    try:
        body = unpacker.decompress(raw, largest + 1)
    except zlib.error:
        raise Malformed("an answer whose gzip is broken") from None
    if len(body) > largest:
        raise Malformed(f"an answer of more than {largest} bytes")
    if not unpacker.eof:
        raise Malformed("an answer whose gzip ends too early")
    return body
