"""The clients of all platforms, each with its budget and the stored credential."""

from collections.abc import Mapping

from gub.domain.values import Platform
from gub.platforms.protocol import PresenceClient
from gub.platforms.psn import PsnClient
from gub.platforms.steam import SteamClient
from gub.platforms.xbox import XboxClient
from gub.services.credentials.access import Access
from gub.services.credentials.shelves import PsnShelf, SteamKey, XboxShelf
from gub.store import credentials as stored


def new_clients(access: Access, store: stored.Credentials) -> Mapping[Platform, PresenceClient]:
    """Make one for each platform, whether it has a credential or not: one given later works at once.

    They are closed by whoever asked for them, before the transport is.
    """
    transport, clock = access.transport, access.clock
    clients: tuple[PresenceClient, ...] = (
        XboxClient(transport, access.xbox, XboxShelf(store, clock), clock),
        PsnClient(transport, access.psn, PsnShelf(store, clock), clock),
        SteamClient(transport, access.steam, SteamKey(store), clock),
    )
    return {client.platform: client for client in clients}
