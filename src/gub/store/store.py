"""The store: all collections of one database behind named operations."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Self
from uuid import uuid4

import pymongo
import structlog
from pymongo import AsyncMongoClient
from pymongo.errors import InvalidName, OperationFailure, PyMongoError

from gub.clock import Clock
from gub.store.announcements import Announcements, Targets
from gub.store.boards import Boards
from gub.store.calls import CallsMade
from gub.store.chat_life import ChatLife
from gub.store.chats import Chats
from gub.store.checking import Checking
from gub.store.claims import Claims
from gub.store.credentials import Credentials
from gub.store.deletions import Deletions
from gub.store.departures import Departures
from gub.store.dialogs import DialogStates
from gub.store.documents import Database
from gub.store.donations import Donations
from gub.store.duplicates import settle
from gub.store.errors import SchemaConflict, StoreRefused, StoreUnavailable
from gub.store.faults import FaultKinds
from gub.store.figures import Figures
from gub.store.history import PresenceChanges
from gub.store.imports import refuse_unfinished
from gub.store.inbox import Inbox
from gub.store.invitations import Invitations
from gub.store.invited import InvitedSync
from gub.store.leases import Lease
from gub.store.mongo import REFUSALS, connect, wait_until_up
from gub.store.notifygroups import NotifyGroups
from gub.store.paces import Paces
from gub.store.personal import Personal
from gub.store.presences import Presences
from gub.store.respects import RespectsPaid
from gub.store.ringing import Ringing
from gub.store.schema import apply_indexes, apply_validators
from gub.store.start_news import StartNews
from gub.store.starts import StartsSeen
from gub.store.statususers import StatusUsers
from gub.store.turns import Turns
from gub.store.upgrades import Applied, upgrade
from gub.store.users import Users
from gub.store.vault import Vault
from gub.store.watches import Watches
from gub.store.watching import OnCommand
from gub.store.workers import Workers

_PING_SECONDS = 5.0
_TRIAL = timedelta(seconds=5)
_PREPARE_SECONDS = 600.0
"""For upgrades and indexes together, on a large database; the driver's usual limit is 10 s an operation. A new index
over 100,000 documents takes the embedded server about 30 s."""


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """What the server said of itself. `writable` is false on a secondary."""

    version: str
    latency_ms: float
    writable: bool


@dataclass(frozen=True, slots=True)
class Store:
    """The repositories, and the one client that they share."""

    chats: Chats
    users: Users
    statususers: StatusUsers
    notifygroups: NotifyGroups
    invitations: Invitations
    invited: InvitedSync
    ringing: Ringing
    respects: RespectsPaid
    boards: Boards
    calls: CallsMade
    watches: Watches
    announcements: Announcements
    announcement_targets: Targets
    credentials: Credentials
    departures: Departures
    inbox: Inbox
    dialogs: DialogStates
    presences: Presences
    history: PresenceChanges
    starts: StartsSeen
    start_news: StartNews
    faults: FaultKinds
    donations: Donations
    life: ChatLife
    personal: Personal
    deletions: Deletions
    turns: Turns
    workers: Workers
    claims: Claims
    paces: Paces
    checking: Checking
    figures: Figures
    _client: AsyncMongoClient[dict[str, Any]]
    _base: Database
    _clock: Clock
    upgraded: tuple[Applied, ...] = ()
    """The upgrades that opening it did."""

    @classmethod
    def on(cls, client: AsyncMongoClient[dict[str, Any]], database: str, clock: Clock, vault: Vault) -> Self:
        """Bundle the repositories; nothing is sent. The store owns the client from then on."""
        base: Database = client[database]
        ringing, credentials = Ringing(base, clock), Credentials(base, vault)
        return cls(
            chats=Chats(base, clock),
            users=Users(base, clock),
            statususers=StatusUsers(base, clock),
            notifygroups=NotifyGroups(base, clock),
            invitations=Invitations(base, clock),
            invited=InvitedSync(base),
            ringing=ringing,
            respects=RespectsPaid(base, clock),
            boards=Boards(base, clock),
            calls=CallsMade(base, clock),
            watches=Watches(base, clock),
            announcements=Announcements(base, clock),
            announcement_targets=Targets(base, clock),
            credentials=credentials,
            departures=Departures(base),
            inbox=Inbox(base, clock, vault),
            dialogs=DialogStates(base, clock),
            presences=Presences(base, clock),
            history=PresenceChanges(base),
            starts=StartsSeen(base),
            start_news=StartNews(base),
            faults=FaultKinds(base, clock),
            donations=Donations(base, clock),
            life=ChatLife(base, clock),
            personal=Personal(base),
            deletions=Deletions(base, clock),
            turns=Turns(base, clock),
            workers=Workers(base, clock),
            claims=Claims(base),
            paces=Paces(base),
            checking=Checking(base, clock),
            figures=Figures(base, clock, ringing, credentials),
            _client=client,
            _base=base,
            _clock=clock,
        )

    async def ping(self) -> ServerFacts:
        """Ask the server how it is. Raises what the driver raises (`mongo.is_unavailable` tells)."""
        with pymongo.timeout(_PING_SECONDS):
            before = self._clock.monotonic()
            await self._client.admin.command("ping")
            latency = self._clock.monotonic() - before
            hello = await self._client.admin.command("hello")
            build = await self._client.admin.command("buildInfo")
            await self.chats.get(0)  # a read: an engine that has given up still answers the questions above
        return ServerFacts(
            version=str(build.get("version", "unknown")),
            latency_ms=latency * 1000,
            writable=bool(hello.get("isWritablePrimary")),
        )

    async def take_a_write(self) -> None:
        """Write something and take it away again: a full disk or a lost primary may still answer questions.

        Raises what the driver raises.
        """
        with pymongo.timeout(_PING_SECONDS):
            name = uuid4().hex
            lease = Lease(self._base, self._clock, f"readiness:{name}", name, _TRIAL)
            await lease.try_take()
            await lease.give_back()

    async def close(self) -> None:
        """Close the client. The store cannot be used after it."""
        await self._client.close()


async def open_store(
    uri: str,
    database: str,
    *,
    clock: Clock,
    vault: Vault | None = None,
    wait: float = 30.0,
    on_command: OnCommand | None = None,
) -> Store:
    """Connect, wait until the server answers (`wait` in seconds), and bring the database to this GUB's shape.

    `on_command` hears of every command that is sent from then on.

    Raises:
        StoreUnavailable: the server did not answer in time; or, as subclasses, StoreRefused (address, password,
            rights), ImportUnfinished, SchemaConflict, DatabaseTooNew, UpgradeBusy. The message is one line that a
            person can act on.
    """
    client = connect(uri, on_command=on_command)
    try:
        await wait_until_up(client, clock, wait)
        store = Store.on(client, database, clock, vault or Vault.open_())
        with pymongo.timeout(_PREPARE_SECONDS):
            store = replace(store, upgraded=await _prepare(client[database], clock))
        await store.life.resume()
    except InvalidName as error:
        await client.close()
        raise StoreRefused("GUB_MONGODB_DATABASE is not a name that MongoDB takes.") from error
    except PyMongoError as error:
        await client.close()
        if isinstance(error, OperationFailure) and error.code in REFUSALS:
            raise StoreRefused("The database user lacks the right to create collections and indexes.") from error
        reason = getattr(error, "code", None) or type(error).__name__
        raise StoreUnavailable(f"The database could not be prepared ({reason}).") from error
    except BaseException:
        await client.close()
        raise
    return store


async def _prepare(database: Database, clock: Clock) -> tuple[Applied, ...]:
    """Validators, then upgrades (they make old documents fit), then indexes. Give the upgrades."""
    log = structlog.get_logger("gub.store")
    await refuse_unfinished(database)
    await apply_validators(database)
    applied = await upgrade(database, clock)
    for step in applied:
        say = log.info if step.changed else log.debug
        say("database upgraded", number=step.number, upgrade=step.name, **step.changed)
        for problem in step.left:
            log.warning("database upgrade left something", number=step.number, problem=problem)
    if await apply_indexes(database):
        # The upgrade is recorded, and documents that break a unique index came later, or from elsewhere.
        changed = await settle(database)
        log.warning("duplicates settled", **changed)
        if broken := await apply_indexes(database):
            names = ", ".join(schema.name for schema in broken)
            raise SchemaConflict(
                f"Two documents in {names} claim to be the same one, and GUB cannot choose: delete one, start again."
            )
    return tuple(applied)
