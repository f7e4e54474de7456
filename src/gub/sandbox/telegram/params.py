"""Reading the arguments of a Bot API call: all of them arrive as strings, nested ones as JSON text."""

import json
import re
from collections.abc import Mapping
from typing import Any

from gub.sandbox.telegram.errors import bad_request

_TRUE = {"true", "yes", "1"}
_NUMBER = re.compile(r"\s*([+-]?\d+)", re.ASCII)


def as_strings(values: Mapping[str, Any]) -> dict[str, str]:
    """Bring the members of a JSON body into the form that a form would have: null is absent."""
    result: dict[str, str] = {}
    for name, value in values.items():
        if value is None:
            continue
        result[name] = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return result


class Params:
    """The arguments of one call, read as leniently as Telegram reads them."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = dict(values)

    def has(self, name: str) -> bool:
        """Whether the argument is there and not empty."""
        return bool(self.values.get(name))

    def text(self, name: str) -> str:
        """Read a string; absent is empty."""
        return self.values.get(name, "")

    def integer(self, name: str, default: int = 0) -> int:
        """Read an integer; what is not a number is 0, as in the real server (`td::to_integer`)."""
        value = self.text(name)
        if not value:
            return default
        match = _NUMBER.match(value)
        return int(match.group(1)) if match else 0

    def flag(self, name: str) -> bool:
        """Read a truth value."""
        return self.text(name).strip().lower() in _TRUE

    def json(self, name: str, what: str | None = None) -> Any:
        """Read nested JSON; None when absent. `what` is how the error names it."""
        value = self.text(name)
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {what or name} JSON object") from None

    def user_id(self, name: str = "user_id") -> int:
        """Read the id of a user."""
        value = self.integer(name)
        if value <= 0:
            raise bad_request(f"invalid {name} specified")
        return value

    def message_ids(self, name: str = "message_ids", most: int = 100) -> list[int]:
        """Read a list of message ids (errors: Client.cpp, get_message_ids)."""
        if not self.has(name):
            raise bad_request("message identifiers are not specified")
        value = self.json(name)
        if not isinstance(value, list):
            raise bad_request("expected an Array of message identifiers")
        if len(value) > most:
            raise bad_request("too many message identifiers specified")
        return [_message_id(item) for item in value]


def _message_id(item: Any) -> int:
    if isinstance(item, bool) or not isinstance(item, int | str):
        raise bad_request("message identifier must be a Number")
    match = _NUMBER.fullmatch(str(item))
    if match is None:
        raise bad_request("can't parse message identifier as Number")
    if int(match.group(1)) <= 0:
        raise bad_request("invalid message identifier specified")
    return int(match.group(1))
