"""Keeps the platforms signed in, and sees to it that the owners hear in time of what they should know of them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import structlog

from gub.clock import Clock
from gub.domain.credentials import CredentialState, CredentialStatus, is_due
from gub.domain.values import Platform
from gub.faults import noted
from gub.platforms.errors import CredentialDead, NoCredential, PlatformError, Unreadable
from gub.platforms.protocol import PresenceClient
from gub.presence.health import Health, PlatformState
from gub.store import credentials as stored
from gub.store.errors import WrongSecretKey
from gub.store.mongo import is_unavailable
from gub.waiting import heed_cancellation

log = structlog.get_logger(__name__)

LOOKED_AFTER_SECONDS: Final = 60.0
TOLD_OF_SILENCE_AFTER: Final = timedelta(minutes=10)
"""So long a platform that is asked must have failed to answer; a shorter silence is nobody's news."""

RETOLD_AFTER_SECONDS: Final = 3600.0
"""When nobody could be told, this long passes before the next try."""


class News(StrEnum):
    """What owners are told of a credential."""

    ENDING = "ending"
    SECRET_ENDING = "secret_ending"  # noqa: S105 - a word, not a secret
    DEAD = "dead"
    UNREADABLE = "unreadable"
    SILENT = "silent"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell the owners. `end` is when the sign-in or the client secret ends, None for a dead one."""

    platform: Platform
    news: News
    at: datetime
    end: datetime | None = None


Tell = Callable[[Notice], Awaitable[bool]]
"""Tells the owners; True when at least one of them has it, or there is nobody who could ever be told."""

States = Callable[[], Mapping[Platform, PlatformState]]


class CredentialWatch:
    """Looks after all credentials, once a minute.

    What was told is noted after it was told: a crash between the two tells it twice, and never not at all.
    """

    def __init__(
        self,
        store: stored.Credentials,
        clients: Mapping[Platform, PresenceClient],
        states: States,
        tell: Tell,
        clock: Clock,
    ) -> None:
        """Watch what is in `store`; `states` says how each platform fared when it was asked."""
        self._store = store
        self._clients = clients
        self._states = states
        self._tell = tell
        self._clock = clock
        self._untold: dict[tuple[Platform, News], float] = {}
        self._locked: dict[Platform, bool] = {}

    async def run(self) -> None:
        """Look now and every minute, until cancelled. A look that fails costs only itself."""
        while True:
            try:
                await self.look()
            except Exception as error:  # the next look is a minute away; the bot's end would be worse
                if is_unavailable(error):
                    log.warning("credentials must wait for the database", error=type(error).__name__)
                else:
                    log.exception("looking after the credentials failed", reference=noted(error).reference)
            heed_cancellation()
            await self._clock.sleep(LOOKED_AFTER_SECONDS)

    async def look(self) -> None:
        """Renew what ends soon, note what is dead, and tell the owners what is due.

        What breaks at one platform is raised in the end: it must not keep the owners from hearing of the others.
        """
        signing_in = (self._sign_in(client) for client in self._clients.values())
        failures = [one for one in await asyncio.gather(*signing_in, return_exceptions=True) if one is not None]
        states = await self._store.states()
        if await self._note_health(states):
            states = await self._store.states()
        for state in states:
            for notice in self._due(state):
                await self._tell_and_note(notice)
        for platform in [one for one, told in self._locked.items() if not told]:
            await self._tell_and_note(Notice(platform, News.UNREADABLE, self._clock.now()))
        for failure in failures:
            raise failure

    async def _sign_in(self, client: PresenceClient) -> None:
        """See that nobody who asks will have to wait for tokens."""
        grant = await self._grant(client.platform)
        try:
            await client.sign_in()
        except CredentialDead:
            # Of the grant that was read before: a new one that came meanwhile is not dead.
            if grant is not None:
                await self._died(client.platform, grant)
        except Unreadable:
            self._locked.setdefault(client.platform, False)
        except NoCredential:
            self._locked.pop(client.platform, None)
        except PlatformError as error:
            log.debug("not signed in", platform=str(client.platform), reason=error.reason, detail=error.detail)
        else:
            self._locked.pop(client.platform, None)
            if grant is not None:
                await self._lives(client.platform)

    async def _grant(self, platform: Platform) -> str | None:
        """Name the credential that is stored; None when there is none that counts. Steam's key has no name."""
        if platform is Platform.STEAM:
            return None
        try:
            found = await (self._store.xbox() if platform is Platform.XBOX else self._store.psn())
        except WrongSecretKey:
            return None  # the shelf says so in the log
        return None if found is None else found.grant

    async def _died(self, platform: Platform, grant: str) -> None:
        if await self._status(platform) not in (None, CredentialStatus.DEAD):
            await self._store.died(platform, grant, self._clock.now())

    async def _lives(self, platform: Platform) -> None:
        """Note that one which was dead has come to life, as when its owner has accepted new terms of service."""
        if await self._status(platform) is CredentialStatus.DEAD:
            await self._store.mark(platform, CredentialStatus.OK, self._clock.now())

    async def _status(self, platform: Platform) -> CredentialStatus | None:
        states = {state.platform: state.status for state in await self._store.states()}
        return states.get(platform)

    async def _note_health(self, states: Iterable[CredentialState]) -> bool:
        """Note what asking showed of a key that nothing else tries: Steam's. Say whether there was anything."""
        health = self._states()
        changed = False
        for state in states:
            if state.platform is not Platform.STEAM or state.platform not in health:
                continue
            status = _shown(health[state.platform], since=state.checked_at)
            if status is not None and status is not state.status:
                await self._store.mark(state.platform, status, self._clock.now())
                changed = True
        return changed

    def _due(self, state: CredentialState) -> list[Notice]:
        now = self._clock.now()
        if state.status is CredentialStatus.DEAD:
            return [Notice(state.platform, News.DEAD, now)] if state.dead_told_at is None else []
        notices = self._of_silence(state)
        if is_due(state.expires_at, state.warned_at, now):
            notices.append(Notice(state.platform, News.ENDING, now, state.expires_at))
        if is_due(state.secret_expires_at, state.secret_warned_at, now):
            notices.append(Notice(state.platform, News.SECRET_ENDING, now, state.secret_expires_at))
        return notices

    def _of_silence(self, state: CredentialState) -> list[Notice]:
        """Tell once of a platform that has not answered for a while, and once that it does again."""
        fares, told_at = self._states().get(state.platform, PlatformState()), state.silence_told_at
        if told_at is None and _is_silent(fares):
            return [Notice(state.platform, News.SILENT, self._clock.now())]
        if told_at is not None and fares.health is Health.OK and _is_later(fares.answered_at, told_at):
            return [Notice(state.platform, News.BACK, self._clock.now())]
        return []

    async def _tell_and_note(self, notice: Notice) -> None:
        key = (notice.platform, notice.news)
        if self._untold.get(key, 0.0) > self._clock.monotonic():
            return
        if not await self._tell(notice):
            self._untold[key] = self._clock.monotonic() + RETOLD_AFTER_SECONDS
            return
        self._untold.pop(key, None)
        await self._note(notice)

    async def _note(self, notice: Notice) -> None:
        """Note what was told, by the time of the look: a mark that passed during the telling is due at the next."""
        match notice.news:
            case News.ENDING:
                await self._store.warned(notice.platform, notice.at)
            case News.SECRET_ENDING:
                await self._store.secret_warned(notice.platform, notice.at)
            case News.DEAD:
                await self._store.dead_told(notice.platform, notice.at)
            case News.SILENT:
                await self._store.silence_told(notice.platform, notice.at)
            case News.BACK:
                await self._store.silence_told(notice.platform, None)
            case News.UNREADABLE:
                self._locked[notice.platform] = True  # what a process was started with: told once by each


def _shown(state: PlatformState, since: datetime | None) -> CredentialStatus | None:
    """Say what a platform's health shows of the credential; nothing when it is older than what is known of that."""
    if state.health is Health.AUTH_NEEDED and _is_later(state.since, since):
        return CredentialStatus.DEAD
    if state.health is Health.OK and _is_later(state.answered_at, since):
        return CredentialStatus.OK
    return None


def _is_silent(fares: PlatformState) -> bool:
    if fares.health is not Health.DEGRADED or fares.since is None or fares.failed_at is None:
        return False
    return fares.failed_at - fares.since >= TOLD_OF_SILENCE_AFTER


def _is_later(at: datetime | None, than: datetime | None) -> bool:
    return at is not None and (than is None or at > than)
