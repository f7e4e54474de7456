"""Buttons and what they carry: at most 64 bytes, ids only. A button proves nothing; it is checked when tapped."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Final

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from pydantic import Field

from gub.domain.hours import Snooze
from gub.domain.values import Platform
from gub.telegram.words import words

ADDED_PAYLOAD: Final = "hello"
"""What /start brings along in a group that GUB was added to by its own button."""

TelegramId = Annotated[int, Field(ge=-(2**52), le=2**52)]
"""An id of a chat or user, at most 52 bits (Bot API, Chat); a forged button may carry any number."""

EVERYBODY: Final = 0
"""In the place of who opened a list: whoever taps."""


class GroupAction(StrEnum):
    """What a button under a group's announcement or call does."""

    JOIN = "join"
    LEAVE = "leave"
    MUTE_HOUR = "m1"
    MUTE_TOMORROW = "mt"
    MUTE_GOOD = "mg"


class GroupTap(CallbackData, prefix="g"):
    """`g:join:<id of the group>`."""

    action: GroupAction
    group: str


class CallAction(StrEnum):
    """What a button under a call does: the answers to it (`domain.calls.Answer`), and what who called does."""

    IN = "in"
    SOON = "soon"
    CANT = "cant"
    REST = "rest"
    CLOSE = "close"


class CallTap(CallbackData, prefix="ca"):
    """`ca:<action>:<id of the call>`."""

    action: CallAction
    call: str


class WatchAction(StrEnum):
    """What a button of /watch does."""

    MINE = "mine"
    LIST = "list"
    PICK = "pick"
    WHEN = "when"
    ON = "on"
    PLAYS = "play"
    TYPE = "type"
    MANY = "many"
    COUNT = "count"
    CARD = "card"
    ONCE = "once"
    ALWAYS = "ever"
    HERE = "here"
    GROUP = "group"
    STOP = "stop"
    ENOUGH = "enough"


class WatchTap(CallbackData, prefix="w"):
    """`w:<action>:<chat>:<id>:<value>`: the id of a status user, or of a watch; the value is a page, game or number."""

    action: WatchAction
    chat: TelegramId = 0
    id: str = ""
    value: str = ""


class SnoozeTap(CallbackData, prefix="z"):
    """`z:<how long>`: peace from everybody, for who taps."""

    how_long: Snooze


class HoursAction(StrEnum):
    """What a button of /hours does. The value: of `to` the hour it begins, of `quiet` both, of `day` the day."""

    MENU = "menu"
    FROM = "from"
    TO = "to"
    QUIET = "quiet"
    DAYS = "days"
    DAY = "day"
    OFF = "off"
    SNOOZE = "zz"


class HoursTap(CallbackData, prefix="h"):
    """`h:<action>:<value>`, about who taps, in private."""

    action: HoursAction
    value: str = ""


class StatusTap(CallbackData, prefix="s"):
    """`s:<messages>:<topic>`: how many messages the list took when it was shown, and where (0: in no topic)."""

    messages: int
    thread: TelegramId


class BoardAction(StrEnum):
    """What a button under a board does."""

    END = "end"


class BoardTap(CallbackData, prefix="b"):
    """`b:end`: which board it is, its message says."""

    action: BoardAction


class StartsTap(CallbackData, prefix="ig"):
    """`ig:<game>`: what stands for a game (`domain.starts.digest_of`) of which its chat wants to hear no more."""

    game: str


class PeopleTap(CallbackData, prefix="pl"):
    """`pl:<chat>:<opener>:<page>`: a page of a chat's list, for who opened it."""

    chat: TelegramId
    opener: TelegramId
    page: int


class PersonAction(StrEnum):
    """What a button on a person's card does."""

    CARD = "card"
    SHOW = "show"
    EVERYONE = "all"
    PLAYING = "play"
    HIDDEN = "hide"
    CLAIM = "me"
    UNCLAIM = "notme"
    DELETE = "del"
    CONFIRM = "delyes"
    EDIT = "edit"
    NAME = "name"
    KEEP_HISTORY = "hist"
    FORGET_HISTORY = "nohist"
    LET_WATCH = "watch"
    NO_WATCH = "nowatch"


class PersonTap(CallbackData, prefix="p"):
    """`p:<action>:<id of the status user>:<opener>:<page>`; the page is that to go back to."""

    action: PersonAction
    person: str
    opener: TelegramId = EVERYBODY
    page: int = 0


class AccountAction(StrEnum):
    """What is done to a person's account."""

    SET = "set"
    UNLINK = "unlink"


class AccountTap(CallbackData, prefix="pa"):
    """`pa:<action>:<platform>:<id of the status user>`."""

    action: AccountAction
    platform: Platform
    person: str


class ConsentAction(StrEnum):
    """What a person can say to having been put on the list."""

    FINE = "fine"
    HIDE = "hide"
    DELETE = "del"
    CLAIM = "me"


class ConsentTap(CallbackData, prefix="c"):
    """`c:<action>:<id of the status user>`."""

    action: ConsentAction
    person: str


class GroupsTap(CallbackData, prefix="gl"):
    """`gl:<chat>:<opener>:<page>`: a page of a chat's groups, for who opened it."""

    chat: TelegramId
    opener: TelegramId
    page: int


class CardAction(StrEnum):
    """What a button on a group's card does."""

    CARD = "card"
    JOIN = "join"
    LEAVE = "leave"
    MUTE = "mute"
    MUTE_HOUR = "m1"
    MUTE_TOMORROW = "mt"
    MUTE_GOOD = "mg"
    UNMUTE = "unmute"
    EDIT = "edit"
    NAME = "name"
    DESCRIBE = "desc"
    JOINING = "how"
    OPEN = "open"
    INVITE_ONLY = "invite"
    HIDDEN = "hidden"
    ONLY_ON = "onlyon"
    EVERYBODY = "every"
    MEMBERS = "people"
    HAND_OVER = "hand"
    INVITATIONS = "inv"
    PICK = "pick"
    DELETE = "del"
    CONFIRM = "delyes"


class CardTap(CallbackData, prefix="gc"):
    """`gc:<action>:<id of the group>:<opener>:<page>`; the page is that to go back to."""

    action: CardAction
    group: str
    opener: TelegramId = EVERYBODY
    page: int = 0


class MemberAction(StrEnum):
    """What is done about a member of a group: asked first, then done."""

    REMOVE = "rm"
    REMOVE_YES = "rmyes"
    HAND_OVER = "own"
    HAND_OVER_YES = "ownyes"


class MemberTap(CallbackData, prefix="gm"):
    """`gm:<action>:<id of the group>:<user>:<page>`, in private alone."""

    action: MemberAction
    group: str
    user: TelegramId
    page: int = 0


class InvitationAction(StrEnum):
    """What a button under an invitation does."""

    ACCEPT = "yes"
    DECLINE = "no"
    REVOKE = "revoke"


class InvitationTap(CallbackData, prefix="i"):
    """`i:<action>:<id of the invitation>`."""

    action: InvitationAction
    invitation: str


class Step(StrEnum):
    """What answers a dialog's question beside a text."""

    SKIP = "skip"
    CANCEL = "cancel"
    REDO = "redo"
    CONFIRM = "yes"
    CONFIRM_ME = "me"
    USE = "use"
    REMOVE = "none"
    OPEN = "open"
    INVITE_ONLY = "invite"
    HIDDEN = "hidden"


class DialogTap(CallbackData, prefix="d"):
    """`d:<id of the dialog>:<step that asks>:<answer>`."""

    dialog: str
    at: str
    answer: Step


def group_buttons(group_id: str) -> InlineKeyboardMarkup:
    """Join and Leave, for everybody in the chat."""
    return rows(
        [
            button(words("Join"), GroupTap(action=GroupAction.JOIN, group=group_id), style="success"),
            button(words("Leave"), GroupTap(action=GroupAction.LEAVE, group=group_id)),
        ]
    )


def refresh_button(messages: int, thread_id: int | None = None) -> InlineKeyboardMarkup:
    """Refresh, under the last message of a list."""
    return rows([button(words("🔄 Refresh"), StatusTap(messages=messages, thread=thread_id or 0))])


def add_link(username: str) -> InlineKeyboardButton:
    """Make the button that opens the choice of a group to add GUB to."""
    return link(words("Add me to a group"), f"https://t.me/{username}?startgroup={ADDED_PAYLOAD}")


def button(text: str, data: CallbackData, style: str | None = None) -> InlineKeyboardButton:
    """Make a button that GUB is told of."""
    return InlineKeyboardButton(text=text, callback_data=data.pack(), style=style)


def link(text: str, url: str) -> InlineKeyboardButton:
    """Make a button that opens an address."""
    return InlineKeyboardButton(text=text, url=url)


def rows(*buttons: Sequence[InlineKeyboardButton]) -> InlineKeyboardMarkup:
    """Put buttons under a message, row by row; a row without any is none."""
    return InlineKeyboardMarkup(inline_keyboard=[list(row) for row in buttons if row])
