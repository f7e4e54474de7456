"""How many requests it takes to ask about 10,000 accounts at once, by the real clients and their real budgets."""

import math
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from benchmarks.players import PLAYERS, account
from benchmarks.status_stage import StatusStage
from gub.clock import Clock
from gub.domain.values import Platform, StatusUser
from gub.platform_desk import platform_desk
from gub.platforms.protocol import PresenceClient
from gub.presence.desk import PresenceDesk
from gub.services.credentials.watch import Notice
from gub.settings import load
from gub.store.store import Store

PATIENCE = 60.0
ACCOUNTS = PLAYERS * len(Platform)
"""The desk remembers 20,000 unless it is told otherwise; no chat asks about more than 150 people."""


@dataclass(frozen=True)
class Sweep:
    """Requests answered and the fewest that would do, accounts answered, by platform; seconds for all of it."""

    requests: Mapping[Platform, int]
    fewest: Mapping[Platform, int]
    answered: Mapping[Platform, int]
    seconds: float


def thirds() -> list[StatusUser]:
    """Give 10,000 people with one account each, a third of them on each platform."""
    platforms = tuple(Platform)
    return [_person(number, [platforms[number % len(platforms)]]) for number in range(PLAYERS)]


def everywhere() -> list[StatusUser]:
    """Give 10,000 people with accounts on all platforms."""
    return [_person(number, list(Platform)) for number in range(PLAYERS)]


@asynccontextmanager
async def signed_in(stage: StatusStage, store: Store, clock: Clock) -> AsyncIterator[Mapping[Platform, PresenceClient]]:
    """Give the clients as the bot has them, with budgets that nothing but the sign-in was taken from."""
    settings = load({"GUB_PLATFORM_GATEWAY": stage.gateway}, env_file=None)
    async with platform_desk(settings, store, clock, _told) as desk:
        for client in desk.clients.values():
            await client.sign_in()
        yield desk.clients


async def sweep(
    stage: StatusStage,
    clients: Mapping[Platform, PresenceClient],
    store: Store | None,
    clock: Clock,
    people: Sequence[StatusUser],
) -> Sweep:
    """Ask about all of them at once, with an empty memory. With a store, its history is read and written as ever."""
    history = store.presences if store else None
    desk = PresenceDesk(clients, clock, deadline=PATIENCE, limit=ACCOUNTS, history=history)
    await stage.forget_requests()
    start = time.monotonic()
    try:
        told = await desk.of_people(people)
        seconds = time.monotonic() - start
    finally:
        await desk.aclose()
    asked = {platform: sum(platform in person.accounts for person in people) for platform in Platform}
    unanswered = {platform: sum(platform in one.unanswered for one in told.values()) for platform in Platform}
    return Sweep(
        requests=await stage.requests(),
        fewest={platform: math.ceil(asked[platform] / clients[platform].batch_size) for platform in Platform},
        answered={platform: asked[platform] - unanswered[platform] for platform in Platform},
        seconds=seconds,
    )


def _person(number: int, platforms: Sequence[Platform]) -> StatusUser:
    accounts = {platform: account(platform, number) for platform in platforms}
    return StatusUser(str(number), 1, 1, f"Player {number}", accounts)


async def _told(notice: Notice) -> bool:
    """Nobody is told anything here: what would tell is not run."""
    del notice
    return True
