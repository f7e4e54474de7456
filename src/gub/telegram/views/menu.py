"""The commands that Telegram offers when somebody types a slash. A menu shows what works there; it is no permission."""

from collections.abc import Container, Sequence

from aiogram.methods import SetMyCommands
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
)

from gub.domain.languages import Language
from gub.telegram.words import mark, speaking, words

_STATUS = ("status", mark("Who is on, playing what"))
_BOARD = ("board", mark("A message that always shows who is on"))
_ADD = ("add", mark("Put somebody on the list"))
_PEOPLE = ("people", mark("See and change who is on the list"))
_NOTIFY = ("notify", mark("Call everybody in a group: NAME your text"))
_GROUPS = ("groups", mark("See the groups: join, leave, mute, change"))
_INVITE = ("invite", mark("Invite people into your group: NAME @somebody"))
_JOIN = ("join", mark("Join a group: NAME"))
_LEAVE = ("leave", mark("Leave a group: NAME"))
_NEWGROUP = ("newgroup", mark("Make a group: NAME what it is about"))
_START = ("start", mark("Meet me"))
_HELP = ("help", mark("What I do and how"))
_SETTINGS = ("settings", mark("Choose my language and more"))
_HOURS = ("hours", mark("When you want to be called"))
_WATCH = ("watch", mark("Tell you when somebody comes on"))
_PRIVACY = ("privacy", mark("What I keep about you: see it, get it, delete it"))
_FEEDBACK = ("feedback", mark("Tell whoever runs me what you think"))
_SUPPORT = ("support", mark("Where to get help"))
_DONATE = ("donate", mark("Help to keep me running"))
_ABOUT = ("about", mark("Who I am"))
_AGE = ("age", mark("How old I am"))
_F = ("f", mark("Pay respects, together"))
_MF = ("mf", mark("A sad song for a sad moment"))
_WDHS = ("wdhs", mark("What did he say?"))
_DISS = ("diss", mark("Tease a friend about how they play: @somebody"))
_CREDENTIALS = ("credentials", mark("See and set what I need for the platforms"))
_ANNOUNCE = ("announce", mark("Write to all chats: your text"))
_REFUND = ("refund", mark("Give a donation back"))

_FUN = (_F, _MF, _WDHS)
_IN_GROUPS = (
    _STATUS,
    _BOARD,
    _NOTIFY,
    _GROUPS,
    _NEWGROUP,
    _INVITE,
    _JOIN,
    _LEAVE,
    _ADD,
    _PEOPLE,
    _WATCH,
    *_FUN,
    _DISS,
    _HELP,
)
_OF_ADMINS = (*_IN_GROUPS, _SETTINGS)
_FOR_ONE = frozenset({"settings"})
"""What is between one person and GUB in a group: an app that can has GUB alone see the command, and is answered so."""
_ABOUT_GUB = (_PRIVACY, _FEEDBACK, _SUPPORT, _ABOUT, _AGE)
_IN_PRIVATE = (_STATUS, _BOARD, _ADD, _PEOPLE, _HOURS, _WATCH, _HELP, _SETTINGS, *_ABOUT_GUB, *_FUN, _START)


def menus(*, donations: bool = False) -> list[SetMyCommands]:
    """Give what each kind of chat is offered in each language; English serves whoever speaks none of them."""
    private = (*_IN_PRIVATE, _DONATE) if donations else _IN_PRIVATE
    by_scope = (
        (BotCommandScopeDefault(), private),
        (BotCommandScopeAllPrivateChats(), private),
        (BotCommandScopeAllGroupChats(), (*_IN_GROUPS, *_ABOUT_GUB)),
        (BotCommandScopeAllChatAdministrators(), (*_OF_ADMINS, *_ABOUT_GUB)),
    )
    groups = ("all_group_chats", "all_chat_administrators")
    return [
        SetMyCommands(
            commands=_worded(commands, language, for_one=_FOR_ONE if scope.type in groups else frozenset()),
            scope=scope,
            language_code=_code(language),
        )
        for scope, commands in by_scope
        for language in Language
    ]


def owner_menu(owner_id: int, language: Language, *, donations: bool = False) -> SetMyCommands:
    """Give what an owner is offered in private, in their language."""
    extra = (_DONATE, _REFUND) if donations else ()
    commands = (*_IN_PRIVATE, _ANNOUNCE, _CREDENTIALS, *extra)
    return SetMyCommands(commands=_worded(commands, language), scope=BotCommandScopeChat(chat_id=owner_id))


def _code(language: Language) -> str | None:
    return None if language is Language.ENGLISH else language.code


def _worded(
    commands: Sequence[tuple[str, str]], language: Language, *, for_one: Container[str] = frozenset()
) -> list[BotCommand]:
    with speaking(language):
        return [
            BotCommand(command=command, description=words(does), is_ephemeral=command in for_one or None)
            for command, does in commands
        ]
