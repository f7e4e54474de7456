"""Who GUB is and how to use it."""

from aiogram.utils.formatting import Bold

from gub import __version__
from gub.telegram.showing import View
from gub.telegram.views.help import help_button
from gub.telegram.views.keyboards import add_link, rows
from gub.telegram.views.parts import lines, plain, typed
from gub.telegram.words import said, words


def welcome(first_name: str, username: str) -> View:
    """Answer /start in private."""
    shown = lines(
        said("👋 Hi {name}! I'm GUB, for groups of friends who play.", name=plain(first_name)),
        "",
        words("I show who is on and playing what, and call people together when somebody wants to play."),
        "",
        words("Add me to your group to begin. /help tells you more."),
    )
    return View(shown, rows([add_link(username)], [help_button()]))


def greeting(title: str | None) -> View:
    """Greet a group that GUB was added to, or answer /start there."""
    example = typed(words("/add Ann steam:ann_plays"))
    hi = said("👋 Hi {name}! Here's how to start:", name=plain(title)) if title else None
    return View(
        lines(
            hi or said("👋 Hi everybody! Here's how to start:"),
            "",
            said("/add puts somebody on the list, or all at once: {example}", example=example),
            words("/status shows who is on, playing what"),
            said("{example} makes a group that people can join", example=typed(words("/newgroup Warzone"))),
            said("{example} calls everybody in it", example=typed(words("/notify Warzone tonight at nine?"))),
            "",
            words("I only react to commands and buttons, and keep nothing else you write. /help tells you more."),
        )
    )


def about() -> View:
    """Answer /about."""
    return View(
        lines(
            said("{name} {version}, the Gamers Utility Bot", name=Bold("GUB"), version=__version__),
            "",
            words("Who is on, playing what? Who wants to play now? I answer both in the chat where you already talk."),
            "",
            words(
                "I only react to commands and buttons and keep nothing else you write. The names of your accounts stay"
                " with me; what I show are the names you give people."
            ),
        )
    )


def only_in_groups(command: str) -> View:
    """Answer in private a command that needs a group."""
    return View([said("{command} works in a group: add me to one and type it there.", command=typed(f"/{command}"))])


def unknown_command(command: str) -> View:
    """Answer in private a command that is none."""
    return View([said("I don't know {command}. /help shows what I do.", command=plain(f"/{command}"))])


def only_commands() -> View:
    """Answer in private what is no command."""
    return View([words("I only understand commands. /help lists them.")])


def needs_a_person() -> View:
    """Tell an anonymous admin why a command cannot work."""
    return View(
        lines(
            words("You're writing as the group, so I can't tell who you are, and I need to know for this."),
            words("Turn off “Remain anonymous” for a moment, or ask another member to do it."),
        )
    )


def stale_button() -> str:
    """Answer a tap on a button that means nothing (any more)."""
    return words("This button is too old to work. Please type the command again.")


def not_in_chat(*, untold: bool = False) -> str:
    """Answer a tap of somebody who is not in the chat; or of whom Telegram does not say (`untold`) that they are."""
    if untold:
        return words("That group hides its members from me. Please do that in the group itself.")
    return words("You're not in this chat any more, so I can't do that.")


def elsewhere() -> View:
    """Answer a link to a group that is not the person's, or nobody's: nothing about it is told."""
    return View([words("I can't see you in that group. If you're in it, open the link there again.")])


def members_hidden(instead: str) -> View:
    """Answer a link to a group that does not show the bot who is in it; `instead` can be typed there."""
    return View(
        lines(
            words("That group hides its members from me, so I can't tell whether you're in it."),
            said("Make me an admin there, or type this in the group: {command}", command=typed(instead)),
        )
    )


def memory_is_slow() -> str:
    """Tell that an answer will come, late."""
    return words("I can't reach my memory just now. I'll answer as soon as I can.")


def memory_is_slow_for_a_tap() -> str:
    """Tell that a tap will count, late: it is answered by this, and cannot be answered twice."""
    return words("I can't reach my memory just now. I'll do that as soon as I can.")
