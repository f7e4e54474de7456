"""What GUB needs to talk to a platform: proved against the platform first, stored after."""

import re
from typing import Final

import structlog

from gub.clock import Clock
from gub.domain.errors import AccountTextInvalid, PlatformTrouble
from gub.domain.values import Platform
from gub.platforms.errors import PlatformError
from gub.platforms.limiter import Budget
from gub.platforms.steam import BUDGET, SteamClient
from gub.platforms.transport import Transport
from gub.store import credentials as stored
from gub.store.errors import WrongSecretKey

log = structlog.get_logger(__name__)

PROVED: Final = "ok"
"""The status of a credential that its platform has accepted."""

_STEAM_KEY: Final = re.compile(r"[0-9A-Fa-f]{32}")


class Credentials:
    """Takes new credentials from the owner."""

    def __init__(self, store: stored.Credentials, transport: Transport, clock: Clock) -> None:
        """Keep credentials in `store`; ask the platforms over `transport`."""
        self._store = store
        self._transport = transport
        self._clock = clock

    async def set_steam_key(self, key: str) -> None:
        """Prove a Steam Web API key with one request, then store it in the old one's place.

        Raises:
            AccountTextInvalid: this is not the form of such a key. The error does not hold what was typed.
            PlatformTrouble: Steam refuses it, or could not be asked. Nothing was stored.
        """
        key = key.strip()
        if not _STEAM_KEY.fullmatch(key):
            raise AccountTextInvalid(Platform.STEAM, "")
        await self._probe_steam(key)
        await self._store.set_steam_key(key)
        await self._store.mark(Platform.STEAM, PROVED, self._clock.now())

    async def prove_steam_key(self) -> None:
        """Prove the stored Steam Web API key with one request.

        Raises:
            WrongSecretKey: it cannot be decrypted.
            PlatformTrouble: there is none, Steam refuses it, or could not be asked.
        """
        await self._probe_steam(await self._store.steam_key())

    async def _probe_steam(self, key: str | None) -> None:
        async def this_key() -> str | None:
            return key

        client = SteamClient(self._transport, Budget(BUDGET, self._clock), this_key, self._clock)
        try:
            await client.probe()
        except PlatformError as error:
            raise PlatformTrouble(Platform.STEAM, error.reason) from error
        finally:
            await client.aclose()


class SteamKey:
    """Gives the Steam client the stored key. One that cannot be decrypted counts as none, and is said in the log."""

    def __init__(self, store: stored.Credentials) -> None:
        """Read from `store` each time, so that a new key works at once."""
        self._store = store
        self._said = ""

    async def __call__(self) -> str | None:
        """Give the key of now; None when there is none that can be used."""
        try:
            return await self._store.steam_key()
        except WrongSecretKey as error:
            self._say(str(error))
            return None

    def _say(self, problem: str) -> None:
        """Say it once, not at every question of the client."""
        if problem != self._said:
            self._said = problem
            log.error("credential cannot be read", platform=str(Platform.STEAM), problem=problem)
