"""Paying with Stars at the simulated Telegram."""

from typing import Any

import pytest
from aiogram.types import Message, PreCheckoutQuery

from gub.sandbox.telegram import World
from gub.sandbox.telegram.errors import WorldError
from gub.sandbox.telegram.models import User
from gub.sandbox.telegram.view import world_json
from tests.support.clock import FakeClock
from tests.support.world import Api

TOO_LATE = "400 Bad Request: query is too old and response timeout expired or query ID is invalid"
ANSWER = "answerPreCheckoutQuery"


@pytest.fixture
def world_clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def ann(world: World, api: Api) -> User:
    ann = world.add_user("Ann")
    world.start(ann)
    await api.take()
    return ann


def bill(user: User, **more: Any) -> dict[str, Any]:
    fields = {
        "chat_id": user.id,
        "title": "Tip",
        "description": "For the bot",
        "payload": "ours",
        "currency": "XTR",
        "prices": [{"label": "Tip", "amount": 50}],
    }
    return fields | more


async def asked(api: Api) -> dict[str, Any]:
    (update,) = await api.take()
    query = update["pre_checkout_query"]
    assert PreCheckoutQuery.model_validate(query).invoice_payload == "ours"
    return dict(query)


async def test_an_invoice_is_paid(world: World, api: Api, ann: User) -> None:
    sent = await api("sendInvoice", **bill(ann, start_parameter="tip"))
    invoice = Message.model_validate(sent).invoice
    assert invoice is not None
    assert (invoice.total_amount, invoice.currency, invoice.start_parameter) == (50, "XTR", "tip")
    assert sent["reply_markup"]["inline_keyboard"] == [[{"text": "Pay ⭐️50", "pay": True}]]
    world.pay(ann, ann, sent["message_id"])
    query = await asked(api)
    assert (query["from"]["id"], query["total_amount"], query["currency"]) == (ann.id, 50, "XTR")
    assert await api(ANSWER, pre_checkout_query_id=query["id"], ok=True) is True
    (update,) = await api.take()
    payment = Message.model_validate(update["message"]).successful_payment
    assert payment is not None
    assert (payment.total_amount, payment.invoice_payload) == (50, "ours")
    assert payment.telegram_payment_charge_id
    with pytest.raises(WorldError, match="paid already"):
        world.pay(ann, ann, sent["message_id"])


async def test_the_bot_may_say_no_and_the_payer_sees_why(world: World, api: Api, ann: User) -> None:
    sent = await api("sendInvoice", **bill(ann))
    checkout = world.pay(ann, ann, sent["message_id"])
    await asked(api)
    refusal = await api.refusal(ANSWER, pre_checkout_query_id=checkout, ok=False)
    assert "error_message" in refusal
    await api(ANSWER, pre_checkout_query_id=checkout, ok=False, error_message="Sold out")
    assert await api.take() == []
    shown = {"query_id": checkout, "user_id": ann.id, "text": "Sold out", "alert": True}
    assert shown in world_json(world)["callback_answers"]
    assert await api.refusal(ANSWER, pre_checkout_query_id=checkout, ok=True) == TOO_LATE
    world.pay(ann, ann, sent["message_id"])


async def test_an_answer_after_ten_seconds_is_too_late(
    world: World, api: Api, ann: User, world_clock: FakeClock
) -> None:
    sent = await api("sendInvoice", **bill(ann))
    first = world.pay(ann, ann, sent["message_id"])
    await world_clock.advance(10.5)
    assert await api.refusal(ANSWER, pre_checkout_query_id=first, ok=True) == TOO_LATE
    second = world.pay(ann, ann, sent["message_id"])
    await world_clock.advance(9.5)
    await api(ANSWER, pre_checkout_query_id=second, ok=True)
    assert len(world.charges) == 1


async def test_stars_go_back_once(world: World, api: Api, ann: User) -> None:
    sent = await api("sendInvoice", **bill(ann))
    await api(ANSWER, pre_checkout_query_id=world.pay(ann, ann, sent["message_id"]), ok=True)
    await api.take()
    (charge,) = world.charges.values()
    for user_id, charge_id in ((ann.id + 1, charge.id), (ann.id, "none")):
        refusal = await api.refusal("refundStarPayment", user_id=user_id, telegram_payment_charge_id=charge_id)
        assert refusal == "400 Bad Request: CHARGE_ID_INVALID"
    assert await api("refundStarPayment", user_id=ann.id, telegram_payment_charge_id=charge.id) is True
    (update,) = await api.take()
    refunded = Message.model_validate(update["message"]).refunded_payment
    assert refunded is not None
    assert (refunded.total_amount, refunded.telegram_payment_charge_id) == (50, charge.id)
    refusal = await api.refusal("refundStarPayment", user_id=ann.id, telegram_payment_charge_id=charge.id)
    assert refusal == "400 Bad Request: CHARGE_ALREADY_REFUNDED"


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"title": "x" * 33},
        {"description": "x" * 256},
        {"payload": ""},
        {"payload": "ä" * 65},
        {"currency": "EUR"},
        {"provider_token": "1:TEST"},
        {"prices": []},
        {"prices": [{"label": "a", "amount": 1}, {"label": "b", "amount": 1}]},
        {"prices": [{"label": "a", "amount": 0}]},
        {"prices": [{"label": "", "amount": 1}]},
        {"reply_markup": {"inline_keyboard": [[{"text": "x", "callback_data": "x"}]]}},
    ],
)
async def test_a_wrong_invoice_is_refused(api: Api, ann: User, wrong: dict[str, Any]) -> None:
    assert (await api.refusal("sendInvoice", **bill(ann, **wrong))).startswith("400")


async def test_only_an_invoice_is_paid_and_none_is_copied(world: World, api: Api, ann: User) -> None:
    said = world.say(ann, ann, "hello")
    with pytest.raises(WorldError, match="no invoice"):
        world.pay(ann, ann, said.id)
    sent = await api("sendInvoice", **bill(ann))
    copied = await api.refusal("copyMessage", chat_id=ann.id, from_chat_id=ann.id, message_id=sent["message_id"])
    assert copied == "400 Bad Request: message can't be copied"
