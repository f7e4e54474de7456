"""sendInvoice, answerPreCheckoutQuery, refundStarPayment: for Telegram Stars alone.

Limits are those of the Bot API's documentation. Where Telegram's words of refusal are not known, they are our own; the
most that an invoice may ask for is a guess.
"""

from typing import Any

from gub.sandbox.telegram.entities import utf16_length
from gub.sandbox.telegram.errors import bad_request
from gub.sandbox.telegram.keyboards import parse_inline
from gub.sandbox.telegram.methods.call import Call
from gub.sandbox.telegram.methods.sending import check_flood, destination
from gub.sandbox.telegram.models import Chat, Json
from gub.sandbox.telegram.payments import STARS, Invoice

TITLE = 32
DESCRIPTION = 255
PAYLOAD_BYTES = 128
MOST = 10_000


async def send_invoice(call: Call) -> Json:
    """Send an invoice."""
    chat = call.chat("send")
    title, description = _text(call, "title", TITLE), _text(call, "description", DESCRIPTION)
    payload = call.params.text("payload")
    if not 1 <= len(payload.encode()) <= PAYLOAD_BYTES:
        raise bad_request("INVOICE_PAYLOAD_INVALID")
    if call.params.text("currency") != STARS:
        raise bad_request("CURRENCY_INVALID")
    if call.params.has("provider_token"):
        raise bad_request("PAYMENT_PROVIDER_INVALID")
    amount = _amount(call.params.json("prices", "prices"))
    keyboard = _keyboard(call, chat, amount)
    place = destination(call, chat)
    check_flood(call, chat)
    shown = {
        "title": title,
        "description": description,
        "start_parameter": call.params.text("start_parameter"),
        "currency": STARS,
        "total_amount": amount,
    }
    message = call.world.post(chat, call.bot.user, keyboard=keyboard, extra={"invoice": shown}, **place)
    call.world.invoices[chat.id, message.id] = Invoice(call.bot.id, payload, amount)
    return call.render(message, chat)


async def answer_pre_checkout_query(call: Call) -> bool:
    """Let a payment go on, or say why not."""
    error = None
    if not call.params.flag("ok"):
        if not call.params.has("error_message"):
            raise bad_request('parameter "error_message" is required')
        error = call.params.text("error_message")
    call.world.settle_checkout(call.bot.id, call.params.text("pre_checkout_query_id"), error)
    return True


async def refund_star_payment(call: Call) -> bool:
    """Give Stars back."""
    call.world.refund(call.bot.id, call.params.user_id(), call.params.text("telegram_payment_charge_id"))
    return True


def _text(call: Call, name: str, most: int) -> str:
    text = call.params.text(name).strip()
    if not 1 <= utf16_length(text) <= most:
        raise bad_request(f"INVOICE_{name.upper()}_INVALID")
    return text


def _amount(prices: Any) -> int:
    """Read the one price that Stars have (Bot API, sendInvoice)."""
    if not isinstance(prices, list) or len(prices) != 1 or not isinstance(prices[0], dict):
        raise bad_request("STARS_INVOICE_INVALID")
    label, amount = prices[0].get("label"), prices[0].get("amount")
    if not isinstance(label, str) or not label or not isinstance(amount, int) or not 1 <= amount <= MOST:
        raise bad_request("STARS_INVOICE_INVALID")
    return amount


def _keyboard(call: Call, chat: Chat, amount: int) -> list[list[Json]]:
    """Read the keyboard, whose first button must be Pay; without one, there is just that."""
    markup = call.markup()
    rows = parse_inline(markup["inline_keyboard"], private=chat.private) if isinstance(markup, dict) else None
    if rows is None:
        return [[{"text": f"Pay ⭐️{amount}", "pay": True}]]
    if not rows[0][0].get("pay"):
        raise bad_request("REPLY_MARKUP_BUY_EMPTY")
    return rows
