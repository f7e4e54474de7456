"""What Telegram says of the webhook: whether it is ours, what waits for it, when a delivery last failed."""

from dataclasses import dataclass
from typing import Final

from aiogram import Bot

from gub.clock import Clock
from gub.telegram.gateway.outcomes import Refused
from gub.telegram.intake.webhook import PATH

FRESH_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class WebhookFacts:
    """An answer of getWebhookInfo. `failed_at` is a Unix time, 0: never since it was set."""

    is_ours: bool
    pending: int
    failed_at: float


class WebhookState:
    """Asks Telegram when somebody looks, once a minute at most."""

    def __init__(self, bot: Bot, clock: Clock, base: str) -> None:
        """`base` is the setting WEBHOOK_URL."""
        self._bot = bot
        self._clock = clock
        self._url = base.rstrip("/") + PATH
        self._asked_at = float("-inf")
        self._facts: WebhookFacts | None = None

    async def look(self) -> WebhookFacts | None:
        """Give what Telegram said last; None when it did not answer."""
        if self._clock.monotonic() - self._asked_at >= FRESH_SECONDS:
            self._asked_at = self._clock.monotonic()
            self._facts = await self._ask()
        return self._facts

    async def _ask(self) -> WebhookFacts | None:
        try:
            info = await self._bot.get_webhook_info()
        except Refused:
            return None
        failed = info.last_error_date
        return WebhookFacts(info.url == self._url, info.pending_update_count, failed.timestamp() if failed else 0.0)
