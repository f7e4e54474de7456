"""The dialogs that make a notify group and change its name and description, in private, and what the chat hears."""

from collections.abc import Sequence
from typing import Final

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from aiogram.utils.formatting import Text

from gub.domain.limits import DESCRIPTION_UNITS, NAME_CHARACTERS
from gub.domain.values import Joining, NotifyGroup
from gub.telegram.dialogs.draft import NAME
from gub.telegram.dialogs.group_draft import DESCRIPTION, JOINING, GroupDraft
from gub.telegram.messenger import View
from gub.telegram.views.dialogs import cancel, question
from gub.telegram.views.group_cards import HOW
from gub.telegram.views.joining import LABELS, who_may_join
from gub.telegram.views.keyboards import CardAction, CardTap, DialogTap, Step, button, rows
from gub.telegram.views.parts import lines, named, plain, shown, typed, unpinging
from gub.telegram.views.places import LABEL_UNITS, in_chat

CHOICES: Final = {Step.OPEN: Joining.OPEN, Step.INVITE_ONLY: Joining.INVITE, Step.HIDDEN: Joining.HIDDEN}
"""Who may join, as the buttons answer it."""


def prompt(draft: GroupDraft, dialog: str, title: str | None, note: Text | None = None) -> View:
    """Ask what is to be asked next, after the note, which is told first."""
    no = cancel(dialog, draft.step)
    asked: list[Text | str]
    if draft.step == NAME:
        asked = [
            Text("What should the new group", in_chat(title), " be called?"),
            f"One word, up to {NAME_CHARACTERS} characters: it's typed after /notify.",
        ]
        return question([note], asked, use(dialog, draft.suggestion), [no])
    name = named(draft.name or "")
    if draft.step == DESCRIPTION:
        asked = [
            Text("What is ", name, " about?"),
            f"Send me a line or two for the others, up to {DESCRIPTION_UNITS} characters, or skip this.",
        ]
        skip = button("Skip", DialogTap(dialog=dialog, at=DESCRIPTION, answer=Step.SKIP))
        return question([note], asked, [skip, no])
    return question([note], who_may_join(name), *_choices(dialog), [no])


def use(dialog: str, suggestion: str | None) -> Sequence[InlineKeyboardButton]:
    """Make the button that takes the name that was suggested. The name itself has no room in it (D24)."""
    if suggestion is None:
        return []
    label = f"Use {shown(suggestion, LABEL_UNITS)}"
    return [button(label, DialogTap(dialog=dialog, at=NAME, answer=Step.USE), style="success")]


def tap_one() -> Text:
    """Answer a text where a button is waited for."""
    return Text("Please tap one of the buttons.")


def done(group: NotifyGroup, title: str | None) -> View:
    """End the dialog, with what to do next."""
    return View(
        lines(
            Text("✅ ", named(group.name), " is ready", in_chat(title), ", and you're in."),
            unpinging(group.description) if group.description else None,
            "",
            HOW[group.joining],
            Text("Call everybody in it from the group chat: ", typed(f"/notify {group.name}")),
        ),
        rows(
            [
                button("🙋 Invite", _card(CardAction.PICK, group)),
                button("🎮 Show it", _card(CardAction.CARD, group)),
            ]
        ),
    )


def cancelled() -> View:
    """End the dialog without anything."""
    return View(["Cancelled: no group was made."])


# -- changing one that is there


def ask_name(group: NotifyGroup, dialog: str, suggestion: str | None, note: Text | None = None) -> View:
    """Ask for another name."""
    asked: list[Text | str] = [
        Text("What should ", named(group.name), " be called? Send me the new name."),
        f"One word, up to {NAME_CHARACTERS} characters.",
    ]
    return question([note], asked, use(dialog, suggestion), [cancel(dialog, NAME)])


def ask_description(group: NotifyGroup, dialog: str, note: Text | None = None) -> View:
    """Ask for another description, or for none any more."""
    asked = [
        Text("What is ", named(group.name), " about? Send me the new description."),
        Text(f"Up to {DESCRIPTION_UNITS} characters."),
        *([Text("Now it says: ", unpinging(group.description))] if group.description else []),
    ]
    remove = button("Delete the description", DialogTap(dialog=dialog, at=DESCRIPTION, answer=Step.REMOVE))
    return question([note], asked, [remove] if group.description else [], [cancel(dialog, DESCRIPTION)])


def renamed(group: NotifyGroup) -> View:
    """End the dialog: the name is this now."""
    return View([Text("✅ It's called ", named(group.name), " now.")], _back(group))


def described(group: NotifyGroup) -> View:
    """End the dialog: the description is this now, or none."""
    if group.description is None:
        return View([Text("✅ ", named(group.name), " has no description any more.")], _back(group))
    return View(
        lines(Text("✅ ", named(group.name), " has a new description:"), unpinging(group.description)), _back(group)
    )


def unchanged(group: NotifyGroup) -> View:
    """End the dialog without anything."""
    return View([Text("Cancelled: ", named(group.name), " stays as it is.")], _back(group))


def renamed_news(old: str, group: NotifyGroup, by: str) -> View:
    """Tell the chat how a group is called now."""
    news = Text("✏️ ", plain(by), " renamed ", named(old), ": it's ", named(group.name), " now. Call it with")
    return View(lines(news, typed(f"/notify {group.name}")))


def described_news(group: NotifyGroup, by: str) -> View:
    """Tell the chat what a group says it is about now."""
    if group.description is None:
        return View([Text("📝 ", plain(by), " took the description of ", named(group.name), " away.")])
    return View(lines(Text("📝 ", plain(by), " described ", named(group.name), " anew:"), unpinging(group.description)))


# -- inside


def _choices(dialog: str) -> list[list[InlineKeyboardButton]]:
    return [
        [button(LABELS[joining], DialogTap(dialog=dialog, at=JOINING, answer=step))]
        for step, joining in CHOICES.items()
    ]


def _back(group: NotifyGroup) -> InlineKeyboardMarkup:
    return rows([button("« Back to the group", _card(CardAction.CARD, group))])


def _card(action: CardAction, group: NotifyGroup) -> CardTap:
    return CardTap(action=action, group=group.id)
