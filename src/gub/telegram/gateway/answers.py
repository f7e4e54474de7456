"""What came back for one try of a call, told apart: done, refused, or trouble after which one may try again."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from pydantic import ValidationError

from gub.telegram.gateway.calls import Call
from gub.telegram.gateway.outcomes import Refused, Uncertain, Unreachable
from gub.telegram.gateway.refusals import Refusal, name_refusal

_RETRY_AFTER = re.compile(r"retry after (\d{1,9})")


@dataclass(frozen=True, slots=True)
class Done:
    """It was done, with this result."""

    result: Any


@dataclass(frozen=True, slots=True)
class Trouble:
    """It was not answered as it should. `may_be_done`: the server may have done it nevertheless.

    A flood is a 429, which did nothing; `retry_after` seconds is what it orders, if it says so.
    """

    reason: str
    may_be_done: bool
    is_flood: bool = False
    retry_after: float | None = None


Answer = Done | Trouble | Refused


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP response, read."""

    status: int
    body: bytes
    retry_after: str | None = None


def read_reply(call: Call, reply: Reply, decode: Callable[[Any], Any], clean: Callable[[str], str]) -> Answer:
    """Tell what a response means.

    `decode` makes the result from the JSON of a success and raises pydantic's ValidationError; `clean` takes the token
    out of a text. Only a JSON object with `ok` is Telegram's word: the same status on a page of some proxy is not, so
    that its 403 removes nobody.
    """
    data = _parse(reply.body)
    if data is None:
        return _not_telegram(reply)
    if data["ok"]:
        try:
            return Done(decode(data))
        except ValidationError:
            return _not_understood(call)
    refusal = _read_refusal(reply, data, clean)
    if refusal.code == HTTPStatus.TOO_MANY_REQUESTS or refusal.retry_after is not None:
        wait = refusal.retry_after if refusal.retry_after is not None else _from_header(reply)
        return Trouble(f"{refusal.code} {refusal.description}", False, is_flood=True, retry_after=wait)
    if refusal.code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Trouble(f"{refusal.code} {refusal.description}", may_be_done=True)
    return name_refusal(call, refusal)


def _parse(body: bytes) -> dict[str, Any] | None:
    """Read the JSON object of an answer; None when it is not one that the Bot API could have given."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or not isinstance(data.get("ok"), bool):
        return None
    return None if data["ok"] and data.get("result") is None else data


def _not_telegram(reply: Reply) -> Trouble:
    if reply.status == HTTPStatus.TOO_MANY_REQUESTS:
        return Trouble("429 without an answer", False, is_flood=True, retry_after=_from_header(reply))
    was_refused = HTTPStatus.BAD_REQUEST <= reply.status < HTTPStatus.INTERNAL_SERVER_ERROR
    return Trouble(f"{reply.status} with what is no answer of the Bot API", may_be_done=not was_refused)


def _not_understood(call: Call) -> Refused:
    reason = "done, but with a result that is not understood"
    if call.makes_something:
        return Uncertain(call.name, call.chat_id, reason)
    return Unreachable(call.name, call.chat_id, reason)


def _read_refusal(reply: Reply, data: dict[str, Any], clean: Callable[[str], str]) -> Refusal:
    code = data.get("error_code")
    description = data.get("description")
    parameters = data.get("parameters")
    if not isinstance(parameters, dict):
        parameters = {}
    text = clean(description) if isinstance(description, str) else ""
    code = code if isinstance(code, int) else reply.status
    wait = _number(parameters.get("retry_after"))
    if wait is None and code == HTTPStatus.TOO_MANY_REQUESTS and (found := _RETRY_AFTER.search(text)):
        wait = int(found[1])
    return Refusal(code, text, wait, _number(parameters.get("migrate_to_chat_id")))


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value != 0 else None


def _from_header(reply: Reply) -> float | None:
    text = (reply.retry_after or "").strip()
    return float(text) if text.isascii() and text.isdigit() else None
