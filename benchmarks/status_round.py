"""How long `/status` takes: cold, against the slowest platform and a send, and warm, against an `/about`."""

import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

import httpx

from benchmarks.bots import Contender, polling
from benchmarks.plain_client import PlainClient
from benchmarks.players import game
from benchmarks.status_data import DATABASE, make_groups, name_of, players_of, store_credentials
from benchmarks.status_stage import Group, StatusStage
from gub.clock import Clock
from gub.domain.values import Platform
from gub.store.store import Store

PLATFORM_SECONDS = 0.2
TRIES = 25
"""Cold answers: with the warm-up as many as Xbox Live's 30 requests in 15 seconds let through without a wait."""
WARM_UP = 3
WARM_GROUPS = 3
WARM_SECONDS = 15.0
"""What was asked for cold is 30 seconds old at the end at the latest, which is what counts as fresh."""
SETTLE_SECONDS = 0.03
"""What the bot does after its answer is no part of the next one."""


@dataclass(frozen=True)
class StatusTimes:
    """Medians in seconds. `calls` has a plain client's single calls; `warm` and `about` were said `pairs` times."""

    cold: float
    calls: dict[Platform, float]
    send: float
    warm: float
    about: float
    pairs: int

    @property
    def floor(self) -> float:
        """Say what nobody who asks all platforms at once can beat."""
        return max(self.calls.values()) + self.send


async def play_status(stage: StatusStage, store: Store, uri: str, clock: Clock, pairs: int) -> StatusTimes:
    """Start the bot, signed in, and ask it in one group after the other."""
    signed = await stage.tokens()
    await store_credentials(store, signed, clock)
    groups = await make_groups(store, stage, WARM_UP + TRIES)
    await stage.answer_after(PLATFORM_SECONDS)
    environment = {
        "GUB_MONGODB_URI": uri,
        "GUB_MONGODB_DATABASE": DATABASE,
        "GUB_PLATFORM_GATEWAY": stage.gateway,
        "GUB_LOG_LEVEL": "warning",
    }
    async with polling(Contender("GUB", ["-m", "benchmarks.unpaced_bot"], environment), stage):
        await stage.signed_in()
        async with httpx.AsyncClient(trust_env=False) as http:
            return await _play(stage, PlainClient(http, stage, signed), groups, pairs)


async def _play(stage: StatusStage, plain: PlainClient, groups: Sequence[Group], pairs: int) -> StatusTimes:
    cold: list[float] = []
    calls: dict[Platform, list[float]] = {platform: [] for platform in Platform}
    sends: list[float] = []
    for index, group in enumerate(groups):
        if index == WARM_UP:
            for times in (cold, sends, *calls.values()):
                times.clear()
        seconds, text = await _asked_once(stage, group, index)
        cold.append(seconds)
        for platform, times in calls.items():
            times.append(await plain.presences(platform, players_of(index)))
        sends.append(await plain.send(group, text))
    warm, about = await _alternate(stage, groups[-WARM_GROUPS:], pairs)
    median = statistics.median
    each = {platform: median(times) for platform, times in calls.items()}
    return StatusTimes(median(cold), each, median(sends), median(warm), median(about), len(warm))


async def _asked_once(stage: StatusStage, group: Group, index: int) -> tuple[float, str]:
    """Ask where nobody asked before, and see that it was answered in full by one request a platform.

    The bot knows the chat: people were added there. So something else is said first.
    """
    await stage.ask(group, "/about")
    await asyncio.sleep(SETTLE_SECONDS)
    await stage.forget_requests()
    seconds, text = await stage.ask(group, "/status")
    if set((await stage.requests()).values()) != {1}:
        raise RuntimeError("a cold /status took another number of requests than one a platform")
    if not all(name_of(player) in text and game(player) in text for player in players_of(index)):
        raise RuntimeError("a cold /status was answered without somebody's game")
    return seconds, text


async def _alternate(stage: StatusStage, groups: Sequence[Group], pairs: int) -> tuple[list[float], list[float]]:
    """Have `/status` and `/about` said in turn where the answer is fresh."""
    warm: list[float] = []
    about: list[float] = []
    await stage.forget_requests()
    end = time.monotonic() + WARM_SECONDS
    while len(warm) < pairs and time.monotonic() < end:
        group = groups[len(warm) % len(groups)]
        for text, times in (("/status", warm), ("/about", about)):
            times.append((await stage.ask(group, text))[0])
            await asyncio.sleep(SETTLE_SECONDS)
    if any((await stage.requests()).values()):
        raise RuntimeError("a warm /status asked a platform")
    return warm, about
