"""The commands that Telegram offers when somebody types a slash."""

from collections.abc import Collection, Sequence

from aiogram.methods import SetMyCommands
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
)

from gub.telegram.words import mark, words

_STATUS = ("status", mark("Who is on, playing what"))
_ADD = ("add", mark("Put somebody on the list"))
_PEOPLE = ("people", mark("See and change who is on the list"))
_NOTIFY = ("notify", mark("Call everybody in a group: NAME your text"))
_GROUPS = ("groups", mark("See the groups: join, leave, mute, change"))
_INVITE = ("invite", mark("Invite people into your group: NAME @somebody"))
_JOIN = ("join", mark("Join a group: NAME"))
_LEAVE = ("leave", mark("Leave a group: NAME"))
_NEWGROUP = ("newgroup", mark("Make a group: NAME what it is about"))
_HELP = ("help", mark("What I do and how"))
_CREDENTIALS = ("credentials", mark("See and set what I need for the platforms"))
_ABOUT = ("about", mark("Who I am"))

_PRIVATE = [_STATUS, _ADD, _PEOPLE, _HELP, _ABOUT]


def command_menu() -> list[SetMyCommands]:
    """Give the calls that set the menus. A menu shows what works where it is opened; it is no permission."""
    group = [_STATUS, _NOTIFY, _GROUPS, _NEWGROUP, _INVITE, _JOIN, _LEAVE, _ADD, _PEOPLE, _HELP, _ABOUT]
    return [
        SetMyCommands(commands=_worded(_PRIVATE), scope=BotCommandScopeDefault()),
        SetMyCommands(commands=_worded(_PRIVATE), scope=BotCommandScopeAllPrivateChats()),
        SetMyCommands(commands=_worded(group), scope=BotCommandScopeAllGroupChats()),
    ]


def owner_menu(owner_ids: Collection[int]) -> list[SetMyCommands]:
    """Give the calls that set the menus of the owners' private chats."""
    commands = _worded([*_PRIVATE, _CREDENTIALS])
    return [SetMyCommands(commands=commands, scope=BotCommandScopeChat(chat_id=owner)) for owner in owner_ids]


def _worded(commands: Sequence[tuple[str, str]]) -> list[BotCommand]:
    return [BotCommand(command=command, description=words(does)) for command, does in commands]
