"""Pushing updates to a webhook: order, parallelism and retries of tdlib/telegram-bot-api, WebhookActor.cpp."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Hashable
from typing import Any

import aiohttp

from gub.clock import Clock
from gub.sandbox.telegram.bots import Bot, WebhookSettings
from gub.sandbox.telegram.tasks import Tasks
from gub.sandbox.telegram.updates import Stored

LONGEST_DELAY = 90.0
"""Seconds between two attempts at most (the real server draws 60 to 120)."""
LONGEST_RETRY_AFTER = 3600.0
ANSWER_WITHIN = 60.0
"""Real seconds that a webhook has to answer."""
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name

Inline = Callable[[Bot, dict[str, Any]], Awaitable[None]]


class Pusher:
    """Pushes one bot's updates: those of a key in order, different keys at once, a failed one again and again."""

    def __init__(self, bot: Bot, settings: WebhookSettings, clock: Clock, inline: Inline) -> None:
        self._bot = bot
        self._settings = settings
        self._clock = clock
        self._inline = inline
        self._busy: set[Hashable] = set()
        self._again: list[Stored] = []

    async def run(self) -> None:
        """Push until cancelled."""
        timeout = aiohttp.ClientTimeout(total=ANSWER_WITHIN)
        limit = aiohttp.TCPConnector(limit=self._settings.max_connections)
        async with aiohttp.ClientSession(timeout=timeout, connector=limit) as http, asyncio.TaskGroup() as group:
            while True:
                self._bot.queue.added.clear()
                self._again += self._bot.queue.take_again()
                for stored in self._ready():
                    self._busy.add(stored.key)
                    group.create_task(self._push(http, stored))
                await self._bot.queue.added.wait()

    def _ready(self) -> list[Stored]:
        self._bot.queue.drop_expired()
        ready: dict[Hashable, Stored] = {}
        for stored in [*self._again, *self._bot.queue.pending]:
            if len(self._busy) + len(ready) >= self._settings.max_connections:
                break
            if stored.key not in self._busy:
                ready.setdefault(stored.key, stored)
        return list(ready.values())

    async def _push(self, http: aiohttp.ClientSession, stored: Stored) -> None:
        try:
            delay = 1.0
            while (retry_after := await self._attempt(http, stored)) is not None:
                wait = min(retry_after, LONGEST_RETRY_AFTER)
                if wait == 0 and stored.fails > 0:
                    delay = wait = min(delay * 2, LONGEST_DELAY)
                stored.fails += 1
                if self._clock.now().timestamp() + wait > stored.expires_at:
                    break
                await self._clock.sleep(wait)
            self._forget(stored)
        finally:
            self._busy.discard(stored.key)
            self._bot.queue.added.set()

    def _forget(self, stored: Stored) -> None:
        if stored in self._again:
            self._again.remove(stored)
        self._bot.queue.confirm(stored)

    async def _attempt(self, http: aiohttp.ClientSession, stored: Stored) -> float | None:
        """Push once: None when it was taken, else the Retry-After in seconds (0 without one)."""
        headers = {SECRET_HEADER: self._settings.secret} if self._settings.secret else {}
        try:
            async with http.post(self._settings.url, json=stored.json(), headers=headers) as response:
                body = await response.read()
                if response.ok:
                    await self._answer(body)
                    return None
                self._note(f"Wrong response from the webhook: {response.status} {response.reason}")
                after = response.headers.get("Retry-After", "")
                return float(after) if after.isdecimal() else 0.0
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self._note("Connection timed out" if isinstance(error, TimeoutError) else "Connection refused")
            return 0.0

    async def _answer(self, body: bytes) -> None:
        """Carry out the method that an answer may hold."""
        try:
            value = json.loads(body) if body.strip() else None
        except ValueError:
            return
        if isinstance(value, dict) and isinstance(value.get("method"), str):
            await self._inline(self._bot, value)

    def _note(self, message: str) -> None:
        self._settings.last_error_date = int(self._clock.now().timestamp())
        self._settings.last_error_message = message


class Webhooks:
    """Who pushes for which bot."""

    def __init__(self, clock: Clock, tasks: Tasks, inline: Inline) -> None:
        self._clock = clock
        self._tasks = tasks
        self._inline = inline
        self._running: dict[int, asyncio.Task[None]] = {}

    async def start(self, bot: Bot, settings: WebhookSettings) -> None:
        """Push this bot's updates from now on, and no longer where they went before."""
        await self.stop(bot)
        bot.webhook = settings
        pusher = Pusher(bot, settings, self._clock, self._inline)
        self._running[bot.id] = self._tasks.spawn(pusher.run())

    async def stop(self, bot: Bot) -> None:
        """Push nothing any more."""
        bot.webhook = None
        task = self._running.pop(bot.id, None)
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
