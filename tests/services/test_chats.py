from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from gub.domain.limits import DEPARTED_GRACE
from gub.domain.values import ChatFacts, Joining, KnownUser
from gub.services.chats import ChatBook
from gub.store.departures import Departures
from gub.store.store import Store
from tests.support.clock import FakeClock

SQUAD = ChatFacts(-1001, "supergroup", "Squad")
ANN = KnownUser(1, "Ann", username="ann", language="en")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def book(store: Store, clock: FakeClock) -> ChatBook:
    return ChatBook(store, clock)


class Counting:
    """Counts the calls of one method of a repository."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, repository: object, name: str) -> None:
        self.calls = 0
        self.failing = False
        method = getattr(type(repository), name)

        async def counted(*args: Any, **kwargs: Any) -> Any:
            self.calls += 1
            if self.failing:
                raise ConnectionError
            return await method(*args, **kwargs)

        monkeypatch.setattr(type(repository), name, counted)


async def used(book: ChatBook, clock: FakeClock, users: Sequence[KnownUser] = (ANN,), chat: ChatFacts = SQUAD) -> None:
    await book.seen(chat, users, clock.now(), used=True)


async def test_a_repeated_user_and_chat_cost_no_write(
    store: Store, clock: FakeClock, book: ChatBook, monkeypatch: pytest.MonkeyPatch
):
    learn = Counting(monkeypatch, store.users, "learn")
    remember = Counting(monkeypatch, store.chats, "remember")
    for _ in range(3):
        await used(book, clock)
    assert (learn.calls, remember.calls) == (1, 1)


async def test_what_changed_is_written(store: Store, clock: FakeClock, book: ChatBook):
    await used(book, clock)
    await used(book, clock, [KnownUser(1, "Anna", username="ann")], ChatFacts(-1001, "supergroup", "New Squad"))
    assert (await store.users.get_many([1]))[1].first_name == "Anna"
    facts = await store.chats.get(-1001)
    assert facts is not None
    assert facts.title == "New Squad"


async def test_a_write_that_failed_is_tried_again(
    store: Store, clock: FakeClock, book: ChatBook, monkeypatch: pytest.MonkeyPatch
):
    learn = Counting(monkeypatch, store.users, "learn")
    learn.failing = True
    with pytest.raises(ConnectionError):
        await used(book, clock)
    learn.failing = False
    await used(book, clock)
    assert 1 in await store.users.get_many([1])


async def test_what_another_process_changed_is_put_right_in_minutes(store: Store, clock: FakeClock, book: ChatBook):
    await used(book, clock)
    await store.chats.forget(SQUAD.chat_id)
    await store.users.learn([KnownUser(1, "Old")])
    await clock.advance(300)
    await used(book, clock)
    assert await store.chats.exists(SQUAD.chat_id)
    assert (await store.users.get_many([1]))[1].first_name == "Ann"


async def test_a_mention_without_language_takes_none_away(store: Store, clock: FakeClock, book: ChatBook):
    await used(book, clock)
    await used(book, clock, [KnownUser(1, "Anna", username="ann")])
    assert (await store.users.get_many([1]))[1].language == "en"


async def test_what_does_not_show_use_stores_no_chat(store: Store, clock: FakeClock, book: ChatBook):
    await book.seen(SQUAD, [ANN], clock.now(), used=False)
    await book.seen(None, [ANN], None, used=True)
    assert await store.chats.count() == 0
    assert 1 in await store.users.get_many([1])


async def test_joined_is_news_once(clock: FakeClock, book: ChatBook):
    assert await book.joined(SQUAD, clock.now())
    assert not await book.joined(SQUAD, clock.now())


async def test_d36_left_keeps_the_data_for_thirty_days(store: Store, clock: FakeClock, book: ChatBook):
    await used(book, clock)
    await store.notifygroups.create(SQUAD.chat_id, 1, "Warzone", None, Joining.OPEN, None)
    await book.left(SQUAD.chat_id, clock.now())
    assert not await store.chats.exists(SQUAD.chat_id)

    await clock.advance(DEPARTED_GRACE.total_seconds() - 1)
    assert await book.purge_departed() == 0
    assert await store.notifygroups.of_chat(SQUAD.chat_id)
    await clock.advance(1)
    assert await book.purge_departed() == 1
    assert not await store.notifygroups.of_chat(SQUAD.chat_id)
    assert await book.purge_departed() == 0


async def test_coming_back_in_time_keeps_everything(store: Store, clock: FakeClock, book: ChatBook):
    await used(book, clock)
    await store.notifygroups.create(SQUAD.chat_id, 1, "Warzone", None, Joining.OPEN, None)
    await book.left(SQUAD.chat_id, clock.now())
    await clock.advance(DEPARTED_GRACE.total_seconds() - 60)
    assert await book.joined(SQUAD, clock.now())
    await clock.advance(DEPARTED_GRACE.total_seconds())
    assert await book.purge_departed() == 0
    assert await store.notifygroups.of_chat(SQUAD.chat_id)


async def test_coming_back_while_others_are_purged_keeps_everything(
    store: Store, clock: FakeClock, book: ChatBook, monkeypatch: pytest.MonkeyPatch
):
    await used(book, clock)
    await store.notifygroups.create(SQUAD.chat_id, 1, "Warzone", None, Joining.OPEN, None)
    await book.left(SQUAD.chat_id, clock.now())
    await clock.advance(DEPARTED_GRACE.total_seconds())
    really = Departures.due

    async def and_then_it_comes_back(self: Departures, before: datetime) -> list[int]:
        found = await really(self, before)
        assert await book.joined(SQUAD, clock.now())
        return found

    monkeypatch.setattr(Departures, "due", and_then_it_comes_back)
    assert await book.purge_departed() == 0
    assert await store.notifygroups.of_chat(SQUAD.chat_id)
    assert await store.chats.exists(SQUAD.chat_id)


async def test_what_was_written_before_leaving_does_not_bring_the_chat_back(
    store: Store, clock: FakeClock, book: ChatBook
):
    before = clock.now()
    await clock.advance(2.5)
    await book.left(SQUAD.chat_id, clock.now())
    for at in (before, clock.now().replace(microsecond=0), None):
        await book.seen(SQUAD, [ANN], at, used=True)
    assert not await book.joined(SQUAD, before)
    assert not await store.chats.exists(SQUAD.chat_id)
    await book.seen(SQUAD, [ANN], clock.now() + timedelta(seconds=1), used=True)
    assert await store.chats.exists(SQUAD.chat_id)
    assert await store.departures.left_at(SQUAD.chat_id) is None


async def test_added_again_in_the_same_second_counts(store: Store, clock: FakeClock, book: ChatBook):
    await clock.advance(0.7)
    await book.left(SQUAD.chat_id, clock.now())
    assert await book.joined(SQUAD, clock.now().replace(microsecond=0))
    assert await store.chats.exists(SQUAD.chat_id)


async def test_d35_migration_told_three_times_moves_once(store: Store, clock: FakeClock, book: ChatBook):
    old = ChatFacts(-4001, "group", "Squad")
    await used(book, clock, chat=old)
    await store.notifygroups.create(-4001, 1, "Warzone", None, Joining.OPEN, None)
    for _ in range(3):
        await book.migrated(-4001, -1001)
    assert [group.name for group in await store.notifygroups.of_chat(-1001)] == ["Warzone"]
    assert not await store.chats.exists(-4001)
    assert await store.chats.exists(-1001)

    # What still comes under the old id neither brings it back nor makes the new one leave.
    await used(book, clock, chat=old)
    await book.left(-4001, clock.now())
    await clock.advance(301)
    await book.migrated(-4001, -1001)
    assert not await store.chats.exists(-4001)
    assert await store.departures.left_at(-1001) is None


async def test_a_chat_that_another_worker_saw_the_end_of_is_stored_again_within_seconds(store: Store, clock: FakeClock):
    one, other = (ChatBook(store, clock, others=lambda: 1) for _ in range(2))
    await used(one, clock)
    await clock.advance(1)
    await other.left(SQUAD.chat_id, clock.now())
    await clock.advance(5)
    await used(one, clock)
    assert await store.chats.exists(SQUAD.chat_id)
