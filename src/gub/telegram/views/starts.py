"""Who started what, as a chat is told."""

from collections.abc import Sequence
from typing import Final

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Italic, Text

from gub.domain.presence import title_key
from gub.domain.starts import digest_of
from gub.services.start_news import Started
from gub.telegram.showing import View
from gub.telegram.views.keyboards import StartsTap, button, rows
from gub.telegram.views.parts import lines, named, plain, shown
from gub.telegram.words import said, said_many, words

_LINES: Final = 10
_LABEL_UNITS: Final = 32


def started(starts: Sequence[Started], *, last: bool) -> View:
    """Tell who started what, the first first, with a button to ignore each game; `last`: that it is all for today."""
    told = [_line(one) for one in starts[:_LINES]]
    if more := len(starts) - len(told):
        told.append(said_many("… and {count} more start", "… and {count} more starts", more))
    if last:
        told += [Text(), Italic(words("That's the last one for today."))]
    return View(lines(*told), rows(*([one] for one in _buttons(offered(starts)))))


def offered(starts: Sequence[Started]) -> list[str]:
    """Give the titles of the games that the message has buttons for, each game once."""
    games: dict[str, str] = {}
    for one in starts[:_LINES]:
        games.setdefault(title_key(one.title), one.title)
    return list(games.values())


def ignored() -> str:
    """Answer the tap that had a game ignored."""
    return words("Ignored. /settings brings it back.")


def only_admins() -> str:
    """Answer the tap of who is no admin of the chat."""
    return words("Only admins of the chat can have a game ignored.")


def unknown_game() -> str:
    """Answer a tap on a button of long ago."""
    return words("That was too long ago: I don't know any more which game it was.")


def _line(one: Started) -> Text:
    return said("🎮 {name} started {game}.", name=named(one.name), game=plain(one.title))


def _buttons(titles: Sequence[str]) -> list[InlineKeyboardButton]:
    if len(titles) == 1:
        return [button(words("🙈 Ignore this game"), StartsTap(game=digest_of(titles[0])))]
    return [
        button(words("🙈 {game}", game=shown(title, _LABEL_UNITS)), StartsTap(game=digest_of(title)))
        for title in titles
    ]
