"""The simulated Telegram: all its state, and all that people do in it.

What bots do comes over HTTP (`http.py`, `methods/`). Every action is synchronous: when it returns, the updates that
follow from it are queued. A `WorldError` says what a person could not do, and what to do instead.
"""

from gub.clock import Clock
from gub.sandbox.telegram.bots import Bot
from gub.sandbox.telegram.errors import ApiError, WorldError
from gub.sandbox.telegram.faults import Fault
from gub.sandbox.telegram.models import Json
from gub.sandbox.telegram.payments import Payments
from gub.sandbox.telegram.state import TEST_TOKEN
from gub.sandbox.telegram.webhooks import Inline, Webhooks


class World(Payments):
    """A Telegram of one's own. `aclose` ends what runs beside (webhook pushing, waiting polls)."""

    def __init__(self, clock: Clock, *, token: str = TEST_TOKEN, username: str = "gub_test_bot") -> None:
        super().__init__(clock, token=token, username=username)
        self.on_inline: Inline | None = None
        self.webhooks = Webhooks(clock, self.tasks, self._inline)

    async def _inline(self, bot: Bot, call: Json) -> None:
        if self.on_inline is not None:
            await self.on_inline(bot, call)

    def fail(
        self,
        method: str = "*",
        kind: str = "500",
        times: int = 1,
        *,
        retry_after: int = 1,
        delay: float = 5.0,
        description: str | None = None,
        chat_id: int | None = None,
    ) -> None:
        """Let the next `times` calls of `method` fail (kinds: `faults.KINDS`; -1: until cleared)."""
        self.faults.add(Fault(method, kind, times, retry_after, delay, description, chat_id))
        self.touch()

    def clear_faults(self) -> None:
        """Let Telegram work again."""
        self.faults.clear()
        self.touch()

    def deliver_raw(self, update: Json) -> int:
        """Deliver any JSON object as an update (poison); return its id."""
        message = update.get("message")
        chat = message.get("chat") if isinstance(message, dict) else None
        chat_id = chat.get("id") if isinstance(chat, dict) else None
        number = self.default_bot.queue.add_raw(dict(update), ("chat", chat_id) if chat_id else object())
        self.touch()
        return number

    def redeliver(self, update_id: int) -> None:
        """Deliver an update once more, with its id, though the bot confirmed it."""
        try:
            self.default_bot.queue.redeliver(update_id)
        except KeyError:
            raise WorldError(f"There was no update {update_id}.") from None
        self.touch()

    def revoke_token(self) -> None:
        """Let @BotFather revoke the token: every call is refused from now on."""
        self.default_bot.revoked = True
        self.default_bot.queue.refuse(ApiError(401, "Unauthorized"))
        self.touch()
