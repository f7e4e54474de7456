"""`python -m benchmarks [--json PATH] [--only PART] [--quick]`: run the measurements and show them."""

import argparse
import asyncio
import statistics
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks import report
from benchmarks.audience import measure_audience
from benchmarks.boards import MINUTES
from benchmarks.boards_figures import measure_boards
from benchmarks.bots import Contender, Round, play_round
from benchmarks.imports import LEAN, PLAIN, cost_of
from benchmarks.machine import this_machine
from benchmarks.poller_figures import measure_poller
from benchmarks.report import Figure
from benchmarks.scale import CHATS, measure_scale
from benchmarks.simulator import PEOPLE_IN_PLACES
from benchmarks.stage import LoadStage, staged
from benchmarks.status_data import DATABASE
from benchmarks.status_figures import measure_status, own_database
from gub import log
from gub.clock import SystemClock
from gub.store.embedded import EmbeddedServer

RATIO_AIM = 0.6
MEMORY_AIM_MB = 120
START_AIM_SECONDS = 2.0
REFERENCE = "bare aiogram"
SOME, FEW = 10_000, 1_000
"""Chats of the scale part beside all the others, and when it is to be quick: filling 100,000 takes many minutes."""

PLACES = 8
"""Chats in which something is said, in the scale part."""

WARM_UP = 2 * PEOPLE_IN_PLACES
"""Updates before a load is measured: everybody has spoken, everything is loaded."""


def main() -> None:
    """Measure, show, and save when asked to."""
    options = _options()
    log.configure("warning", "console", [])
    figures, notes = list[Figure](), list[str]()
    if options.only in (None, "load"):
        ours, bare = asyncio.run(_rounds(options.rounds, options.updates))
        figures += [*_import_figures(), *_bot_figures(ours, bare)]
        notes += _notes(ours, bare)
    if options.only in (None, "status"):
        log.configure("error", "console", [])  # a budget that is used up is part of it
        more, said = asyncio.run(measure_status(options.pairs))
        figures += more
        notes += said
    if options.only in (None, "poller"):
        more, said = asyncio.run(measure_poller())
        figures += more
        notes += said
    if options.only in (None, "boards"):
        more, said = asyncio.run(measure_boards(options.minutes))
        figures += more
        notes += said
    if options.only in (None, "audience"):
        figures += asyncio.run(_audience_figures())
    if options.only in (None, "scale"):
        more, said = asyncio.run(measure_scale(options.chats, options.places))
        figures += more
        notes += said
    machine = this_machine()
    report.show(machine, figures, notes)
    if options.json:
        report.save(options.json, machine, figures, notes)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure GUB.")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each bot, alternated (default 5)")
    parser.add_argument("--updates", type=int, default=2000, help="updates in a round (default 2000)")
    parser.add_argument("--pairs", type=int, default=100, help="warm /status, each beside an /about (default 100)")
    parts = ("load", "status", "poller", "boards", "audience", "scale")
    parser.add_argument("--only", choices=parts, help="measure a part")
    parser.add_argument("--chats", type=int, help=f"chats of the scale part (default {CHATS}, or {SOME} beside others)")
    parser.add_argument("--quick", action="store_true", help="one small round of everything: to see that it runs")
    options = parser.parse_args()
    options.places, options.minutes = PLACES, MINUTES
    if options.chats is None:
        options.chats = CHATS if options.only == "scale" else SOME
    if options.quick:
        options.rounds, options.updates, options.pairs, options.places = 1, 300, 20, 2
        options.chats, options.minutes = min(options.chats, FEW), 1
    return options


async def _rounds(rounds: int, updates: int) -> tuple[list[Round], list[Round]]:
    ours: list[Round] = []
    bare: list[Round] = []
    with tempfile.TemporaryDirectory(prefix="gub-bench-") as folder:
        server = EmbeddedServer(Path(folder), clock=SystemClock())
        uri = await server.start()
        gub = Contender("GUB", ["-m", "benchmarks.unpaced_bot"], {"GUB_MONGODB_URI": uri, "GUB_LOG_LEVEL": "warning"})
        echo = Contender(REFERENCE, ["-m", "benchmarks.echo_bot"], {})
        try:
            async with staged(LoadStage.module, LoadStage) as telegram:
                for _ in range(rounds):
                    ours.append(await play_round(gub, telegram, updates, WARM_UP))
                    bare.append(await play_round(echo, telegram, updates, WARM_UP))
        finally:
            await server.stop()
    return ours, bare


async def _audience_figures() -> list[Figure]:
    clock = SystemClock()
    async with own_database(clock) as (uri, store):
        return await measure_audience(store, uri, DATABASE, clock)


def _import_figures() -> list[Figure]:
    lean, plain = cost_of(LEAN), cost_of(PLAIN)
    name = "plain import"
    return [
        Figure("import of aiogram, lean", "s", lean.seconds, plain.seconds, name),
        Figure("memory after it", "MB", lean.megabytes, plain.megabytes, name),
    ]


def _bot_figures(ours: Sequence[Round], bare: Sequence[Round]) -> list[Figure]:
    def pair(pick: Callable[[Round], float]) -> tuple[float, float]:
        return statistics.median(map(pick, ours)), statistics.median(map(pick, bare))

    speed, speed_bare = pair(lambda one: one.per_second)
    start, start_bare = pair(lambda one: one.start)
    idle, idle_bare = pair(lambda one: one.megabytes_idle)
    loaded, loaded_bare = pair(lambda one: one.megabytes_loaded)
    cpu, cpu_bare = pair(lambda one: 1e3 * one.cpu / one.load.updates)
    aim_memory = f"at most {MEMORY_AIM_MB} MB"
    return [
        Figure(
            "updates through the whole bot",
            "1/s",
            speed,
            speed_bare,
            REFERENCE,
            f"ratio at least {RATIO_AIM}",
            speed / speed_bare >= RATIO_AIM,
        ),
        Figure("its CPU time an update", "ms", cpu, cpu_bare, REFERENCE),
        Figure("memory at the first poll", "MB", idle, idle_bare, REFERENCE, aim_memory, idle <= MEMORY_AIM_MB),
        Figure("memory after the load", "MB", loaded, loaded_bare, REFERENCE, aim_memory, loaded <= MEMORY_AIM_MB),
        Figure(
            "start to first poll",
            "s",
            start,
            start_bare,
            REFERENCE,
            f"at most {START_AIM_SECONDS:.0f} s",
            start <= START_AIM_SECONDS,
        ),
    ]


def _notes(ours: Sequence[Round], bare: Sequence[Round]) -> list[str]:
    def share(rounds: Sequence[Round]) -> str:
        return f"{statistics.median(one.load.simulator_cpu / one.load.seconds for one in rounds):.0%}"

    def spread(rounds: Sequence[Round]) -> str:
        speeds = sorted(one.per_second for one in rounds)
        return f"{speeds[0]:,.0f} to {speeds[-1]:,.0f}"

    return [
        f"Medians of {len(ours)} alternated rounds of {ours[0].load.updates:,} updates, each in a fresh process.",
        f"Updates a second from {spread(ours)} (GUB) and from {spread(bare)} ({REFERENCE}).",
        f"The simulator's process was busy {share(ours)} of the time with GUB, {share(bare)} with {REFERENCE}.",
        "The embedded database is a process of its own and was up before the bot started.",
    ]


if __name__ == "__main__":
    main()
