"""The `/status` benchmarks as figures and notes."""

import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from benchmarks.freshness import accounts_kept_fresh
from benchmarks.report import Figure
from benchmarks.stage import staged
from benchmarks.status_data import DATABASE, GROUP_SIZE
from benchmarks.status_round import PLATFORM_SECONDS, TRIES, StatusTimes, play_status
from benchmarks.status_stage import StatusStage
from benchmarks.sweep import Sweep, everywhere, signed_in, sweep, thirds
from gub.clock import SystemClock
from gub.domain.values import Platform
from gub.store.embedded import EmbeddedServer
from gub.store.store import Store, open_store

COLD_AIM = 1.3
WARM_AIM = 1.3
_NAMES = {Platform.XBOX: "Xbox", Platform.PSN: "PSN", Platform.STEAM: "Steam"}


async def measure_status(pairs: int) -> tuple[list[Figure], list[str]]:
    """Measure all of it: `/status` `pairs` times warm, then the sweeps."""
    clock = SystemClock()
    async with own_database(clock) as (uri, store), staged(StatusStage.module, StatusStage) as stage:
        times = await play_status(stage, store, uri, clock, pairs)
        async with signed_in(stage, store, clock) as clients:
            third = await sweep(stage, clients, store, clock, thirds())
        async with signed_in(stage, store, clock) as clients:
            each = await sweep(stage, clients, store, clock, everywhere())
            again = await sweep(stage, clients, None, clock, everywhere())
    return [*_status_figures(times), *_sweep_figures(third, each)], [
        _status_note(times),
        _sweep_note(each, again),
        *[await _fresh_note(seconds) for seconds in (30, 60)],
    ]


@asynccontextmanager
async def own_database(clock: SystemClock) -> AsyncIterator[tuple[str, Store]]:
    """Give an embedded database of its own, with nothing in it."""
    with tempfile.TemporaryDirectory(prefix="gub-bench-") as folder:
        server = EmbeddedServer(Path(folder), clock=clock)
        uri = await server.start()
        try:
            store = await open_store(uri, DATABASE, clock=clock)
            try:
                yield uri, store
            finally:
                await store.close()
        finally:
            await server.stop()


def _status_figures(times: StatusTimes) -> list[Figure]:
    return [
        Figure(
            "/status cold, 15 people on three platforms",
            "ms",
            1e3 * times.cold,
            1e3 * times.floor,
            "slowest platform + a send",
            f"ratio at most {COLD_AIM}",
            times.cold / times.floor <= COLD_AIM,
        ),
        Figure(
            "/status warm, the same",
            "ms",
            1e3 * times.warm,
            1e3 * times.about,
            "/about",
            f"ratio at most {WARM_AIM}",
            times.warm / times.about <= WARM_AIM,
        ),
    ]


def _sweep_figures(third: Sweep, each: Sweep) -> list[Figure]:
    figures = []
    for name, one in (("10,000 accounts in thirds", third), ("10,000 on each platform", each)):
        requests, fewest = sum(one.requests.values()), sum(one.fewest.values())
        told = f"requests for {name} ({_by_platform(one.requests)})"
        figures += [
            Figure(told, "", requests, fewest, "fewest", "ratio 1", requests == fewest),
            Figure(f"sweep of {name}", "s", one.seconds),
        ]
    return figures


def _status_note(times: StatusTimes) -> str:
    calls = ", ".join(f"{_NAMES[platform]} {1e3 * times.calls[platform]:.0f}" for platform in Platform)
    return (
        f"/status cold: medians of {TRIES} groups of {GROUP_SIZE}, each asked once. The platforms answer after "
        f"{1e3 * PLATFORM_SECONDS:.0f} ms; a plain client's calls took {calls} ms, its send {1e3 * times.send:.1f} ms. "
        f"Warm: medians of {times.pairs}, in turn with /about."
    )


def _sweep_note(each: Sweep, again: Sweep) -> str:
    def told(one: Sweep) -> str:
        return ", ".join(f"{_NAMES[platform]} {one.answered[platform]:,}" for platform in Platform)

    return (
        f"10,000 on each platform, accounts answered: {told(each)}; at once again, as far as the budgets go: "
        f"{told(again)} ({_by_platform(again.requests)} requests). PSN's 100 requests in 15 minutes, sign-in and "
        "look-ups included, are one sweep of at most 10,000."
    )


async def _fresh_note(seconds: float) -> str:
    kept = await accounts_kept_fresh(seconds)
    told = ", ".join(f"{_NAMES[platform]} {kept[platform]:,}" for platform in Platform)
    return f"Accounts that the budgets can keep at most {seconds:.0f} s old for ever: {told}."


def _by_platform(numbers: Mapping[Platform, int]) -> str:
    return " + ".join(str(numbers[platform]) for platform in Platform)
