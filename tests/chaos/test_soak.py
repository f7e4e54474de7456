"""People, and everything that can go wrong. `make soak MINUTES=30 SEED=7` lets it go on for longer.

Here each soak is short, with a seed that is always the same. What a failure shows: the problems, the seed, and what
happened last. The database is always an embedded one of the test's own, for it is killed and frozen.
"""

import os
from pathlib import Path

import pytest

from gub.clock import SystemClock
from gub.sandbox.server import SimServer
from gub.store.store import open_store
from tests.chaos.soak import Plan, Soak
from tests.scenarios.platforms import Platforms
from tests.scenarios.running import Place
from tests.support.outages import Outages

MINUTES = float(os.environ.get("GUB_SOAK_MINUTES") or 0.6)
SEED = int(os.environ.get("GUB_SOAK_SEED") or 20261123)
WORKERS = [int(one) for one in (os.environ.get("GUB_SOAK_WORKERS") or "1,3").split(",")]


@pytest.mark.parametrize("workers", WORKERS)
async def test_a_soak_ends_with_everything_answered_and_everything_as_it_was_told(
    sim: SimServer, platforms: Platforms, outages: Outages, tmp_path: Path, workers: int
) -> None:
    """One process polls; three share a webhook."""
    store = await open_store(outages.uri, "gub", clock=SystemClock())
    await platforms.give_all(store)
    await store.close()
    soak = Soak(Plan(SEED, MINUTES * 60, workers), Place(sim, outages.uri, "gub"), platforms, outages)
    events = await soak.run()
    (tmp_path / "story.txt").write_text("\n".join([*events.lines, events.report()]))
    (tmp_path / "bot.log").write_text("\n".join(soak.log))
    assert not events.problems, f"{events.report()}\nThe logs are in {tmp_path}"
