"""Reply markup: what Telegram takes, and how it refuses the rest."""

from typing import Any
from urllib.parse import urlsplit

from gub.sandbox.telegram.entities import utf16_length
from gub.sandbox.telegram.errors import bad_request
from gub.sandbox.telegram.models import Json
from gub.sandbox.telegram.reply_keyboards import parse_reply_interface

CALLBACK_BYTES = 64
BUTTONS = 100
ROW = 8

_DECORATION = {"text", "style", "icon_custom_emoji_id"}
_ACTIONS = {
    "url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay", "disabled",
}  # fmt: skip
_STYLES = {"danger", "success", "primary"}
_SCHEMES = {"http", "https", "tg", "ton"}
_OTHER = ("keyboard", "remove_keyboard", "force_reply")
COPY_TEXT = 256


def parse_markup(value: Any, *, private: bool) -> tuple[list[list[Json]] | None, Json | None]:
    """Validate `reply_markup`: the inline keyboard (None without buttons), or a reply keyboard and its like."""
    if value is None:
        return None, None
    if not isinstance(value, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in value:
        return parse_inline(value["inline_keyboard"], private=private), None
    if any(kind in value for kind in _OTHER):
        return None, parse_reply_interface(value, private=private)
    return None, None


def parse_inline(rows: Any, *, private: bool) -> list[list[Json]] | None:
    """Validate the rows of an inline keyboard; empty rows vanish."""
    if not isinstance(rows, list):
        raise bad_request('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array')
    result = []
    for row in rows:
        if not isinstance(row, list):
            raise bad_request('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
        buttons = [_button(button, private=private) for button in row]
        if len(buttons) > ROW:
            raise bad_request("reply markup is too long")
        if buttons:
            result.append(buttons)
    if sum(len(row) for row in result) > BUTTONS:
        raise bad_request("reply markup is too long")
    return result or None


def _button(button: Any, *, private: bool) -> Json:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    if not isinstance(button.get("text"), str):
        raise bad_request('can\'t parse inline keyboard button: field "text" must be of type String')
    if not button["text"].strip():
        raise bad_request("can't parse inline keyboard button: text must be non-empty")
    unknown = button.keys() - _DECORATION - _ACTIONS
    if unknown:
        raise bad_request(f"can't parse inline keyboard button: unknown field {min(unknown)!r}")
    actions = [name for name in button if name in _ACTIONS]
    if not actions:
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad_request("can't parse inline keyboard button: exactly one action must be specified")
    if "style" in button and button["style"] not in _STYLES:
        raise bad_request("can't parse inline keyboard button: invalid button style specified")
    _check_action(actions[0], button[actions[0]], private=private)
    return dict(button)


def _check_action(kind: str, value: Any, *, private: bool) -> None:
    if kind == "callback_data":
        if not isinstance(value, str) or not 1 <= len(value.encode()) <= CALLBACK_BYTES:
            raise bad_request("BUTTON_DATA_INVALID")
    elif kind == "url":
        _check_url(value)
    elif kind == "web_app" and not private:
        raise bad_request("BUTTON_TYPE_INVALID")  # web apps of inline keyboards work in private chats only
    elif kind == "copy_text":
        text = value.get("text") if isinstance(value, dict) else None
        if not isinstance(text, str) or not 1 <= utf16_length(text) <= COPY_TEXT:
            raise bad_request("BUTTON_COPY_TEXT_INVALID")


def _check_url(value: Any) -> None:
    if not isinstance(value, str) or not value:
        raise bad_request('can\'t parse inline keyboard button: field "url" must be of type String')
    parts = urlsplit(value if "://" in value else f"https://{value}")
    if parts.scheme not in _SCHEMES:
        raise bad_request(f"inline keyboard button URL '{value}' is invalid: unsupported URL protocol")
    if parts.scheme in {"http", "https"} and "." not in (parts.hostname or ""):
        raise bad_request(f"inline keyboard button URL '{value}' is invalid: wrong HTTP URL")
