"""/donate and what follows from it; /refund for owners."""

from typing import Final

import structlog
from aiogram import Bot, Router
from aiogram.filters import Filter
from aiogram.types import CallbackQuery, LabeledPrice, Message, PreCheckoutQuery, User

from gub.clock import Clock
from gub.services.donations import CURRENCY, Donations, Verdict
from gub.services.people import People
from gub.telegram.asked import Asked, Asks
from gub.telegram.gateway.outcomes import Refused
from gub.telegram.handlers.credentials import ByOwner
from gub.telegram.kinds import InPrivate, Tells, in_private
from gub.telegram.messenger import Messenger
from gub.telegram.showing import View
from gub.telegram.views import donating as views
from gub.telegram.views import general
from gub.telegram.views.donating import DonationAction, DonationTap

log = structlog.get_logger(__name__)

_START: Final = "donate"
_REFUNDED_ALREADY: Final = "charge_already_refunded"
"""Of refundStarPayment, in capitals (MTProto, payments.refundStarsCharge)."""


class Offered(Filter):
    """Passes while donations are switched on: else /donate is no command at all."""

    async def __call__(self, _event: Message | CallbackQuery, donations: Donations) -> bool:
        """See `Filter`."""
        return bool(donations.amounts)


class ComesToDonate(Filter):
    """Passes /start of the link that /donate shows in groups, and that forwarded invoices show."""

    async def __call__(self, _message: Message, asked: Asked) -> bool:
        """See `Filter`. It stands behind `Asks("start")`."""
        return asked.argument.strip() == _START


class Does(Filter):
    """Passes taps on buttons of these actions, in private, and hands on the tap."""

    def __init__(self, *actions: DonationAction) -> None:
        """Take the actions."""
        self._actions = frozenset(actions)

    async def __call__(self, query: CallbackQuery) -> bool | dict[str, DonationTap]:
        """See `Filter`."""
        try:
            tap = DonationTap.unpack(query.data or "")
        except (TypeError, ValueError):
            return False
        return {"tap": tap} if in_private(query) and tap.action in self._actions else False


def router() -> Router:
    """Make the router."""
    made = Router(name="donating")
    made.message.register(paid, Tells("successful_payment"))
    made.message.register(went_back, Tells("refunded_payment"))
    made.pre_checkout_query.register(check)
    made.message.register(donate, Asks("donate"), Offered())
    made.message.register(donate, Asks("start"), InPrivate(), ComesToDonate(), Offered())
    made.callback_query.register(give, Does(DonationAction.GIVE))
    made.include_router(_of_owners())
    return made


def _of_owners() -> Router:
    made = Router(name="donations of owners")
    made.message.filter(ByOwner())
    made.callback_query.filter(ByOwner())
    made.message.register(show, Asks("refund"))
    made.callback_query.register(ask_to_refund, Does(DonationAction.REFUND))
    made.callback_query.register(refund, Does(DonationAction.CONFIRM))
    made.callback_query.register(back, Does(DonationAction.CANCEL))
    return made


async def donate(message: Message, me: User, donations: Donations, messenger: Messenger) -> None:
    """Answer /donate: with what can be given, or the way into private."""
    if message.chat.type == "private":
        await messenger.reply(message, views.choose(donations.amounts))
    else:
        await messenger.reply(message, views.in_private(f"https://t.me/{me.username}?start={_START}"))


async def give(query: CallbackQuery, tap: DonationTap, bot: Bot, donations: Donations, messenger: Messenger) -> None:
    """Answer a tap on so many Stars: with an invoice, which Telegram has paid."""
    amount = int(tap.about) if tap.about.isascii() and tap.about.isdecimal() else 0
    if amount not in donations.amounts:
        await messenger.alert(query, views.not_offered())
        return
    invoice = views.invoice()
    await bot.send_invoice(
        chat_id=query.from_user.id,
        title=invoice.title,
        description=invoice.description,
        payload=donations.payload(query.from_user.id, amount),
        currency=CURRENCY,
        prices=[LabeledPrice(label=invoice.label, amount=amount)],
        provider_token="",  # as Stars want it
        start_parameter=_START,  # who gets it forwarded is led here, and cannot pay this one
    )
    await messenger.toast(query)


async def check(query: PreCheckoutQuery, bot: Bot, donations: Donations) -> None:
    """Say whether a payment may go on, within the ten seconds that Telegram waits."""
    verdict = donations.judge(query.invoice_payload, query.from_user.id, query.currency, query.total_amount)
    error = None if verdict is Verdict.FINE else views.refused(verdict)
    log.info("payment asked about", user_id=query.from_user.id, verdict=str(verdict))
    await bot.answer_pre_checkout_query(query.id, ok=error is None, error_message=error)


async def paid(message: Message, donations: Donations, messenger: Messenger) -> None:
    """Keep a payment, and thank for it once."""
    payment, payer = message.successful_payment, message.from_user
    if payment is None or payer is None:
        return
    donation = await donations.paid(payment.telegram_payment_charge_id, payer.id, payment.total_amount)
    log.info("donation", user_id=payer.id, stars=donation.amount)
    if not donation.thanked:
        await messenger.reply(message, views.thanks(donation.amount))
        await donations.thanked(donation)


async def went_back(message: Message, donations: Donations) -> None:
    """Note what Telegram tells of a payment that went back, whoever saw to it."""
    if message.refunded_payment is not None:
        await donations.refunded(message.refunded_payment.telegram_payment_charge_id)


async def show(message: Message, donations: Donations, people: People, messenger: Messenger, *, clock: Clock) -> None:
    """Answer /refund: with what was given last."""
    if message.chat.type != "private":
        await messenger.reply(message, views.refund_in_private())
        return
    await messenger.reply(message, await _list(donations, people, clock))


async def ask_to_refund(
    query: CallbackQuery, tap: DonationTap, donations: Donations, people: People, messenger: Messenger
) -> None:
    """Answer a tap on Refund: ask first."""
    donation = await donations.get(tap.about)
    if donation is None or donation.refunded:
        await messenger.alert(query, general.stale_button())
        return
    known = await people.known(donation.user_id)
    await messenger.show(query, views.ask_to_refund(donation, known.get(donation.user_id)))
    await messenger.toast(query)


async def refund(
    query: CallbackQuery,
    tap: DonationTap,
    bot: Bot,
    *,
    donations: Donations,
    people: People,
    messenger: Messenger,
    clock: Clock,
) -> None:
    """Answer a tap on Confirm. Telegram gives nothing back twice, so it may be asked again."""
    donation = await donations.get(tap.about)
    if donation is None:
        await messenger.alert(query, general.stale_button())
        return
    try:
        await bot.refund_star_payment(donation.user_id, donation.charge_id)
    except Refused as refused:
        if _REFUNDED_ALREADY not in refused.description.lower():
            log.warning("no refund", user_id=donation.user_id, outcome=type(refused).__name__)
            await messenger.alert(query, views.not_refunded(refused.description))
            return
    await donations.refunded(donation.charge_id)
    log.info("refunded", user_id=donation.user_id, stars=donation.amount, by=query.from_user.id)
    await messenger.show(query, await _list(donations, people, clock))
    await messenger.toast(query, views.refunded_toast())


async def back(
    query: CallbackQuery, donations: Donations, people: People, messenger: Messenger, *, clock: Clock
) -> None:
    """Answer a tap on Cancel: show the list again."""
    await messenger.show(query, await _list(donations, people, clock))
    await messenger.toast(query)


async def _list(donations: Donations, people: People, clock: Clock) -> View:
    given = await donations.latest()
    return views.donations(given, await people.known(*(one.user_id for one in given)), clock.now())
