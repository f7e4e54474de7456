"""The state of the simulated Telegram: who and what exists, and telling those who wait that it changed."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from gub.clock import Clock
from gub.sandbox.telegram.bots import Bot
from gub.sandbox.telegram.errors import WorldError
from gub.sandbox.telegram.faults import FaultBox
from gub.sandbox.telegram.flood import FloodControl
from gub.sandbox.telegram.models import (
    ANONYMOUS_ADMIN_ID,
    CHANNEL_POSTER_ID,
    TELEGRAM_ID,
    Chat,
    Member,
    Push,
    Query,
    Request,
    SimFile,
    User,
)
from gub.sandbox.telegram.tasks import Tasks
from gub.sandbox.telegram.updates import UpdateQueue

T = TypeVar("T")

TEST_TOKEN = "123456:TEST-token"  # noqa: S105 - opens nothing but this simulator
FIRST_USER = 1001
FIRST_GROUP = -4001
FIRST_SUPERGROUP = -1001000000001
FIRST_UPDATE = 700_000_001
REQUESTS_KEPT = 20_000


class State:
    """Everything that exists. Ids: users from 1001 up, groups -4001 down, supergroups -1001000000001 down."""

    def __init__(self, clock: Clock, *, token: str = TEST_TOKEN, username: str = "gub_test_bot") -> None:
        self.clock = clock
        self.tasks = Tasks()
        self.users: dict[int, User] = {}
        self.chats: dict[int, Chat] = {}
        self.bots: dict[int, Bot] = {}
        self.queries: dict[str, Query] = {}
        self.pushes: list[Push] = []
        self.files: dict[str, SimFile] = {}
        self.requests: deque[Request] = deque(maxlen=REQUESTS_KEPT)
        self.faults = FaultBox()
        self.flood_control = FloodControl(clock)
        self.flood = False
        self.query_deadline = 30.0
        self.revision = 0
        self.closing = False
        self.last_message_id = 0
        self.next_user_id = FIRST_USER
        self._waiters: list[asyncio.Future[None]] = []
        for service in (
            User(ANONYMOUS_ADMIN_ID, "Group", username="GroupAnonymousBot", is_bot=True),
            User(CHANNEL_POSTER_ID, "Channel", username="Channel_Bot", is_bot=True),
            User(TELEGRAM_ID, "Telegram"),
        ):
            self.users[service.id] = service
        self.default_bot = self.bot(token, username=username, first_name="GUB")

    # -- bots

    def bot(
        self,
        token: str | None = None,
        *,
        username: str | None = None,
        first_name: str = "Bot",
        privacy: bool | None = None,
    ) -> Bot:
        """Find the bot of this token, or let @BotFather make it. Without a token: the first bot."""
        if token is None:
            return self.default_bot
        number = int(token.partition(":")[0])
        bot = self.bots.get(number)
        if bot is None:
            user = User(number, first_name, username=username or f"bot{number}_bot", is_bot=True)
            queue = UpdateQueue(self.clock, self.tasks, FIRST_UPDATE)
            bot = Bot(token, user, queue)
            self.users[number] = user
            self.bots[number] = bot
        bot.token = token
        if privacy is not None:
            bot.privacy = privacy
        return bot

    def bot_of_token(self, token: str) -> Bot | None:
        """Find the bot that may use this token."""
        return next((bot for bot in self.bots.values() if bot.token == token and not bot.revoked), None)

    def bots_in(self, chat: Chat) -> list[Bot]:
        """List the bots that are in this chat now."""
        if chat.bot_id is not None:
            return [self.bots[chat.bot_id]]
        return [bot for bot in self.bots.values() if chat.present(bot.id)]

    # -- finding

    def find_user(self, who: User | int) -> User:
        """Find a user or bot by id. WorldError when there is none."""
        if isinstance(who, User):
            return who
        if who not in self.users:
            raise WorldError(f"There is no user {who}. Add one with add_user, or choose one from the state.")
        return self.users[who]

    def find_chat(self, where: Chat | User | int) -> Chat:
        """Find a chat; a user, or a user's id, means their private chat with the first bot."""
        if isinstance(where, Chat):
            return where
        if isinstance(where, User):
            return self.private(where)
        if where in self.chats:
            return self.chats[where]
        if where > 0:
            return self.private(self.find_user(where))
        raise WorldError(f"There is no chat {where}. Add one with add_group, or choose one from the state.")

    def private(self, user: User | int, bot: Bot | None = None) -> Chat:
        """Find the private chat of a person with a bot (the first one), open or not yet."""
        person, owner = self.find_user(user), bot or self.default_bot
        chat = owner.private.get(person.id)
        if chat is None:
            chat = Chat(person.id, "private", user=person, bot_id=owner.id)
            chat.members[person.id] = Member(person, "member")
            owner.private[person.id] = chat
        return chat

    def by_username(self, username: str) -> User | None:
        """Find who carries this username, without regard to case or a leading @."""
        wanted = username.removeprefix("@").casefold()
        return next((u for u in self.users.values() if (u.username or "").casefold() == wanted), None)

    def now(self) -> int:
        """Say the time in Unix seconds."""
        return int(self.clock.now().timestamp())

    # -- change

    def keep_file(self, file: SimFile) -> SimFile:
        """Keep an uploaded file under an id of its own."""
        kept = replace(file, id=f"SIMFILE{len(self.files) + 1:012d}")
        self.files[kept.id] = kept
        return kept

    def touch(self) -> None:
        """Say that something changed: wakes everybody in `changed` and `wait_for`."""
        self.revision += 1
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def changed(self, since: int | None = None) -> int:
        """Wait until the revision is another than `since` (default: the present one) and return it."""
        if since is None or since == self.revision:
            waiter = asyncio.get_running_loop().create_future()
            self._waiters.append(waiter)
            await waiter
        return self.revision

    async def wait_for(self, predicate: Callable[[], T], timeout: float = 10.0) -> T:  # noqa: ASYNC109 - real seconds, a test's patience
        """Wait until `predicate` is true and return its value; asked again after every change, never by the clock.

        A LookupError in it means "not yet". AssertionError after `timeout` real seconds, with the last that happened.
        """
        try:
            async with asyncio.timeout(timeout):
                while True:
                    revision = self.revision
                    try:
                        value = predicate()
                        if value:
                            return value
                    except LookupError:
                        pass
                    await self.changed(revision)
        except TimeoutError:
            raise AssertionError(f"not so within {timeout} s. {self.summary()}") from None

    def summary(self) -> str:
        """Say briefly what happened last, for a test that waited in vain."""
        calls = [f"{r.method}={r.status}" for r in list(self.requests)[-12:]]
        last = [
            f"{chat.id}: {message.text or sorted(message.service or {})!r}"
            for chat in self.all_chats()
            for message in list(chat.messages.values())[-2:]
        ]
        return f"Last calls: {calls}. Last messages: {last}."

    def all_chats(self) -> Iterable[Chat]:
        """List all groups, then all private chats that were ever used."""
        yield from self.chats.values()
        for bot in self.bots.values():
            yield from bot.private.values()

    async def aclose(self) -> None:
        """End everything that waits or runs beside."""
        self.closing = True
        for bot in self.bots.values():
            bot.queue.close()
        self.touch()
        await self.tasks.aclose()
