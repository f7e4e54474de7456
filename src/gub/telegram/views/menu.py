"""The commands that Telegram offers when somebody types a slash."""

from collections.abc import Collection

from aiogram.methods import SetMyCommands
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
)

_STATUS = BotCommand(command="status", description="Who is on, playing what")
_ADD = BotCommand(command="add", description="Put somebody on the list")
_PEOPLE = BotCommand(command="people", description="See and change who is on the list")
_NOTIFY = BotCommand(command="notify", description="Call everybody in a group: NAME your text")
_GROUPS = BotCommand(command="groups", description="See the groups: join, leave, mute, change")
_INVITE = BotCommand(command="invite", description="Invite people into your group: NAME @somebody")
_JOIN = BotCommand(command="join", description="Join a group: NAME")
_LEAVE = BotCommand(command="leave", description="Leave a group: NAME")
_NEWGROUP = BotCommand(command="newgroup", description="Make a group: NAME what it is about")
_HELP = BotCommand(command="help", description="What I do and how")
_CREDENTIALS = BotCommand(command="credentials", description="See and set what I need for the platforms")
_ABOUT = BotCommand(command="about", description="Who I am")

_PRIVATE = [_STATUS, _ADD, _PEOPLE, _HELP, _ABOUT]


def command_menu() -> list[SetMyCommands]:
    """Give the calls that set the menus. A menu shows what works where it is opened; it is no permission."""
    group = [_STATUS, _NOTIFY, _GROUPS, _NEWGROUP, _INVITE, _JOIN, _LEAVE, _ADD, _PEOPLE, _HELP, _ABOUT]
    return [
        SetMyCommands(commands=_PRIVATE, scope=BotCommandScopeDefault()),
        SetMyCommands(commands=_PRIVATE, scope=BotCommandScopeAllPrivateChats()),
        SetMyCommands(commands=group, scope=BotCommandScopeAllGroupChats()),
    ]


def owner_menu(owner_ids: Collection[int]) -> list[SetMyCommands]:
    """Give the calls that set the menus of the owners' private chats."""
    commands = [*_PRIVATE, _CREDENTIALS]
    return [SetMyCommands(commands=commands, scope=BotCommandScopeChat(chat_id=owner)) for owner in owner_ids]
