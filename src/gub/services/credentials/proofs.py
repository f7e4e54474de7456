"""Proving a credential: one small authorised request at the end of its platform's whole chain."""

from collections.abc import Iterator
from contextlib import contextmanager

from gub.clock import Clock
from gub.domain.credentials import PsnCredential, XboxCredential
from gub.domain.errors import PlatformTrouble
from gub.domain.values import Platform
from gub.platforms.errors import PlatformError
from gub.platforms.limiter import Budget
from gub.platforms.protocol import PresenceClient
from gub.platforms.psn import PsnClient, psn_budgets
from gub.platforms.steam import BUDGET as STEAM_BUDGET
from gub.platforms.steam import SteamClient
from gub.platforms.transport import Transport
from gub.platforms.xbox import XboxClient, xbox_budgets
from gub.services.credentials.shelves import MemoryShelf


@contextmanager
def as_trouble(platform: Platform) -> Iterator[None]:
    """Turn what a platform's client raises into what the edges word: `PlatformTrouble` with its detail."""
    try:
        yield
    except PlatformError as error:
        raise PlatformTrouble(platform, error.reason, error.detail) from error


async def prove_xbox(transport: Transport, clock: Clock, credential: XboxCredential) -> XboxCredential:
    """Ask Xbox Live with it; give it with the tokens to store: proving may have renewed them."""
    shelf = MemoryShelf(credential)
    await proved(XboxClient(transport, xbox_budgets(clock), shelf, clock))
    return shelf.credential


async def prove_psn(transport: Transport, clock: Clock, credential: PsnCredential) -> PsnCredential:
    """Ask PlayStation Network with it; give it with the tokens to store."""
    shelf = MemoryShelf(credential)
    await proved(PsnClient(transport, psn_budgets(clock), shelf, clock))
    return shelf.credential


async def prove_steam(transport: Transport, clock: Clock, key: str) -> None:
    """Ask Steam with a key."""

    async def this_key() -> str:
        return key

    await proved(SteamClient(transport, Budget(STEAM_BUDGET, clock), this_key, clock))


async def proved(client: PresenceClient) -> None:
    """Ask one small question with a client made for it, and close that.

    Raises:
        PlatformTrouble: the platform refuses the credential (`credential_dead`), or could not be asked.
    """
    try:
        with as_trouble(client.platform):
            await client.probe()
    finally:
        await client.aclose()
