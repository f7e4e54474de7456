"""The simulated platforms of a scenario: the credentials for them, a time that can leap, answers that can be held."""

import asyncio
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from gub.clock import SystemClock
from gub.domain.credentials import Tokens
from gub.domain.values import Account, Platform
from gub.sandbox.psn import Psn
from gub.sandbox.psn.tokens import ACCESS_SECONDS as PSN_SECONDS
from gub.sandbox.steam import STEAM_KEY, Steam
from gub.sandbox.xbox import XBOX_CLIENT_ID, XBOX_CLIENT_SECRET, Xbox
from gub.sandbox.xbox.tokens import ACCESS_SECONDS as XBOX_SECONDS
from gub.sandbox.xbox.tokens import REFRESH_LIFE, Grant, Kind
from gub.store.store import Store
from tests.scenarios.running import Unhurried

FRESH = timedelta(0)
EXPIRED = timedelta(hours=2)
"""How long ago stored tokens were issued."""


class Moving(Unhurried):
    """The bot's clock, slow for busy machines, on which time can be made to have passed: whoever slept wakes then."""

    def __init__(self, slowness: float = 4.0, on_change: Callable[[], None] = lambda: None) -> None:
        self.slowness = slowness
        self.naps: Counter[str] = Counter()
        """How many sleeps were begun, by the name of the function that sleeps."""
        self._on_change = on_change
        self._leapt = 0.0
        self._leap = asyncio.Event()

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self._leapt)

    def monotonic(self) -> float:
        return SystemClock().monotonic() / self.slowness + self._leapt

    async def sleep(self, seconds: float) -> None:
        until = self.monotonic() + seconds
        self.naps[sys._getframe(1).f_code.co_qualname] += 1
        self._on_change()
        await asyncio.sleep(0)
        while (left := until - self.monotonic()) > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._leap.wait(), left * self.slowness)

    def leap(self, passed: timedelta) -> None:
        """Let so much time have passed at once."""
        self._leapt += passed.total_seconds()
        self._leap.set()
        self._leap = asyncio.Event()


class Held(SystemClock):
    """The simulators' clock: the time of `Moving`; a slow answer is held until it is let go (or its delay is over)."""

    def __init__(self, time: Moving, on_change: Callable[[], None]) -> None:
        self._time = time
        self._on_change = on_change
        self._go = asyncio.Event()
        self.held = 0

    def now(self) -> datetime:
        return self._time.now()

    async def sleep(self, seconds: float) -> None:
        self.held += 1
        self._on_change()
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._go.wait(), seconds)
        finally:
            self.held -= 1
            self._on_change()

    def let_go(self) -> None:
        """Answer everything that is held."""
        self._go.set()
        self._go = asyncio.Event()


@dataclass
class Platforms:
    """All three, and what they were asked."""

    time: Moving
    clock: Held
    steam: Steam
    xbox: Xbox
    psn: Psn

    @classmethod
    def simulated(cls, on_change: Callable[[], None]) -> "Platforms":
        time = Moving(on_change=on_change)
        clock = Held(time, on_change)
        return cls(
            time,
            clock,
            Steam(clock, on_change=on_change),
            Xbox(clock, on_change=on_change),
            Psn(clock, on_change=on_change),
        )

    async def give_all(self, store: Store, age: timedelta = FRESH) -> None:
        """Store a credential for each, as an owner's sign-in `age` ago left them. The platforms are not asked."""
        await store.credentials.set_steam_key(STEAM_KEY)
        now = self.time.now()
        await store.credentials.set_xbox(XBOX_CLIENT_ID, XBOX_CLIENT_SECRET, self.xbox_tokens(now - age), now)
        await store.credentials.set_psn(self.psn.npsso, self.psn_tokens(now - age), now)

    def xbox_tokens(self, issued: datetime) -> Tokens:
        access = self.xbox.tokens.issue_access(Grant(Kind.ACCESS, datetime.max.replace(tzinfo=UTC)))
        refresh = self.xbox.issue_refresh_token()
        return Tokens(access, refresh, issued, XBOX_SECONDS, int(REFRESH_LIFE.total_seconds()))

    def psn_tokens(self, issued: datetime) -> Tokens:
        tokens = self.psn.tokens.redeem(self.psn.tokens.give_code(self.psn.npsso) or "")
        assert tokens is not None
        return Tokens(tokens.access_token, tokens.refresh_token, issued, PSN_SECONDS, tokens.refresh_seconds)

    def expire_access_tokens(self) -> None:
        """Let everything but the refresh tokens end."""
        self.xbox.expire_access_tokens()
        self.psn.expire_access_tokens()

    @property
    def renewals(self) -> dict[Platform, int]:
        """How often tokens were renewed by a refresh token."""
        return {Platform.XBOX: self.xbox.counts["refresh"], Platform.PSN: self.psn.counts["refresh"]}

    @property
    def npsso_uses(self) -> int:
        return self.psn.counts["authorize"]

    @property
    def questions(self) -> dict[Platform, int]:
        """How often presences were asked for, whatever the answer."""
        return {
            Platform.XBOX: sum("presence" in request.call for request in self.xbox.requests),
            Platform.PSN: sum(request.call in {"batch", "presence"} for request in self.psn.requests),
            Platform.STEAM: sum("GetPlayerSummaries" in request.path for request in self.steam.requests),
        }

    def player(self, platform: Platform, number: int, game: str | None = None) -> Account:
        """Make somebody on a platform; `hidden` is in all their names."""
        match platform:
            case Platform.XBOX:
                xbox = self.xbox.add_account(f"hidden {number}x", game=game)
                return Account(platform, xbox.id, xbox.gamertag)
            case Platform.PSN:
                psn = self.psn.add_account(f"hidden-{number}p", game=game)
                return Account(platform, psn.id, psn.online_id)
            case Platform.STEAM:
                steam = self.steam.add_account(f"hidden {number}s", vanity=f"hidden{number}s", game=game)
                return Account(platform, steam.id, steam.name)

    def is_signed_in_with(self, tokens: Tokens | None, platform: Platform) -> bool:
        """Say whether the platform takes this access token."""
        text = "" if tokens is None else tokens.access_token
        if platform is Platform.XBOX:
            return self.xbox.tokens.find(text, Kind.ACCESS) is not None
        return self.psn.tokens.admits(text)
