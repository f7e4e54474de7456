"""Credentials, for owners in private: how they stand, what to send, what came of it. Never what they are."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

import humanize
from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from aiogram.utils.formatting import Bold, Text

from gub.domain.credentials import CredentialStatus
from gub.domain.values import Platform
from gub.services.credentials import Standing, words
from gub.services.credentials.watch import News, Notice
from gub.telegram.messenger import View
from gub.telegram.views.parts import PLATFORM_NAMES, lines, typed

ENTRA: Final = "https://entra.microsoft.com"


class Action(StrEnum):
    """What a button under the credentials does."""

    GIVE = "give"
    CHECK = "check"
    DELETE = "delete"
    CONFIRM = "confirm"
    BACK = "back"
    CANCEL = "cancel"


class CredentialTap(CallbackData, prefix="cr"):
    """`cr:<action>:<platform>:<dialog>`; the dialog is named by Cancel alone."""

    action: Action
    platform: Platform | None = None
    dialog: str = ""


def overview(standings: Sequence[Standing], now: datetime, notes: Mapping[Platform, str] | None = None) -> View:
    """Answer /credentials. `notes` says what a check showed, beyond what is stored."""
    rows: list[Text | str | None] = [Bold("Credentials"), ""]
    for one in standings:
        rows.append(Text(_mark(one), " ", Bold(PLATFORM_NAMES[one.platform]), ": ", _standing(one, now)))
        if notes and one.platform in notes and one.unreadable is None:  # else the standing says it already
            rows.append(notes[one.platform])
        rows += [f"· {end}" for end in words.ends(one.state, now)] if one.state else []
    return View(lines(*rows), _overview_buttons(standings))


def checking() -> View:
    """Tell that the credentials are being tried."""
    return View(["Trying each of them. This can take half a minute …"])


def ask_npsso(dialog: str) -> View:
    """Ask for an NPSSO."""
    return View(
        lines(
            "1. Sign in at https://www.playstation.com with the account that I am to use.",
            Text("2. Open ", words.NPSSO_PAGE, " in the same browser and copy all that it shows."),
            "3. Send it here. I delete your message at once.",
            "",
            "Don't sign out there afterwards, that ends it: just close the page.",
        ),
        _cancel_button(dialog),
    )


def ask_steam_key(dialog: str) -> View:
    """Ask for a Steam Web API key."""
    return View(
        lines(
            Text("1. Open ", words.STEAM_KEY_PAGE, " and register a key; any domain name will do."),
            "2. Send the key here: 32 digits and letters. I delete your message at once.",
        ),
        _cancel_button(dialog),
    )


def ask_xbox(dialog: str, address: str, redirect_uri: str) -> View:
    """Ask for the address that the sign-in to Xbox ends at."""
    return View(
        lines(
            "1. Tap “Sign in”, best on a computer, and sign in with the Microsoft account that I am to use.",
            Text("2. You end at an address that begins with ", typed(redirect_uri), ". That it shows nothing is fine."),
            "3. Copy that whole address and send it here within some minutes. I delete your message at once.",
        ),
        InlineKeyboardMarkup(
            inline_keyboard=[
                [InlineKeyboardButton(text="Sign in", url=address)],
                *_cancel_button(dialog).inline_keyboard,
            ]
        ),
    )


def no_app() -> str:
    """Answer a tap on the sign-in to Xbox when no app is known."""
    return "I know no app to sign in with. Begin on the machine that I run on: gub credentials xbox"


def trying(*, deleted: bool) -> View:
    """Tell that a secret was taken, and what became of the message."""
    return View([Text("Your message is deleted. Trying it …") if deleted else Text(_NOT_DELETED, " Trying it …")])


def taken(platform: Platform, standings: Sequence[Standing], now: datetime, *, deleted: bool) -> View:
    """Tell that a credential is proved and stored."""
    rows = [
        None if deleted else Text(_NOT_DELETED),
        Text("✅ ", Bold(PLATFORM_NAMES[platform]), " accepts it, and I use it from now on."),
        *(
            f"· {end}"
            for one in standings
            if one.platform is platform and one.state
            for end in words.ends(one.state, now)
        ),
    ]
    return View(lines(*rows))


def refused(why: str, dialog: str, *, deleted: bool) -> View:
    """Tell why it was not taken; one may send another."""
    rows = [None if deleted else Text(_NOT_DELETED), Text("❌ ", why), "Nothing was stored. Send another, or cancel."]
    return View(lines(*rows), _cancel_button(dialog))


def only_text(*, deleted: bool) -> View:
    """Answer what is no text where a secret is waited for."""
    return View(lines(None if deleted else _NOT_DELETED, "I need it as text. Copy it and send it here."))


def usage() -> View:
    """Tell how the command is used with a secret in it."""
    return View(
        lines(
            Text("Like this: ", typed("/credentials psn NPSSO"), " or ", typed("/credentials steam KEY")),
            "For Xbox, and for buttons: /credentials",
        )
    )


def ask_to_delete(platform: Platform) -> View:
    """Ask whether a credential shall be forgotten."""
    name = PLATFORM_NAMES[platform]
    more = " The app's client id and secret go with it." if platform is Platform.XBOX else ""
    return View(
        [f"Delete the {name} credential? /status goes without {name} then.{more}"],
        InlineKeyboardMarkup(
            inline_keyboard=[
                [
                    _button("Confirm", Action.CONFIRM, platform, style="danger"),
                    _button("Cancel", Action.BACK),
                ]
            ]
        ),
    )


def deleted_toast(platform: Platform, *, removed: bool) -> str:
    """Answer a tap on Confirm."""
    name = PLATFORM_NAMES[platform]
    return f"The {name} credential is deleted." if removed else f"There was no {name} credential."


def cancelled() -> View:
    """Tell that nothing is waited for any more."""
    return View(["Cancelled. Nothing was changed."])


def come_to_private(username: str, *, told: bool, deleted: bool) -> View:
    """Tell an owner in a group where this belongs; `told`: there was a secret in the command."""
    warning = None
    if told:
        gone = "I deleted your message, but " if deleted else "Delete your message: "
        warning = Text(gone, "everybody here could read what was in it. Get a new one.")
    button = InlineKeyboardButton(text="Open our chat", url=f"https://t.me/{username}")
    return View(
        lines(warning, "That is for our private chat: send /credentials there."),
        InlineKeyboardMarkup(inline_keyboard=[[button]]),
    )


def notice(told: Notice) -> View:
    """Tell an owner what only they can mend, and how."""
    why = "To know why: /credentials, “Check now”." if told.news is News.DEAD else None
    return View(
        lines(Text("⚠️ " if told.news is not News.DEAD else "⛔ ", words.notice(told)), "", *_advice(told), why),
        InlineKeyboardMarkup(inline_keyboard=[[_give_button(told.platform)]]) if _mended_here(told) else None,
    )


def _advice(told: Notice) -> list[Text | str]:
    match told.platform, told.news:
        case platform, News.UNREADABLE:
            return [
                "Start me with the GUB_SECRET_KEY that it was stored with. If that is lost, on the machine:",
                typed(f"gub credentials remove {platform}"),
                typed(f"gub credentials {platform}"),
            ]
        case Platform.XBOX, News.SECRET_ENDING:
            return [
                Text("Make a new client secret for the app (", ENTRA, ", App registrations, Certificates & secrets),"),
                Text("then on the machine that I run on: ", typed("gub credentials xbox --secret-expires YYYY-MM-DD")),
            ]
        case Platform.XBOX, _:
            return [Text("Sign in anew: tap below, or on the machine that I run on: ", typed("gub credentials xbox"))]
        case Platform.PSN, _:
            return [Text("Give me a new NPSSO: tap below, or on the machine: ", typed("gub credentials psn"))]
        case _:
            return [Text("Give me another key: tap below, or on the machine: ", typed("gub credentials steam"))]


def _mended_here(told: Notice) -> bool:
    return told.news not in {News.SECRET_ENDING, News.UNREADABLE}


def _mark(one: Standing) -> str:
    if one.unreadable is not None or words.is_dead(one.state):
        return "⛔"
    return "▫️" if one.state is None else "🔑"


def _standing(one: Standing, now: datetime) -> str:
    if one.unreadable is not None:
        return one.unreadable
    if one.state is None:
        return "none"
    tried = "" if one.state.checked_at is None else f" ({_ago(one.state.checked_at, now)})"
    return _STATUS[one.state.status] + tried


def _ago(at: datetime, now: datetime) -> str:
    passed = now - at
    return "just now" if passed.total_seconds() < 60 else f"{humanize.naturaldelta(passed)} ago"  # noqa: PLR2004 - a minute


def _overview_buttons(standings: Sequence[Standing]) -> InlineKeyboardMarkup:
    stored = [one.platform for one in standings if one.state is not None]
    rows = [[_give_button(Platform.XBOX)]] if Platform.XBOX in stored else []
    rows.append([_give_button(Platform.PSN), _give_button(Platform.STEAM)])
    if stored:
        rows.append([_button("Check now", Action.CHECK)])
        rows.append([_button(f"Delete {PLATFORM_NAMES[one]}", Action.DELETE, one) for one in stored])
    return InlineKeyboardMarkup(inline_keyboard=rows)


def _give_button(platform: Platform) -> InlineKeyboardButton:
    return _button(_GIVE[platform], Action.GIVE, platform)


def _cancel_button(dialog: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=[[_button("Cancel", Action.CANCEL, dialog=dialog)]])


def _button(
    text: str, action: Action, platform: Platform | None = None, *, dialog: str = "", style: str | None = None
) -> InlineKeyboardButton:
    data = CredentialTap(action=action, platform=platform, dialog=dialog)
    return InlineKeyboardButton(text=text, callback_data=data.pack(), style=style)


_GIVE: Final = {Platform.XBOX: "Sign in to Xbox", Platform.PSN: "Set NPSSO", Platform.STEAM: "Set Steam key"}
_STATUS: Final = {
    CredentialStatus.OK: "works",
    CredentialStatus.UNPROVED: "not tried yet",
    CredentialStatus.DEAD: "doesn't work any more",
}
_NOT_DELETED: Final = "⚠️ I couldn't delete your message: please delete it yourself."
