import pytest
from hypothesis import given
from hypothesis import strategies as st

from gub.domain.limits import MENTIONS_PER_MESSAGE
from gub.domain.mentions import plan_mentions

people = st.lists(st.integers(1, 60), max_size=80)


@given(people, st.integers(1, 60), st.integers(1, 8))
def test_everybody_once_in_order_and_never_the_caller(members: list[int], caller: int, per_message: int):
    plan = plan_mentions(members, caller, per_message)
    called = [user for message in plan for user in message]
    assert called == [user for user in dict.fromkeys(members) if user != caller]


@given(people, st.integers(1, 60), st.integers(1, 8))
def test_the_fewest_messages_that_hold_them(members: list[int], caller: int, per_message: int):
    plan = plan_mentions(members, caller, per_message)
    assert all(1 <= len(message) <= per_message for message in plan)
    assert len(plan) == -(-len(set(members) - {caller}) // per_message)


@given(people, st.integers(1, 60), st.integers(1, 8), st.integers(0, 12))
def test_no_message_pings_more_than_it_may_with_those_whom_the_text_pings(
    members: list[int], caller: int, per_message: int, taken: int
):
    plan = plan_mentions(members, caller, per_message, taken=taken)
    called = [user for message in plan for user in message]
    assert called == [user for user in dict.fromkeys(members) if user != caller]
    if not called:
        assert plan == []
        return
    first, *others = plan
    assert len(first) + taken <= per_message or not first
    assert all(1 <= len(message) <= per_message for message in others)
    room = max(0, per_message - taken)
    assert len(first) == min(room, len(called))
    assert len(others) == -(-(len(called) - len(first)) // per_message)


def test_a_text_that_pings_five_itself_stands_alone():
    assert plan_mentions([1, 2], 0, taken=5) == [(), (1, 2)]


def test_d15_thirty_members_are_six_messages_of_five():
    assert [len(message) for message in plan_mentions(range(31), 0)] == [MENTIONS_PER_MESSAGE] * 6


def test_d19_only_the_caller_is_nobody():
    assert plan_mentions([7], 7) == []


def test_a_message_must_hold_someone():
    with pytest.raises(ValueError, match="at least one"):
        plan_mentions([1], 2, 0)
