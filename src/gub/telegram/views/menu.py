"""The commands that Telegram offers when somebody types a slash."""

from aiogram.methods import SetMyCommands
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeDefault,
)

_STATUS = BotCommand(command="status", description="Who is on, playing what")
_ADD = BotCommand(command="add", description="Put somebody on the list")
_PEOPLE = BotCommand(command="people", description="See and change who is on the list")
_NOTIFY = BotCommand(command="notify", description="Call everybody in a group: NAME your text")
_JOIN = BotCommand(command="join", description="Join a group: NAME")
_LEAVE = BotCommand(command="leave", description="Leave a group: NAME")
_NEWGROUP = BotCommand(command="newgroup", description="Make a group: NAME what it is about")
_HELP = BotCommand(command="help", description="What I do and how")
_ABOUT = BotCommand(command="about", description="Who I am")


def command_menu() -> list[SetMyCommands]:
    """Give the calls that set the menus. A menu shows what works where it is opened; it is no permission."""
    private = [_STATUS, _ADD, _PEOPLE, _HELP, _ABOUT]
    group = [_STATUS, _NOTIFY, _JOIN, _LEAVE, _NEWGROUP, _ADD, _PEOPLE, _HELP, _ABOUT]
    return [
        SetMyCommands(commands=private, scope=BotCommandScopeDefault()),
        SetMyCommands(commands=private, scope=BotCommandScopeAllPrivateChats()),
        SetMyCommands(commands=group, scope=BotCommandScopeAllGroupChats()),
    ]
