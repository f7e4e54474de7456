"""Owners hear of failures: each kind once an hour, in their language, and nothing stands in anybody's way."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from pymongo.errors import AutoReconnect
from structlog.testing import capture_logs

from gub.domain.languages import Language
from gub.domain.names import clean_group_name
from gub.domain.values import KnownUser
from gub.faults import noted
from gub.services.languages import Languages
from gub.store.documents import Database
from gub.store.faults import Due, FaultKinds
from gub.store.mongo import connect
from gub.store.store import Store
from gub.telegram.fault_notices import FaultNotices
from gub.telegram.gateway.outcomes import Blocked, Refused, Rejected
from gub.telegram.showing import View
from gub.telegram.words import spoken_now
from tests.support.clock import FakeClock


@dataclass
class Post:
    """Takes messages as `Messenger` does, but for those whom it cannot reach."""

    unreachable: dict[int, type[Refused]] = field(default_factory=dict)
    sent: list[tuple[int, str, Language]] = field(default_factory=list)
    tried: int = 0
    came: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, chat_id: int, view: View) -> None:
        self.tried += 1
        if chat_id in self.unreachable:
            raise self.unreachable[chat_id]("sendMessage", chat_id, "no")
        text = "".join(item if isinstance(item, str) else item.render()[0] for item in view.items)
        self.sent.append((chat_id, text, spoken_now()))
        self.came.set()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
async def database(mongo_uri: str, database_name: str) -> AsyncIterator[Database]:
    client = connect(mongo_uri)
    yield client[database_name]
    await client.close()


Make = Callable[..., FaultNotices]


@pytest.fixture
def make(store: Store, database: Database, clock: FakeClock, post: Post) -> Make:
    def notices(*owners: int, kinds: FaultKinds | None = None) -> FaultNotices:
        languages = Languages(store, clock)
        return FaultNotices(kinds or FaultKinds(database, clock), post, languages, owners, clock)  # type: ignore[arg-type]

    return notices


def fail(text: str = "Ann's secret plan") -> str:
    """Fail somewhere in GUB over what somebody wrote, and note it; give the reference."""
    try:
        clean_group_name(text)
    except Exception as error:  # noqa: BLE001 - whatever it is
        return noted(error).reference
    raise AssertionError


async def test_each_owner_is_told_in_their_language_what_and_where_and_nothing_of_anybody(
    make: Make, post: Post, store: Store
) -> None:
    await store.users.learn([KnownUser(2, "Otto", language="de")])
    notices = make(1, 2)
    async with notices.collecting():
        reference = fail()
        await notices.tell()
    assert [(owner, language) for owner, _, language in post.sent] == [(1, Language.ENGLISH), (2, Language.GERMAN)]
    english = post.sent[0][1]
    assert "BadName in domain/names.py:" in english
    assert reference in english
    assert "times" not in english
    for secret in ("Ann", "secret", "plan"):
        assert secret not in english


async def test_a_kind_is_told_once_an_hour_with_its_count_also_over_restarts(
    make: Make, post: Post, clock: FakeClock
) -> None:
    for _ in range(3):
        notices = make(1)  # each time another process
        async with notices.collecting():
            fail()
            fail("another one")
            await notices.tell()
    assert len(post.sent) == 1
    await clock.advance(3600)
    async with notices.collecting():
        reference = fail()
        await notices.tell()
        await notices.tell()
    assert len(post.sent) == 2
    assert "It happened 6 times" in post.sent[1][1]
    assert reference in post.sent[1][1]


async def test_of_two_workers_one_tells_of_a_kind_and_the_next_hour_counts_both(
    make: Make, post: Post, clock: FakeClock
) -> None:
    workers = make(1), make(1)
    for worker in workers:
        async with worker.collecting():
            fail()
            fail()
    await asyncio.gather(*(worker.tell() for worker in workers))
    assert len(post.sent) == 1
    await clock.advance(3600)
    await asyncio.gather(*(worker.tell() for worker in workers))
    assert len(post.sent) == 2
    assert "It happened 3 times" in post.sent[1][1]


async def test_two_kinds_are_two_messages(make: Make, post: Post) -> None:
    notices = make(1)
    async with notices.collecting():
        fail()
        noted(KeyError())
        await notices.tell()
    assert ["BadName" in text for _, text, _ in post.sent] == [True, False]


@pytest.mark.parametrize("kind", [Blocked, Rejected])
async def test_when_telegram_refuses_there_is_no_storm_and_it_is_told_an_hour_later(
    make: Make, post: Post, clock: FakeClock, kind: type[Refused]
) -> None:
    post.unreachable = {1: kind}
    notices = make(1)
    async with notices.collecting():
        for _ in range(200):
            fail()
            await notices.tell()
        assert post.tried == 1
        post.unreachable.clear()
        await notices.tell()
        assert post.tried == 1
        await clock.advance(3600)
        await notices.tell()
    ((_, text, _),) = post.sent
    assert "200 times" in text


async def test_one_owner_who_cannot_be_told_stops_no_other(make: Make, post: Post) -> None:
    post.unreachable = {1: Blocked}
    notices = make(1, 2)
    async with notices.collecting():
        fail()
        await notices.tell()
    assert [owner for owner, _, _ in post.sent] == [2]


class Away(FaultKinds):
    """A database that is not there, or is broken."""

    def __init__(self, error: Exception) -> None:
        self.error: Exception | None = error

    async def count(self, kind: str, reference: str) -> Due | None:
        if self.error is not None:
            raise self.error
        return Due(kind, 1, reference)

    async def due(self) -> list[Due]:
        return []


@pytest.mark.parametrize("error", [AutoReconnect("away"), ValueError("broken")])
async def test_what_cannot_be_told_now_is_told_later_and_fails_nobody(make: Make, post: Post, error: Exception) -> None:
    kinds = Away(error)
    notices = make(1, kinds=kinds)
    async with notices.collecting():
        fail()
        await notices.tell()
        assert post.sent == []
        kinds.error = None
        await notices.tell()
    assert len(post.sent) == 1


async def test_it_runs_beside_and_wakes_for_each_and_for_the_end_of_the_hour(
    make: Make, post: Post, clock: FakeClock
) -> None:
    notices = make(1)
    running = asyncio.create_task(notices.run())
    await clock.until_sleeping()
    async with notices.collecting():
        fail()
        fail()
        await asyncio.wait_for(post.came.wait(), 10)
        post.came.clear()
        assert len(post.sent) == 1
        for _ in range(61):
            await clock.until_sleeping()
            await clock.advance(60)
        await asyncio.wait_for(post.came.wait(), 10)
        assert len(post.sent) == 2
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_what_ends_the_bot_is_told_unless_it_is_expected(make: Make, post: Post) -> None:
    notices = make(1)
    with capture_logs() as logs, pytest.raises(KeyError):
        async with notices.collecting(LookupError):
            raise KeyError
    assert post.sent == []
    with pytest.raises(AutoReconnect):
        async with notices.collecting():
            raise AutoReconnect("away")
    assert post.sent == []
    assert logs == []
    with capture_logs() as logs, pytest.raises(ValueError, match="of Ann's"):
        async with notices.collecting(LookupError):
            raise ValueError("something of Ann's")
    assert "ValueError in " in post.sent[0][1]
    assert logs[0]["reference"] in post.sent[0][1]
    assert "Ann" not in post.sent[0][1]


async def test_what_ends_a_group_of_tasks_is_told_as_what_it_is(make: Make, post: Post) -> None:
    async def fail(error: Exception) -> None:
        raise error

    notices = make(1)
    with capture_logs() as logs, pytest.raises(ExceptionGroup):
        async with notices.collecting(LookupError), asyncio.TaskGroup() as group:
            group.create_task(fail(KeyError()))
    assert (post.sent, logs) == ([], [])
    with pytest.raises(ExceptionGroup):
        async with notices.collecting(LookupError), asyncio.TaskGroup() as group:
            group.create_task(fail(ValueError("something of Ann's")))
    assert "ValueError in " in post.sent[0][1]
