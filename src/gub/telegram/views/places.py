"""Where a list or a card is shown and who looks at it; pages, and the words that lists of every kind share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Text

from gub.telegram.links import Link, Way
from gub.telegram.views.keyboards import EVERYBODY, button, link
from gub.telegram.views.parts import named
from gub.telegram.words import said, words

PAGE: Final = 8
"""Things on one page of a list."""

LABEL_UNITS: Final = 40
"""UTF-16 units of a name on a button."""

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a list or a card is shown: for whom it was opened (None: in private), on which page, by which bot.

    `title` is the chat's of now, shown in private alone; `thread_id` the topic of the chat.
    """

    chat_id: int
    username: str
    opener: int | None = None
    page: int = 0
    title: str | None = None
    thread_id: int | None = None

    @property
    def private(self) -> bool:
        """Whether nobody else reads it."""
        return self.opener is None

    @property
    def opener_id(self) -> int:
        """Who may tap, as buttons carry it."""
        return self.opener or EVERYBODY


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks, and whether they are an admin of the chat."""

    user_id: int
    is_admin: bool = False


@dataclass(frozen=True, slots=True)
class Page(Generic[Thing]):
    """One page of a list, the `number`th of `pages`, counted from 0."""

    things: Sequence[Thing]
    number: int
    pages: int

    @classmethod
    def of(cls, things: Sequence[Thing], number: int) -> "Page[Thing]":
        """Take a page out of all things; one that is no more is the last there is."""
        pages = max(1, -(-len(things) // PAGE))
        number = min(max(number, 0), pages - 1)
        return cls(things[number * PAGE : (number + 1) * PAGE], number, pages)

    def where(self) -> str:
        """Say which page it is, where there are more."""
        if self.pages == 1:
            return ""
        return words(", page {page} of {pages}", page=self.number + 1, pages=self.pages)

    def turning(self, to_page: Callable[[int], CallbackData]) -> list[InlineKeyboardButton]:
        """Make the buttons to the pages beside it."""
        return [
            button(label, to_page(number))
            for label, number in ((words("« Previous"), self.number - 1), (words("Next »"), self.number + 1))
            if 0 <= number < self.pages
        ]


def in_place(place: Place) -> Text:
    """Say in which chat, where that is not plain to see."""
    return in_chat(place.title)


def in_chat(title: str | None) -> Text:
    """Say in which chat, where its title is known."""
    return said(" in {chat}", chat=named(title)) if title else Text()


def of_place(place: Place) -> Text:
    """Say of which chat, where that is not plain to see."""
    return of_chat(place.title)


def of_chat(title: str | None) -> Text:
    """Say of which chat, where its title is known."""
    return said(" of {chat}", chat=named(title)) if title else Text()


def to_private(place: Place, way: Way) -> list[InlineKeyboardButton]:
    """Make the button under a group's list that shows the same in private."""
    if place.private:
        return []
    return [link(words("Open in private"), Link(way, chat_id=place.chat_id).url(place.username))]


def not_yours(command: str) -> str:
    """Answer a tap on a list that somebody else opened."""
    return words("Somebody else opened this list. Type {command} to open your own.", command=command)
