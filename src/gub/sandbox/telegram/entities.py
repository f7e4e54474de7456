"""Text and its entities: UTF-16 arithmetic, what Telegram finds by itself, what it refuses or ignores."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from gub.sandbox.telegram.errors import bad_request
from gub.sandbox.telegram.models import Json

TEXT_LIMIT = 4096
ENTITY_LIMIT = 100

_AUTOMATIC = {"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"}
_PLAIN = {
    "bold", "italic", "underline", "strikethrough", "spoiler", "blockquote", "expandable_blockquote", "code",
}  # fmt: skip
_EXTRA = {
    "pre": ("language",),
    "text_link": ("url",),
    "text_mention": ("user",),
    "custom_emoji": ("custom_emoji_id",),
    "date_time": ("unix_time", "date_time_format"),
}
_TIME_FORMAT = re.compile(r"r|w?[dD]?[tT]?")
_SOLID = {"text_link", "text_mention", "code", "pre", "date_time"}

# What TDLib treats as nothing when it asks whether a text is empty (td/telegram/misc.cpp, strip_empty_characters).
_INVISIBLE = "\u00a0\u00ad\u1680\u180e\u202f\u205f\u2060\u2800\u3000\ufeff\ufffc" + "".join(
    chr(code) for code in range(0x2000, 0x2010)
)
_CONTROL = {code: " " for code in range(32) if chr(code) != "\n"}

_FINDERS = (
    # The rule of TDLib's match_bot_commands (MessageEntity.cpp).
    ("bot_command", re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}+(?:@[A-Za-z0-9_]{3,32}+)?+(?![\w/<>])")),
    (
        "url",
        re.compile(
            r"https?://[^\s<>\"]*[^\s<>\".,!?;:)'\]]|(?<![\w@./])(?:[\w-]+\.)+(?:com|org|net|me|io|gg|tv|de)\b(?:/[^\s<>\"]*)?"
        ),
    ),
    ("mention", re.compile(r"(?<![\w@/])@[A-Za-z0-9_]{3,32}(?!\w)")),
    ("hashtag", re.compile(r"(?<![\w&/#])#(?=\w*[^\W\d_])\w{1,256}")),
)
_TRIGGERS = re.compile(r"[/@#.]")


def utf16_length(text: str) -> int:
    """Count UTF-16 code units, Telegram's measure of a text."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def boundaries(text: str) -> dict[int, int]:
    """Map every UTF-16 offset at which a character begins (and the end) to its index in `text`."""
    result, units = {}, 0
    for index, character in enumerate(text):
        result[units] = index
        units += 2 if ord(character) > 0xFFFF else 1  # noqa: PLR2004 - the last of the BMP
    result[units] = len(text)
    return result


def covered(text: str, entity: Json) -> str:
    """Cut out the part of `text` that the entity marks."""
    units = text.encode("utf-16-le")
    start = 2 * entity["offset"]
    return units[start : start + 2 * entity["length"]].decode("utf-16-le")


def clean(text: str) -> str:
    """Replace control characters as Telegram's server does; lengths stay."""
    return text.translate(_CONTROL)


def is_empty(text: str) -> bool:
    """Whether nothing of the text could be seen."""
    return not text.strip().strip(_INVISIBLE).strip()


def find_entities(text: str) -> list[Json]:
    """Find commands, links, mentions and hashtags as Telegram does by itself."""
    found: list[Json] = []
    if not _TRIGGERS.search(text):
        return found
    for kind, pattern in _FINDERS:
        for match in pattern.finditer(text):
            entity = {
                "type": kind,
                "offset": utf16_length(text[: match.start()]),
                "length": utf16_length(match.group()),
            }
            if not any(_overlap(entity, other) for other in found):
                found.append(entity)
    return sorted(found, key=_order)


def with_automatic(text: str, explicit: Iterable[Json]) -> list[Json]:
    """Join what was marked with what Telegram finds; only the first hundred count (undocumented, facts 2.1)."""
    result = list(explicit)
    solid = [entity for entity in result if entity["type"] in _SOLID]
    result += [e for e in find_entities(text) if not any(_overlap(e, other) for other in solid)]
    return sorted(result, key=_order)[:ENTITY_LIMIT]


def parse_entities(value: Any, text: str, may_mention: Callable[[int], bool]) -> list[Json]:
    """Validate the `entities` argument. A mention of somebody the bot may not mention vanishes silently."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise bad_request("expected an Array of MessageEntity")
    ends = boundaries(text)
    parsed = [_parse(item, ends) for item in value]
    return [e for e in parsed if e is not None and ("user_id" not in e or may_mention(e["user_id"]))]


def _parse(item: Any, ends: dict[int, int]) -> Json | None:
    if not isinstance(item, dict):
        raise bad_request("can't parse MessageEntity: expected an Object")
    offset, length, kind = item.get("offset"), item.get("length"), item.get("type")
    for name, number in (("offset", offset), ("length", length)):
        if isinstance(number, bool) or not isinstance(number, int):
            raise bad_request(f'can\'t parse MessageEntity: field "{name}" must be of type Number')
    if not isinstance(kind, str):
        raise bad_request('can\'t parse MessageEntity: field "type" must be of type String')
    if kind in _AUTOMATIC:
        return None
    if kind not in _PLAIN and kind not in _EXTRA:
        raise bad_request("can't parse MessageEntity: unsupported type specified")
    _check_range(int(offset or 0), int(length or 0), ends)
    return _with_details({"type": kind, "offset": offset, "length": length}, item) if length else None


def _check_range(offset: int, length: int, ends: dict[int, int]) -> None:
    where = f"entity beginning at UTF-16 offset {offset}"
    if offset < 0 or length < 0:
        raise bad_request("entity offset and length must not be negative")
    if offset + length > max(ends):
        raise bad_request(f"{where} ends after the end of the text at UTF-16 offset {offset + length}")
    if offset not in ends:
        raise bad_request(f"{where} begins in a middle of a UTF-16 symbol")
    if offset + length not in ends:
        raise bad_request(f"{where} ends in a middle of a UTF-16 symbol at UTF-16 offset {offset + length}")


def _with_details(entity: Json, item: Json) -> Json:
    kind = entity["type"]
    if kind == "text_mention":
        user = item.get("user")
        if not isinstance(user, dict) or not isinstance(user.get("id"), int):
            raise bad_request('can\'t parse MessageEntity: field "user" must be of type Object')
        return {**entity, "user_id": user["id"]}
    for name in _EXTRA.get(kind, ()):
        if name in item:
            entity[name] = item[name]
    needed = {"text_link": "url", "custom_emoji": "custom_emoji_id", "date_time": "unix_time"}.get(kind)
    if needed is not None and needed not in entity:
        raise bad_request(f"can't parse MessageEntity: can't find field \"{needed}\"")
    if kind == "date_time":
        _check_time(entity)
    return entity


def _check_time(entity: Json) -> None:
    """See that a time is one, and its format is of the grammar of "date-time entity formatting" (Bot API 9.5)."""
    if isinstance(entity["unix_time"], bool) or not isinstance(entity["unix_time"], int):
        raise bad_request('can\'t parse MessageEntity: field "unix_time" must be of type Number')
    wanted = entity.get("date_time_format", "")
    if not isinstance(wanted, str) or not _TIME_FORMAT.fullmatch(wanted):
        raise bad_request("can't parse MessageEntity: invalid date-time format specified")


def trim(text: str, entities: Sequence[Json]) -> tuple[str, list[Json]]:
    """Take white space off both ends, as Telegram does, and move the entities along."""
    lead = utf16_length(text[: len(text) - len(text.lstrip())])
    body = text.strip()
    total = utf16_length(body)
    moved = []
    for entity in entities:
        start = max(entity["offset"] - lead, 0)
        end = min(entity["offset"] + entity["length"] - lead, total)
        if end > start:
            moved.append({**entity, "offset": start, "length": end - start})
    return body, moved


def _order(entity: Json) -> tuple[int, int]:
    return entity["offset"], -entity["length"]


def _overlap(one: Json, other: Json) -> bool:
    return bool(one["offset"] < other["offset"] + other["length"] and other["offset"] < one["offset"] + one["length"])
