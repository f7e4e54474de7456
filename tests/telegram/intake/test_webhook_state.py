from datetime import UTC, datetime
from typing import Any

from aiogram.types import WebhookInfo

from gub.telegram.gateway.outcomes import Unreachable
from gub.telegram.intake.webhook_state import WebhookFacts, WebhookState
from tests.support.clock import FakeClock

URL = "https://gub.example.com/telegram"


class Bot:
    """Knows a webhook, and how often it was asked about it."""

    def __init__(self) -> None:
        self.asked = 0
        self.away = False
        self.url = URL
        self.more: dict[str, Any] = {}

    async def get_webhook_info(self) -> WebhookInfo:
        self.asked += 1
        if self.away:
            raise Unreachable("getWebhookInfo", None, "no answer in time")
        return WebhookInfo(url=self.url, has_custom_certificate=False, pending_update_count=3, **self.more)


async def test_telegram_is_asked_once_a_minute_and_its_silence_is_no_answer() -> None:
    clock, bot = FakeClock(), Bot()
    state = WebhookState(bot, clock, "https://gub.example.com/")  # type: ignore[arg-type]
    assert [await state.look() for _ in range(3)] == [WebhookFacts(is_ours=True, pending=3, failed_at=0.0)] * 3
    assert bot.asked == 1
    bot.away = True
    await clock.advance(60)
    assert [await state.look() for _ in range(3)] == [None] * 3
    assert bot.asked == 2


async def test_another_webhook_and_a_failed_delivery_are_seen() -> None:
    bot = Bot()
    bot.url = "https://elsewhere.example.com/telegram"
    bot.more = {"last_error_date": datetime(2026, 11, 22, 18, tzinfo=UTC)}
    state = WebhookState(bot, FakeClock(), "https://gub.example.com")  # type: ignore[arg-type]
    assert await state.look() == WebhookFacts(is_ours=False, pending=3, failed_at=1795370400.0)
