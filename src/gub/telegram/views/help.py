"""What GUB does and how, in pages to leaf through. All that a page needs to be shown is in the button."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Bold, Text

from gub.telegram.links import Link, Way
from gub.telegram.showing import View
from gub.telegram.views.keyboards import add_link, button, link, rows
from gub.telegram.views.parts import lines, typed
from gub.telegram.words import mark, said, words


class Page(StrEnum):
    """A page of the help, as its button and its link name it."""

    HOME = "home"
    STATUS = "on"
    GROUPS = "play"
    SETTINGS = "mine"
    FUN = "fun"
    ABOUT = "about"
    OWNER = "run"


class HelpTap(CallbackData, prefix="h"):
    """`h:<page>`."""

    page: Page


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads it: whether they run GUB, and whether this GUB takes donations."""

    owner: bool = False
    donations: bool = False


_TITLES: Final = {
    Page.STATUS: mark("👀 Who is on?"),
    Page.GROUPS: mark("🎮 Who wants to play?"),
    Page.SETTINGS: mark("⚙️ Settings, privacy"),
    Page.FUN: mark("🎉 For fun"),
    Page.ABOUT: mark("💬 About, support"),
    Page.OWNER: mark("🔧 Running me"),
}


def help_page(page: Page, reader: Reader, username: str) -> View:
    """Show a page; the first one where the page is not for this reader."""
    match page:
        case Page.STATUS:
            rows_ = _status()
        case Page.GROUPS:
            rows_ = _groups()
        case Page.SETTINGS:
            rows_ = _settings()
        case Page.FUN:
            rows_ = _fun()
        case Page.ABOUT:
            rows_ = _about(reader)
        case Page.OWNER if reader.owner:
            rows_ = _owner(reader)
        case _:
            return _home(reader, username)
    back = button(words("« All of the help"), HelpTap(page=Page.HOME))
    return View(lines(Bold(words(_TITLES[page])), "", *rows_), rows([back]))


def in_private(username: str) -> View:
    """Answer /help in a group: one line, and the way to the rest."""
    return View([words("I'll explain in private, so that this chat stays yours.")], rows([help_link(username)]))


def help_link(username: str) -> InlineKeyboardButton:
    """Make the button that opens the help in private."""
    return link(words("📖 Open the help"), Link(Way.HELP).url(username))


def help_button() -> InlineKeyboardButton:
    """Make the button that shows the help here."""
    return button(words("📖 Show the help"), HelpTap(page=Page.HOME))


def _home(reader: Reader, username: str) -> View:
    titles = [button(words(title), HelpTap(page=page)) for page, title in _TITLES.items() if page is not Page.OWNER]
    own = [button(words(_TITLES[Page.OWNER]), HelpTap(page=Page.OWNER))] if reader.owner else []
    return View(
        lines(
            Bold(words("📖 What would you like to know?")),
            "",
            words("/status shows who is on, playing what"),
            said("{example} calls a group of friends together", example=typed(words("/notify NAME your text"))),
            "",
            words("The rest is under these buttons."),
        ),
        rows(*([one] for one in titles), own, [add_link(username)]),
    )


def _status() -> list[Text | str]:
    return [
        words("/status shows who is on, playing what"),
        words("/board posts a message that always shows it, and changes by itself"),
        words("/add puts somebody on the list, step by step"),
        said("{example} does that at once", example=typed(words("/add NAME xbox:TAG psn:ID steam:ID"))),
        words("/people shows the list: change it, and choose when it shows you"),
        words("/watch tells you when somebody comes on, or when several are on, if they allow it"),
        words("In a group, /settings can have me say who starts which game, of those who allow it"),
        "",
        words("I never show what the accounts are called, only the names that you give people."),
        words("All of this works in groups, and here for a list of your own."),
    ]


def _groups() -> list[Text | str]:
    return [
        words("/newgroup makes a group of people to call, step by step"),
        said("{example} does that at once", example=typed(words("/newgroup NAME what it is about"))),
        words("/groups shows the groups: join, leave, mute or change them"),
        said(
            "{join} and {leave} do that by typing", join=typed(words("/join NAME")), leave=typed(words("/leave NAME"))
        ),
        said("{example} asks people into your group", example=typed(words("/invite NAME @somebody"))),
        said("{example} calls everybody in it", example=typed(words("/notify NAME your text"))),
        said(
            "{example} wants four, and says when the squad is full", example=typed(words("/notify NAME 4: your text"))
        ),
        said("{example} pings only who's on; the rest can follow", example=typed(words("/notify NAME now your text"))),
        words("/list_notify_groups tells who is in which group, and pings nobody"),
        "",
        words("Type these in a group chat that I'm in."),
    ]


def _settings() -> list[Text | str]:
    return [
        words("/settings chooses my language, your time zone and what I may do"),
        words("In a group, /settings is for its admins: who may call, who may make groups, and more."),
        words("/hours says when you want to be called, and when I leave you in peace"),
        "",
        words("/privacy tells what I keep about you, gives you a copy of it, and deletes it"),
    ]


def _fun() -> list[Text | str]:
    return [
        said("{example} pays respects; everybody can join in", example=typed(words("/f my last life"))),
        said("{example} teases a friend about how they play", example=typed(words("/diss @somebody"))),
        words("/mf plays a sad song for a sad moment"),
        words("/wdhs asks what we all want to know: what did he say?"),
        words("/age tells how old I am"),
        "",
        words("Whoever doesn't want to be teased taps “Not me, please” once, or says so in /settings."),
    ]


def _about(reader: Reader) -> list[Text | str]:
    donate = [words("/donate supports me with Telegram Stars")] if reader.donations else []
    return [
        words("/about tells who I am"),
        words("/support tells where to get help"),
        said("{example} reaches the people who run me", example=typed(words("/feedback your text"))),
        *donate,
    ]


def _owner(reader: Reader) -> list[Text | str]:
    refund = [words("/refund gives a donation back")] if reader.donations else []
    return [
        said("{example} writes to all chats; you see it first", example=typed(words("/announce your text"))),
        words("/credentials shows and sets what I need for the platforms"),
        *refund,
        "",
        words("You run me, so only you see this page."),
    ]
