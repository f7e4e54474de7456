"""The clients of all platforms, each with its budget and the stored credential."""

from collections.abc import Mapping

from gub.clock import Clock
from gub.domain.values import Platform
from gub.platforms.limiter import Budget
from gub.platforms.protocol import PresenceClient
from gub.platforms.psn import PsnClient, psn_budgets
from gub.platforms.steam import BUDGET as STEAM_BUDGET
from gub.platforms.steam import SteamClient
from gub.platforms.transport import Transport
from gub.platforms.xbox import XboxClient, xbox_budgets
from gub.services.credentials.shelves import PsnShelf, SteamKey, XboxShelf
from gub.store import credentials as stored


def new_clients(transport: Transport, store: stored.Credentials, clock: Clock) -> Mapping[Platform, PresenceClient]:
    """Make one for each platform, whether it has a credential or not: one given later works at once.

    They are closed by whoever asked for them, before the transport is.
    """
    clients: tuple[PresenceClient, ...] = (
        XboxClient(transport, xbox_budgets(clock), XboxShelf(store, clock), clock),
        PsnClient(transport, psn_budgets(clock), PsnShelf(store, clock), clock),
        SteamClient(transport, Budget(STEAM_BUDGET, clock), SteamKey(store), clock),
    )
    return {client.platform: client for client in clients}
