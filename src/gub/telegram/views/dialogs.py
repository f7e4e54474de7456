"""What the questions of all dialogs share: notes before them, Cancel under them, and answers to taps that come late."""

from collections.abc import Sequence

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Text

from gub.telegram.showing import View
from gub.telegram.views.keyboards import DialogTap, Step, button, rows
from gub.telegram.views.parts import lines
from gub.telegram.words import words


def question(
    notes: Sequence[Text | str | None], asked: Sequence[Text | str], *answers: Sequence[InlineKeyboardButton]
) -> View:
    """Ask, after the notes, which are told first."""
    told = [note for note in notes if note is not None]
    return View(lines(*told, "" if told else None, *asked), rows(*answers))


def cancel(dialog: str, at: str) -> InlineKeyboardButton:
    """Make the button that ends a dialog without anything."""
    return button(words("Cancel"), DialogTap(dialog=dialog, at=at, answer=Step.CANCEL))


def over() -> str:
    """Answer a tap on a dialog that is over."""
    return words("This is over: finished, cancelled or too old. Type the command again to start over.")


def answered_already() -> str:
    """Answer a tap on a question that was answered."""
    return words("That was answered already. The newest question is further down.")
