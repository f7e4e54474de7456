"""Answers to calls: each person one, in the order of the answers, by whatever interleaving."""

import asyncio
import random
from dataclasses import replace
from datetime import timedelta

import pytest

from gub.clock import SystemClock
from gub.domain.calls import Answer, Answered, Call, Words
from gub.domain.limits import CALL_KEPT, GROUP_MEMBERS
from gub.store.documents import Database
from gub.store.personal import Person
from gub.store.store import Store

NOW = SystemClock().now().replace(microsecond=0)
OPEN = timedelta(hours=2)
ANN, BOB, CYD = 1, 2, 3


def _new(**more: object) -> Call:
    """A call that Ann makes by message 10 of chat -5."""
    about = {"command_id": 10, "coming": (ANN,), "away": (CYD,), "words": Words("at nine?"), "wanted": 2} | more
    return Call("", -5, "a" * 24, "Raid", ANN, NOW, NOW + OPEN, **about)  # type: ignore[arg-type]


@pytest.fixture
async def call(store: Store) -> Call:
    return await store.calls.begin(_new())


async def _of(store: Store, call: Call) -> Call:
    found = await store.calls.get(call.id)
    assert found is not None
    return found


async def test_a_command_begins_one_call(store: Store, call: Call):
    again = await store.calls.begin(_new())
    assert again == replace(call, revision=1) == await _of(store, call)
    assert (await store.calls.begin(_new(command_id=11))).id != call.id
    moved = [await store.calls.begin(_new(command_id=None)) for _ in range(2)]
    assert moved[0].id != moved[1].id, "what has no command is one of its own"


async def test_handled_again_later_it_is_for_now_and_keeps_its_answers(store: Store, call: Call):
    await store.calls.answer(call.id, BOB, Answer.IN, NOW)
    assert await store.calls.end_due(NOW + timedelta(hours=3)) == 1
    later = NOW + timedelta(hours=3)
    again = await store.calls.begin(replace(_new(called=(CYD,), away=()), opened_at=later, closes_at=later + OPEN))
    assert (again.id, again.coming, again.called, again.away) == (call.id, (ANN, BOB), (CYD,), ())
    assert (again.ended, again.closes_at) == (False, later + OPEN)


async def test_handled_again_it_is_left_as_its_message_shows_it(store: Store, call: Call):
    await store.calls.posted(call, -5, 77, call.called)
    await store.calls.end(call.id)
    before = await _of(store, call)
    assert await store.calls.begin(_new(called=(CYD,))) == before


async def test_at_once_a_command_begins_one_call(store: Store):
    begun = await asyncio.gather(*(store.calls.begin(_new()) for _ in range(8)))
    assert len({one.id for one in begun}) == 1


async def test_what_is_posted_as_it_was_worded_is_shown(store: Store, call: Call):
    assert await store.calls.posted(call, -5, 77, call.called)
    assert await store.calls.stale(9) == []
    assert (await _of(store, call)).message_id == 77
    other = await store.calls.begin(_new(command_id=11, called=(BOB, CYD)))
    assert not await store.calls.posted(other, -5, 78, (CYD,)), "it shows two mentions, and one was made"
    late = await store.calls.begin(_new(command_id=12))
    await store.calls.answer(late.id, BOB, Answer.IN, NOW)
    assert not await store.calls.posted(late, -5, 79, late.called), "it does not show who answered meanwhile"
    assert {one.message_id for one in await store.calls.stale(9)} == {78, 79}


async def test_who_is_forgotten_while_it_is_posted_is_not_named_by_it_again(store: Store):
    call = await store.calls.begin(_new(called=(BOB, CYD), away=()))
    await store.personal.erase(Person(BOB))
    assert not await store.calls.posted(call, -5, 77, call.called)
    now = await _of(store, call)
    assert (now.message_id, now.called) == (77, (CYD,))


async def test_where_it_is_posted_is_where_it_belongs(store: Store, call: Call):
    assert await store.calls.posted(call, -1005, 77, call.called)
    now = await _of(store, call)
    assert (now.chat_id, now.message_id, now.command_id) == (-1005, 77, None)


async def test_a_message_that_stayed_behind_does_not_show_it(store: Store, call: Call):
    await store.life.migrate(-5, -1005)
    assert not await store.calls.posted(call, -5, 77, call.called)
    (moved,) = await store.calls.stale(9)
    assert (moved.chat_id, moved.message_id) == (-1005, None)


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
    assert await store.calls.answer(call.id, 9000, Answer.IN, NOW) is Answered.NO_ROOM
    assert await store.calls.answer(call.id, 9000, Answer.SOON, NOW) is Answered.NO_ROOM
    assert await store.calls.answer(call.id, 5, Answer.SOON, NOW) is Answered.TAKEN
    assert await store.calls.answer(call.id, 9001, Answer.CANT, NOW) is Answered.TAKEN
    assert await store.calls.answer(call.id, 9001, Answer.IN, NOW) is Answered.NO_ROOM
    assert await store.calls.answer(call.id, 5, Answer.CANT, NOW) is Answered.TAKEN
    assert await store.calls.answer(call.id, 9000, Answer.IN, NOW) is Answered.TAKEN


async def test_where_so_many_cannot_that_they_are_not_named_one_still_can_think_better(
    store: Store, call: Call, database: Database
):
    many = list(range(1000, 1000 + GROUP_MEMBERS))
    await database["calls"].update_one({}, {"$set": {"cant": many, "late": {str(ANN): NOW}}})
    assert await store.calls.answer(call.id, BOB, Answer.CANT, NOW) is Answered.NO_ROOM
    assert await store.calls.answer(call.id, ANN, Answer.CANT, NOW) is Answered.TAKEN
    now = await _of(store, call)
    assert (now.coming, now.late, list(now.cant)) == ((), {}, many)


async def test_what_has_ended_takes_no_answer(store: Store, call: Call):
    assert sorted(await asyncio.gather(*(store.calls.end(call.id) for _ in range(5)))) == [False] * 4 + [True]
    assert await store.calls.answer(call.id, BOB, Answer.IN, NOW) is Answered.OVER
    assert await store.calls.answer("no id", BOB, Answer.IN, NOW) is Answered.OVER
    assert await store.calls.rest_pinged(call.id, NOW) is None
    assert (await _of(store, call)).coming == (ANN,)


async def test_it_ends_in_time(store: Store, call: Call):
    later = await store.calls.begin(_new(command_id=11))
    await store.calls.answer(later.id, BOB, Answer.IN, NOW)
    assert await store.calls.end_due(NOW + timedelta(hours=2)) == 2
    assert await store.calls.end_due(NOW + timedelta(hours=3)) == 0
    assert {one.id for one in await store.calls.stale(9)} == {call.id, later.id}


async def test_the_rest_is_pinged_from_one_moment_on(store: Store, call: Call):
    assert await store.calls.rest_pinged(call.id, NOW) == NOW
    assert await store.calls.rest_pinged(call.id, NOW + timedelta(minutes=5)) == NOW


async def test_what_changed_meanwhile_is_still_to_be_shown(store: Store, call: Call):
    await store.calls.answer(call.id, BOB, Answer.IN, NOW)
    seen = await _of(store, call)
    await store.calls.answer(call.id, CYD, Answer.CANT, NOW)
    await store.calls.shown(call.id, seen.revision)
    (stale,) = await store.calls.stale(9)
    await store.calls.shown(call.id, stale.revision)
    assert await store.calls.stale(9) == []


async def test_what_changed_meanwhile_is_not_forgotten(store: Store, call: Call):
    await store.calls.answer(call.id, BOB, Answer.IN, NOW)
    await store.calls.forget(call)
    await store.calls.forget(await _of(store, call))
    assert await store.calls.get(call.id) is None


async def test_it_is_forgotten_by_itself_and_by_who_wants_it(store: Store, call: Call, database: Database):
    indexes = await database["calls"].index_information()
    assert indexes["stored_at_ttl"]["expireAfterSeconds"] == CALL_KEPT.total_seconds()
    await store.calls.answer(call.id, BOB, Answer.SOON, NOW)
    await store.personal.erase(await store.personal.meet(BOB))
    now = await _of(store, call)
    assert (now.coming, now.late, now.cant) == ((ANN,), {}, ())
    await store.personal.erase(await store.personal.meet(ANN))
    assert await store.calls.get(call.id) is None


async def test_from_its_deadline_on_it_takes_nothing_though_it_is_not_closed_yet(store: Store, call: Call):
    late = NOW + OPEN
    assert await store.calls.answer(call.id, BOB, Answer.IN, late - timedelta(milliseconds=1)) is Answered.TAKEN
    assert await store.calls.answer(call.id, CYD, Answer.IN, late) is Answered.OVER
    assert await store.calls.rest_pinged(call.id, late) is None
    await store.calls.over(call.id)
    assert (await _of(store, call)).ended
