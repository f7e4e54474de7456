"""What a message shows, and how that is divided into what fits into one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from aiogram.types import (
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    MessageEntity,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from aiogram.utils.formatting import Text

from gub.domain.limits import MESSAGE_ENTITIES, MESSAGE_UNITS
from gub.domain.splitting import Size, cut, pack, utf16_length

_ELLIPSIS = "…"
NO_PREVIEW: Final = LinkPreviewOptions(is_disabled=True)
"""Links of GUB's texts are not unfolded."""


Keyboard = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove
"""Buttons under a message; or, in private, in the place of the person's own keyboard, put there or taken away."""


@dataclass(frozen=True, slots=True)
class View:
    """What a message shows.

    The items stand one after another with nothing put between: each brings its own spaces and line breaks. What is
    too long for one message is split between items; the keyboard is under the last part. What takes the place of a
    person's keyboard can be sent and not put there by an edit.
    """

    items: Sequence[Text | str]
    keyboard: Keyboard | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Text and entities that fit into a message."""

    text: str
    entities: tuple[MessageEntity, ...] = ()

    @property
    def size(self) -> Size:
        """Count units and entities."""
        return Size(utf16_length(self.text), len(self.entities))

    def as_arguments(self) -> dict[str, Any]:
        """Give what sendMessage and its like are told of it."""
        return {
            "text": self.text,
            "entities": list(self.entities) or None,
            "parse_mode": None,
            "link_preview_options": NO_PREVIEW,
        }


def messages_of(view: View) -> int:
    """Count the messages that a view takes. Raises ValueError when it shows nothing."""
    return len(divided(view))


def divided(view: View) -> list[Part]:
    """Divide a view into messages."""
    pieces = [piece for item in view.items for piece in _pieces(item)]
    runs = pack([piece.size for piece in pieces], Size(MESSAGE_UNITS, MESSAGE_ENTITIES))
    parts = [_join(pieces[run.start : run.stop]) for run in runs]
    parts = [part for part in parts if part.text.strip()]
    if not parts:
        raise ValueError("a view must show something")
    return parts


def fitted(view: View) -> Part:
    """Make one message of a view, of its beginning if it must be."""
    parts = divided(view)
    if len(parts) == 1:
        return parts[0]
    room = Size(MESSAGE_UNITS - 2, MESSAGE_ENTITIES)
    first = _clip(parts[0], 0, cut(parts[0].text, room.units)[0])
    return _join([first, Part("\n" + _ELLIPSIS)])


def _pieces(item: Text | str) -> list[Part]:
    """Make what fits into a message out of an item: itself, unless it alone is too long."""
    text, entities = item.render() if isinstance(item, Text) else (item, [])
    if not text:
        return []
    whole = Part(text, tuple(entities))
    if whole.size.units <= MESSAGE_UNITS and whole.size.entities <= MESSAGE_ENTITIES:
        return [whole]
    pieces = []
    start = 0
    for piece in cut(text, MESSAGE_UNITS):
        pieces.append(_clip(whole, start, piece))
        start += utf16_length(piece)
    return pieces


def _clip(part: Part, start: int, text: str) -> Part:
    """Take `text`, which begins at the unit `start` of a part, with as many entities as fall into it and count."""
    end = start + utf16_length(text)
    clipped = []
    for entity in part.entities:
        first, last = max(entity.offset, start), min(entity.offset + entity.length, end)
        if first < last:
            clipped.append(entity.model_copy(update={"offset": first - start, "length": last - first}))
    return Part(text, tuple(clipped[:MESSAGE_ENTITIES]))


def _join(parts: Iterable[Part]) -> Part:
    text = ""
    units = 0
    entities: list[MessageEntity] = []
    for part in parts:
        entities += (
            entity.model_copy(update={"offset": entity.offset + units}) if units else entity for entity in part.entities
        )
        text += part.text
        units += part.size.units
    return Part(text, tuple(entities))


def shortened(text: str, units: int) -> str:
    """Give as much of a text as fits into so many UTF-16 units, with "…" where that is not all."""
    if utf16_length(text) <= units:
        return text
    return cut(text, units - 1)[0].rstrip() + _ELLIPSIS
