"""What can be said of a raw update without decoding it. Everything here takes any JSON whatever."""

from typing import Any

RawUpdate = dict[str, Any]
"""An update as Telegram sent it: the JSON object, not yet decoded by aiogram."""

NOWHERE = 0
"""The key of updates that name neither chat nor user (`poll`); no chat and no user has this id."""

_MAX_ID = 2**63 - 1
_MAX_KIND = 40


def update_id_of(raw: object) -> int | None:
    """Give the update's id, or None when it has none that can be kept: a whole number from 0 to 2**63 - 1."""
    if not isinstance(raw, dict):
        return None
    found = _number(raw.get("update_id"))
    return found if found is not None and found >= 0 else None


def update_kind(raw: object) -> str:
    """Name what the update carries (`message`, `callback_query`, ...); `unknown` when that cannot be said."""
    kind, _ = _event(raw)
    return kind


def update_key(raw: object) -> int:
    """Give the id of the chat that the update happened in, else of the user who caused it, else `NOWHERE`.

    A private chat and its user have the same id, so what a user does outside any chat runs in their private lane.
    """
    _, event = _event(raw)
    message = event.get("message")
    places = [event, message] if isinstance(message, dict) else [event]
    for place in places:
        chat = _id_of(place.get("chat"))
        if chat is not None:
            return chat
    for field in ("from", "user", "voter_chat", "sender_chat"):
        someone = _id_of(event.get(field))
        if someone is not None:
            return someone
    return NOWHERE


def _event(raw: object) -> tuple[str, dict[str, Any]]:
    if isinstance(raw, dict):
        for kind, event in raw.items():
            if isinstance(event, dict):
                plain = isinstance(kind, str) and kind.isascii() and kind.isidentifier() and len(kind) <= _MAX_KIND
                return (kind if plain else "unknown"), event
    return "unknown", {}


def _id_of(value: object) -> int | None:
    return _number(value.get("id")) if isinstance(value, dict) else None


def _number(value: object) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool) and -_MAX_ID <= value <= _MAX_ID:
        return value
    return None
