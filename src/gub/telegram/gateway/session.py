"""The one place that every outgoing Bot API call passes: paced, tried again, its refusals named."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from http import HTTPStatus
from secrets import SystemRandom
from typing import Any, TypeVar, cast

import structlog
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.methods import Response, TelegramMethod
from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    InvalidURL,
    TCPConnector,
)

from gub.clock import Clock
from gub.telegram.gateway.answers import Answer, Done, Reply, Trouble, read_reply
from gub.telegram.gateway.calls import Call, Lane, Toll
from gub.telegram.gateway.hooks import Hooks
from gub.telegram.gateway.outcomes import (
    Migrated,
    NothingToDelete,
    NothingToEdit,
    RateLimited,
    Refused,
    StoodDown,
    Uncertain,
    Unreachable,
    Unwritable,
)
from gub.telegram.gateway.pace import OnHold, Pace, Pacer, PacerClosed
from gub.telegram.gateway.retries import Effort, Retries
from gub.telegram.gateway.together import Shared, Together

T = TypeVar("T")

_LANE: ContextVar[Lane] = ContextVar("gub_telegram_lane", default=Lane.ANSWER)
_NOT_SENT = (ClientConnectorError, ConnectionTimeoutError, InvalidURL)
_CONNECT_SECONDS = 10.0
_POLL_MARGIN_SECONDS = 10.0
_STOOD_DOWN_SECONDS = 10.0


async def _always() -> bool:
    return True


@contextmanager
def in_lane(lane: Lane) -> Iterator[None]:
    """Make the calls of this block, and of tasks started in it, in a lane; without, they are answers."""
    token = _LANE.set(lane)
    try:
        yield
    finally:
        _LANE.reset(token)


class GatewaySession(AiohttpSession):
    """Give it to `aiogram.Bot`. Every call through that bot then ends in a result or in one of `outcomes`."""

    def __init__(
        self,
        base: str,
        clock: Clock,
        *,
        pace: Pace | None = None,
        retries: Retries | None = None,
        hooks: Hooks | None = None,
        shared: Shared | None = None,
        may_act: Callable[[], Awaitable[bool]] = _always,
        random: Callable[[], float] | None = None,
        timeout: float = 20.0,
        log: Any = None,
    ) -> None:
        """Call the Bot API server at `base`.

        `shared` is what other workers of the bot have in common with this one. `may_act` says before every try and
        after it whether this process still acts for the bot; it may wait until that is sure. `timeout`: seconds for one
        try, unless the caller says otherwise.
        """
        super().__init__(api=TelegramAPIServer.from_base(base), timeout=timeout)
        self._clock = clock
        self._retries = retries or Retries()
        self._hooks = hooks or Hooks()
        self._may_act = may_act
        self._random = random or SystemRandom().random
        self._log = log or structlog.get_logger("gub.telegram.gateway")
        pace, patience = pace or Pace.telegram(), self._retries.longest_wait
        self._pacer = Pacer(pace, clock, patience=patience)
        self._together: Together | None = None
        if shared is not None:
            self._together = Together(shared, pace, clock, patience=patience, log=self._log)
        # pydantic keeps a parametrized model only as long as somebody holds it, and builds it anew when asked again.
        self._answers: dict[Any, type[Response[Any]]] = {}

    @property
    def waiting(self) -> int:
        """How many calls wait for leave to go, by this process's own pace."""
        return self._pacer.waiting

    async def create_session(self) -> ClientSession:
        """Open the HTTP client at the first call. Once closed, it stays so."""
        if self._session is None:
            connector = TCPConnector(**self._connector_init)
            self._session = ClientSession(connector=connector, cookie_jar=DummyCookieJar())
        return self._session

    async def close(self) -> None:
        """Turn away who waits, close the connections; the session is of no use after it."""
        if self._together is not None:
            self._together.close()
        await self._pacer.aclose()
        if self._session is not None:
            await self._session.close()

    async def make_request(self, bot: Bot, method: TelegramMethod[T], timeout: int | None = None) -> T:  # noqa: ASYNC109 - aiogram's signature
        """Make a call, as often as it takes.

        Raises:
            Refused: by the name of what happened.
        """
        call = Call.of(method, _LANE.get())
        effort = Effort(self._retries, self._clock, self._random)
        started = self._clock.monotonic()
        outcome = "cancelled"
        try:
            answer = await self._follow(bot, call, effort, self._patience(call, timeout))
            outcome = "ok" if isinstance(answer, Done) else type(answer).__name__
        finally:
            self._hooks.on_called(call.name, outcome, self._clock.monotonic() - started, effort.tries)
        if isinstance(answer, Done):
            return cast("T", answer.result)
        raise answer

    async def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,
        timeout: int = 30,  # noqa: ASYNC109 - aiogram's signature
        chunk_size: int = 65536,
        raise_for_status: bool = True,
    ) -> AsyncGenerator[bytes, None]:
        """Download a file; a failure is `Unreachable`, because aiohttp's would show the URL with the token."""
        trouble = ""
        try:
            async for chunk in super().stream_content(url, headers, timeout, chunk_size, raise_for_status):
                yield chunk
        except (ClientError, TimeoutError, OSError) as error:
            trouble = _say(error)
        if trouble:
            raise Unreachable("getFile", None, trouble)

    async def _follow(self, bot: Bot, call: Call, effort: Effort, patience: ClientTimeout) -> Done | Refused:
        """Carry a call out, after its group to a supergroup if need be, but once only."""
        answer = await self._persist(bot, call, effort, patience)
        if isinstance(answer, Migrated) and answer.new_chat_id is not None:
            self._log.info("group became a supergroup", chat_id=call.chat_id, new_chat_id=answer.new_chat_id)
            await self._tell(self._hooks.on_migrated, call.chat_id, answer.new_chat_id)
            if call.message_ids:
                # The new chat counts its messages anew: the same number there is another message.
                lost = NothingToDelete if call.name.startswith("delete") else NothingToEdit
                return lost(call.name, call.chat_id, "the group is a supergroup now", HTTPStatus.BAD_REQUEST)
            call = call.moved_to(answer.new_chat_id)
            answer = await self._persist(bot, call, effort, patience)
        if isinstance(answer, Unwritable):
            self._log.info("chat cannot be written to", chat_id=call.chat_id, outcome=type(answer).__name__)
            await self._tell(self._hooks.on_unreachable_chat, call.chat_id)
        return answer

    async def _persist(self, bot: Bot, call: Call, effort: Effort, patience: ClientTimeout) -> Done | Refused:
        """Try until it is done, refused, or enough.

        Who does not act for the bot any more must not go on from what came of it: others have, and people were told
        since. Nor from being told so: most would note that it failed. Such work is ended by its owner, soon.
        """
        answer = await self._tried(bot, call, effort, patience)
        if await self._may(call):
            return answer
        await self._clock.sleep(_STOOD_DOWN_SECONDS)
        return StoodDown(call.name, call.chat_id)

    async def _tried(self, bot: Bot, call: Call, effort: Effort, patience: ClientTimeout) -> Done | Refused:
        turn = self._pacer.turn(call.chat_id, call.lane, call.toll)
        while True:
            try:
                await self._pacer.enter(turn)
                if self._together is not None:
                    await self._together.enter(bot.id, turn)
            except OnHold as hold:
                return RateLimited(call.name, call.chat_id, "Telegram ordered a longer wait", hold.seconds)
            except PacerClosed:
                return Unreachable(call.name, call.chat_id, "the bot is stopping")
            if not await self._may(call):
                return StoodDown(call.name, call.chat_id)
            effort.begin()
            answer = await self._try(bot, call, patience)
            if not isinstance(answer, Trouble):
                return answer
            wait = effort.wait_after(answer)
            if answer.is_flood and call.toll is not Toll.POLL:
                await self._hold(bot.id, call, wait)
            verdict = self._weigh(call, effort, answer, wait)
            if verdict is not None:
                return verdict
            if not answer.is_flood:
                await self._clock.sleep(wait)

    async def _may(self, call: Call) -> bool:
        return call.is_for_anybody or await self._may_act()

    async def _hold(self, bot_id: int, call: Call, wait: float) -> None:
        """Keep all calls to the chat back, here and in the other workers, for as long as Telegram has ordered."""
        self._pacer.hold(call.chat_id, wait)
        if self._together is not None:
            await self._together.hold(bot_id, call.chat_id, wait)

    def _weigh(self, call: Call, effort: Effort, trouble: Trouble, wait: float) -> Refused | None:
        """Say why there is no next try after that wait; None when there is. A flood's wait is the pacer's to keep."""
        if trouble.may_be_done and call.at_most_once:
            return Uncertain(call.name, call.chat_id, trouble.reason)
        if call.toll is Toll.POLL or not effort.affords(wait):
            if trouble.is_flood:
                return RateLimited(call.name, call.chat_id, trouble.reason, wait)
            return Unreachable(call.name, call.chat_id, trouble.reason)
        self._log.warning(
            "telegram call is tried again",
            method=call.name,
            chat_id=call.chat_id,
            reason=trouble.reason,
            wait=round(wait, 3),
            tries=effort.tries,
        )
        return None

    async def _try(self, bot: Bot, call: Call, patience: ClientTimeout) -> Answer:
        """Send one request and read what comes back."""
        session = await self.create_session()
        if session.closed:
            return Trouble("the bot is stopping", may_be_done=False)
        url = self.api.api_url(token=bot.token, method=call.name)
        form = self.build_form_data(bot=bot, method=call.method)
        try:
            async with session.post(url, data=form, timeout=patience) as response:
                body = await response.read()
                reply = Reply(response.status, body, response.headers.get("Retry-After"))
        except (ClientError, TimeoutError, OSError) as error:
            return Trouble(_say(error), may_be_done=not isinstance(error, _NOT_SENT))

        def decode(data: Any) -> Any:
            return self._answer_of(call.method).model_validate(data, context={"bot": bot}).result

        return read_reply(call, reply, decode, lambda text: text.replace(bot.token, "[token]"))

    def _answer_of(self, method: TelegramMethod[Any]) -> type[Response[Any]]:
        kind = method.__returning__
        if kind not in self._answers:
            self._answers[kind] = Response[kind]  # type: ignore[valid-type]
        return self._answers[kind]

    def _patience(self, call: Call, timeout: float | None) -> ClientTimeout:
        total = float(self.timeout if timeout is None else timeout)
        if call.toll is Toll.POLL:
            total = max(total, (getattr(call.method, "timeout", None) or 0) + _POLL_MARGIN_SECONDS)
        return ClientTimeout(total=total, sock_connect=_CONNECT_SECONDS)

    async def _tell(self, hook: Callable[..., Awaitable[None]], chat_id: int | str | None, *more: int) -> None:
        """Tell of a chat; by number only: "@name" is nothing that is stored."""
        if not isinstance(chat_id, int):
            return
        try:
            await hook(chat_id, *more)
        except Exception as error:  # noqa: BLE001 - a hook writes to the database, and an answer must not fail with it
            self._log.error("hook failed", chat_id=chat_id, error=type(error).__name__)


def _say(error: Exception) -> str:
    """Describe a failure of the network. Never its own text: that may show the URL, which holds the token."""
    if isinstance(error, ClientConnectorError):
        return f"cannot connect to {error.host}:{error.port}"
    return "no answer in time" if isinstance(error, TimeoutError) else type(error).__name__
