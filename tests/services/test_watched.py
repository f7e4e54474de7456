"""Who is watched over: everybody whom an interest names, once, and read anew little by little."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import pytest

from gub.clock import SystemClock
from gub.domain.values import StatusUser
from gub.services.watched import Interest, Watched
from gub.store.store import Store

NOW = SystemClock().now()


@dataclass
class Wish(Interest):
    of_chats: set[int] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)

    async def chats(self) -> Collection[int]:
        return self.of_chats

    async def people(self) -> Collection[str]:
        return self.ids


async def add(store: Store, chat_id: int, *names: str) -> list[StatusUser]:
    return [await store.statususers.add(chat_id, 1, name, {}, "Squad") for name in names]


def names(people: Sequence[StatusUser]) -> list[str]:
    return sorted(one.display_name for one in people)


async def test_everybody_whom_somebody_wants_to_know_of_is_given_once(store: Store):
    ann, _ = await add(store, -1, "Ann", "Bob")
    (cem,) = await add(store, -2, "Cem")
    await add(store, -3, "Dee")
    watched = Watched(store, [Wish({-1, -9}, {ann.id}), Wish({-1}, {cem.id, "f" * 24, "no id"})])
    assert names(await watched.people()) == ["Ann", "Bob", "Cem"]
    assert names(await Watched(store, []).people()) == []


async def test_who_is_no_longer_wanted_is_dropped(store: Store):
    (ann,) = await add(store, -1, "Ann")
    wish = Wish({-1}, set())
    watched = Watched(store, [wish])
    assert names(await watched.people()) == ["Ann"]
    wish.of_chats, wish.ids = set(), {ann.id}
    assert names(await watched.people()) == ["Ann"]
    wish.ids = set()
    assert await watched.people() == []


async def test_few_are_as_they_are_now_each_time(store: Store):
    ann, bob = await add(store, -1, "Ann", "Bob")
    watched = Watched(store, [Wish({-1}, {bob.id})])
    await watched.people()
    await store.statususers.rename(ann.id, -1, "Anna")
    await store.statususers.delete(bob.id, -1)
    await add(store, -1, "Cem")
    assert names(await watched.people()) == ["Anna", "Cem"]


async def test_of_many_some_are_read_anew_each_time_and_all_in_turn(store: Store):
    for chat in range(1, 6):
        await add(store, -chat, f"a{chat}", f"b{chat}")
    watched = Watched(store, [Wish({-chat for chat in range(1, 6)})], read_anew=4)
    assert len(await watched.people()) == 10
    for chat in range(1, 6):
        await add(store, -chat, f"c{chat}")
    seen = [len(await watched.people()) for _ in range(3)]
    assert seen == [12, 14, 15]


async def test_a_chat_that_is_known_to_have_changed_is_read_at_once(store: Store):
    (ann,) = await add(store, -1, "Ann")
    (bob,) = await add(store, -2, "Bob")
    watched = Watched(store, [Wish({-1}, {bob.id})], read_anew=0)
    await watched.people()
    await store.statususers.rename(ann.id, -1, "Anna")
    await store.statususers.rename(bob.id, -2, "Bobby")
    assert names(await watched.people()) == ["Ann", "Bob"]
    await watched.changed(-1)
    await watched.changed(-2)
    assert names(await watched.people()) == ["Anna", "Bobby"]


@pytest.mark.parametrize("moved", [-7, -1_000_000_000_007])
async def test_who_moved_with_their_chat_is_given_once_and_from_where_they_are(store: Store, moved: int):
    (ann,) = await add(store, -1, "Ann")
    wish = Wish({-1}, {ann.id})
    watched = Watched(store, [wish])
    await watched.people()
    await store.life.migrate(-1, moved)
    assert [one.chat_id for one in await watched.people()] == [moved]
    wish.of_chats = {moved}
    assert [one.chat_id for one in await watched.people()] == [moved]


async def test_of_a_chat_that_gub_left_nobody_is_asked_about(store: Store):
    await add(store, -1, "Ann")
    (bob, cem) = await add(store, -2, "Bob", "Cem")
    watched = Watched(store, [Wish({-1, -2}, {cem.id}), Wish(set(), {bob.id})])
    assert names(await watched.people()) == ["Ann", "Bob", "Cem"]
    await store.departures.record(-2, NOW)
    assert names(await watched.people()) == ["Ann"]
    await store.departures.cancel(-2)
    assert names(await watched.people()) == ["Ann", "Bob", "Cem"]
