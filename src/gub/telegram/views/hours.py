"""Hours and snoozes: when people want to be called, and how they are left in peace."""

from aiogram.types import InlineKeyboardButton

from gub.domain.hours import Snooze
from gub.telegram.views.keyboards import GroupAction, GroupTap, SnoozeTap, button
from gub.telegram.words import words


def snooze_row(group_id: str | None = None) -> list[InlineKeyboardButton]:
    """Make the buttons under what pings: peace for an hour, for tonight, and from this group for good."""
    row = [
        button(words("🔕 1 hour"), SnoozeTap(how_long=Snooze.HOUR)),
        button(words("🌙 Tonight"), SnoozeTap(how_long=Snooze.NIGHT)),
    ]
    if group_id is not None:
        row.append(button(words("🔕 This group"), GroupTap(action=GroupAction.MUTE_GOOD, group=group_id)))
    return row
