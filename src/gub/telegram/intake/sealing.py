"""A form of an update that every database takes, for those that it refuses as they are.

MongoDB refuses documents nested deeper than 100 levels, keys with a NUL, numbers over 64 bits and lone surrogates.
Telegram is not known to send any of these; what it may send one day must not stand in the way of other updates.
"""

import json

from gub.telegram.intake.updates import RawUpdate, update_id_of

_SEALED = "gub_sealed"


def seal(raw: RawUpdate) -> RawUpdate:
    """Give the update as one ASCII text beside its id; what cannot even be written as text loses its content."""
    update_id = update_id_of(raw)
    try:
        text = json.dumps(raw)
    except (RecursionError, TypeError, ValueError):
        return {"update_id": update_id}
    return {"update_id": update_id, _SEALED: text}


def unseal(raw: RawUpdate) -> RawUpdate:
    """Give the update that was sealed; one that was not, as it is."""
    text = raw.get(_SEALED)
    if raw.keys() != {"update_id", _SEALED} or not isinstance(text, str):
        return raw
    try:
        opened = json.loads(text)
    except (RecursionError, ValueError):
        return raw
    return opened if isinstance(opened, dict) else raw
