"""Donations: asking, thanking, giving back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Bold, Text

from gub.domain.values import KnownUser
from gub.services.donations import Verdict
from gub.store.donations import Donation
from gub.telegram.showing import View
from gub.telegram.views.keyboards import button, link, rows
from gub.telegram.views.parts import called, lines, plain
from gub.telegram.views.times import ago
from gub.telegram.words import mark, said, said_many, words

_A_ROW: Final = 2
_NAME: Final = 24

_REFUSALS: Final = {
    Verdict.SOMEBODY_ELSES: mark("This donation was prepared for somebody else. /donate makes one of your own."),
    Verdict.NOT_OFFERED: mark("That isn't offered any more. /donate shows what is."),
}


class DonationAction(StrEnum):
    """What a button around donations does."""

    GIVE = "give"
    REFUND = "back"
    CONFIRM = "backyes"
    CANCEL = "backno"


class DonationTap(CallbackData, prefix="dn"):
    """`dn:<action>:<so many Stars, or the id of a donation>`."""

    action: DonationAction
    about: str = ""


@dataclass(frozen=True, slots=True)
class Invoice:
    """The words of an invoice: a title of up to 32 characters, a description of up to 255, what the price is for."""

    title: str
    description: str
    label: str


def choose(amounts: Sequence[int]) -> View:
    """Answer /donate in private."""
    buttons = [button(f"⭐ {amount}", DonationTap(action=DonationAction.GIVE, about=str(amount))) for amount in amounts]
    return View(
        [words("⭐ You'd like to help keep me running? That's kind. How many Telegram Stars shall it be?")],
        rows(*(buttons[start : start + _A_ROW] for start in range(0, len(buttons), _A_ROW))),
    )


def in_private(url: str) -> View:
    """Answer /donate in a group."""
    return View([words("⭐ You'd like to help keep me running? That's kind.")], rows([link(words("Donate"), url)]))


def invoice() -> Invoice:
    """Word an invoice."""
    return Invoice(
        title=words("Keep GUB running"),
        description=words(
            "A donation to whoever runs me. It buys nothing but my thanks, and I do the same for everybody."
        ),
        label=words("Donation"),
    )


def not_offered() -> str:
    """Answer a tap on what is not offered any more."""
    return words(_REFUSALS[Verdict.NOT_OFFERED])


def refused(verdict: Verdict) -> str:
    """Say why a payment may not go on."""
    return words(_REFUSALS[verdict])


def thanks(amount: int) -> View:
    """Thank whoever gave."""
    return View(
        [
            said_many(
                "💛 Thank you for your Star! It helps to keep me running.",
                "💛 Thank you for {count} Stars! They help to keep me running.",
                amount,
            )
        ]
    )


def donations(given: Sequence[Donation], people: Mapping[int, KnownUser], now: datetime) -> View:
    """Show an owner what was given last, with a button to give back each."""
    if not given:
        return View([words("Nobody has donated anything yet.")])
    told = [_line(donation, people.get(donation.user_id), now) for donation in given]
    buttons = [[_refund_button(one, people.get(one.user_id))] for one in given if not one.refunded]
    return View(lines(Bold(words("Donations, the last ones first:")), *told), rows(*buttons))


def ask_to_refund(donation: Donation, person: KnownUser | None) -> View:
    """Ask an owner whether to give Stars back."""
    yes = DonationTap(action=DonationAction.CONFIRM, about=donation.id)
    no = DonationTap(action=DonationAction.CANCEL, about=donation.id)
    return View(
        [
            said_many(
                "Give {count} Star back to {name}?",
                "Give {count} Stars back to {name}?",
                donation.amount,
                name=plain(called(person)),
            )
        ],
        rows([button(words("Confirm"), yes, style="danger"), button(words("Cancel"), no)]),
    )


def refunded_toast() -> str:
    """Say that Stars went back."""
    return words("Given back.")


def not_refunded(reason: str) -> str:
    """Say that Telegram gives nothing back, and its reason."""
    return words("Telegram doesn't give that back: {reason}", reason=reason)


def refund_in_private() -> View:
    """Lead an owner who asks in a group into private."""
    return View([said("{command} works in private: who donated what is nobody else's business.", command="/refund")])


def _line(donation: Donation, person: KnownUser | None, now: datetime) -> Text:
    name, when = plain(called(person)), ago(now - donation.paid_at)
    if donation.refunded:
        return said("⭐ {count} of {name}, {when}: given back", count=donation.amount, name=name, when=when)
    return said("⭐ {count} of {name}, {when}", count=donation.amount, name=name, when=when)


def _refund_button(donation: Donation, person: KnownUser | None) -> InlineKeyboardButton:
    tap = DonationTap(action=DonationAction.REFUND, about=donation.id)
    return button(words("Refund ⭐ {count} of {name}", count=donation.amount, name=_short(called(person))), tap)


def _short(name: str) -> str:
    return plain(name).render()[0][:_NAME]
