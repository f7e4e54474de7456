"""`gub doctor`: what works and what does not, each in one line."""

from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime

import httpx

from gub.clock import Clock
from gub.database import BRISK, database, opened_store
from gub.failure import Failure
from gub.settings import Settings
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
    if settings.bot_token is None:
        report.bad("token", "GUB_BOT_TOKEN is not set; @BotFather gives one")
        return None
    url = f"{settings.telegram_api}/bot{settings.bot_token.get_secret_value()}/getMe"
    try:
        async with httpx.AsyncClient(timeout=_TIMEOUT) as client:
            answer = await client.get(url)
            body = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        report.bad("token", f"Telegram could not be asked at {settings.telegram_api} ({type(error).__name__})")
        return None
    if body.get("ok"):
        me = body["result"]
        report.good("token", f"it belongs to @{me.get('username')} (id {me.get('id')})")
        if me.get("can_read_all_group_messages"):
            report.note("token", "privacy mode is off; GUB needs no more than commands: turn it on with @BotFather")
    elif answer.status_code in {401, 404}:
        report.bad("token", "Telegram does not know this bot token; get the current one from @BotFather")
    else:
        report.bad("token", f"Telegram answered {answer.status_code}")
    try:
        return parsedate_to_datetime(answer.headers.get("Date", ""))
    except ValueError:
        return None


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
            opened_store(settings, base.uri, clock, wait=BRISK) as store,
        ):
            facts = await store.ping()
            kind = f"embedded in {settings.data_dir}" if base.embedded else "at GUB_MONGODB_URI"
            found = f"{kind}, version {facts.version}, answers in {facts.latency_ms:.1f} ms"
            if facts.writable:
                report.good("database", f"{found}, writable")
            else:
                report.bad("database", f"{found}, but it cannot be written to")
            await _examine_credentials(store, report)
    except Failure as error:
        report.bad("database", str(error))


async def _examine_credentials(store: Store, report: _Report) -> None:
    for state in await store.credentials.states():
        report.note(str(state.platform), str(state.status))
