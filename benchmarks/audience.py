"""Queueing an announcement for many chats: how long it takes, and how little memory, beside a tenth as many."""

import gc
from collections.abc import Sequence
from dataclasses import dataclass

import psutil

from benchmarks.report import Figure
from gub.clock import SystemClock
from gub.store.announcements import Phase, Source
from gub.store.documents import Database
from gub.store.mongo import connect
from gub.store.store import Store

CHATS = 100_000
_TENTH = CHATS // 10
_OWNER = 1
_BATCH = 5_000
GROWTH_AIM_MB = 5.0


@dataclass(frozen=True)
class Queued:
    """One announcement queued: for how many, in how long, and by how much the process grew at the most."""

    chats: int
    seconds: float
    megabytes: float
    count_ms: float


async def measure_audience(store: Store, uri: str, name: str, clock: SystemClock) -> list[Figure]:
    """Queue for a tenth of the chats, then for all of them."""
    client = connect(uri)
    try:
        few = await _queued(store, client[name], clock, range(1, _TENTH + 1), command=1)
        many = await _queued(store, client[name], clock, range(_TENTH + 1, CHATS + 1), command=2)
    finally:
        await client.close()
    tenth = f"for {few.chats:,}"
    return [
        Figure(f"queueing an announcement for {many.chats:,} chats", "s", many.seconds, few.seconds, tenth),
        Figure(
            "memory that it takes at the most",
            "MB",
            many.megabytes,
            few.megabytes,
            tenth,
            f"at most {GROWTH_AIM_MB:.0f} MB more",
            many.megabytes - few.megabytes <= GROWTH_AIM_MB,
        ),
        Figure("counting how it goes (after a tap)", "ms", many.count_ms, few.count_ms, tenth),
    ]


async def _queued(store: Store, database: Database, clock: SystemClock, more: Sequence[int], command: int) -> Queued:
    """Add chats, and queue an announcement for all there are."""
    for start in range(0, len(more), _BATCH):
        rows = [{"chat_id": -number, "type": "supergroup"} for number in more[start : start + _BATCH]]
        await database.chats.insert_many(rows)
    made = await store.announcements.draft(_OWNER, command, Source("Hello"))
    await store.announcements.step(made.id, Phase.GATHERING)
    process = psutil.Process()
    gc.collect()
    before = peak = process.memory_info().rss
    began = clock.monotonic()
    async for _ in store.announcement_targets.gather(made):
        peak = max(peak, process.memory_info().rss)
    seconds = clock.monotonic() - began
    began = clock.monotonic()
    counts = await store.announcement_targets.counts(made.id)
    return Queued(counts.total, seconds, (peak - before) / 1e6, 1e3 * (clock.monotonic() - began))
