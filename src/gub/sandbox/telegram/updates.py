"""A bot's queue of updates: numbering, what it asked for, long polling with Telegram's conflict rules."""

import asyncio
from collections.abc import Hashable
from dataclasses import dataclass

from gub.clock import Clock
from gub.sandbox.telegram.errors import ApiError
from gub.sandbox.telegram.models import Json
from gub.sandbox.telegram.tasks import Tasks

UPDATE_TYPES = (
    "message", "edited_message", "channel_post", "edited_channel_post", "business_connection", "business_message",
    "edited_business_message", "deleted_business_messages", "message_reaction", "message_reaction_count",
    "inline_query", "chosen_inline_result", "callback_query", "shipping_query", "pre_checkout_query",
    "purchased_paid_media", "poll", "poll_answer", "my_chat_member", "chat_member", "chat_join_request",
    "chat_boost", "removed_chat_boost", "managed_bot", "guest_message", "subscription", "stopped_message_generation",
)  # fmt: skip
NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}

# tdlib/telegram-bot-api, Client.h (LONG_POLL_MAX_TIMEOUT) and Client.cpp (fail_query_conflict, do_get_updates).
LONGEST_POLL = 50
CONFLICT_SPACING = 3.0
FUTURE_OFFSET = 10
HISTORY = 20_000

CONFLICT_POLL = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
CONFLICT_SET = "Conflict: terminated by setWebhook request"
CONFLICT_WEBHOOK = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)


@dataclass(slots=True, eq=False)
class Stored:
    """One update that waits. `key`: updates of one key are pushed to a webhook in order. `expires_at`: Unix seconds."""

    id: int
    body: Json
    key: Hashable
    expires_at: float
    fails: int = 0

    def json(self) -> Json:
        """Build the Update; its id comes first, as Telegram writes it."""
        return {"update_id": self.id, **{k: v for k, v in self.body.items() if k != "update_id"}}


@dataclass(slots=True, eq=False)
class _Waiting:
    offset: int
    limit: int
    answer: "asyncio.Future[list[Json]]"


class UpdateQueue:
    """What one bot has yet to be told."""

    def __init__(self, clock: Clock, tasks: Tasks, first_id: int) -> None:
        self._clock = clock
        self._tasks = tasks
        self._next_id = first_id
        self._allowed: frozenset[str] | None = None
        self._history: dict[int, Stored] = {}
        self._again: list[Stored] = []
        self._poll: _Waiting | None = None
        self._next_conflict = 0.0
        self._closed = False
        self.pending: list[Stored] = []
        self.added = asyncio.Event()

    @property
    def allowed(self) -> list[str] | None:
        """The types of updates that the bot asked for; None: the default."""
        return None if self._allowed is None else [kind for kind in UPDATE_TYPES if kind in self._allowed]

    @property
    def polling(self) -> bool:
        """Whether a long poll waits now."""
        return self._poll is not None

    def allow(self, kinds: object) -> None:
        """Remember `allowed_updates`: sticky until named again; an empty list means the default."""
        if isinstance(kinds, list):
            named = frozenset(kind for kind in kinds if kind in UPDATE_TYPES)
            self._allowed = named or None

    def wants(self, kind: str) -> bool:
        """Whether the bot gets this type of update. Asked when the update arises, as Telegram does."""
        return kind not in NOT_BY_DEFAULT if self._allowed is None else kind in self._allowed

    def add(self, kind: str, content: Json, key: Hashable, lifetime: float = 86400.0) -> int | None:
        """Queue an update and return its id, or None when the bot did not ask for the type."""
        if not self.wants(kind):
            return None
        return self.add_raw({kind: content}, key, lifetime)

    def add_raw(self, body: Json, key: Hashable, lifetime: float = 86400.0) -> int:
        """Queue any JSON as an update; its own `update_id`, if it has one, is kept."""
        own = body.get("update_id")
        number = own if isinstance(own, int) else self._next_id
        self._next_id = max(self._next_id, number + 1)
        stored = Stored(number, body, key, self._clock.now().timestamp() + lifetime)
        self.pending.append(stored)
        self._history[number] = stored
        if len(self._history) > HISTORY:
            del self._history[next(iter(self._history))]
        self._notify()
        return number

    def redeliver(self, update_id: int) -> None:
        """Deliver an update once more, though it was confirmed. KeyError: there was none."""
        old = self._history[update_id]
        again = Stored(old.id, old.body, old.key, self._clock.now().timestamp() + 86400.0)
        self._again.append(again)
        self._notify()

    def take_again(self) -> list[Stored]:
        """Hand over what is to be delivered once more."""
        again, self._again = self._again, []
        return again

    def confirm(self, stored: Stored) -> None:
        """Forget an update that a webhook took."""
        if stored in self.pending:
            self.pending.remove(stored)

    def clear(self) -> None:
        """Drop everything pending."""
        self.pending.clear()
        self._again.clear()

    async def poll(self, offset: int, limit: int, wait: float) -> list[Json]:
        """Answer getUpdates. ApiError 409 when a newer poll comes while this one waits."""
        if offset < 0:
            self.pending = self.pending[offset:]
        wait = min(max(wait, 0), LONGEST_POLL)
        limit = min(max(limit, 1), 100)
        updates = self._take(offset, limit)
        if updates or wait == 0 or self._closed:
            return updates
        self.abort(CONFLICT_POLL)
        waiting = _Waiting(offset, limit, asyncio.get_running_loop().create_future())
        self._poll = waiting
        timer = self._tasks.spawn(self._time_out(waiting, wait))
        try:
            return await waiting.answer
        finally:
            timer.cancel()
            if self._poll is waiting:
                self._poll = None

    def refuse(self, error: ApiError) -> None:
        """End the waiting poll with this error."""
        waiting, self._poll = self._poll, None
        if waiting is not None and not waiting.answer.done():
            waiting.answer.set_exception(error)

    def abort(self, text: str) -> None:
        """End the waiting poll with a conflict; a second one within 3 s hears of it only after 3 s, as at Telegram."""
        waiting, self._poll = self._poll, None
        if waiting is None or waiting.answer.done():
            return
        now = self._clock.monotonic()
        if now >= self._next_conflict:
            self._next_conflict = now + CONFLICT_SPACING
            waiting.answer.set_exception(ApiError(409, text))
        else:
            self._tasks.spawn(self._conflict_later(waiting, text))

    def close(self) -> None:
        """Answer the waiting poll, for the server stops."""
        self._closed = True
        if self._poll is not None and not self._poll.answer.done():
            self._poll.answer.set_result([])

    def drop_expired(self) -> None:
        """Forget what is too old to be delivered (a message after 24 h, a press after 150 s)."""
        now = self._clock.now().timestamp()
        if any(stored.expires_at < now for stored in self.pending):
            self.pending = [stored for stored in self.pending if stored.expires_at >= now]

    def _take(self, offset: int, limit: int) -> list[Json]:
        self.drop_expired()
        # An offset far in the future is taken for none (TQueue: "Specified from_id is in the future").
        if 0 < offset <= self._next_id + FUTURE_OFFSET:
            self.pending = [stored for stored in self.pending if stored.id >= offset]
        again = [stored.json() for stored in self.take_again()]
        return again + [stored.json() for stored in self.pending[:limit]]

    def _notify(self) -> None:
        self.added.set()
        waiting = self._poll
        if waiting is None or waiting.answer.done():
            return
        updates = self._take(waiting.offset, waiting.limit)
        if updates:
            self._poll = None
            waiting.answer.set_result(updates)

    async def _time_out(self, waiting: _Waiting, wait: float) -> None:
        await self._clock.sleep(wait)
        if not waiting.answer.done():
            waiting.answer.set_result([])

    async def _conflict_later(self, waiting: _Waiting, text: str) -> None:
        await self._clock.sleep(CONFLICT_SPACING)
        if not waiting.answer.done():
            waiting.answer.set_exception(ApiError(409, text))
