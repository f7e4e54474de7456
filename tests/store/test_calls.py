"""Answers to calls: each person one, in the order of the answers, by whatever interleaving."""

import asyncio
import random
from datetime import timedelta

import pytest

from gub.clock import SystemClock
from gub.domain.calls import Answer, Answered, Call, Words
from gub.domain.limits import CALL_KEPT, GROUP_MEMBERS
from gub.store.documents import Database
from gub.store.store import Store

NOW = SystemClock().now().replace(microsecond=0)
ANN, BOB, CYD = 1, 2, 3


def _new(**more: object) -> Call:
    """A call that Ann makes by message 10 of chat -5."""
    about = {"command_id": 10, "coming": (ANN,), "away": (CYD,), "words": Words("at nine?"), "wanted": 2} | more
    return Call("", -5, "a" * 24, "Raid", ANN, NOW, NOW + timedelta(hours=2), **about)  # type: ignore[arg-type]


@pytest.fixture
async def call(store: Store) -> Call:
    return await store.calls.begin(_new())


async def _of(store: Store, call: Call) -> Call:
    found = await store.calls.get(call.id)
    assert found is not None
    return found


async def test_a_command_begins_one_call(store: Store, call: Call):
    again = await store.calls.begin(_new())
    assert again == call == await _of(store, call)
    assert (await store.calls.begin(_new(command_id=11))).id != call.id
    moved = [await store.calls.begin(_new(command_id=None)) for _ in range(2)]
    assert moved[0].id != moved[1].id, "what has no command is one of its own"


async def test_whatever_the_order_nobody_is_in_both_lists_and_nobody_is_lost(store: Store, call: Call):
    people = range(2, 32)
    answers = [(one, answer) for one in people for answer in Answer]
    random.Random(7).shuffle(answers)  # noqa: S311 - any order
    await asyncio.gather(*(store.calls.answer(call.id, one, answer, NOW) for one, answer in answers))
    now = await _of(store, call)
    assert set(now.coming).isdisjoint(now.cant)
    assert now.answered == {ANN, *people}
    assert set(now.late) <= set(now.coming)
    assert len(now.coming) == len(set(now.coming))


async def test_it_is_as_a_plain_list_would_be(store: Store, call: Call):
    dice = random.Random(11)  # noqa: S311 - any play
    coming, cant, late = [ANN], [], set[int]()
    for _ in range(200):
        one, answer = dice.randrange(1, 8), dice.choice(list(Answer))
        told = await store.calls.answer(call.id, one, answer, NOW)
        before = (list(coming), list(cant), set(late))
        late.discard(one)
        if answer is Answer.CANT:
            coming = [other for other in coming if other != one]
            cant += [] if one in cant else [one]
        else:
            cant = [other for other in cant if other != one]
            coming += [] if one in coming else [one]
            late |= {one} if answer is Answer.SOON else set()
        same = (coming, cant, late) == before and answer is not Answer.SOON
        assert told is (Answered.SAME if same else Answered.TAKEN)
    now = await _of(store, call)
    assert (list(now.coming), list(now.cant), set(now.late)) == (coming, cant, late)
    assert now.squad == tuple(coming[:2])
    assert now.waiting == tuple(coming[2:])


async def test_there_is_an_end_to_those_who_come(store: Store, call: Call, database: Database):
    await database["calls"].update_one({}, {"$set": {"coming": list(range(1, GROUP_MEMBERS + 1))}})
    assert await store.calls.answer(call.id, 9000, Answer.IN) is Answered.NO_ROOM
    assert await store.calls.answer(call.id, 9000, Answer.SOON, NOW) is Answered.NO_ROOM
    assert await store.calls.answer(call.id, 5, Answer.SOON, NOW) is Answered.TAKEN
    assert await store.calls.answer(call.id, 5, Answer.CANT) is Answered.TAKEN
    assert await store.calls.answer(call.id, 9000, Answer.IN) is Answered.TAKEN


async def test_what_has_ended_takes_no_answer(store: Store, call: Call):
    assert sorted(await asyncio.gather(*(store.calls.end(call.id) for _ in range(5)))) == [False] * 4 + [True]
    assert await store.calls.answer(call.id, BOB, Answer.IN) is Answered.OVER
    assert await store.calls.answer("no id", BOB, Answer.IN) is Answered.OVER
    assert await store.calls.rest_pinged(call.id, NOW) is None
    assert (await _of(store, call)).coming == (ANN,)


async def test_it_ends_in_time(store: Store, call: Call):
    later = await store.calls.begin(_new(command_id=11))
    await store.calls.answer(later.id, BOB, Answer.IN)
    assert await store.calls.end_due(NOW + timedelta(hours=2)) == 2
    assert await store.calls.end_due(NOW + timedelta(hours=3)) == 0
    assert {one.id for one in await store.calls.stale(9)} == {call.id, later.id}


async def test_the_rest_is_pinged_from_one_moment_on(store: Store, call: Call):
    assert await store.calls.rest_pinged(call.id, NOW) == NOW
    assert await store.calls.rest_pinged(call.id, NOW + timedelta(minutes=5)) == NOW


async def test_what_changed_meanwhile_is_still_to_be_shown(store: Store, call: Call):
    await store.calls.answer(call.id, BOB, Answer.IN)
    seen = await _of(store, call)
    await store.calls.answer(call.id, CYD, Answer.CANT)
    await store.calls.shown(call.id, seen.revision)
    (stale,) = await store.calls.stale(9)
    await store.calls.shown(call.id, stale.revision)
    assert await store.calls.stale(9) == []


async def test_it_is_forgotten_by_itself_and_by_who_wants_it(store: Store, call: Call, database: Database):
    indexes = await database["calls"].index_information()
    assert indexes["stored_at_ttl"]["expireAfterSeconds"] == CALL_KEPT.total_seconds()
    await store.calls.answer(call.id, BOB, Answer.SOON, NOW)
    await store.personal.erase(await store.personal.meet(BOB))
    now = await _of(store, call)
    assert (now.coming, now.late, now.cant) == ((ANN,), {}, ())
    await store.personal.erase(await store.personal.meet(ANN))
    assert await store.calls.get(call.id) is None
