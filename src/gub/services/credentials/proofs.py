"""Proving a credential: one small authorised request at the end of its platform's whole chain."""

from collections.abc import Iterator
from contextlib import contextmanager

from gub.domain.credentials import PsnCredential, XboxCredential
from gub.domain.errors import PlatformTrouble
from gub.domain.values import Platform
from gub.platforms.errors import PlatformError
from gub.platforms.protocol import PresenceClient
from gub.platforms.psn import PsnClient
from gub.platforms.steam import SteamClient
from gub.platforms.xbox import XboxClient
from gub.services.credentials.access import Access
from gub.services.credentials.shelves import MemoryShelf


@contextmanager
def as_trouble(platform: Platform) -> Iterator[None]:
    """Turn what a platform's client raises into what the edges word: `PlatformTrouble` with its detail."""
    try:
        yield
    except PlatformError as error:
        raise PlatformTrouble(platform, error.reason, error.detail) from error


async def prove_xbox(access: Access, credential: XboxCredential) -> XboxCredential:
    """Ask Xbox Live with it; give it with the tokens to store: proving may have renewed them."""
    shelf = MemoryShelf(credential)
    await proved(XboxClient(access.transport, access.xbox, shelf, access.clock))
    return shelf.credential


async def prove_psn(access: Access, credential: PsnCredential) -> PsnCredential:
    """Ask PlayStation Network with it; give it with the tokens to store."""
    shelf = MemoryShelf(credential)
    await proved(PsnClient(access.transport, access.psn, shelf, access.clock))
    return shelf.credential


async def prove_steam(access: Access, key: str) -> None:
    """Ask Steam with a key."""

    async def this_key() -> str:
        return key

    await proved(SteamClient(access.transport, access.steam, this_key, access.clock))


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
