"""Watches are changed while they are told, and ended while they are made: each decision is one update."""

from dataclasses import replace
from datetime import UTC, datetime

from gub.domain.spells import Spell
from gub.domain.watches import Watch, WatchKind
from gub.store.store import Store

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
