"""The `tokens` of a credential: the seed's fields, and those of the predecessor's documents as they were."""

import math
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from gub.domain.credentials import Tokens
from gub.store.documents import Document, text_of, time_of

_LONG_AGO: Final = datetime.fromtimestamp(0, UTC)
"""When tokens count as issued that do not say it: they are renewed at the first wish for one."""

_LONGEST: Final = timedelta(days=3650)


def tokens_document(tokens: Tokens) -> Document:
    """Give tokens as the seed has them. What the server did not give is left out."""
    fields: dict[str, Any] = {
        "token_type": tokens.token_type,
        "expires_in": tokens.expires_in,
        "scope": tokens.scope,
        "access_token": tokens.access_token,
        "refresh_token": tokens.refresh_token,
        "user_id": tokens.user_id,
        "issued": tokens.issued,
        "refresh_expires_in": tokens.refresh_expires_in,
    }
    return {name: value for name, value in fields.items() if value is not None}


def tokens_of(document: object) -> Tokens | None:
    """Read tokens, already in the clear; None when there are none that could be used or renewed."""
    if not isinstance(document, dict):
        return None
    access = text_of(document.get("access_token"))
    refresh = text_of(document.get("refresh_token"))
    if access is None and refresh is None:
        return None
    return Tokens(
        access_token=access or "",
        refresh_token=refresh,
        issued=time_of(document.get("issued")) or _LONG_AGO,
        expires_in=0 if access is None else seconds_of(document.get("expires_in")) or 0,
        refresh_expires_in=seconds_of(document.get("refresh_expires_in")),
        token_type=text_of(document.get("token_type")) or "bearer",
        scope=text_of(document.get("scope")) or "",
        user_id=text_of(document.get("user_id")),
    )


def seconds_of(value: object) -> int | None:
    """Read a duration in whole seconds, also from a double; None for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return int(min(max(value, 0), _LONGEST.total_seconds()))
