"""The composition root: builds every part, runs them together, and stops them in order."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final

import structlog

from gub.clock import Clock
from gub.database import PATIENT, Database, opened_store
from gub.domain.values import Platform
from gub.failure import Failure
from gub.health import health_app, serving
from gub.housekeeping import housekeeping
from gub.metrics import Metrics
from gub.platforms.limiter import Budget
from gub.platforms.steam import BUDGET as STEAM_BUDGET
from gub.platforms.steam import SteamClient
from gub.platforms.transport import Transport
from gub.presence.desk import PresenceDesk
from gub.pulse import Pulse
from gub.services.calls import Calls
from gub.services.chats import ChatBook
from gub.services.groups import Groups
from gub.services.people import People
from gub.settings import Settings
from gub.store.dialogs import open_dialogs
from gub.store.embedded import EmbeddedError
from gub.store.mongo import is_unavailable
from gub.store.store import Store
from gub.telegram.bot import SignedIn, signed_in
from gub.telegram.dialogs.storage import MongoDialogStorage
from gub.telegram.dispatcher import ALLOWED_UPDATES, Parts, build_dispatcher
from gub.telegram.feed import Feed
from gub.telegram.gateway.hooks import Hooks
from gub.telegram.gateway.outcomes import Unauthorized, UnknownMethod
from gub.telegram.gateway.pace import Pace
from gub.telegram.gateway.session import GatewaySession
from gub.telegram.handlers.delay import DelayNotice
from gub.telegram.intake.errors import AnotherPoller
from gub.telegram.intake.inbox import Intake
from gub.telegram.intake.polling import Polling
from gub.telegram.intake.webhook import derive_secret, set_webhook, webhook_app
from gub.telegram.messenger import Messenger
from gub.waiting import Interrupted, unless

log = structlog.get_logger(__name__)

_DRAIN_SECONDS: Final = 20.0


@dataclass(frozen=True, slots=True)
class _Core:
    """What everything else is built on."""

    settings: Settings
    base: Database
    clock: Clock
    store: Store
    chats: ChatBook
    metrics: Metrics
    pulse: Pulse


async def serve(
    settings: Settings, base: Database, *, clock: Clock, stop: asyncio.Event, pace: Pace | None = None
) -> None:
    """Run the bot on a database until `stop` is set, then stop it in order. Raises Failure when it cannot run."""
    try:
        async with opened_store(settings, base.uri, clock, wait=PATIENT) as store:
            core = _Core(settings, base, clock, store, ChatBook(store, clock), Metrics(), Pulse(clock))
            async with _signed_in_bot(core, pace or Pace.telegram(), stop) as bot:
                await _work(core, bot, stop)
    except Interrupted:
        log.info("stopped before the start was complete")
    except (Unauthorized, UnknownMethod) as error:
        raise Failure("Telegram does not accept GUB_BOT_TOKEN. Get the current one from @BotFather.") from error
    except AnotherPoller as error:
        raise Failure("Another process polls with this bot token. Stop that one first.") from error
    except EmbeddedError as error:
        raise Failure(str(error)) from error


@asynccontextmanager
async def _signed_in_bot(core: _Core, pace: Pace, stop: asyncio.Event) -> AsyncIterator[SignedIn]:
    """Have a bot whose token Telegram has accepted; waits as long as Telegram cannot be reached."""
    token = core.settings.bot_token
    if token is None:
        raise Failure("GUB_BOT_TOKEN is not set.")

    async def on_unreachable_chat(chat_id: int) -> None:
        await core.chats.left(chat_id, core.clock.now())

    def on_called(method: str, outcome: str, seconds: float, tries: int) -> None:
        core.metrics.telegram_called(method, outcome, seconds, tries)
        if outcome == "ok":
            core.pulse.beat()

    hooks = Hooks(on_unreachable_chat=on_unreachable_chat, on_migrated=core.chats.migrated, on_called=on_called)
    session = GatewaySession(core.settings.telegram_api, core.clock, pace=pace, hooks=hooks)
    async with signed_in(token.get_secret_value(), session, core.clock, stop) as bot:
        yield bot


async def _work(core: _Core, bot: SignedIn, stop: asyncio.Event) -> None:
    """Take updates until told to stop. What runs beside it ends the work when it fails, and ends after it."""
    beside = [housekeeping(core.clock, core.chats.purge_departed), bot.offer_commands()]
    if core.base.watch is not None:
        beside.append(core.base.watch())
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(work) for work in beside]
            async with _health(core, bot), _intake(core, bot) as intake:
                await unless(stop.wait(), intake.recover())
                gc.freeze()  # what is loaded by now stays: walking through it again and again took a tenth of the time
                await _take_updates(core, bot, intake, stop)
            for task in tasks:
                task.cancel()
    except BaseExceptionGroup as failed:
        raise _first(failed) from failed


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    error = group.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error


@asynccontextmanager
async def _intake(core: _Core, bot: SignedIn) -> AsyncIterator[Intake]:
    """Build everything between an update and its answer; at the end, finish what was taken."""
    async with AsyncExitStack() as stack:
        dialogs = open_dialogs(core.base.uri, core.settings.mongodb_database, core.clock)
        stack.push_async_callback(dialogs.close)
        transport = Transport(core.settings.platform_gateway, core.clock)
        stack.push_async_callback(transport.aclose)
        steam = SteamClient(transport, Budget(STEAM_BUDGET, core.clock), core.store.credentials.steam_key, core.clock)
        stack.push_async_callback(steam.aclose)
        clients = {Platform.STEAM: steam}
        desk = PresenceDesk(clients, core.clock)
        stack.push_async_callback(desk.aclose)

        messenger = Messenger(bot.bot)
        groups = Groups(core.store)
        parts = Parts(
            me=bot.me,
            messenger=messenger,
            clock=core.clock,
            chats=core.chats,
            people=People(core.store, desk, clients),
            groups=groups,
            calls=Calls(core.store, groups, core.clock),
            storage=MongoDialogStorage(dialogs),
        )
        feed = Feed(build_dispatcher(parts), bot.bot, core.clock, core.metrics.update_handled)
        intake = Intake(
            bot.me.id,
            core.store.inbox,
            feed,
            core.clock,
            is_unavailable=is_unavailable,
            on_delay=DelayNotice(bot.bot, bot.me),
        )
        try:
            yield intake
        finally:
            left = await intake.drain(_DRAIN_SECONDS)
            log.info("intake closed", unfinished=left)


async def _take_updates(core: _Core, bot: SignedIn, intake: Intake, stop: asyncio.Event) -> None:
    """Poll, or serve the webhook, until told to stop."""
    settings = core.settings
    if settings.webhook_url is None:
        polling = Polling(bot.bot, intake, core.clock, ALLOWED_UPDATES)
        try:
            await unless(stop.wait(), polling.run())
        except Interrupted:
            return
    else:
        token = bot.bot.token
        secret = settings.webhook_secret.get_secret_value() if settings.webhook_secret else derive_secret(token)
        app = webhook_app(intake, secret, core.clock)
        async with serving(app, settings.webhook_listen, "GUB_WEBHOOK_LISTEN") as at:
            log.info("webhook listens", host=at.host, port=at.port)
            await unless(stop.wait(), set_webhook(bot.bot, core.clock, settings.webhook_url, secret, ALLOWED_UPDATES))
            await stop.wait()


@asynccontextmanager
async def _health(core: _Core, bot: SignedIn) -> AsyncIterator[None]:
    """Serve the operator's HTTP, if it is wanted."""

    async def database() -> bool:
        try:
            return (await core.store.ping()).writable
        except Exception as error:
            if not is_unavailable(error):
                raise
            return False

    async def telegram() -> bool:
        return await core.pulse.beats(bot.answers)

    if core.settings.http_listen is None:
        yield
        return
    app = health_app({"database": database, "telegram": telegram}, core.metrics)
    async with serving(app, core.settings.http_listen, "GUB_HTTP_LISTEN") as at:
        log.info("health served", host=at.host, port=at.port)
        yield
