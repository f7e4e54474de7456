from gub.services.remembered import SHARED_SECONDS, Remembered
from tests.support.clock import FakeClock


async def test_what_was_written_is_believed_for_a_while():
    clock = FakeClock()
    remembered = Remembered[int, str](clock, size=10, seconds=300)
    assert not remembered.holds(1, "a")
    remembered.keep(1, "a")
    assert remembered.holds(1, "a")
    assert not remembered.holds(1, "b")
    await clock.advance(300)
    assert not remembered.holds(1, "a")


def test_only_the_last_ones_are_remembered():
    remembered = Remembered[int, str](FakeClock(), size=2, seconds=300)
    for number in range(3):
        remembered.keep(number, "x")
    assert [remembered.holds(number, "x") for number in range(3)] == [False, True, True]


def test_forgotten_is_forgotten():
    remembered = Remembered[int, str](FakeClock(), size=2, seconds=300)
    remembered.keep(1, "x")
    remembered.forget(1)
    remembered.forget(2)
    assert not remembered.holds(1, "x")


async def test_while_others_write_as_well_little_is_believed() -> None:
    clock, others = FakeClock(), 0
    remembered = Remembered[str, int](clock, size=10, seconds=300, others=lambda: others)
    remembered.keep("a", 1)
    await clock.advance(SHARED_SECONDS + 1)
    assert remembered.holds("a", 1)
    others = 1
    assert not remembered.holds("a", 1), "also what was written before they came"
    remembered.keep("a", 2)
    assert remembered.holds("a", 2)
