"""Reading views as Telegram would show them."""

from collections.abc import Iterator

from aiogram.types import MessageEntity
from aiogram.utils.formatting import Text
from hypothesis import strategies as st

from gub.domain.splitting import utf16_length
from gub.telegram.showing import View

HOSTILE = [
    "<b>&_*[x](y)`~|",
    "@Ann_A",
    "مرحبا",
    "\u202eevil",
    "👩\u200d👩\u200d👧",
    "Z\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307",
    "",
    " ",
    "\u3164",
    "\u200b",
    "a\nb\tc",
    "x" * 5000,
    "🎮" * 500,
    "$ne",
    "{0} %s {name}",
]

names = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=60))


def rendered(item: Text | str) -> tuple[str, list[MessageEntity]]:
    return item.render() if isinstance(item, Text) else (item, [])


def text_of(view: View) -> str:
    return "".join(rendered(item)[0] for item in view.items)


def entities_of(view: View) -> Iterator[tuple[MessageEntity, str]]:
    """Give each entity with the text it covers; fails when one covers none, or half a character."""
    for item in view.items:
        text, entities = rendered(item)
        units = text.encode("utf-16-le")
        for entity in entities:
            assert 0 <= entity.offset < entity.offset + entity.length <= utf16_length(text)
            yield entity, units[2 * entity.offset : 2 * (entity.offset + entity.length)].decode("utf-16-le")
