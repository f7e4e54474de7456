"""Watches are changed while they are told, and ended while they are made: each decision is one update."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest

from gub.domain.spells import Spell
from gub.domain.watches import Watch, WatchKind
from gub.store.mongo import connect
from gub.store.store import Store
from gub.store.watches import Watches
from tests.store.stepping import Stepper, SteppingClient
from tests.support.clock import FakeClock

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
ON = Watch("", -1001, 1, WatchKind.ON, "a" * 24)


async def due(store: Store, *, always: bool) -> Watch:
    """Give a watch that is to be told."""
    kept = await store.watches.add(replace(ON, always=always))
    assert await store.watches.decide(kept, Spell(lasts=True), NOW)
    found = await store.watches.get(kept.id)
    assert found is not None
    return found


async def test_what_is_to_be_told_each_time_since_it_was_read_stays(store: Store):
    read = await due(store, always=False)
    await store.watches.change(read.id, read.owner_id, always=True)
    await store.watches.told(read, NOW)
    (left,) = await store.watches.all()
    assert (left.always, left.due_at, left.told_at) == (True, None, (NOW,))


async def test_what_is_to_be_told_once_since_it_was_read_goes(store: Store):
    read = await due(store, always=True)
    await store.watches.change(read.id, read.owner_id, always=False)
    await store.watches.told(read, NOW)
    assert await store.watches.all() == []


@pytest.fixture
async def stepped(store: Store, mongo_uri: str, database_name: str) -> AsyncIterator[tuple[Watches, Stepper]]:
    """Give the watches of a process whose operations wait for their turn."""
    del store
    client, stepper = connect(mongo_uri), Stepper()
    stepping: Any = SteppingClient(client, stepper)
    yield Watches(stepping[database_name], FakeClock()), stepper
    await client.close()


@pytest.mark.parametrize("order", list(product((0, 1), repeat=3)))
async def test_what_ends_while_it_is_made_again_is_made_or_ended(
    store: Store, stepped: tuple[Watches, Stepper], order: tuple[int, ...]
):
    watches, stepper = stepped
    first = await store.watches.add(ON)
    again, ended = await stepper.together([watches.add(ON), watches.remove(first.id, first.owner_id)], order)
    assert ended is True
    assert again.id, "who is shown a watch has one, or ended it"
    assert await store.watches.all() == ([] if again.id == first.id else [again])
