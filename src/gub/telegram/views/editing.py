"""Changing a status user, in private: what can be changed, and what the dialog asks for."""

from collections.abc import Sequence

from aiogram.utils.formatting import Text

from gub.domain.values import Account, Platform, StatusUser
from gub.telegram.showing import View
from gub.telegram.views.adding import account_question
from gub.telegram.views.dialogs import cancel, question
from gub.telegram.views.keyboards import AccountAction, AccountTap, DialogTap, PersonAction, Step, button, rows
from gub.telegram.views.parts import PLATFORM_NAMES, lines, named
from gub.telegram.views.people import account_rows, back, tap
from gub.telegram.views.places import Place, in_place
from gub.telegram.words import said, words


def edit_menu(person: StatusUser, place: Place, connected: Sequence[Platform]) -> View:
    """Show in private what of a person can be changed."""
    buttons = [[button(words("✏️ Rename"), tap(PersonAction.NAME, person, place))]]
    for platform in Platform:
        account = person.accounts.get(platform)
        name = PLATFORM_NAMES[platform]
        row = []
        if platform in connected:
            label = words("Change {platform}", platform=name) if account else words("Link {platform}", platform=name)
            row.append(button(label, AccountTap(action=AccountAction.SET, platform=platform, person=person.id)))
        if account and len(person.accounts) > 1:
            unlink = AccountTap(action=AccountAction.UNLINK, platform=platform, person=person.id)
            row.append(button(words("Unlink {platform}", platform=name), unlink))
        buttons.append(row)
    return View(
        lines(
            Text("✏️ ", named(person.display_name), in_place(place)),
            "",
            *account_rows(person),
            "",
            words("What would you like to change?"),
        ),
        rows(*buttons, [back(person, place)]),
    )


def renamed(person: StatusUser, menu: View) -> View:
    """Tell that the name is another now, above what else can be changed."""
    now = said("✅ The name is {name} now.", name=named(person.display_name))
    return View([Text(now, "\n\n"), *menu.items], menu.keyboard)


def ask_name(person: StatusUser, dialog: str, at: str, note: Text | None = None) -> View:
    """Ask for another name."""
    asked = said("What should {name} be called? Send me the new name.", name=named(person.display_name))
    return question([note], [asked], [cancel(dialog, at)])


def ask_account(person: StatusUser, platform: Platform, dialog: str, note: Text | None = None) -> View:
    """Ask for another account."""
    return question([note], account_question(platform, named(person.display_name)), [cancel(dialog, platform)])


def ask_confirm(person: StatusUser, account: Account, dialog: str, at: str) -> View:
    """Show what was found, and ask whether it is the one."""
    platform = PLATFORM_NAMES[account.platform]
    return View(
        lines(
            said("{platform} knows them as {account}.", platform=platform, account=named(account.name)),
            said("Link this account to {name}?", name=named(person.display_name)),
        ),
        rows(
            [
                button(words("✅ Confirm"), DialogTap(dialog=dialog, at=at, answer=Step.CONFIRM), style="success"),
                button(words("Try another"), DialogTap(dialog=dialog, at=account.platform, answer=Step.REDO)),
            ],
            [cancel(dialog, at)],
        ),
    )


def unlinked_toast(platform: Platform) -> str:
    """Answer a tap on Unlink."""
    return words("{platform} is unlinked.", platform=PLATFORM_NAMES[platform])
