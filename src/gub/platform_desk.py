"""What talks to the platforms: clients, the presence desk, the credentials and whoever watches over them."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from gub.clock import Clock
from gub.domain.values import Platform
from gub.metrics import Metrics
from gub.platforms.limiter import alone
from gub.platforms.protocol import PresenceClient
from gub.platforms.transport import Transport, nobody_counts
from gub.presence.desk import PresenceDesk
from gub.presence.poller import POLL_SECONDS, Meter
from gub.services.credentials import Access, Credentials, new_clients
from gub.services.credentials.watch import CredentialWatch, Tell
from gub.settings import Settings
from gub.store.store import Store


@dataclass(frozen=True, slots=True)
class PlatformDesk:
    """All that the rest of the bot knows of the platforms. None of it needs a credential to be there."""

    clients: Mapping[Platform, PresenceClient]
    access: Access
    presence: PresenceDesk
    credentials: Credentials
    watch: CredentialWatch
    poll_seconds: float = POLL_SECONDS
    meter: Meter | None = None


@asynccontextmanager
async def platform_desk(
    settings: Settings,
    store: Store,
    clock: Clock,
    tell: Tell,
    *,
    others: Callable[[], int] = alone,
    metrics: Metrics | None = None,
) -> AsyncIterator[PlatformDesk]:
    """Build it, and close it in order. `tell` tells the owners; `watch.run()` is for the caller to run.

    `others`: how many processes share with this one what the platforms allow.
    """
    on_tried = metrics.platform_called if metrics else nobody_counts
    async with AsyncExitStack() as stack:
        transport = Transport(settings.platform_gateway, clock, on_tried=on_tried)
        stack.push_async_callback(transport.aclose)
        access = Access.over(transport, clock, others)
        clients = new_clients(access, store.credentials)
        for client in clients.values():
            stack.push_async_callback(client.aclose)
        on_shown = metrics.status_shown if metrics else None
        desk = PresenceDesk(clients, clock, history=store.presences, on_shown=on_shown)
        stack.push_async_callback(desk.aclose)
        yield PlatformDesk(
            clients,
            access,
            desk,
            Credentials(store.credentials, access, settings.xbox_redirect_uri),
            CredentialWatch(store.credentials, clients, desk.answering, tell, clock),
            settings.poll_seconds,
            metrics,
        )
