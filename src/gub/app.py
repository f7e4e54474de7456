"""The composition root: builds every part, runs them together, and stops them in order."""

import asyncio
import gc
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final

import structlog

from gub import readings
from gub.clock import Clock
from gub.database import PATIENT, Database, opened_store
from gub.domain.owners_wishes import OwnersWishes
from gub.edge import Edge, Memory, Work, on_duty, put_together
from gub.failure import Failure
from gub.figures import DATABASE_UP
from gub.health import Check, health_app, not_yet, serving
from gub.housekeeping import housekeeping
from gub.jobs import as_job, name_of
from gub.metrics import Metrics
from gub.place import Company, Displaced, kept_place, taken_place
from gub.platform_desk import PlatformDesk, platform_desk
from gub.pulse import Pulse
from gub.readiness import Gate, Writing
from gub.readiness import checks as readiness_checks
from gub.services.chats import ChatBook
from gub.services.invited import Invited
from gub.services.languages import Languages
from gub.settings import Settings
from gub.standing import Standing
from gub.store.crew import Crew
from gub.store.dialogs import open_dialogs
from gub.store.embedded import EmbeddedError
from gub.store.mongo import is_unavailable
from gub.store.processes import TERM_SECONDS
from gub.store.store import Store
from gub.store.watching import OnCommand
from gub.telegram.bot import SignedIn, answers, new_bot, sign_in
from gub.telegram.dialogs.book import DialogBook
from gub.telegram.dispatcher import ALLOWED_UPDATES, build_dispatcher
from gub.telegram.fault_notices import FaultNotices
from gub.telegram.feed import Feed
from gub.telegram.gateway.hooks import Hooks
from gub.telegram.gateway.outcomes import Unauthorized, UnknownMethod
from gub.telegram.gateway.pace import Pace
from gub.telegram.gateway.session import GatewaySession
from gub.telegram.gateway.together import Shared
from gub.telegram.handlers.delay import DelayNotice
from gub.telegram.intake.errors import AnotherPoller
from gub.telegram.intake.inbox import Intake
from gub.telegram.intake.polling import Polling
from gub.telegram.intake.webhook import derive_secret, set_webhook, webhook_app
from gub.telegram.intake.webhook_state import WebhookState
from gub.telegram.messenger import Messenger
from gub.telegram.notices import OwnerNotices
from gub.waiting import Interrupted, unless

log = structlog.get_logger(__name__)

_DRAIN_SECONDS: Final = 20.0
_EXPECTED: Final = (Interrupted, Displaced, Failure, Unauthorized, UnknownMethod, AnotherPoller, EmbeddedError)
"""What may end the bot and is told where it was started; anything else is a fault."""


@dataclass(frozen=True, slots=True)
class _Core:
    """What everything else is built on."""

    settings: Settings
    base: Database
    clock: Clock
    store: Store
    invited: Invited
    invitations_changed: asyncio.Event
    chats: ChatBook
    metrics: Metrics
    pulse: Pulse
    gate: Gate
    standing: Standing
    company: Company


async def serve(
    settings: Settings, base: Database, *, clock: Clock, stop: asyncio.Event, pace: Pace | None = None
) -> None:
    """Run the bot on a database until `stop` is set, then stop it in order. Raises Failure when it cannot run."""
    metrics = Metrics(clock, ALLOWED_UPDATES)
    checks: dict[str, Check] = dict.fromkeys(("database", "telegram", "intake"), not_yet)
    try:
        async with _health(settings, checks, metrics), AsyncExitStack() as stack:
            log.info("opening the database", embedded=base.embedded)
            store = await unless(stop.wait(), stack.enter_async_context(_store(settings, base, clock, metrics)))
            core = _core(settings, base, clock, store, metrics)
            session = _session(core, pace or Pace.telegram())
            bot = await stack.enter_async_context(new_bot(_token(settings), session))
            checks.clear()
            checks.update(_checks(core, partial(answers, bot)))
            metrics.gauges.watch("place", readings.of_place(core.standing))
            metrics.gauges.watch("telegram", readings.of_road(session))
            signed_in = await sign_in(bot, clock, stop)
            reading = readings.of_database(store, signed_in.me.id)
            metrics.gauges.watch("database", reading, otherwise=[DATABASE_UP.at(0)])
            metrics.gauges.watch("documents", readings.of_documents(store))
            await _work(core, signed_in, stop)
    except Interrupted:
        log.info("stopped before the start was complete")
    except (Unauthorized, UnknownMethod) as error:
        raise Failure("Telegram does not accept GUB_BOT_TOKEN. Get the current one from @BotFather.") from error
    except AnotherPoller as error:
        raise Failure("Another process takes this bot's updates. Stop that one first.") from error
    except EmbeddedError as error:
        raise Failure(str(error)) from error


def _store(settings: Settings, base: Database, clock: Clock, metrics: Metrics) -> AbstractAsyncContextManager[Store]:
    return opened_store(settings, base.uri, clock, wait=PATIENT, on_command=_on_command(settings, metrics))


def _on_command(settings: Settings, metrics: Metrics) -> OnCommand | None:
    """Listen to the database only for somebody who looks: it takes a few hundredths of the time of an update."""
    return None if settings.http_listen is None else metrics.database_called


def _core(settings: Settings, base: Database, clock: Clock, store: Store, metrics: Metrics) -> _Core:
    changed = asyncio.Event()
    invited = Invited(store, changed)
    company = Company()
    chats = ChatBook(store, clock, invited, company.others)
    standing = Standing(clock, TERM_SECONDS)
    pulse, gate = Pulse(clock), Gate(clock)
    return _Core(settings, base, clock, store, invited, changed, chats, metrics, pulse, gate, standing, company)


def _token(settings: Settings) -> str:
    if settings.bot_token is None:
        raise Failure("GUB_BOT_TOKEN is not set.")
    return settings.bot_token.get_secret_value()


def _session(core: _Core, pace: Pace) -> GatewaySession:
    """Build the road to Telegram, and tell the others what is met on it."""

    async def on_unreachable_chat(chat_id: int) -> None:
        await core.chats.left(chat_id, core.clock.now())

    def on_called(method: str, outcome: str, seconds: float, tries: int) -> None:
        core.metrics.telegram_called(method, outcome, seconds, tries)
        core.pulse.feel(outcome)
        core.gate.feel(method, outcome)

    hooks = Hooks(on_unreachable_chat=on_unreachable_chat, on_migrated=core.chats.migrated, on_called=on_called)
    return GatewaySession(
        core.settings.telegram_api,
        core.clock,
        pace=pace,
        hooks=hooks,
        shared=Shared(core.store.paces, core.company.others),
        may_act=core.standing.proven,
    )


async def _work(core: _Core, bot: SignedIn, stop: asyncio.Event) -> None:
    """Take updates until told to stop. Lost to others who took this process for dead, the place is taken anew."""
    together = core.settings.webhook_url is not None
    while True:
        place = taken_place(core.store, bot.me.id, core.standing, core.clock, together=together)
        async with AsyncExitStack() as stack:
            crew = core.company.crew = await unless(stop.wait(), stack.enter_async_context(place))
            try:
                await _work_in_place(core, bot, crew, stop)
            except Displaced:
                log.warning("others took this process for dead: it begins anew", worker=crew.name)
            else:
                return


async def _work_in_place(core: _Core, bot: SignedIn, crew: Crew, stop: asyncio.Event) -> None:
    """Take updates until told to stop. What runs beside it ends the work when it fails, and ends after it."""
    messenger, owners = Messenger(bot.bot), core.settings.owner_ids
    languages = Languages(core.store, core.clock, core.company.others)
    notices = FaultNotices(core.store.faults, messenger, languages, owners, core.clock)
    tell = OwnerNotices(messenger, languages, owners)
    try:
        async with (
            notices.collecting(*_EXPECTED),
            platform_desk(
                core.settings, core.store, core.clock, tell, others=core.company.others, metrics=core.metrics
            ) as platforms,
            _edge(core, bot, platforms, crew) as edge,
            asyncio.TaskGroup() as group,
        ):
            core.metrics.gauges.watch("platforms", readings.of_platforms(platforms))
            core.metrics.gauges.watch("announcement", readings.of_announcement(edge.announcer))
            core.metrics.gauges.watch("poller", readings.of_poller(edge.poller))
            purge = partial(housekeeping, core.clock, core.chats.purge_departed)
            duties: tuple[Work, ...] = (purge, platforms.watch.run, *edge.duties)
            beside: list[Work] = [
                partial(kept_place, core.store, bot.me.id, core.standing, crew),
                partial(on_duty, crew, duties),
                notices.run,
                *edge.beside,
            ]
            if core.base.watch is not None:
                beside.append(core.base.watch)
            tasks = [group.create_task(as_job(name_of(work), work)) for work in beside]
            async with _intake(core, bot, edge, crew) as intake:
                await unless(stop.wait(), intake.recover())
                tasks.append(group.create_task(as_job("look_around", intake.look_around)))
                gc.freeze()  # what is loaded by now stays: walking through it again and again took a tenth of the time
                await _take_updates(core, bot, intake, stop)
            for task in tasks:
                task.cancel()
    except BaseExceptionGroup as failed:
        raise _first(failed) from failed
    if core.standing.ended and not stop.is_set():
        raise Displaced


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    error = group.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error


@asynccontextmanager
async def _edge(core: _Core, bot: SignedIn, platforms: PlatformDesk, crew: Crew) -> AsyncIterator[Edge]:
    """Put the edge together, with a client for dialogs of its own."""
    on_command = _on_command(core.settings, core.metrics)
    dialogs = open_dialogs(core.base.uri, core.settings.mongodb_database, core.clock, on_command)
    try:
        memory = Memory(core.store, crew, core.chats, DialogBook(dialogs), core.invited, core.invitations_changed)
        yield put_together(bot, memory, platforms, core.clock, _wishes(core.settings))
    finally:
        await dialogs.close()


def _wishes(settings: Settings) -> OwnersWishes:
    amounts = settings.donation_amounts if settings.donations == "on" else ()
    return OwnersWishes(frozenset(settings.owner_ids), settings.support_text, settings.support_links, amounts)


@asynccontextmanager
async def _intake(core: _Core, bot: SignedIn, edge: Edge, crew: Crew) -> AsyncIterator[Intake]:
    """Build what stands between an update and its handler; at the end, finish what was taken."""
    intake = Intake(
        bot.me.id,
        core.store.inbox,
        Feed(build_dispatcher(edge.parts), bot.bot, core.clock, core.metrics.update_handled),
        core.clock,
        is_unavailable=is_unavailable,
        on_delay=DelayNotice(bot.bot, bot.me, edge.parts.languages),
        standing=core.standing,
        crew=None if crew.is_alone else crew,
        on_through=core.metrics.update_through,
    )
    try:
        core.gate.lead_to(intake)
        core.metrics.gauges.watch("work", readings.of_work(crew, intake))
        yield intake
    finally:
        core.gate.lead_to(None)
        for part in ("work", "platforms", "announcement", "poller", "webhook"):
            core.metrics.gauges.watch(part, None)
        # What is in hand when the place is lost is for those who have it now.
        left = await intake.drain(0 if core.standing.ended else _DRAIN_SECONDS)
        log.info("intake closed", unfinished=left)


async def _take_updates(core: _Core, bot: SignedIn, intake: Intake, stop: asyncio.Event) -> None:
    """Poll, or serve the webhook, until told to stop."""
    settings = core.settings
    if settings.webhook_url is None:
        polling = Polling(bot.bot, intake, core.clock, ALLOWED_UPDATES, standing=core.standing)
        try:
            await unless(stop.wait(), polling.run())
        except Interrupted:
            return
    else:
        token = bot.bot.token
        secret = settings.webhook_secret.get_secret_value() if settings.webhook_secret else derive_secret(token)
        state = WebhookState(bot.bot, core.clock, settings.webhook_url)
        core.metrics.gauges.watch("webhook", readings.of_webhook(state))
        app = webhook_app(intake, secret, core.clock)
        async with serving(app, settings.webhook_listen, "GUB_WEBHOOK_LISTEN") as at:
            log.info("webhook listens", host=at.host, port=at.port)
            await unless(stop.wait(), set_webhook(bot.bot, core.clock, settings.webhook_url, secret, ALLOWED_UPDATES))
            await stop.wait()


def _checks(core: _Core, ask_telegram: Check) -> dict[str, Check]:
    """Build what readiness asks once everything is there."""

    async def is_writable() -> bool:
        return (await core.store.ping()).writable

    writing = Writing(core.clock, is_writable, core.store.take_a_write)
    return readiness_checks(core.standing, writing, core.pulse, ask_telegram, core.gate)


@asynccontextmanager
async def _health(settings: Settings, checks: Mapping[str, Check], metrics: Metrics) -> AsyncIterator[None]:
    """Serve the operator's HTTP, if it is wanted, from the start of the start."""
    if settings.http_listen is None:
        yield
        return
    async with serving(health_app(checks, metrics), settings.http_listen, "GUB_HTTP_LISTEN") as at:
        log.info("health served", host=at.host, port=at.port)
        yield
