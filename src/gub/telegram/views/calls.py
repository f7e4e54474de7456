"""Calls: who calls whom, what for, and what those can do who are called. Beside invitations, the only pings."""

from collections.abc import Sequence
from typing import Final

from aiogram.types import InlineKeyboardMarkup
from aiogram.utils.formatting import Text

from gub.domain.values import Joining, KnownUser, NotifyGroup
from gub.telegram.showing import View
from gub.telegram.views.dialogs import cancel
from gub.telegram.views.hours import snoozes
from gub.telegram.views.keyboards import DialogTap, GroupAction, GroupTap, Step, button, rows
from gub.telegram.views.parts import AsTyped, and_more, full_name, joined, named, plain
from gub.telegram.words import said, said_many, words

_NAMES: Final = 10


def opening(
    group: NotifyGroup,
    caller: str,
    text: AsTyped | None,
    muted: Sequence[KnownUser] = (),
    asleep: Sequence[KnownUser] = (),
) -> list[Text]:
    """Say who calls whom and what for, as the head of the first message. It pings nobody but by the text."""
    head = said("📣 {caller} calls {group}", caller=named(caller), group=named(group.name))
    told = [Text(head, "\n\n")] if text is None else [Text(head, "\n\n"), text, Text("\n\n")]
    return [*told, *_left_in_peace(muted, asleep)]


def continuation(group: NotifyGroup) -> list[Text]:
    """Head the further messages of a call."""
    return [Text("📣 ", named(group.name), ": ")]


def buttons(group: NotifyGroup) -> InlineKeyboardMarkup:
    """Come in, where anybody may, go, or be left in peace."""
    join, leave = (GroupTap(action=action, group=group.id) for action in (GroupAction.JOIN, GroupAction.LEAVE))
    return rows(
        [
            *([button(words("Join"), join, style="success")] if group.joining is Joining.OPEN else []),
            button(words("Leave"), leave),
        ],
        *snoozes(group.id),
    )


def question(name: str, people: int, dialog: str, at: str) -> View:
    """Ask whether so many are to be pinged."""
    return View(
        [
            said_many(
                "📣 That pings {count} person in {name}. Call them all?",
                "📣 That pings {count} people in {name}. Call them all?",
                people,
                name=named(name),
            )
        ],
        rows(
            [
                button(words("📣 Confirm"), DialogTap(dialog=dialog, at=at, answer=Step.CONFIRM), style="success"),
                cancel(dialog, at),
            ]
        ),
    )


def cancelled_toast() -> str:
    """Answer Cancel."""
    return words("Cancelled. Nobody was called.")


def for_the_caller() -> str:
    """Answer the taps of others on the question."""
    return words("That's for whoever wants to call.")


def _left_in_peace(muted: Sequence[KnownUser], asleep: Sequence[KnownUser]) -> list[Text]:
    """Name who is in the group and not pinged. They stand before the mentions, with which a message ends."""
    told = []
    if muted:
        told.append(Text(said("🔕 Muted: {names}", names=_names(muted)), "\n"))
    if asleep:
        told.append(Text(said("😴 Not now: {names}", names=_names(asleep)), "\n"))
    return [*told, Text("\n")] if told else []


def _names(users: Sequence[KnownUser]) -> Text:
    names = joined(plain(full_name(user)) for user in users[:_NAMES])
    return and_more(names, len(users) - _NAMES)
