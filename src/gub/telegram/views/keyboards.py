"""Buttons and what they carry: at most 64 bytes, ids only. A button proves nothing; it is checked when tapped."""

from enum import StrEnum
from typing import Final

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

ADDED_PAYLOAD: Final = "hello"
"""What /start brings along in a group that GUB was added to by its own button."""


class GroupAction(StrEnum):
    """What a button under a group's announcement or call does."""

    JOIN = "join"
    LEAVE = "leave"


class GroupTap(CallbackData, prefix="g"):
    """`g:join:<id of the group>`."""

    action: GroupAction
    group: str


class StatusTap(CallbackData, prefix="s"):
    """`s:refresh:<messages>`: how many messages the list took when it was shown."""

    action: str
    messages: int


def group_buttons(group_id: str) -> InlineKeyboardMarkup:
    """Join and Leave, for everybody in the chat."""
    return _row(
        _button("Join", GroupTap(action=GroupAction.JOIN, group=group_id), style="success"),
        _button("Leave", GroupTap(action=GroupAction.LEAVE, group=group_id)),
    )


def refresh_button(messages: int) -> InlineKeyboardMarkup:
    """Refresh, under the last message of a list."""
    return _row(_button("🔄 Refresh", StatusTap(action="refresh", messages=messages)))


def add_to_group_button(username: str) -> InlineKeyboardMarkup:
    """Open the choice of a group to add GUB to."""
    url = f"https://t.me/{username}?startgroup={ADDED_PAYLOAD}"
    return _row(InlineKeyboardButton(text="Add me to a group", url=url))


def _button(text: str, data: CallbackData, style: str | None = None) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=text, callback_data=data.pack(), style=style)


def _row(*buttons: InlineKeyboardButton) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=[list(buttons)])
