"""`gub doctor`: what works and what does not, each in one line."""

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import httpx

from gub.clock import Clock
from gub.database import BRISK, database, store_as_it_is
from gub.domain.errors import PlatformTrouble
from gub.domain.values import Platform
from gub.failure import Failure
from gub.platforms.transport import Transport
from gub.services.credentials import Access, Credentials, words
from gub.settings import Settings
from gub.store.inspection import inspect
from gub.store.mongo import explain
from gub.store.store import Store

Say = Callable[[str], object]

_CLOCK_TOLERANCE = 30.0
_TIMEOUT = 10.0


async def examine(settings: Settings, clock: Clock, say: Say) -> bool:
    """Look at everything, say each finding, and return whether the bot can run."""
    report = _Report(say)
    telegram_time = await _examine_token(settings, report)
    _examine_clock(clock, telegram_time, report)
    await _examine_store(settings, clock, report)
    return report.healthy


class _Report:
    def __init__(self, say: Say) -> None:
        self._say = say
        self.healthy = True

    def good(self, subject: str, text: str) -> None:
        self._say(f"ok       {subject}: {text}")

    def note(self, subject: str, text: str) -> None:
        self._say(f"note     {subject}: {text}")

    def bad(self, subject: str, text: str) -> None:
        self.healthy = False
        self._say(f"problem  {subject}: {text}")


async def _examine_token(settings: Settings, report: _Report) -> datetime | None:
    """Ask Telegram whose token it is; give the time there, if it says."""
    if settings.bot_token is None:
        report.bad("token", "GUB_BOT_TOKEN is not set; @BotFather gives one")
        return None
    url = f"{settings.telegram_api}/bot{settings.bot_token.get_secret_value()}/getMe"
    try:
        # Without the proxies of the environment: the bot does not use them either.
        async with httpx.AsyncClient(timeout=_TIMEOUT, trust_env=False) as client:
            answer = await client.get(url)
    except httpx.HTTPError as error:
        report.bad("token", f"Telegram could not be asked at {settings.telegram_api} ({type(error).__name__})")
        return None
    _judge_token(settings, _body(answer), answer.status_code, report)
    try:
        return parsedate_to_datetime(answer.headers.get("Date", "")).astimezone(UTC)
    except ValueError:
        return None


def _judge_token(settings: Settings, body: dict[str, Any], status: int, report: _Report) -> None:
    me = body.get("result")
    if body.get("ok") is True and isinstance(me, dict):
        report.good("token", f"it belongs to @{me.get('username')} (id {me.get('id')})")
        if me.get("can_read_all_group_messages"):
            report.note("token", "privacy mode is off; GUB needs no more than commands: turn it on with @BotFather")
    elif "ok" not in body:
        report.bad("token", f"no Bot API answers at {settings.telegram_api} (HTTP {status})")
    elif status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND}:
        report.bad("token", "Telegram does not know this bot token; get the current one from @BotFather")
    else:
        report.bad("token", f"Telegram answers {status} now, so the token could not be tried")


def _body(answer: httpx.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _examine_clock(clock: Clock, telegram_time: datetime | None, report: _Report) -> None:
    if telegram_time is None:
        report.note("clock", "nothing to compare it with")
        return
    off = (clock.now() - telegram_time).total_seconds()
    if abs(off) > _CLOCK_TOLERANCE:
        report.bad("clock", f"it is {abs(off):.0f} s {'ahead of' if off > 0 else 'behind'} Telegram's; set it by NTP")
    else:
        report.good("clock", "it agrees with Telegram's")


async def _examine_store(settings: Settings, clock: Clock, report: _Report) -> None:
    try:
        async with (
            database(settings, clock, share=True) as base,
            store_as_it_is(settings, base.uri, clock, wait=BRISK) as store,
        ):
            facts = await store.ping()
            kind = f"embedded in {settings.data_dir}" if base.embedded else "at GUB_MONGODB_URI"
            found = f"{kind}, version {facts.version}, answers in {facts.latency_ms:.1f} ms"
            if facts.writable:
                report.good("database", f"{found}, writable")
            else:
                report.bad("database", f"{found}, but it cannot be written to")
            await _examine_schema(settings, base.uri, clock, report)
            await _examine_credentials(settings, store, clock, report)
    except Failure as error:
        report.bad("database", str(error))
    except Exception as error:
        if (known := explain(error)) is None:
            raise
        report.bad("database", known)


async def _examine_schema(settings: Settings, uri: str, clock: Clock, report: _Report) -> None:
    found = await inspect(uri, settings.mongodb_database, clock, wait=BRISK)
    if not found.is_current:
        report.note("database", "it is new, or of an older GUB: the bot's next start, or `gub db upgrade`, prepares it")


async def _examine_credentials(settings: Settings, store: Store, clock: Clock, report: _Report) -> None:
    """Try each credential; what is known of it stays. A platform without one is no problem: it is off."""
    transport = Transport(settings.platform_gateway, clock)
    credentials = Credentials(store.credentials, Access.over(transport, clock))
    try:
        for platform in Platform:
            try:
                await credentials.prove(platform)
            except PlatformTrouble as trouble:
                say = report.bad if trouble.reason in _BROKEN else report.note
                say(str(platform), _trouble(platform, trouble))
            else:
                report.good(str(platform), f"{words.NAMES[platform]} accepts the credential")
    finally:
        await transport.aclose()


def _trouble(platform: Platform, trouble: PlatformTrouble) -> str:
    if trouble.reason == "no_credential":
        return f"no credential is stored; `gub credentials {platform}` takes one"
    return words.trouble(trouble)


_BROKEN = frozenset({"credential_dead", "wrong_secret_key"})
