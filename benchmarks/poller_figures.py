"""The benchmark of the poller as figures and notes."""

import math
import statistics
from collections.abc import Mapping

from benchmarks.poller import CHANGED, CHATS, LOOKS, PLAYERS, SPAN, Watch, watch_over
from benchmarks.report import Figure
from benchmarks.stage import staged
from benchmarks.status_figures import own_database
from benchmarks.status_stage import StatusStage
from gub.clock import SystemClock
from gub.domain.values import Platform
from gub.platforms.psn.batches import BATCH_SIZE as PSN_BATCH
from gub.platforms.steam import BATCH_SIZE as STEAM_BATCH
from gub.platforms.xbox import BATCH_SIZE as XBOX_BATCH
from gub.presence.poller import POLL_SECONDS

_NAMES = {Platform.XBOX: "Xbox", Platform.PSN: "PSN", Platform.STEAM: "Steam"}


async def measure_poller() -> tuple[list[Figure], list[str]]:
    """Watch over 10,000 accounts of 1,000 chats for an hour of the poller's life."""
    async with own_database(SystemClock()) as (uri, store), staged(StatusStage.module, StatusStage) as stage:
        found = await watch_over(stage, store, uri)
    return _figures(found), _notes(found)


def _figures(found: Watch) -> list[Figure]:
    sweep = sum(found.sweep.values())
    least = sum(math.ceil(PLAYERS / len(Platform) / size) for size in (XBOX_BATCH, PSN_BATCH, STEAM_BATCH))
    once = f"requests to ask about {PLAYERS:,} accounts of {CHATS:,} chats once ({_by_platform(found.sweep)})"
    requests, fewest = sum(found.requests.values()), sum(found.fewest.values())
    figures = [
        Figure(once, "", sweep, least, "fewest", "ratio 1", sweep == least),
        Figure(
            f"requests of {LOOKS} minutes of it and more", "", requests, fewest, "fewest", "ratio 1", requests == fewest
        ),
    ]
    for platform in Platform:
        seconds, interval = found.until_told[platform], found.interval[platform]
        # Looks are a minute apart, so what is due between two of them waits for the second.
        limit = interval + (0 if interval == POLL_SECONDS else POLL_SECONDS)
        figures.append(
            Figure(
                f"the last of {CHANGED // len(Platform)} changes on {_NAMES[platform]} told after",
                "s",
                seconds,
                interval,
                "its interval",
                "within one interval",
                seconds <= limit + max(found.look),
            )
        )
    figures += [
        Figure(
            f"requests to {_NAMES[platform]} in the busiest {SPAN / 60:.0f} minutes",
            "",
            found.most[platform],
            found.allowed[platform],
            "the poller's share",
            "ratio at most 1",
            found.most[platform] <= found.allowed[platform],
        )
        for platform in Platform
    ]
    return [
        *figures,
        Figure("CPU time of a look at them", "s", statistics.median(found.cpu)),
        Figure("such a look takes", "s", statistics.median(found.look)),
        Figure("memory for them", "MB", found.megabytes),
    ]


def _notes(found: Watch) -> list[str]:
    every = ", ".join(f"{_NAMES[platform]} {found.interval[platform]:,.0f} s" for platform in Platform)
    told = (
        f"A third of the {PLAYERS:,} accounts on each platform, ten people a chat. The interval is a minute, or what "
        f"the budgets allow: {every}. The busiest look took {max(found.cpu):.2f} s of CPU time."
    )
    return [told]


def _by_platform(numbers: Mapping[Platform, int]) -> str:
    return " + ".join(str(numbers[platform]) for platform in Platform)
