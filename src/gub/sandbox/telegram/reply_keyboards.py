"""Reply keyboards, their removal and forced replies: what Telegram takes, and how it refuses the rest.

Words: TDLib, ReplyMarkup.cpp and RequestedDialogType.cpp; telegram-bot-api, Client.cpp (get_keyboard_button). Where
the server's own word is unknown, or it would quietly make something else of it, this refuses in words of its own.
"""

from collections.abc import Callable, Mapping
from typing import Any

from gub.sandbox.telegram.entities import utf16_length
from gub.sandbox.telegram.errors import bad_request
from gub.sandbox.telegram.models import Json

PLACEHOLDER = 64
MOST_USERS = 10
ROW = 12
BUTTONS = 300

_DECORATION = {"text": str, "style": str, "icon_custom_emoji_id": str}
# What a button can ask for, and TDLib's word for asking it in a group.
_REQUESTS = {
    "request_users": "Users can be requested",
    "request_chat": "Chats can be requested",
    "request_managed_bot": "Bots can be requested",
    "request_contact": "Phone number can be requested",
    "request_location": "Location can be requested",
    "request_poll": "Poll can be requested",
    "web_app": "Web App buttons can be used",
}
_STYLES = {"danger", "success", "primary"}
_KEYBOARD = {
    "is_persistent": bool, "resize_keyboard": bool, "one_time_keyboard": bool, "selective": bool,
    "input_field_placeholder": str,
}  # fmt: skip
_REMOVAL = {"selective": bool}
_FORCED = {"selective": bool, "input_field_placeholder": str}
_USERS = {
    "user_is_bot": bool, "user_is_premium": bool, "max_quantity": int,
    "request_name": bool, "request_username": bool, "request_photo": bool,
}  # fmt: skip
_WORDS = {bool: "Boolean", int: "Number", str: "String"}


def parse_reply_interface(value: Json, *, private: bool) -> Json | None:
    """Validate a reply keyboard, `remove_keyboard` or `force_reply`. A keyboard without a button is none at all."""
    if "keyboard" in value:
        return _keyboard(value, private=private)
    kind, fields = ("remove_keyboard", _REMOVAL) if "remove_keyboard" in value else ("force_reply", _FORCED)
    _check_fields(value, {kind: bool, **fields}, "reply markup")
    if value[kind] is not True:
        raise bad_request(f'field "{kind}" of the reply markup must be True')
    _check_placeholder(value)
    return dict(value)


def _keyboard(value: Json, *, private: bool) -> Json | None:
    rows = value["keyboard"]
    if not isinstance(rows, list):
        raise bad_request('field "keyboard" of the ReplyKeyboardMarkup must be an Array')
    if not all(isinstance(row, list) for row in rows):
        raise bad_request('field "keyboard" of the ReplyKeyboardMarkup must be an Array of Arrays')
    rest = {name: field for name, field in value.items() if name != "keyboard"}
    _check_fields(rest, _KEYBOARD, "ReplyKeyboardMarkup")
    _check_placeholder(value)
    parsed = [[_button(button, private=private) for button in row] for row in rows]
    shown = [kept for row in parsed if (kept := [button for button in row if button["text"]])]
    if any(len(row) > ROW for row in shown) or sum(map(len, shown)) > BUTTONS:
        raise bad_request("reply markup is too long")
    requests = [button["request_users"]["request_id"] for row in shown for button in row if "request_users" in button]
    if len(set(requests)) < len(requests):
        raise _refused("request_id must be unique within the message")
    return {"keyboard": shown, **rest} if shown else None


def _button(button: Any, *, private: bool) -> Json:
    if isinstance(button, str):
        return {"text": button.strip()}
    if not isinstance(button, dict):
        raise _refused("KeyboardButton must be a String or an Object")
    if not isinstance(button.get("text"), str):
        raise _refused('field "text" must be of type String')
    requests = [name for name in button if name in _REQUESTS]
    if len(requests) > 1:
        raise _refused("at most one request must be specified")
    rest = {name: field for name, field in button.items() if name not in _REQUESTS}
    _check_fields(rest, _DECORATION, "KeyboardButton", _refused)
    if "style" in button and button["style"] not in _STYLES:
        raise _refused("invalid button style specified")
    for name in requests:
        if not private:
            raise bad_request(f"{_REQUESTS[name]} in private chats only")
        if name == "request_users":
            _check_request(button[name])
    return {**button, "text": button["text"].strip()}


def _check_request(value: Any) -> None:
    if not isinstance(value, dict):
        raise _refused('field "request_users" must be of type Object')
    if "request_id" not in value:
        raise _refused('can\'t find field "request_id"')
    _check_fields(value, {"request_id": int, **_USERS}, "KeyboardButtonRequestUsers", _refused)
    if not -(2**31) <= value["request_id"] < 2**31:
        raise _refused('field "request_id" must be a valid Number')
    if not 1 <= value.get("max_quantity", 1) <= MOST_USERS:
        raise _refused(f"max_quantity must be from 1 to {MOST_USERS}")


def _check_fields(
    value: Json, fields: Mapping[str, type], what: str, refuse: Callable[[str], Exception] = bad_request
) -> None:
    unknown = value.keys() - fields.keys()
    if unknown:
        raise refuse(f"unknown field {min(unknown)!r} of the {what}")
    for name, field in value.items():
        wanted = fields[name]
        if not isinstance(field, wanted) or (wanted is int and isinstance(field, bool)):
            raise refuse(f'field "{name}" must be of type {_WORDS[wanted]}')


def _check_placeholder(value: Json) -> None:
    placeholder = value.get("input_field_placeholder")
    if placeholder is not None and not 1 <= utf16_length(placeholder) <= PLACEHOLDER:
        raise bad_request(f"input_field_placeholder must have from 1 to {PLACEHOLDER} characters")


def _refused(text: str) -> Exception:
    return bad_request(f"can't parse keyboard button: {text}")
