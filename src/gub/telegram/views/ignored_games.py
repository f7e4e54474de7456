"""The page of /settings that chooses whether a chat is told who starts what; with the games that it ignores."""

from collections.abc import Sequence

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from gub.domain.choices import Setting
from gub.domain.starts import digest_of
from gub.telegram.showing import View
from gub.telegram.views import settings
from gub.telegram.views.keyboards import button, rows
from gub.telegram.views.parts import lines
from gub.telegram.views.parts import shown as one_line
from gub.telegram.views.settings import SettingsAction, SettingsTap, Shown
from gub.telegram.words import words

_LABEL_UNITS = 32


def page(shown: Shown, ignored: Sequence[str]) -> View:
    """Show what is chosen, and of each game that is ignored, the last one first, a button to hear of it again."""
    chosen = settings.page(shown, Setting.STARTS)
    if not ignored or not isinstance(chosen.keyboard, InlineKeyboardMarkup):
        return chosen
    *choices, back = chosen.keyboard.inline_keyboard
    games = ([_tell_again(shown, title)] for title in reversed(ignored))
    below = lines("", "", words("Of these games I say nothing here. A button takes one back."))
    return View([*chosen.items, *below], rows(*choices, *games, back))


def _tell_again(shown: Shown, title: str) -> InlineKeyboardButton:
    label = words("🔔 Tell again: {title}", title=one_line(title, _LABEL_UNITS))
    tap = SettingsTap(
        action=SettingsAction.TELL_AGAIN, chat=shown.chat_id, setting=Setting.STARTS, value=digest_of(title)
    )
    return button(label, tap)
