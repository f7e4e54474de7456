"""From what Telegram answered to a named outcome.

The code and the parameters decide first; the text only refines. Texts are those of tdlib/telegram-bot-api
(Client.cpp) and of MTProto's errors that it passes on in capitals; they are compared in lower case.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from gub.telegram.gateway import outcomes
from gub.telegram.gateway.calls import Call, Toll

_LONGEST_DESCRIPTION = 300


@dataclass(frozen=True, slots=True)
class Refusal:
    """Telegram's own "no": `ok` false in an answer of the Bot API. Times in seconds."""

    code: int
    description: str
    retry_after: float | None = None
    migrate_to_chat_id: int | None = None


_RIGHTS = (
    "not enough rights",
    "have no rights",
    "need administrator rights",
    "chat_admin_required",
    "chat_restricted",
    "right_forbidden",
    "_forbidden",  # chat_write_forbidden, chat_send_plain_forbidden, chat_send_media_forbidden, ...
    "can't be deleted",
    "can't remove chat owner",
)

# Of 403, what says that the bot cannot write to the chat, and why.
_FORBIDDEN = (
    (outcomes.Blocked, ("blocked by the user", "can't initiate conversation", "user_is_blocked")),
    (outcomes.Dead, ("user is deactivated", "was deleted", "is deactivated", "was deactivated")),
    (outcomes.Kicked, ("was kicked", "is not a member", "channel_private", "user_banned_in_channel")),
)

_BAD_REQUEST = (
    (outcomes.NotModified, ("message is not modified", "message_not_modified")),
    (outcomes.NothingToDelete, ("message to delete not found",)),
    (outcomes.NothingToEdit, ("message to edit not found", "message can't be edited", "message_edit_time_expired")),
    (outcomes.ThreadGone, ("message thread not found", "topic_closed", "topic_deleted", "topic_id_invalid")),
    (outcomes.QueryTooOld, ("query is too old", "query id is invalid", "query_id_invalid")),
    (outcomes.Gone, ("chat not found", "chat_id_invalid", "peer_id_invalid", "channel_invalid", "is deactivated")),
    (outcomes.NoRights, _RIGHTS),
)

_BY_CODE: dict[int, type[outcomes.Refused]] = {
    HTTPStatus.UNAUTHORIZED: outcomes.Unauthorized,
    HTTPStatus.NOT_FOUND: outcomes.UnknownMethod,
    HTTPStatus.CONFLICT: outcomes.Conflict,
}


def name_refusal(call: Call, refusal: Refusal) -> outcomes.Refused:
    """Name what Telegram refused. 429 and 5xx, after which a call is tried again, are not for here."""
    description = refusal.description[:_LONGEST_DESCRIPTION]
    text = description.lower()
    if refusal.migrate_to_chat_id is not None or "upgraded to a supergroup" in text:
        return outcomes.Migrated(call.name, call.chat_id, description, refusal.migrate_to_chat_id)
    kind: type[outcomes.Refused]
    if refusal.code == HTTPStatus.FORBIDDEN:
        kind = _forbidden(call, text)
    elif refusal.code == HTTPStatus.BAD_REQUEST:
        kind = _bad_request(call, text)
    else:
        kind = _BY_CODE.get(refusal.code, outcomes.Rejected)
    return kind(call.name, call.chat_id, description, refusal.code)


def _forbidden(call: Call, text: str) -> type[outcomes.Refused]:
    if call.chat_id is None:
        return outcomes.Rejected
    kind = _first(_FORBIDDEN, text)
    if kind is not None:
        return kind
    if _mentions(_RIGHTS, text):
        return outcomes.NoRights
    if call.toll is not Toll.MESSAGE or "bots can't" in text or "to bots" in text:
        return outcomes.Rejected
    # A new text of an old kind: a 403 on sending means that the bot is not wanted there.
    return outcomes.Kicked if isinstance(call.chat_id, str) or call.chat_id < 0 else outcomes.Blocked


def _bad_request(call: Call, text: str) -> type[outcomes.Refused]:
    if "message_id_invalid" in text or "message not found" in text:
        is_delete = call.name.startswith("delete")
        return outcomes.NothingToDelete if is_delete else outcomes.NothingToEdit
    return _first(_BAD_REQUEST, text) or outcomes.Rejected


def _first(table: Sequence[tuple[type[outcomes.Refused], Sequence[str]]], text: str) -> type[outcomes.Refused] | None:
    return next((kind for kind, marks in table if _mentions(marks, text)), None)


def _mentions(marks: Sequence[str], text: str) -> bool:
    return any(mark in text for mark in marks)
