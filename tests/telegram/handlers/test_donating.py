"""Donations in Stars: offered, checked, thanked for, given back."""

import pytest
from aiogram.types import LabeledPrice

from gub.domain.languages import Language
from gub.domain.owners_wishes import OwnersWishes
from gub.sandbox.telegram.models import Chat, SimMessage, User
from gub.telegram.views import donating as views
from gub.telegram.words import speaking
from tests.telegram.handlers.conftest import Stage

OWNER = 1001


@pytest.fixture
def owner_ids() -> frozenset[int]:
    return frozenset({OWNER})


@pytest.fixture
def wishes() -> OwnersWishes:
    return OwnersWishes(donation_amounts=(50, 100))


@pytest.fixture
def olga(stage: Stage) -> User:
    olga = stage.world.add_user("Olga")
    assert olga.id == OWNER
    return olga


async def invoiced(stage: Stage, user: User, label: str = "100") -> SimMessage:
    """Let somebody choose, and give the invoice."""
    choice = await stage.answer(user, user, "/donate")
    await stage.press(user, choice, label)
    return stage.by_bot(user)[-1]


async def donated(stage: Stage, user: User) -> None:
    invoice = await invoiced(stage, user)
    stage.world.pay(user, user, invoice.id)
    await stage.settle()


async def paid(stage: Stage, user: User, invoice: SimMessage) -> str:
    """Let somebody pay, and give what they were told when they could not; empty when they could."""
    checkout = stage.world.checkouts[stage.world.pay(user, invoice.chat_id, invoice.id)]
    await stage.settle()
    assert checkout.ok is not None
    return checkout.error


async def test_d81_somebody_donates_and_is_thanked(stage: Stage, olga: User, ann: User):
    assert olga
    choice = await stage.answer(ann, ann, "/donate")
    assert [button["text"] for button in choice.buttons] == ["⭐ 50", "⭐ 100"]
    seen = await stage.press(ann, choice, "100")
    assert seen is not None, "the tap is answered"
    invoice = stage.by_bot(ann)[-1]
    assert invoice.extra["invoice"]["total_amount"] == 100
    assert invoice.extra["invoice"]["start_parameter"] == "donate"
    assert await paid(stage, ann, invoice) == ""
    assert "Thank you for 100 Stars" in stage.by_bot(ann)[-1].text
    (kept,) = await stage.store.donations.latest(5)
    assert (kept.user_id, kept.amount, kept.thanked, kept.refunded) == (ann.id, 100, True, False)
    assert kept.charge_id in stage.world.charges


async def test_in_a_group_it_leads_into_private(stage: Stage, squad: Chat, ann: User):
    shown = await stage.answer(ann, squad, "/donate")
    assert shown.buttons[0]["url"] == "https://t.me/gub_test_bot?start=donate"
    assert stage.calls("sendInvoice") == 0
    assert [b["text"] for b in (await stage.answer(ann, ann, "/start donate")).buttons] == ["⭐ 50", "⭐ 100"]


async def test_what_the_payment_says_is_checked(stage: Stage, ann: User, bob: User):
    mine = await invoiced(stage, ann)
    secret = stage.world.invoices[mine.chat_id, mine.id]
    ours = secret.payload
    for payload, amount in (
        ("donation:1:100", 100),
        (ours, 99),
        (f"donation:{ann.id}:50", 100),
        (f"donation:{ann.id}:70", 70),
        ("something else", 100),
        (ours + "\n", 100),
    ):
        secret.payload, secret.amount = payload, amount
        assert await paid(stage, ann, mine), payload
    secret.payload, secret.amount = ours, 100
    stage.world.private(ann).members[bob.id] = stage.world.private(bob).member(bob)
    assert "somebody else" in await paid(stage, bob, mine)
    assert stage.world.charges == {}
    assert await paid(stage, ann, mine) == ""


async def test_an_amount_that_is_no_longer_offered_is_neither_invoiced_nor_taken(stage: Stage, ann: User):
    old = await stage.answer(ann, ann, "/donate")
    invoice = await invoiced(stage, ann)
    stage.parts.donations.amounts = (50,)
    assert "isn't offered" in await paid(stage, ann, invoice)
    answer = await stage.press(ann, old, "100")
    assert answer is not None
    assert answer.alert
    for forged in ("dn:give:-5", "dn:give:", "dn:give:²", "dn:give:5e3"):
        answer = await stage.press_data(ann, old, forged, forged=True)
        assert answer is not None
        assert answer.alert
    assert stage.calls("sendInvoice") == 1


async def test_a_refusal_is_in_the_payers_language(stage: Stage, ann: User):
    ann.language_code = "de"
    invoice = await invoiced(stage, ann)
    stage.parts.donations.amounts = ()
    spoken: list[tuple[int, str | None]] = []
    surely = stage.parts.languages.surely

    async def noting(chat_id: int, told: str | None = None) -> Language:
        spoken.append((chat_id, told))
        return await surely(chat_id, told)

    stage.parts.languages.surely = noting  # type: ignore[method-assign]
    with speaking(Language.GERMAN):
        german = views.not_offered()
    assert await paid(stage, ann, invoice) == german
    assert spoken == [(ann.id, "de")]


async def test_a_payment_told_twice_is_kept_and_thanked_for_once(stage: Stage, ann: User):
    invoice = await invoiced(stage, ann)
    stage.world.pay(ann, ann, invoice.id)
    (asked,) = await stage.api.take()
    await stage.feed(asked)
    (told,) = await stage.api.take()
    before = len(stage.by_bot(ann))
    for _ in range(3):
        await stage.feed(told)
        stage.restart()
    assert len(stage.by_bot(ann)) == before + 1
    assert len(await stage.store.donations.latest(5)) == 1


async def test_thanks_that_failed_are_said_when_it_is_handled_again(stage: Stage, ann: User):
    invoice = await invoiced(stage, ann)
    stage.world.pay(ann, ann, invoice.id)
    (asked,) = await stage.api.take()
    await stage.feed(asked)
    (told,) = await stage.api.take()
    stage.world.fail("sendMessage", "403", 1, description="Forbidden: no idea")
    await stage.feed(told)
    assert not (await stage.store.donations.latest(1))[0].thanked
    await stage.feed(told)
    assert "Thank you" in stage.by_bot(ann)[-1].text


async def test_an_owner_gives_stars_back_after_confirming(stage: Stage, olga: User, ann: User):
    await donated(stage, ann)
    shown = await stage.answer(olga, olga, "/refund")
    assert "⭐ 100 of Ann" in shown.text
    await stage.press(olga, shown, "Refund")
    assert "Give 100 Stars back to Ann?" in shown.text
    await stage.press(olga, shown, "Cancel")
    assert "Donations" in shown.text
    await stage.press(olga, shown, "Refund")
    answer = await stage.press(olga, shown, "Confirm")
    assert answer is not None
    assert answer.text == "Given back."
    assert "given back" in shown.text
    assert not shown.buttons
    (charge,) = stage.world.charges.values()
    assert charge.refunded


async def test_two_owners_at_once_or_a_restart_in_between_give_back_once(stage: Stage, olga: User, ann: User):
    await donated(stage, ann)
    shown = await stage.answer(olga, olga, "/refund")
    await stage.press(olga, shown, "Refund")
    confirm = shown.button("Confirm")
    (charge,) = stage.world.charges.values()
    charge.refunded = True  # and the bot died before it was noted
    answer = await stage.press_data(olga, shown, confirm)
    assert answer is not None
    assert answer.text == "Given back."
    assert (await stage.store.donations.latest(1))[0].refunded
    stage.restart()
    assert "given back" in (await stage.answer(olga, olga, "/refund")).text


async def test_what_telegram_does_not_give_back_is_told(stage: Stage, olga: User, ann: User):
    await donated(stage, ann)
    shown = await stage.answer(olga, olga, "/refund")
    await stage.press(olga, shown, "Refund")
    stage.world.fail("refundStarPayment", "400", 1, description="Bad Request: BALANCE_TOO_LOW")
    answer = await stage.press(olga, shown, "Confirm")
    assert answer is not None
    assert answer.alert
    assert "BALANCE_TOO_LOW" in answer.text
    assert not (await stage.store.donations.latest(1))[0].refunded


async def test_what_went_back_otherwise_is_noted(stage: Stage, ann: User):
    await donated(stage, ann)
    (charge,) = stage.world.charges.values()
    await stage.api("refundStarPayment", user_id=ann.id, telegram_payment_charge_id=charge.id)
    await stage.settle()
    assert (await stage.store.donations.latest(1))[0].refunded


async def test_only_owners_see_and_give_back(stage: Stage, olga: User, ann: User, squad: Chat):
    assert "Nobody has donated" in (await stage.answer(olga, olga, "/refund")).text
    await donated(stage, ann)
    assert "I don't know" in (await stage.answer(ann, ann, "/refund")).text
    assert await stage.said(ann, squad, "/refund") == []
    stage.world.join(olga, squad)
    await stage.settle()
    assert "Ann" not in (await stage.answer(olga, squad, "/refund")).text
    mine = await stage.answer(ann, ann, "/donate")
    (kept,) = await stage.store.donations.latest(1)
    for action in ("back", "backyes", "backno"):
        answer = await stage.press_data(ann, mine, f"dn:{action}:{kept.id}", forged=True)
        assert answer is not None
        assert answer.alert
    for nonsense in ("dn:back:zzz", "dn:backyes:", "dn:backyes:0123456789abcdef01234567"):
        answer = await stage.press_data(olga, stage.by_bot(olga)[-1], nonsense, forged=True)
        assert answer is not None
        assert answer.alert
    assert not (await stage.store.donations.latest(1))[0].refunded


class TestSwitchedOff:
    """As it is unless somebody wishes otherwise."""

    @pytest.fixture
    def wishes(self) -> OwnersWishes:
        return OwnersWishes()

    async def test_donate_is_no_command(self, stage: Stage, squad: Chat, ann: User):
        assert "I don't know" in (await stage.answer(ann, ann, "/donate")).text
        assert await stage.said(ann, squad, "/donate") == []
        assert "Add me" in (await stage.answer(ann, ann, "/start donate")).buttons[0]["text"]
        assert "/donate" not in (await stage.answer(ann, ann, "/support")).text

    async def test_an_old_invoice_is_refused_kindly(self, stage: Stage, ann: User):
        me = stage.parts.me
        assert me
        await stage.said(ann, ann, "/start")
        prices = [LabeledPrice(label="x", amount=50)]
        sent = await stage.bot.send_invoice(ann.id, "Old", "Old", f"donation:{ann.id}:50", "XTR", prices)
        invoice = stage.world.find_message(stage.world.private(ann), sent.message_id)
        assert "isn't offered" in await paid(stage, ann, invoice)


@pytest.mark.parametrize("language", list(Language))
def test_an_invoice_fits_in_every_language(language: Language) -> None:
    with speaking(language):
        words = views.invoice()
        refusals = [views.refused(verdict) for verdict in views._REFUSALS]
    assert 1 <= len(words.title) <= 32
    assert 1 <= len(words.description) <= 255
    assert words.label
    assert all(0 < len(text) <= 200 for text in refusals)
