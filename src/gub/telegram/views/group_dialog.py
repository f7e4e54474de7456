"""The dialogs that make a notify group and change its name and description, in private, and what the chat hears."""

from collections.abc import Sequence
from typing import Final

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from aiogram.utils.formatting import Text

from gub.domain.limits import DESCRIPTION_UNITS, NAME_CHARACTERS
from gub.domain.values import Joining, NotifyGroup
from gub.telegram.dialogs.draft import NAME
from gub.telegram.dialogs.group_draft import DESCRIPTION, JOINING, GroupDraft
from gub.telegram.showing import View
from gub.telegram.views.dialogs import cancel, question
from gub.telegram.views.group_cards import joining_told
from gub.telegram.views.joining import LABELS, who_may_join
from gub.telegram.views.keyboards import CardAction, CardTap, DialogTap, Step, button, rows
from gub.telegram.views.parts import lines, named, plain, shown, typed, unpinging
from gub.telegram.views.places import LABEL_UNITS, in_chat
from gub.telegram.words import said, words

CHOICES: Final = {Step.OPEN: Joining.OPEN, Step.INVITE_ONLY: Joining.INVITE, Step.HIDDEN: Joining.HIDDEN}
"""Who may join, as the buttons answer it."""


def prompt(draft: GroupDraft, dialog: str, title: str | None, note: Text | None = None) -> View:
    """Ask what is to be asked next, after the note, which is told first."""
    no = cancel(dialog, draft.step)
    asked: list[Text | str]
    if draft.step == NAME:
        asked = [
            said("What should the new group{where} be called?", where=in_chat(title)),
            words("One word, up to {most} characters: it's typed after /notify.", most=NAME_CHARACTERS),
        ]
        return question([note], asked, use(dialog, draft.suggestion), [no])
    name = named(draft.name or "")
    if draft.step == DESCRIPTION:
        asked = [
            said("What is {group} about?", group=name),
            words(
                "Send me a line or two for the others, up to {most} characters, or skip this.", most=DESCRIPTION_UNITS
            ),
        ]
        skip = button(words("Skip"), DialogTap(dialog=dialog, at=DESCRIPTION, answer=Step.SKIP))
        return question([note], asked, [skip, no])
    return question([note], who_may_join(name), *_choices(dialog), [no])


def use(dialog: str, suggestion: str | None) -> Sequence[InlineKeyboardButton]:
    """Make the button that takes the name that was suggested. The name itself has no room in it (D24)."""
    if suggestion is None:
        return []
    label = words("Use {name}", name=shown(suggestion, LABEL_UNITS))
    return [button(label, DialogTap(dialog=dialog, at=NAME, answer=Step.USE), style="success")]


def tap_one() -> Text:
    """Answer a text where a button is waited for."""
    return said("Please tap one of the buttons.")


def done(group: NotifyGroup, title: str | None) -> View:
    """End the dialog, with what to do next."""
    return View(
        lines(
            said("✅ {group} is ready{where}, and you're in.", group=named(group.name), where=in_chat(title)),
            unpinging(group.description) if group.description else None,
            "",
            joining_told(group),
            said("Call everybody in it from the group chat: {command}", command=typed(f"/notify {group.name}")),
        ),
        rows(
            [
                button(words("🙋 Invite"), _card(CardAction.PICK, group)),
                button(words("🎮 Show it"), _card(CardAction.CARD, group)),
            ]
        ),
    )


def cancelled() -> View:
    """End the dialog without anything."""
    return View([words("Cancelled: no group was made.")])


# -- changing one that is there


def ask_name(group: NotifyGroup, dialog: str, suggestion: str | None, note: Text | None = None) -> View:
    """Ask for another name."""
    asked: list[Text | str] = [
        said("What should {group} be called? Send me the new name.", group=named(group.name)),
        words("One word, up to {most} characters.", most=NAME_CHARACTERS),
    ]
    return question([note], asked, use(dialog, suggestion), [cancel(dialog, NAME)])


def ask_description(group: NotifyGroup, dialog: str, note: Text | None = None) -> View:
    """Ask for another description, or for none any more."""
    asked = [
        said("What is {group} about? Send me the new description.", group=named(group.name)),
        said("Up to {most} characters.", most=DESCRIPTION_UNITS),
        *([said("Now it says: {description}", description=unpinging(group.description))] if group.description else []),
    ]
    remove = button(words("Delete the description"), DialogTap(dialog=dialog, at=DESCRIPTION, answer=Step.REMOVE))
    return question([note], asked, [remove] if group.description else [], [cancel(dialog, DESCRIPTION)])


def renamed(group: NotifyGroup) -> View:
    """End the dialog: the name is this now."""
    return View([said("✅ It's called {group} now.", group=named(group.name))], _back(group))


def described(group: NotifyGroup) -> View:
    """End the dialog: the description is this now, or none."""
    name = named(group.name)
    if group.description is None:
        return View([said("✅ {group} has no description any more.", group=name)], _back(group))
    told = said("✅ {group} has a new description:", group=name)
    return View(lines(told, unpinging(group.description)), _back(group))


def unchanged(group: NotifyGroup) -> View:
    """End the dialog without anything."""
    return View([said("Cancelled: {group} stays as it is.", group=named(group.name))], _back(group))


def renamed_news(old: str, group: NotifyGroup, by: str) -> View:
    """Tell the chat how a group is called now."""
    renaming = said("✏️ {who} renamed {old}: it's {new} now.", who=plain(by), old=named(old), new=named(group.name))
    return View([renaming, " ", said("Call it with\n{command}", command=typed(f"/notify {group.name}"))])


def described_news(group: NotifyGroup, by: str) -> View:
    """Tell the chat what a group says it is about now."""
    who, name = plain(by), named(group.name)
    if group.description is None:
        return View([said("📝 {who} took the description of {group} away.", who=who, group=name)])
    return View(lines(said("📝 {who} described {group} anew:", who=who, group=name), unpinging(group.description)))


# -- inside


def _choices(dialog: str) -> list[list[InlineKeyboardButton]]:
    return [
        [button(words(LABELS[joining]), DialogTap(dialog=dialog, at=JOINING, answer=step))]
        for step, joining in CHOICES.items()
    ]


def _back(group: NotifyGroup) -> InlineKeyboardMarkup:
    return rows([button(words("« Back to the group"), _card(CardAction.CARD, group))])


def _card(action: CardAction, group: NotifyGroup) -> CardTap:
    return CardTap(action=action, group=group.id)
