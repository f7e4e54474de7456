"""Credentials, for owners in private: how they stand, what to send, what came of it. Never what they are."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from aiogram.utils.formatting import Bold, Text

from gub.domain.credentials import CredentialStatus
from gub.domain.errors import CredentialInvalid, PlatformTrouble
from gub.domain.values import Platform
from gub.services.credentials import Standing
from gub.services.credentials import words as wording
from gub.telegram import words as chat
from gub.telegram.showing import View
from gub.telegram.views.parts import PLATFORM_NAMES, lines, typed
from gub.telegram.views.times import ago
from gub.telegram.words import mark, said, words


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
    rows: list[Text | str | None] = [Bold(words("Credentials")), ""]
    for one in standings:
        rows.append(Text(_mark(one), " ", Bold(PLATFORM_NAMES[one.platform]), ": ", _standing(one, now)))
        if notes and one.platform in notes and one.unreadable is None:  # else the standing says it already
            rows.append(notes[one.platform])
        rows += [f"· {end}" for end in wording.ends(one.state, now, chat)] if one.state else []
    return View(lines(*rows), _overview_buttons(standings))


def checking() -> View:
    """Tell that the credentials are being tried."""
    return View([words("Trying each of them. This can take half a minute …")])


def ask_npsso(dialog: str) -> View:
    """Ask for an NPSSO."""
    return View(
        lines(
            words("1. Sign in at https://www.playstation.com with the account that I am to use."),
            words("2. Open {page} in the same browser and copy all that it shows.", page=wording.NPSSO_PAGE),
            words("3. Send it here. I delete your message at once."),
            "",
            words("Don't sign out there afterwards, that ends it: just close the page."),
        ),
        _cancel_button(dialog),
    )


def ask_steam_key(dialog: str) -> View:
    """Ask for a Steam Web API key."""
    return View(
        lines(
            words("1. Open {page} and register a key; any domain name will do.", page=wording.STEAM_KEY_PAGE),
            words("2. Send the key here: 32 digits and letters. I delete your message at once."),
        ),
        _cancel_button(dialog),
    )


def ask_xbox(dialog: str, address: str, redirect_uri: str) -> View:
    """Ask for the address that the sign-in to Xbox ends at."""
    return View(
        lines(
            words("1. Tap “Sign in”, best on a computer, and sign in with the Microsoft account that I am to use."),
            said(
                "2. You end at an address that begins with {address}. That it shows nothing is fine.",
                address=typed(redirect_uri),
            ),
            words("3. Copy that whole address and send it here within some minutes. I delete your message at once."),
        ),
        InlineKeyboardMarkup(
            inline_keyboard=[
                [InlineKeyboardButton(text=words("Sign in"), url=address)],
                *_cancel_button(dialog).inline_keyboard,
            ]
        ),
    )


def no_app() -> str:
    """Answer a tap on the sign-in to Xbox when no app is known."""
    return words("I know no app to sign in with. Begin on the machine that I run on: gub credentials xbox")


def trying(*, deleted: bool) -> View:
    """Tell that a secret was taken, and what became of the message."""
    return View([words("Your message is deleted. Trying it …") if deleted else words(_NOT_DELETED_TRYING)])


def taken(platform: Platform, standings: Sequence[Standing], now: datetime, *, deleted: bool) -> View:
    """Tell that a credential is proved and stored."""
    rows = [
        None if deleted else words(_NOT_DELETED),
        said("✅ {platform} accepts it, and I use it from now on.", platform=Bold(PLATFORM_NAMES[platform])),
        *(
            f"· {end}"
            for one in standings
            if one.platform is platform and one.state
            for end in wording.ends(one.state, now, chat)
        ),
    ]
    return View(lines(*rows))


def refused(why: str, dialog: str, *, deleted: bool) -> View:
    """Tell why it was not taken; one may send another."""
    rows = [
        None if deleted else words(_NOT_DELETED),
        Text("❌ ", why),
        words("Nothing was stored. Send another, or cancel."),
    ]
    return View(lines(*rows), _cancel_button(dialog))


def only_text(*, deleted: bool) -> View:
    """Answer what is no text where a secret is waited for."""
    return View(lines(None if deleted else words(_NOT_DELETED), words("I need it as text. Copy it and send it here.")))


def usage() -> View:
    """Tell how the command is used with a secret in it."""
    return View(
        lines(
            said(
                "Like this: {psn} or {steam}",
                psn=typed(words("/credentials psn NPSSO")),
                steam=typed(words("/credentials steam KEY")),
            ),
            words("For Xbox, and for buttons: /credentials"),
        )
    )


def why_not(error: CredentialInvalid | PlatformTrouble) -> str:
    """Word why a credential was not taken, or is not known to work."""
    return wording.trouble(error, chat) if isinstance(error, PlatformTrouble) else wording.invalid(error, chat)


def ask_to_delete(platform: Platform) -> View:
    """Ask whether a credential shall be forgotten."""
    name = PLATFORM_NAMES[platform]
    asked = words("Delete the {platform} credential? /status goes without {platform} then.", platform=name)
    if platform is Platform.XBOX:
        asked += " " + words("The app's client id and secret go with it.")
    return View(
        [asked],
        InlineKeyboardMarkup(
            inline_keyboard=[
                [
                    _button(words("Confirm"), Action.CONFIRM, platform, style="danger"),
                    _button(words("Cancel"), Action.BACK),
                ]
            ]
        ),
    )


def deleted_toast(platform: Platform, *, removed: bool) -> str:
    """Answer a tap on Confirm."""
    name = PLATFORM_NAMES[platform]
    if removed:
        return words("The {platform} credential is deleted.", platform=name)
    return words("There was no {platform} credential.", platform=name)


def cancelled() -> View:
    """Tell that nothing is waited for any more."""
    return View([words("Cancelled. Nothing was changed.")])


def come_to_private(username: str, *, told: bool, deleted: bool) -> View:
    """Tell an owner in a group where this belongs; `told`: there was a secret in the command."""
    warning = None
    if told:
        warning = words(_READ_BY_ALL[deleted])
    button = InlineKeyboardButton(text=words("Open our chat"), url=f"https://t.me/{username}")
    return View(
        lines(warning, words("That is for our private chat: send /credentials there.")),
        InlineKeyboardMarkup(inline_keyboard=[[button]]),
    )


def give_button(platform: Platform) -> InlineKeyboardButton:
    """Make the button that asks for a platform's credential."""
    return _button(words(_GIVE[platform]), Action.GIVE, platform)


def _mark(one: Standing) -> str:
    if one.unreadable is not None or wording.is_dead(one.state):
        return "⛔"
    return "▫️" if one.state is None else "🔑"


def _standing(one: Standing, now: datetime) -> str:
    if one.unreadable is not None:
        return wording.detailed(one.unreadable, chat)
    if one.state is None:
        return words("none")
    status = words(_STATUS[one.state.status])
    return status if one.state.checked_at is None else f"{status} ({ago(now - one.state.checked_at)})"


def _overview_buttons(standings: Sequence[Standing]) -> InlineKeyboardMarkup:
    stored = [one.platform for one in standings if one.state is not None]
    rows = [[give_button(Platform.XBOX)]] if Platform.XBOX in stored else []
    rows.append([give_button(Platform.PSN), give_button(Platform.STEAM)])
    if stored:
        rows.append([_button(words("Check now"), Action.CHECK)])
        rows.append(
            [_button(words("Delete {platform}", platform=PLATFORM_NAMES[one]), Action.DELETE, one) for one in stored]
        )
    return InlineKeyboardMarkup(inline_keyboard=rows)


def _cancel_button(dialog: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=[[_button(words("Cancel"), Action.CANCEL, dialog=dialog)]])


def _button(
    text: str, action: Action, platform: Platform | None = None, *, dialog: str = "", style: str | None = None
) -> InlineKeyboardButton:
    data = CredentialTap(action=action, platform=platform, dialog=dialog)
    return InlineKeyboardButton(text=text, callback_data=data.pack(), style=style)


_GIVE: Final = {
    Platform.XBOX: mark("Sign in to Xbox"),
    Platform.PSN: mark("Set NPSSO"),
    Platform.STEAM: mark("Set Steam key"),
}
_STATUS: Final = {
    CredentialStatus.OK: mark("works"),
    CredentialStatus.UNPROVED: mark("not tried yet"),
    CredentialStatus.DEAD: mark("doesn't work any more"),
}
_NOT_DELETED: Final = mark("⚠️ I couldn't delete your message: please delete it yourself.")
_NOT_DELETED_TRYING: Final = mark("⚠️ I couldn't delete your message: please delete it yourself. Trying it …")
_READ_BY_ALL: Final = {
    True: mark("I deleted your message, but everybody here could read what was in it. Get a new one."),
    False: mark("Delete your message: everybody here could read what was in it. Get a new one."),
}
