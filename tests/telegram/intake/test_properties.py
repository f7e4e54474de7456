"""Whatever comes in, and in whatever order things go wrong, nothing is lost, doubled or reordered."""

import asyncio
from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from gub.telegram.intake.inbox import Intake
from gub.telegram.intake.updates import RawUpdate, update_id_of, update_key, update_kind
from tests.support.clock import FakeClock
from tests.telegram.intake.support import Handler, MemoryInbox, make_intake, message, settle

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=10)
KINDS = st.sampled_from(["message", "callback_query", "poll", "my_chat_member", "chat", "from", "id"])
UPDATES = st.dictionaries(KINDS | st.text(), JSON) | st.fixed_dictionaries(
    {"update_id": st.integers(0, 2**64) | JSON}, optional={"message": JSON, "callback_query": JSON}
)


@given(JSON | UPDATES)
def test_any_json_has_an_id_or_none_a_key_and_a_kind(raw: object) -> None:
    assert update_id_of(raw) is None or isinstance(update_id_of(raw), int)
    assert isinstance(update_key(raw), int)
    assert update_kind(raw).isidentifier()


@settings(max_examples=60)
@given(st.lists(JSON | UPDATES, max_size=6))
def test_any_json_is_accepted_and_blocks_nobody(odd: list[object]) -> None:
    asyncio.run(_odd_among_good(odd))


async def _odd_among_good(odd: list[object]) -> None:
    clock, seen = FakeClock(), list[int]()

    async def handle(raw: RawUpdate) -> None:
        seen.append(raw["update_id"])
        if raw["update_id"] not in good:
            raise ValueError

    good = {10**15 + n for n in range(3)}
    intake = make_intake(MemoryInbox(), handle, clock)
    await intake.recover()
    first, *others = sorted(good)
    await intake.accept([message(first), *odd, *[message(n) for n in others]])
    assert await intake.drain(60) == 0
    assert [n for n in seen if n in good] == sorted(good)
    assert max(Counter(seen).values()) == 1


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("send"), st.integers(1, 4)),
        st.tuples(st.just("send again"), st.integers(1, 30)),
        st.tuples(st.just("database"), st.sampled_from(["away", "back", "lose answer"])),
        st.tuples(st.just("finish"), st.integers(1, 30)),
        st.tuples(st.just("fail"), st.integers(1, 30)),
        st.tuples(st.just("pass"), st.sampled_from([0, 1, 3])),
        st.tuples(st.just("kill"), st.just(0)),
    ),
    max_size=25,
)


class _Life:
    """A bot's life: Telegram offers updates until they are acknowledged; processes die and start again."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.inbox = MemoryInbox()
        self.handler = Handler()
        self.handler.hold(*range(1, 200))
        self.sent = 0
        self.unacknowledged: set[int] = set()
        self.in_hand_at_a_kill: set[int] = set()
        self.finished: set[int] = set()
        self.offers: list[asyncio.Task[None]] = []
        self.intake: Intake | None = None

    async def start(self) -> Intake:
        self.intake = make_intake(self.inbox, self.handler, self.clock)
        recovering = asyncio.create_task(self.intake.recover())
        self.offers.append(asyncio.create_task(_ignore(recovering)))
        await settle()
        self._offer(sorted(self.unacknowledged))
        await settle()
        return self.intake

    async def kill(self) -> None:
        assert self.intake is not None
        self.in_hand_at_a_kill |= set(self.handler.began)
        closing = asyncio.create_task(self.intake.aclose())
        await settle()
        await self.clock.advance(5)
        await closing
        for offer in self.offers:
            offer.cancel()
        await asyncio.gather(*self.offers, return_exceptions=True)
        self.offers.clear()
        await self.start()

    async def step(self, what: str, how: Any) -> None:
        if what == "send":
            new = list(range(self.sent + 1, self.sent + how + 1))
            self.sent += how
            self.unacknowledged.update(new)
            self._offer(new)
        elif what == "send again" and self.sent:
            self._offer([how % self.sent + 1])
        elif what == "database":
            self.inbox.away = how == "away"
            self.inbox.lose_answer = how == "lose answer"
        elif what == "finish":
            self.handler.release(how % (self.sent + 1) + 1)
        elif what == "fail":
            self.handler.fails[how % (self.sent + 1) + 1] = ValueError()
        elif what == "pass":
            await self.clock.advance(how)
        elif what == "kill":
            await self.kill()
        await settle()

    async def end(self) -> None:
        self.inbox.away = self.inbox.lose_answer = False
        self.handler.release()
        for _ in range(5):
            await self.clock.advance(3)
            await settle()
        assert self.intake is not None
        assert await self.intake.drain(60) == 0
        await asyncio.gather(*self.offers, return_exceptions=True)

    def _offer(self, update_ids: list[int]) -> None:
        if update_ids and self.intake is not None:
            self.offers.append(asyncio.create_task(self._deliver(self.intake, update_ids)))

    async def _deliver(self, intake: Intake, update_ids: list[int]) -> None:
        await intake.accept([message(n, n % 3) for n in update_ids])
        self.unacknowledged.difference_update(update_ids)


async def _ignore(task: asyncio.Task[Any]) -> None:
    try:
        await task
    finally:
        task.cancel()


@settings(max_examples=150)
@given(STEPS)
def test_through_any_life_each_update_is_handled_and_none_twice_without_a_kill(steps: list[tuple[str, Any]]) -> None:
    asyncio.run(_live(steps))


async def _live(steps: list[tuple[str, Any]]) -> None:
    life = _Life()
    await life.start()
    for what, how in steps:
        await life.step(what, how)
    await life.end()
    began = Counter(life.handler.began)
    assert set(began) == set(range(1, life.sent + 1)), "each is handled"
    assert life.unacknowledged == set()
    twice = {update_id for update_id, times in began.items() if times > 1}
    assert twice <= life.in_hand_at_a_kill, "only what a kill interrupted is handled again"
    for chat in range(3):
        firsts = [n for n in dict.fromkeys(life.handler.began) if n % 3 == chat]
        assert firsts == sorted(firsts), "in order within a chat"
