"""The dialog that changes a status user."""

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Text

from gub.domain.values import Account, Platform, StatusUser
from gub.telegram.messenger import View
from gub.telegram.views.adding import QUESTIONS
from gub.telegram.views.keyboards import DialogTap, Step, button, rows
from gub.telegram.views.parts import PLATFORM_NAMES, lines, named


def ask_name(person: StatusUser, dialog: str, at: str, note: Text | None = None) -> View:
    """Ask for another name."""
    return View(
        lines(
            note, "" if note else None, Text("What shall ", named(person.display_name), " be called? Send the name.")
        ),
        rows([_cancel(dialog, at)]),
    )


def ask_account(person: StatusUser, platform: Platform, dialog: str, note: Text | None = None) -> View:
    """Ask for another account."""
    what, how = QUESTIONS[platform]
    return View(
        lines(note, "" if note else None, Text("What is ", named(person.display_name), f"'s {what}?"), how),
        rows([_cancel(dialog, platform)]),
    )


def ask_confirm(person: StatusUser, account: Account, dialog: str, at: str) -> View:
    """Show what was found, and ask whether it is the one."""
    return View(
        lines(
            Text(f"{PLATFORM_NAMES[account.platform]} knows them as ", named(account.name), "."),
            Text("Link that to ", named(person.display_name), "?"),
        ),
        rows(
            [
                button("✅ Confirm", DialogTap(dialog=dialog, at=at, answer=Step.CONFIRM), style="success"),
                button("Not that one", DialogTap(dialog=dialog, at=account.platform, answer=Step.REDO)),
            ],
            [_cancel(dialog, at)],
        ),
    )


def _cancel(dialog: str, at: str) -> InlineKeyboardButton:
    return button("Cancel", DialogTap(dialog=dialog, at=at, answer=Step.CANCEL))
