"""Paying with Telegram Stars: what a person does with an invoice, and what the bot is asked and told of it.

Everybody has as many Stars as they like. From the Bot API's documentation: the bot is asked by a pre_checkout_query and
has 10 seconds; then comes a message with `successful_payment`. Guesses, where nothing is documented: a paid invoice
cannot be paid again and loses its button; the message with `refunded_payment` comes from whoever is paid back.
"""

from dataclasses import dataclass

from gub.clock import Clock
from gub.sandbox.telegram.errors import ApiError, WorldError, bad_request
from gub.sandbox.telegram.groups import Groups
from gub.sandbox.telegram.models import Chat, Json, SimMessage, User
from gub.sandbox.telegram.render import user_json
from gub.sandbox.telegram.state import TEST_TOKEN

STARS = "XTR"
CHECKOUT_SECONDS = 10.0
"""How long the bot may take to answer (Bot API, answerPreCheckoutQuery)."""


@dataclass(slots=True, eq=False)
class Invoice:
    """What only the bot knows of an invoice, and whether it was paid."""

    bot_id: int
    payload: str
    amount: int
    paid: bool = False


@dataclass(slots=True, eq=False)
class Checkout:
    """A payment that the bot is asked about. `ok` is None until it has answered; `error` is what the payer is told."""

    id: str
    user: User
    chat: Chat
    message: SimMessage
    invoice: Invoice
    asked_at: float
    ok: bool | None = None
    error: str = ""


@dataclass(slots=True, eq=False)
class Charge:
    """A payment that was made."""

    id: str
    user: User
    bot_id: int
    amount: int
    payload: str
    refunded: bool = False


class Payments(Groups):
    """What people pay, and what goes back to them."""

    def __init__(self, clock: Clock, *, token: str = TEST_TOKEN, username: str = "gub_test_bot") -> None:
        super().__init__(clock, token=token, username=username)
        self.invoices: dict[tuple[int, int], Invoice] = {}
        self.checkouts: dict[str, Checkout] = {}
        self.charges: dict[str, Charge] = {}

    def pay(self, user: User | int, chat: Chat | User | int, message_id: int) -> str:
        """Let a person press Pay under an invoice and confirm; return the id of what the bot is asked."""
        payer, place = self.find_user(user), self.find_chat(chat)
        message = self.find_message(place, message_id)
        invoice = self.invoices.get((place.id, message_id))
        if invoice is None:
            raise WorldError(f"Message {message_id} is no invoice: choose one with a Pay button.")
        if invoice.paid:
            raise WorldError("This invoice is paid already.")
        if not place.private and not place.present(payer.id):
            raise WorldError(f"{payer.first_name} is not in this chat: join first.")
        checkout = Checkout(f"pay{len(self.checkouts) + 1}", payer, place, message, invoice, self.clock.monotonic())
        self.checkouts[checkout.id] = checkout
        body = {
            "id": checkout.id,
            "from": user_json(payer),
            "currency": STARS,
            "total_amount": invoice.amount,
            "invoice_payload": invoice.payload,
        }
        bot = self.bots[invoice.bot_id]
        bot.learn(body)
        bot.queue.add("pre_checkout_query", body, ("checkout", payer.id), CHECKOUT_SECONDS)
        self.touch()
        return checkout.id

    def settle_checkout(self, bot_id: int, checkout_id: str, error: str | None) -> None:
        """Take the bot's answer: let the payment be made, or (`error`) tell the payer why not. ApiError when late."""
        checkout = self.checkouts.get(checkout_id)
        late = (
            checkout is None
            or checkout.invoice.bot_id != bot_id
            or checkout.ok is not None
            or self.clock.monotonic() - checkout.asked_at > CHECKOUT_SECONDS
        )
        if checkout is None or late:
            raise bad_request("query is too old and response timeout expired or query ID is invalid")
        checkout.ok, checkout.error = error is None, error or ""
        if checkout.ok:
            self._charge(checkout)
        self.touch()

    def refund(self, bot_id: int, user_id: int, charge_id: str) -> None:
        """Give Stars back. ApiError when there are none to give back (MTProto, payments.refundStarsCharge)."""
        charge = self.charges.get(charge_id)
        if charge is None or charge.bot_id != bot_id or charge.user.id != user_id:
            raise ApiError(400, "Bad Request: CHARGE_ID_INVALID")
        if charge.refunded:
            raise ApiError(400, "Bad Request: CHARGE_ALREADY_REFUNDED")
        charge.refunded = True
        told = {**_payment(charge), "telegram_payment_charge_id": charge.id}
        self.service(self.private(charge.user, self.bots[bot_id]), charge.user, refunded_payment=told)

    def _charge(self, checkout: Checkout) -> None:
        invoice, number = checkout.invoice, len(self.charges) + 1
        charge = Charge(f"stxTEST{number:032d}", checkout.user, invoice.bot_id, invoice.amount, invoice.payload)
        self.charges[charge.id] = charge
        invoice.paid = True
        checkout.message.keyboard = None
        told: Json = {
            **_payment(charge),
            "telegram_payment_charge_id": charge.id,
            "provider_payment_charge_id": f"{checkout.user.id}_{number}",
        }
        self.service(checkout.chat, checkout.user, successful_payment=told)


def _payment(charge: Charge) -> Json:
    return {"currency": STARS, "total_amount": charge.amount, "invoice_payload": charge.payload}
