"""Chats, users, departures, and what tells that the database is away."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    DuplicateKeyError,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
)

from gub.domain.values import ChatFacts, Joining, KnownUser
from gub.store.documents import Database
from gub.store.errors import StoreRefused, StoreUnavailable
from gub.store.mongo import connect, is_unavailable, wait_until_up
from gub.store.store import Store
from tests.support.clock import FakeClock

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)


async def test_a_chat_is_kept_fresh_and_forgotten(store: Store) -> None:
    await store.chats.remember(ChatFacts(-5, "group", "Old"), thread_id=7)
    await store.chats.remember(ChatFacts(-5, "group", "New"))
    assert await store.chats.get(-5) == ChatFacts(-5, "group", "New")
    assert await store.chats.exists(-5)
    assert await store.chats.forget(-5)
    assert not await store.chats.forget(-5)
    assert not await store.chats.exists(-5)
    assert await store.chats.get(-5) is None


@pytest.mark.parametrize(("chat_id", "kind"), [(5, "private"), (-5, "group"), (-1001234567890, "supergroup")])
async def test_a_chat_of_the_predecessor_has_the_type_of_its_id(
    store: Store, database: Database, chat_id: int, kind: str
) -> None:
    await database["chats"].insert_one({"chat_id": chat_id})
    assert await store.chats.get(chat_id) == ChatFacts(chat_id, kind)


async def test_groups_are_found_by_their_title_and_supergroups_are_not(store: Store) -> None:
    for chat_id, kind in ((-5, "group"), (-6, "group"), (-1001234567890, "supergroup")):
        await store.chats.remember(ChatFacts(chat_id, kind, "Squad"))
    await store.chats.remember(ChatFacts(-7, "group", "squad"))
    assert sorted(await store.chats.groups_titled("Squad")) == [-6, -5]
    assert len(await store.chats.groups_titled("Squad", limit=1)) == 1
    assert await store.chats.groups_titled(".*") == []


async def test_who_does_not_want_to_be_teased_is_asked_once_and_learning_of_them_anew_keeps_it(store: Store) -> None:
    await store.users.choose_banter(1, takes=False)
    assert await store.users.takes_banter(1), "of somebody unknown nothing is kept"
    await store.users.learn([KnownUser(1, "Ann"), KnownUser(2, "Bob")])
    await store.users.choose_banter(1, takes=False)
    await store.users.learn([KnownUser(1, "Anna")])
    assert not await store.users.takes_banter(1)
    assert await store.users.takes_banter(2)
    await store.users.choose_banter(1, takes=True)
    assert await store.users.takes_banter(1)


async def test_a_username_follows_its_latest_owner(store: Store) -> None:
    await store.users.learn([])
    await store.users.learn([KnownUser(1, "Ann", "X", "Dragon", "en"), KnownUser(2, "Bob", is_bot=True)])
    await store.users.learn([KnownUser(2, "Bob", username="dragon")])
    assert await store.users.by_username("DRAGON") == KnownUser(2, "Bob", username="dragon")
    assert await store.users.get_many([1, 2, 3]) == {
        1: KnownUser(1, "Ann", "X", None, "en"),
        2: KnownUser(2, "Bob", username="dragon"),
    }
    await store.users.learn([KnownUser(2, "Bob")])
    assert await store.users.by_username("dragon") is None


async def test_who_is_only_mentioned_keeps_their_language(store: Store) -> None:
    """Telegram tells the language of who acts, and of nobody else."""
    await store.users.learn([KnownUser(1, "Ann", language="de")])
    await store.users.learn([KnownUser(1, "Anna", "X")])
    assert await store.users.get_many([1]) == {1: KnownUser(1, "Anna", "X", language="de")}


async def test_two_swap_their_usernames_in_one_go(store: Store) -> None:
    await store.users.learn([KnownUser(1, "A", username="one"), KnownUser(2, "B", username="two")])
    await store.users.learn([KnownUser(1, "A", username="two"), KnownUser(2, "B", username="one")])
    first, second = await store.users.by_username("two"), await store.users.by_username("one")
    assert first is not None
    assert second is not None
    assert (first.user_id, second.user_id) == (1, 2)


async def test_departures_are_due_after_a_while(store: Store) -> None:
    await store.departures.record(-1, NOW)
    await store.departures.record(-2, NOW - timedelta(days=2))
    await store.departures.record(-2, NOW - timedelta(days=1))
    await store.departures.record(-2, NOW - timedelta(days=3))
    assert await store.departures.due(NOW) == [-2, -1]
    assert await store.departures.due(NOW - timedelta(hours=1)) == [-2]
    assert await store.departures.left_at(-2) == NOW - timedelta(days=1)
    assert await store.departures.cancel(-2)
    assert not await store.departures.cancel(-2)
    assert await store.departures.left_at(-2) is None


async def test_one_who_left_the_chat_is_dropped_from_its_groups_only(store: Store) -> None:
    """D18."""
    for chat_id, name in ((-1, "a"), (-1, "b"), (-2, "a")):
        await store.notifygroups.create(chat_id, 7, name, None, Joining.OPEN, None)
    assert await store.notifygroups.drop_member(-1, 7) == 2
    assert await store.notifygroups.drop_member(-1, 7) == 0
    assert [group.members for group in await store.notifygroups.of_chat(-1)] == [(), ()]
    assert [group.members for group in await store.notifygroups.of_chat(-2)] == [(7,)]


@pytest.mark.parametrize(
    ("error", "away"),
    [
        (AutoReconnect("x"), True),
        (ServerSelectionTimeoutError("x"), True),
        (StoreUnavailable("x"), True),
        (ExceptionGroup("x", [ValueError(), AutoReconnect("x")]), True),
        (OperationFailure("x", 10107), True),
        (OperationFailure("x", 11600), True),
        (StoreRefused("x"), False),
        (OperationFailure("x", 121), False),
        (DuplicateKeyError("x"), False),
        (PyMongoError("x"), False),
        (BulkWriteError({"writeErrors": []}), False),
        (ValueError("x"), False),
        (TimeoutError(), False),
    ],
)
def test_what_means_that_the_database_is_away(error: BaseException, away: bool) -> None:
    assert is_unavailable(error) is away


class Silent:
    """A client whose server is away for so many pings. A real one leaves a socket behind when it is closed while it
    connects (PyMongo 4.20), which would fail some other test."""

    def __init__(self, pings: int, error: PyMongoError) -> None:
        self.admin = self
        self.pings = pings
        self.error = error

    async def command(self, _: str) -> None:
        self.pings -= 1
        if self.pings >= 0:
            raise self.error


async def test_a_server_that_comes_late_is_waited_for() -> None:
    clock = FakeClock()
    client = Silent(3, ServerSelectionTimeoutError("x"))
    waiting = asyncio.create_task(wait_until_up(client, clock, 30))  # type: ignore[arg-type]
    for _ in range(3):
        await clock.until_sleeping()
        await clock.advance(0.25)
    await waiting


async def test_a_server_that_does_not_come_is_told_in_time() -> None:
    clock = FakeClock()
    client = Silent(1000, ServerSelectionTimeoutError("x"))
    waiting = asyncio.create_task(wait_until_up(client, clock, 30))  # type: ignore[arg-type]
    await clock.until_sleeping()
    await clock.advance(29.5)
    assert not waiting.done()
    await clock.advance(0.5)
    with pytest.raises(StoreUnavailable, match="did not answer within 30 s"):
        await waiting


@pytest.mark.parametrize("code", [13, 18])
async def test_a_server_that_refuses_us_is_told_at_once(code: int) -> None:
    with pytest.raises(StoreRefused, match="user or the password"):
        await wait_until_up(Silent(1, OperationFailure("x", code)), FakeClock(), 30)  # type: ignore[arg-type]


async def test_the_address_goes_before_the_defaults() -> None:
    client = connect("mongodb://127.0.0.1:9/?maxPoolSize=3&timeoutms=1234")
    assert client.options.pool_options.max_pool_size == 3
    assert client.options.timeout == 1.234
    await client.close()
