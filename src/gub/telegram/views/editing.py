"""Changing a status user, in private: what can be changed, and what the dialog asks for."""

from collections.abc import Sequence

from aiogram.utils.formatting import Text

from gub.domain.values import Account, Platform, StatusUser
from gub.telegram.messenger import View
from gub.telegram.views.adding import QUESTIONS
from gub.telegram.views.dialogs import cancel, question
from gub.telegram.views.keyboards import AccountAction, AccountTap, DialogTap, PersonAction, Step, button, rows
from gub.telegram.views.parts import PLATFORM_NAMES, lines, named
from gub.telegram.views.people import account_rows, back, tap
from gub.telegram.views.places import Place, in_place


def edit_menu(person: StatusUser, place: Place, connected: Sequence[Platform]) -> View:
    """Show in private what of a person can be changed."""
    buttons = [[button("✏️ Rename", tap(PersonAction.NAME, person, place))]]
    for platform in Platform:
        account = person.accounts.get(platform)
        name = PLATFORM_NAMES[platform]
        row = []
        if platform in connected:
            label = f"Change {name}" if account else f"Link {name}"
            row.append(button(label, AccountTap(action=AccountAction.SET, platform=platform, person=person.id)))
        if account and len(person.accounts) > 1:
            unlink = AccountTap(action=AccountAction.UNLINK, platform=platform, person=person.id)
            row.append(button(f"Unlink {name}", unlink))
        buttons.append(row)
    return View(
        lines(
            Text("✏️ ", named(person.display_name), in_place(place)),
            "",
            *account_rows(person),
            "",
            "What would you like to change?",
        ),
        rows(*buttons, [back(person, place)]),
    )


def renamed(person: StatusUser, menu: View) -> View:
    """Tell that the name is another now, above what else can be changed."""
    return View([Text("✅ The name is ", named(person.display_name), " now.\n\n"), *menu.items], menu.keyboard)


def ask_name(person: StatusUser, dialog: str, at: str, note: Text | None = None) -> View:
    """Ask for another name."""
    asked = Text("What should ", named(person.display_name), " be called? Send me the new name.")
    return question([note], [asked], [cancel(dialog, at)])


def ask_account(person: StatusUser, platform: Platform, dialog: str, note: Text | None = None) -> View:
    """Ask for another account."""
    what, how = QUESTIONS[platform]
    asked = Text("What's ", named(person.display_name), f"'s {what}?")
    return question([note], [asked, how], [cancel(dialog, platform)])


def ask_confirm(person: StatusUser, account: Account, dialog: str, at: str) -> View:
    """Show what was found, and ask whether it is the one."""
    return View(
        lines(
            Text(f"{PLATFORM_NAMES[account.platform]} knows them as ", named(account.name), "."),
            Text("Link this account to ", named(person.display_name), "?"),
        ),
        rows(
            [
                button("✅ Confirm", DialogTap(dialog=dialog, at=at, answer=Step.CONFIRM), style="success"),
                button("Try another", DialogTap(dialog=dialog, at=account.platform, answer=Step.REDO)),
            ],
            [cancel(dialog, at)],
        ),
    )


def unlinked_toast(platform: Platform) -> str:
    """Answer a tap on Unlink."""
    return f"{PLATFORM_NAMES[platform]} is unlinked."
