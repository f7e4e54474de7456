"""What is said for fun: respects, reactions, teasing, and how old GUB is."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup
from aiogram.utils.formatting import Text

from gub.domain.ages import Age
from gub.domain.banter import Verdict, pick
from gub.domain.limits import RESPECTS
from gub.domain.respects import Paid, Respects
from gub.domain.values import KnownUser
from gub.services.fun import Target
from gub.telegram.showing import View
from gub.telegram.views.banter import SAD_SONGS, TEASES, TO_GUB, TO_YOURSELF, WHAT_DID_HE_SAY
from gub.telegram.views.keyboards import TelegramId, button, rows
from gub.telegram.views.parts import (
    and_more,
    called,
    full_name,
    joined,
    lines,
    listed,
    named,
    plain,
    shown,
    typed,
    unpinging,
)
from gub.telegram.words import mark, said, words, words_many

NAMED: Final = 5
"""People whose respects are named; the others are counted."""

_QUOTED_UNITS: Final = 200


class FunAction(StrEnum):
    """What a button for fun does."""

    RESPECTS = "f"
    NOT_ME = "no"


class FunTap(CallbackData, prefix="fn"):
    """`fn:f:<id of the respects>:0` or `fn:no::<user>`."""

    action: FunAction
    respects: str = ""
    user: TelegramId = 0


_PAID: Final = {
    Paid.DONE: mark("🫡 Respects paid."),
    Paid.ALREADY: mark("You have paid your respects already."),
    Paid.GONE: mark("That was a while ago. All respects are paid."),
}

_NOT_TEASED: Final = {
    Verdict.BOT: mark("Bots don't get jokes. Pick somebody with a controller."),
    Verdict.UNKNOWN: mark("I haven't met them yet. Answer something they wrote with /diss."),
    Verdict.ABSENT: mark("They're not in this chat, and behind people's backs I don't."),
    Verdict.UNWILLING: mark("They'd rather not be teased, so I don't. How about a round instead?"),
}


def age(how_old: Age) -> View:
    """Answer /age."""
    parts = [
        words_many("{count} year", "{count} years", how_old.years) if how_old.years else "",
        words_many("{count} month", "{count} months", how_old.months) if how_old.months else "",
        words_many("{count} day", "{count} days", how_old.days) if how_old.days else "",
    ]
    told = listed([Text(part) for part in parts if part])
    if not any(parts):
        return View([words("🎂 I was born today!")])
    birthday = words("It's my birthday! 🎉") if not how_old.months and not how_old.days else None
    return View(lines(said("🎂 My age: {age}", age=told), birthday))


def respects(paid: Respects, users: Mapping[int, KnownUser]) -> View:
    """Show who has paid respects, and for what; with a button for everybody else."""
    what = None if paid.what is None else unpinging(shown(paid.what, _QUOTED_UNITS))
    title = said("🫡 F to pay respects") if what is None else said("🫡 F to pay respects: {what}", what=what)
    return View(lines(title, _payers(paid, users)), _respects_button(paid.id))


def paid_toast(outcome: Paid) -> str:
    """Answer a tap on F."""
    if outcome is Paid.FULL:
        return words("So much respect! I stopped counting at {most}.", most=RESPECTS)
    return words(_PAID[outcome])


def sad_song(chat_id: int, message_id: int) -> View:
    """Answer /mf."""
    return View([words(pick(SAD_SONGS, chat_id, message_id))])


def what_did_he_say(chat_id: int, message_id: int) -> View:
    """Answer /wdhs."""
    return View([words(pick(WHAT_DID_HE_SAY, chat_id, message_id))])


def teased(target: Target, chat_id: int, message_id: int) -> View:
    """Answer /diss; whoever is teased has a button against it."""
    match target.verdict:
        case Verdict.GUB:
            return View([words(pick(TO_GUB, chat_id, message_id))])
        case Verdict.YOURSELF:
            return View([_about(pick(TO_YOURSELF, chat_id, message_id), target.user)])
        case Verdict.TEASED if target.user is not None:
            tap = FunTap(action=FunAction.NOT_ME, user=target.user.user_id)
            tease = _about(pick(TEASES, chat_id, message_id), target.user)
            return View([tease], rows([button(words("Not me, please"), tap)]))
        case _:
            return View([words(_NOT_TEASED[target.verdict])])


def usage() -> View:
    """Say how /diss is typed."""
    return View(
        lines(
            said("Whom? Like this: {command}", command=typed(words("/diss @somebody"))),
            words("Or answer something they wrote with /diss."),
        )
    )


def faceless() -> View:
    """Answer /diss about a message that no person wrote under their name."""
    return View([words("I can't see who wrote that, so I can't tease them.")])


def spared(user: KnownUser) -> View:
    """Show, in the place of the tease, that there will be none."""
    return View([said("{name} would rather not be teased. Noted, I won't.", name=plain(full_name(user)))])


def spared_toast() -> str:
    """Tell who was teased that it was the last time."""
    return words("All right, I won't tease you again, in any chat. You can change that in /settings.")


def not_about_you() -> str:
    """Answer a tap of somebody else on “Not me, please”."""
    return words("That's for whoever is teased here to say. To be left alone yourself, see /settings.")


def _about(line: str, user: KnownUser | None) -> Text:
    return said(line, name=named(called(user)))


def _payers(paid: Respects, users: Mapping[int, KnownUser]) -> Text | None:
    if not paid.people:
        return None
    names = [plain(called(users.get(user))) for user in paid.people[:NAMED]]
    more = len(paid.people) - len(names)
    who = and_more(joined(names), more) if more else listed(names)
    return said("🕯️ {count}: {names}", count=len(paid.people), names=who)


def _respects_button(respects_id: str) -> InlineKeyboardMarkup:
    return rows([button("F", FunTap(action=FunAction.RESPECTS, respects=respects_id))])
