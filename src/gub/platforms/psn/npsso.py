"""The NPSSO: the cookie by which PlayStation's web pages know who is signed in, as its owner pastes it."""

import json
import re
from typing import Any, Final

from gub.platforms import tolerant

_NPSSO: Final = re.compile(r"[A-Za-z0-9._~-]{64}")
_LONGEST_TEXT: Final = 4096


def read_npsso(text: str) -> str:
    """Read the 64 characters, or the whole of what https://ca.account.sony.com/api/v1/ssocookie shows.

    Raises:
        ValueError: it is neither; the text says why, for its owner, and never holds what was given.
    """
    stripped = text.strip()
    if _NPSSO.fullmatch(stripped):
        return stripped
    document = _document(stripped)
    npsso = tolerant.entry(document, "npsso")
    if isinstance(npsso, str) and _NPSSO.fullmatch(npsso.strip()):
        return npsso.strip()
    if tolerant.entry(document, "error") is not None:
        raise ValueError("the page says that nobody is signed in: sign in at playstation.com first, then open it again")
    raise ValueError("it has 64 letters and digits")


def _document(text: str) -> Any:
    if len(text) > _LONGEST_TEXT:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
